//! The tree in, a site of the same pages for each peer out: with as small a layout as Milepost's and the same parts, or as the peer comes.

use std::{collections::BTreeMap, fmt::Write as _, fs, io, path::Path};

/// Whose site.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    Hugo,
    Zola { search: bool },
    Mdbook,
    Mkdocs,
    Zensical,
    Vitepress,
    Starlight,
}

/// Writes a site whose content is the tree. Only Hugo takes a tree that was not generated.
///
/// # Errors
/// A file that cannot be read or written.
pub(crate) fn write(layout: Layout, tree: &Path, site: &Path) -> io::Result<()> {
    match layout {
        Layout::Hugo => {
            files(
                site,
                &[
                    ("hugo.toml", include_str!("layouts/hugo/hugo.toml")),
                    ("layouts/all.html", include_str!("layouts/hugo/all.html")),
                    ("layouts/_partials/sidebar.html", include_str!("layouts/hugo/sidebar.html")),
                    ("static/style.css", STYLE),
                ],
            )?;
            hugo(tree, &site.join("content"))
        }
        Layout::Zola { search } => {
            let settings = include_str!("layouts/zola/zola.toml");
            let without = settings.replace("build_search_index = true", "build_search_index = false");
            files(
                site,
                &[
                    ("zola.toml", if search { settings } else { &without }),
                    ("templates/frame.html", include_str!("layouts/zola/frame.html")),
                    ("templates/parts.html", include_str!("layouts/zola/parts.html")),
                    ("templates/page.html", include_str!("layouts/zola/page.html")),
                    ("templates/section.html", include_str!("layouts/zola/section.html")),
                    ("templates/index.html", include_str!("layouts/zola/section.html")),
                    ("static/style.css", STYLE),
                ],
            )?;
            images(tree, &site.join("static/img"))?;
            guides(tree, &site.join("content"), &zola)
        }
        Layout::Mdbook => {
            let summary = summary(&read(tree)?);
            files(site, &[("book.toml", include_str!("layouts/mdbook/book.toml")), ("src/SUMMARY.md", &summary)])?;
            images(tree, &site.join("src/img"))?;
            guides(tree, &site.join("src"), &|guide| (guide.path.clone(), guide.body.clone()))
        }
        Layout::Mkdocs => {
            files(site, &[("mkdocs.yml", include_str!("layouts/mkdocs/mkdocs.yml"))])?;
            copy(tree, &site.join("docs"))
        }
        Layout::Zensical => {
            files(site, &[("zensical.toml", include_str!("layouts/zensical/zensical.toml"))])?;
            copy(tree, &site.join("docs"))
        }
        Layout::Vitepress => {
            let sidebar = vitepress_sidebar(&read(tree)?).to_string();
            files(
                site,
                &[("docs/.vitepress/config.mjs", include_str!("layouts/vitepress/config.mjs")), ("docs/.vitepress/sidebar.json", &sidebar)],
            )?;
            copy(tree, &site.join("docs"))
        }
        Layout::Starlight => {
            let sidebar = starlight_sidebar(&read(tree)?).to_string();
            files(
                site,
                &[
                    ("astro.config.mjs", include_str!("layouts/starlight/astro.config.mjs")),
                    ("src/content.config.mjs", include_str!("layouts/starlight/content.config.mjs")),
                    ("sidebar.json", &sidebar),
                    // Astro looks there for packages that are to be built with the site.
                    ("package.json", include_str!("layouts/starlight/package.json")),
                ],
            )?;
            images(tree, &site.join("public/img"))?;
            guides(tree, &site.join("src/content/docs"), &starlight)
        }
    }
}

const STYLE: &str = "body { max-width: 70rem; margin: auto; font: 16px/1.6 sans-serif }\n";

/// A generated guide, or the page of a folder.
struct Guide {
    /// From the root of the tree, with `/`.
    path: String,
    title: String,
    description: Option<String>,
    /// What follows the front matter, and begins with the title as a heading.
    body: String,
}

