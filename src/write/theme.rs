//! The theme: built-in templates and assets, each replaceable by the author's file of the same name. The only user of tera.

use super::{
    look,
    words::{self, Words},
};
use crate::{
    config::Appearance,
    error::{Error, SourceError, shown},
};
use rust_embed::RustEmbed;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use tera::{Context, Kwargs, State, Tera};

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Builtin;

/// The parts of the style sheet, in the order of the cascade; parts of the author's own come after them.
const STYLE: &[&str] = &[
    "colours",
    "ground",
    "header",
    "frame",
    "navigation",
    "text",
    "alerts",
    "code",
    "extras",
    "checklists",
    "search",
    "pages",
    "languages",
    "sheet",
    "enlarge",
    "wishes",
    "print",
];

/// The template of cards.
const CARD: &str = "card.svg";

/// Templates ready to render, the assets that pages ask for, and the theme's words.
pub(crate) struct Theme {
    tera: Tera,
    sources: BTreeMap<String, Source>,
    assets: Vec<Asset>,
    words: Words,
    digest: [u8; 32],
}

struct Source {
    /// The template as the author would name it.
    shown: String,
    text: String,
}

/// A style sheet or script, published under a name that changes with its bytes.
pub(super) struct Asset {
    /// `style.css`, `script.js`, `theme.js` …
    pub(super) name: String,
    /// Where it is published, from the site's root.
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

impl Theme {
    /// Loads the built-in theme with the files of these folders over it, the last one's on top, in the looks that are configured.
    ///
    /// # Errors
    /// A folder that cannot be read, a template that does not compile, or words that are no TOML.
    pub(super) fn load(folders: &[&Path], look: &Appearance) -> Result<Self, Error> {
        let mut files: Files = BTreeMap::new();
        let mut word_files = Vec::new();
        let builtin = Builtin::iter().filter_map(|name| {
            let file = Builtin::get(&name)?;
            Some(Ok((name.to_string(), format!("templates/{name} (built in)"), file.data.into_owned())))
        });
        let mut over = Vec::new();
        for folder in folders {
            over.extend(author_files(folder)?);
        }
        let author = over.into_iter().map(|(name, path)| {
            let bytes = fs::read(&path).map_err(|source| Error::io("read", &path, source))?;
            Ok::<_, Error>((name, shown(&path), bytes))
        });
        let mut hasher = blake3::Hasher::new();
        for file in builtin.chain(author) {
            let (name, shown, bytes) = file?;
            hasher.update(name.as_bytes()).update(&[0]).update(blake3::hash(&bytes).as_bytes());
            if let Some(language) = name.strip_prefix("words/").and_then(|name| name.strip_suffix(".toml")) {
                let language = language.to_owned();
                let text = utf8(&shown, bytes)?;
                word_files.push((language, shown, text));
            } else {
                files.insert(name, (shown, bytes));
            }
        }
        let words = Words::parse(&word_files)?;
        let look = look::style(look, &files)?;
        join_style(&mut files, &look);
        let mut sources = BTreeMap::new();
        let mut assets = Vec::new();
        for (name, (shown, bytes)) in files {
            if name == CARD || Path::new(&name).extension().is_some_and(|extension| extension == "html") {
                sources.insert(name, Source { text: utf8(&shown, bytes)?, shown });
            } else {
                let bytes = if is_builtin_script(&name, &bytes) { without_comments(&bytes) } else { bytes };
                assets.push(Asset::new(name, bytes));
            }
        }
        let digest = *hasher.finalize().as_bytes();
        let mut theme = Self { tera: Tera::new(), sources, assets, words, digest };
        theme.tera.autoescape_on([".html", ".svg"]);
        theme.tera.register_filter("fill", fill);
        let templates: Vec<(&str, &str)> = theme.sources.iter().map(|(name, source)| (name.as_str(), source.text.as_str())).collect();
        if let Err(error) = theme.tera.add_raw_templates(templates) {
            return Err(theme.error(&error, None));
        }
        Ok(theme)
    }

    /// Renders a template; `page` is what it is rendered for, for messages.
    ///
    /// # Errors
    /// No such template, or a mistake in it, with its place.
    pub(super) fn render(&self, template: &str, context: &Context, page: &str) -> Result<String, Error> {
        if !self.sources.contains_key(template) {
            let known: Vec<&str> =
                self.sources.keys().map(String::as_str).filter(|name| !name.starts_with("parts/") && *name != CARD).collect();
            return Err(Error::usage(
                format!("`{page}` asks for the template `{template}`, which is not there"),
                format!("there are: {}", known.join(", ")),
            ));
        }
        self.tera.render(template, context).map_err(|error| self.error(&error, Some(page)))
    }

    pub(super) fn assets(&self) -> impl Iterator<Item = &Asset> {
        self.assets.iter()
    }

    /// The hash of all its files.
    pub(super) fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    pub(super) fn words(&self) -> &Words {
        &self.words
    }

    /// Adds the words that scripts need in these languages (BCP 47 tags) to the assets, as `words/LANGUAGE.js`.
    pub(super) fn with_words_for<'a>(mut self, languages: impl IntoIterator<Item = &'a str>) -> Self {
        let nearest: BTreeSet<&str> = languages.into_iter().map(|language| self.words.nearest(language)).collect();
        let made: Vec<Asset> = nearest
            .into_iter()
            .map(|language| Asset::new(format!("words/{language}.js"), self.words.of(language).to_script().into_bytes()))
            .collect();
        self.assets.extend(made);
        self
    }

    fn error(&self, error: &tera::Error, page: Option<&str>) -> Error {
        let (tera::ErrorKind::SyntaxError(report) | tera::ErrorKind::RenderingError(report)) = error.kind() else {
            return Error::Usage {
                message: format!("the templates do not fit together: {error}"),
                help: page.map(|page| format!("it was met on `{page}`")),
            };
        };
        let source = self.sources.get(report.filename());
        Error::Source(Box::new(SourceError {
            path: source.map_or_else(|| report.filename().to_owned(), |source| source.shown.clone()),
            text: source.map(|source| source.text.clone()).unwrap_or_default(),
            span: report.span().range.clone(),
            message: report.message().to_owned(),
            help: page.map(|page| format!("it was met on `{page}`")),
        }))
    }
}

impl Asset {
    fn new(name: String, bytes: Vec<u8>) -> Self {
        let path = format!("{FOLDER}{}", published_name(&name, &bytes));
        Self { name, path, bytes }
    }
}

/// The folder of the output where all assets are.
const FOLDER: &str = "assets/";

/// The name under which a file is published there: it changes with its bytes.
pub(super) fn published_name(name: &str, bytes: &[u8]) -> String {
    let hash = blake3::hash(bytes).to_hex();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    format!("milepost-{}-{}.{extension}", stem.replace('/', "-"), &hash[..8])
}

/// The names of the built-in files.
#[must_use]
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = Builtin::iter().map(|name| name.to_string()).collect();
    names.sort();
    names
}

/// The text of a built-in file.
#[must_use]
pub fn text(name: &str) -> Option<String> {
    Builtin::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned())
}

/// Whether a file is a script of the built-in theme as it is: what authors write is published as they wrote it.
fn is_builtin_script(name: &str, bytes: &[u8]) -> bool {
    let is_script = Path::new(name).extension().is_some_and(|extension| extension == "js");
    is_script && Builtin::get(name).is_some_and(|file| *file.data == *bytes)
}

/// A script without indentation and without lines that are comments: 1.3 KB less to load of 14.6 KB, compressed.
/// No text in the built-in scripts goes over several lines.
fn without_comments(script: &[u8]) -> Vec<u8> {
    let lines = script.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut out = Vec::with_capacity(script.len());
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with(b"//")) {
        out.extend_from_slice(line);
        // After these a statement cannot end, or has ended: the line break means nothing.
        let goes_on = matches!(line.last(), Some(b'{' | b'(' | b'[' | b',' | b';'));
        // What follows `//` would swallow the next line.
        if !goes_on || memchr::memmem::find(line, b"//").is_some() {
            out.push(b'\n');
        }
    }
    out.push(b'\n');
    out
}