impl Guide {
    fn of(path: &Path, text: &str) -> Self {
        let (front, body) = text.strip_prefix("---\n").and_then(|text| text.split_once("---\n")).unwrap_or(("", text));
        let value = |key: &str| front.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": ").map(str::to_owned));
        let path = path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        Self { path, title: value("title").unwrap_or_default(), description: value("description"), body: body.trim_start().to_owned() }
    }

    fn is_index(&self) -> bool {
        self.path == "index.md" || self.path.ends_with("/index.md")
    }

    /// Its text with each relative address as `new` has it, which gets the path from the root and the fragment with its `#`.
    fn with_addresses(&self, new: &dyn Fn(&str, &str) -> String) -> String {
        let mut text = String::with_capacity(self.body.len() * 2);
        for line in self.body.split_inclusive('\n') {
            let is_definition = line.starts_with('[') && line.contains("]: ");
            let (mark, end) = if is_definition { ("]: ", '\n') } else { ("](", ')') };
            let mut rest = line;
            while let Some(start) = rest.find(mark).map(|at| at + mark.len()) {
                let length = rest[start..].find(end).unwrap_or(rest.len() - start);
                let (target, fragment) = parted(&rest[start..start + length]);
                let _ = write!(text, "{}{}", &rest[..start], new(&self.path_of(target), fragment));
                rest = &rest[start + length..];
            }
            text.push_str(rest);
        }
        text
    }

    fn path_of(&self, target: &str) -> String {
        let mut parts: Vec<&str> = self.path.split('/').collect();
        parts.pop();
        for part in target.split('/') {
            match part {
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        parts.join("/")
    }
}

fn parted(target: &str) -> (&str, &str) {
    target.split_at(target.find('#').unwrap_or(target.len()))
}

/// All guides, sorted by path.
fn read(tree: &Path) -> io::Result<Vec<Guide>> {
    let mut guides = Vec::new();
    for entry in walkdir::WalkDir::new(tree).sort_by_file_name() {
        let entry = entry?;
        if entry.path().extension().is_some_and(|extension| extension == "md") {
            let path = entry.path().strip_prefix(tree).unwrap_or(entry.path());
            guides.push(Guide::of(path, &fs::read_to_string(entry.path())?));
        }
    }
    Ok(guides)
}

/// Writes each guide to the path and with the text that `made` gives it.
fn guides(tree: &Path, content: &Path, made: &dyn Fn(&Guide) -> (String, String)) -> io::Result<()> {
    for guide in read(tree)? {
        let (path, text) = made(&guide);
        file(&content.join(path), &text)?;
    }
    Ok(())
}

fn files(site: &Path, files: &[(&str, &str)]) -> io::Result<()> {
    files.iter().try_for_each(|(path, text)| file(&site.join(path), text))
}

fn file(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

fn images(tree: &Path, folder: &Path) -> io::Result<()> {
    copy(&tree.join("img"), folder)
}

/// Copies a folder with all that is in it.
///
/// # Errors
/// A file that cannot be read or written.
pub(crate) fn copy(tree: &Path, folder: &Path) -> io::Result<()> {
    for entry in walkdir::WalkDir::new(tree) {
        let entry = entry?;
        let there = folder.join(entry.path().strip_prefix(tree).unwrap_or(entry.path()));
        if entry.file_type().is_dir() {
            fs::create_dir_all(there)?;
        } else if entry.path().is_file() {
            fs::copy(entry.path(), there)?;
        }
    }
    Ok(())
}

/// Hugo calls the page of a folder `_index.md`; all else is taken as it is written.
fn hugo(tree: &Path, content: &Path) -> io::Result<()> {
    for entry in walkdir::WalkDir::new(tree) {
        let entry = entry?;
        let path = entry.path().strip_prefix(tree).unwrap_or(entry.path());
        if entry.file_type().is_dir() {
            fs::create_dir_all(content.join(path))?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(entry.path())?;
            let text = text.replace("/index.md", "/_index.md").replace("(index.md", "(_index.md");
            let path =
                if path.file_name().is_some_and(|name| name == "index.md") { path.with_file_name("_index.md") } else { path.to_path_buf() };
            fs::write(content.join(path), text)?;
        } else {
            fs::copy(entry.path(), content.join(path))?;
        }
    }
    Ok(())
}

/// Zola resolves links that begin with `@/`, and needs to be told to order pages.
fn zola(guide: &Guide) -> (String, String) {
    let own = |path: &str| match path.strip_suffix("index.md") {
        Some(folder) => format!("{folder}_index.md"),
        None => path.to_owned(),
    };
    let body = guide.with_addresses(&|path, fragment| match path.strip_suffix(".md") {
        Some(_) => format!("@/{}{fragment}", own(path)),
        None => format!("/{path}"),
    });
    let mut front = format!("title = {}\n", toml::Value::from(guide.title.as_str()));
    if let Some(description) = &guide.description {
        let _ = writeln!(front, "description = {}", toml::Value::from(description.as_str()));
    }
    if guide.is_index() {
        front.push_str("sort_by = \"slug\"\n");
    }
    (own(&guide.path), format!("+++\n{front}+++\n\n{body}"))
}

/// Starlight shows the title itself, and knows pages by their address.
fn starlight(guide: &Guide) -> (String, String) {
    let body = guide.with_addresses(&|path, fragment| match path.strip_suffix(".md") {
        Some("index") => format!("/{fragment}"),
        Some(page) => format!("/{}/{fragment}", page.strip_suffix("/index").unwrap_or(page)),
        None => format!("/{path}"),
    });
    let body = body.split_once('\n').map_or("", |(_, rest)| rest);
    let about = guide.description.as_ref().map_or(String::new(), |description| format!("description: {description}\n"));
    (guide.path.clone(), format!("---\ntitle: {}\n{about}---\n{body}", guide.title))
}

/// The guides of each folder of each part, with the page of the folder first.
fn parts(guides: &[Guide]) -> BTreeMap<&str, BTreeMap<&str, Vec<&Guide>>> {
    let mut parts: BTreeMap<&str, BTreeMap<&str, Vec<&Guide>>> = BTreeMap::new();
    for guide in guides {
        if let [part, topic, _] = guide.path.split('/').collect::<Vec<_>>()[..] {
            let inside = parts.entry(part).or_default().entry(topic).or_default();
            inside.insert(if guide.is_index() { 0 } else { inside.len() }, guide);
        }
    }
    parts
}

fn summary(guides: &[Guide]) -> String {
    let mut summary = String::from("# Summary\n\n[Handbook](index.md)\n\n");
    for (part, topics) in parts(guides) {
        let _ = writeln!(summary, "- [{part}]({part}/index.md)");
        for guide in topics.values().flatten() {
            let indent = if guide.is_index() { 2 } else { 4 };
            let _ = writeln!(summary, "{:indent$}- [{}]({})", "", guide.title, guide.path);
        }
    }
    summary
}

fn vitepress_sidebar(guides: &[Guide]) -> serde_json::Value {
    let sidebar = parts(guides).into_iter().map(|(part, topics)| {
        let groups = topics.into_values().map(|topic| {
            let items: Vec<_> = topic[1..]
                .iter()
                .map(|guide| serde_json::json!({ "text": guide.title, "link": format!("/{}", guide.path.trim_end_matches(".md")) }))
                .collect();
            serde_json::json!({ "text": topic[0].title, "collapsed": true, "items": items })
        });
        (format!("/{part}/"), groups.collect::<Vec<_>>().into())
    });
    serde_json::Value::Object(sidebar.collect())
}

fn starlight_sidebar(guides: &[Guide]) -> serde_json::Value {
    let folders = parts(guides).into_keys();
    folders.map(|part| serde_json::json!({ "label": part, "items": [{ "autogenerate": { "directory": part } }] })).collect()
}