/// The theme's files by name, each with its name for messages and its bytes.
pub(super) type Files = BTreeMap<String, (String, Vec<u8>)>;

/// Makes `style.css` of its parts, unless the author has written it whole.
fn join_style(files: &mut Files, look: &str) {
    let known: Vec<String> = STYLE.iter().map(|part| format!("style/{part}.css")).collect();
    let of_author: Vec<String> = files.keys().filter(|name| is_style(name) && !STYLE.contains(&part_name(name))).cloned().collect();
    let mut take =
        |names: Vec<String>| names.iter().filter_map(|name| files.remove(name)).flat_map(|(_, bytes)| bytes).collect::<Vec<u8>>();
    let (parts, own) = (take(known), take(of_author));
    let whole = files.remove("style.css").map_or(parts, |(_, bytes)| bytes);
    files.insert("style.css".to_owned(), ("style.css".to_owned(), [whole, look.as_bytes().to_vec(), own].concat()));
}

fn is_style(name: &str) -> bool {
    name.starts_with("style/") && Path::new(name).extension().is_some_and(|extension| extension == "css")
}

fn part_name(name: &str) -> &str {
    name.trim_start_matches("style/").trim_end_matches(".css")
}

/// The filter `fill`: a word with its placeholders filled by the arguments of their names.
#[expect(clippy::needless_pass_by_value, reason = "tera hands a filter its arguments by value")]
fn fill(word: &str, arguments: Kwargs, _: &State) -> String {
    let values: Vec<(&str, String)> = arguments.iter().filter_map(|(name, value)| Some((name.as_str()?, value.to_string()))).collect();
    words::fill(word, values)
}

fn utf8(shown: &str, bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|_| Error::usage(format!("the template `{shown}` is not UTF-8"), "save it as UTF-8"))
}

/// The files of a folder by the name that templates use; hidden ones, such as those of git, are left out.
fn author_files(folder: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
    let mut found = Vec::new();
    let is_shown = |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_shown) {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_path_buf();
            Error::io("read", path, error.into_io_error().unwrap_or_else(|| std::io::Error::other("unknown")))
        })?;
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let name = name.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            found.push((name, entry.into_path()));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(files: &[(&str, &str)]) -> String {
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::create_dir_all(folder.path().join("style")).expect("a folder can be made");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("a file can be written");
        }
        let Ok(theme) = Theme::load(&[folder.path()], &Appearance::default()) else { panic!("the theme loads") };
        let asset = theme.assets().find(|asset| asset.name == "style.css").expect("there is a style sheet");
        String::from_utf8_lossy(&asset.bytes).into_owned()
    }

    #[test]
    fn a_part_of_the_style_is_replaced_in_its_place_and_a_new_one_comes_last() {
        let joined = style(&[("style/code.css", ".mine {}\n"), ("style/brand.css", ".brand {}\n")]);
        let place = |text: &str| joined.find(text).expect("it is there");
        assert!(place(".markdown-alert") < place(".mine {}") && place(".mine {}") < place("@media print"));
        assert!(joined.ends_with(".brand {}\n") && !joined.contains("pre.code {"));
    }

    #[test]
    fn scripts_are_published_without_comments_and_have_no_text_over_several_lines() {
        let script = b"// Why.\n(() => {\n\n  run(\"// no\"); // so;\n  a()\n  b(\n    1,\n  );\n})();\n";
        assert_eq!(without_comments(script), b"(() => {run(\"// no\"); // so;\na()\nb(1,);})();\n");
        for name in Builtin::iter().filter(|name| name.ends_with(".js")) {
            let file = Builtin::get(&name).expect("it is built in");
            let text = String::from_utf8(file.data.into_owned()).expect("it is UTF-8");
            let open =
                text.lines().find(|line| !line.trim_start().starts_with("//") && line.replace("\\`", "").matches('`').count() % 2 == 1);
            assert_eq!(open, None, "a text of {name} goes on");
        }
    }

    #[test]
    fn a_whole_style_sheet_replaces_all_parts() {
        assert_eq!(style(&[("style.css", "body {}\n")]), "body {}\n");
    }
}
