//! A tree in, the commands that are measured on it out: Milepost, the floor, and what is installed of the others.

use crate::{
    layouts::{self, Layout},
    peers::{self, Program},
};
use serde::{Deserialize, Serialize};
use std::{
    ffi::{OsStr, OsString},
    fs, io,
    path::{Path, PathBuf},
};

/// The first argument that makes this program the floor.
pub(crate) const FLOOR: &str = "--floor";

/// Who is measured, in the order of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    Floor,
    FloorRender,
    FloorParse,
    Bare,
    Plain,
    Full,
    PlainUnchanged,
    PlainEdited,
    FullUnchanged,
    FullEdited,
    Hugo,
    ZolaPlain,
    Zola,
    Mdbook,
    Mkdocs,
    Zensical,
    Vitepress,
    Starlight,
    Check,
    Lychee,
    Hyperlink,
    ZolaCheck,
    Linkinator,
}

/// What is asked of a contestant: only the same work is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Floor,
    Build,
    Rebuild,
    Check,
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::FloorRender => "floor --render",
            Self::FloorParse => "floor --parse",
            Self::Bare => "Milepost, no highlighting, no search",
            Self::Plain => "Milepost, no search",
            Self::Full => "Milepost",
            Self::PlainUnchanged => "nothing changed, no search",
            Self::PlainEdited => "one page edited, no search",
            Self::FullUnchanged => "nothing changed",
            Self::FullEdited => "one page edited",
            Self::Hugo => "Hugo, no search",
            Self::ZolaPlain => "Zola, no search",
            Self::Zola => "Zola",
            Self::Mdbook => "mdBook",
            Self::Mkdocs => "MkDocs Material",
            Self::Zensical => "Zensical",
            Self::Vitepress => "VitePress",
            Self::Starlight => "Starlight",
            Self::Check => "Milepost check",
            Self::Lychee => "lychee, on Markdown",
            Self::Hyperlink => "hyperlink, on HTML",
            Self::ZolaCheck => "zola check",
            Self::Linkinator => "linkinator, on HTML",
        }
    }

    pub(crate) fn work(self) -> Work {
        match self {
            Self::Floor | Self::FloorRender | Self::FloorParse => Work::Floor,
            Self::PlainUnchanged | Self::PlainEdited | Self::FullUnchanged | Self::FullEdited => Work::Rebuild,
            Self::Check | Self::Lychee | Self::Hyperlink | Self::ZolaCheck | Self::Linkinator => Work::Check,
            _ => Work::Build,
        }
    }

    /// What its figures are told as a share of: the floor, or for a rebuild the first build. Checkers need no HTML.
    pub(crate) fn unit(self) -> Self {
        match self {
            Self::PlainUnchanged | Self::PlainEdited => Self::Plain,
            Self::FullUnchanged | Self::FullEdited => Self::Full,
            Self::FloorParse => Self::FloorParse,
            _ if self.work() == Work::Check => Self::FloorParse,
            _ => Self::Floor,
        }
    }

    /// Whether one run is enough: it takes long, and its figures are far from all others.
    pub(crate) fn is_slow(self) -> bool {
        matches!(self, Self::Mdbook | Self::Mkdocs | Self::Zensical | Self::Vitepress | Self::Starlight | Self::Linkinator)
    }

    /// The pages, with those of folders, above which it is left out: it would take more time or memory than there is.
    pub(crate) fn largest(self) -> usize {
        match self {
            _ if self.is_slow() => 1_100,
            // Nor are rebuilds measured there: each needs a build before it, of minutes.
            Self::Floor | Self::FloorRender | Self::FloorParse | Self::Bare | Self::Plain | Self::Full | Self::Check => usize::MAX,
            _ => 20_000,
        }
    }

    /// Whether an exit status is that of a run which did its work; checkers also exit so when they have found something.
    pub(crate) fn accepts(self, status: i32) -> bool {
        match self {
            Self::Bare | Self::Plain | Self::Full | Self::Check | Self::Linkinator => matches!(status, 0 | 1),
            Self::PlainUnchanged | Self::PlainEdited | Self::FullUnchanged | Self::FullEdited => matches!(status, 0 | 1),
            Self::Lychee | Self::Hyperlink => matches!(status, 0..=2),
            _ => status == 0,
        }
    }

    /// What a run needs that came before it, outside the clock.
    fn before(self) -> Before {
        match self {
            Self::PlainUnchanged | Self::FullUnchanged => Before::Built,
            Self::PlainEdited | Self::FullEdited => Before::BuiltAndEdited,
            _ => Before::Nothing,
        }
    }
}

/// What is done before each run, outside the clock.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    Nothing,
    /// The same command, once.
    Built,
    /// The same command, and then a guide gets another paragraph.
    BuiltAndEdited,
}

/// A command to measure.
pub(crate) struct Contestant {
    pub(crate) role: Role,
    pub(crate) version: String,
    pub(crate) command: Vec<OsString>,
    /// Where it is started.
    pub(crate) folder: PathBuf,
    pub(crate) before: Before,
    /// What it writes, removed before each run.
    pub(crate) output: Option<PathBuf>,
    /// What else it leaves that would make the next run another work, removed too.
    pub(crate) leftovers: Vec<PathBuf>,
}

impl Contestant {
    fn new(role: Role, version: &str, program: &OsStr, arguments: &[&OsStr], folder: &Path) -> Self {
        let command = std::iter::once(program).chain(arguments.iter().copied()).map(OsString::from).collect();
        let (version, folder, before) = (version.to_owned(), folder.to_path_buf(), role.before());
        Self { role, version, command, folder, before, output: None, leftovers: Vec::new() }
    }

    fn writes(self, output: PathBuf) -> Self {
        Self { output: Some(output), ..self }
    }

    fn leaves(self, leftovers: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { leftovers: leftovers.into_iter().collect(), ..self }
    }
}

/// A tree and where its contestants work.
pub(crate) struct Place<'a> {
    pub(crate) tree: &'a Path,
    pub(crate) work: &'a Path,
    /// The pages, with those of folders.
    pub(crate) pages: usize,
    /// Whether the tree is generated: only then it is edited, and only that form of Markdown do all peers' layouts take.
    pub(crate) generated: bool,
}

/// The contestants on a tree, with what they need written into the working folder; who is not measured is told on stderr.
///
/// # Errors
/// A file that cannot be written, or a release binary that does not start.
pub(crate) fn all(place: &Place<'_>) -> io::Result<Vec<Contestant>> {
    let mut all = floors(place)?;
    all.extend(milepost(place)?.into_iter().filter(|contestant| place.pages <= contestant.role.largest()));
    let node = peers::node();
    let mut missing = Vec::new();
    for (role, program) in peers::ALL {
        if place.pages > role.largest() {
            eprintln!("{}: left out above {} pages", role.name(), role.largest());
            continue;
        }
        if !place.generated && !matches!(role, Role::Hugo | Role::Lychee | Role::Hyperlink) {
            continue;
        }
        match program.find(node.as_deref()) {
            Some((words, version)) => all.push(peer(*role, &words, &version, place)?),
            None => missing.push(format!("{} ({})", role.name(), program.variables())),
        }
    }
    if !missing.is_empty() {
        eprintln!("not installed, so not measured: {}", missing.join(", "));
    }
    all.sort_by_key(|contestant| contestant.role);
    Ok(all)
}

fn floors(place: &Place<'_>) -> io::Result<Vec<Contestant>> {
    let program = std::env::current_exe()?.into_os_string();
    let version = format!("(pulldown-cmark {})", pulldown_cmark_version());
    let floors = [(Role::Floor, "written"), (Role::FloorRender, "rendered"), (Role::FloorParse, "parsed")];
    Ok(floors
        .into_iter()
        .map(|(role, until)| {
            let output = place.work.join("floor");
            let arguments: [&OsStr; 4] = [FLOOR.as_ref(), until.as_ref(), place.tree.as_ref(), output.as_ref()];
            let floor = Contestant::new(role, &version, &program, &arguments, place.work);
            if role == Role::Floor { floor.writes(output) } else { floor }
        })
        .collect())
}

/// Where Milepost's HTML is that others check.
fn html(work: &Path) -> PathBuf {
    work.join("milepost/plain/public")
}

fn milepost(place: &Place<'_>) -> io::Result<Vec<Contestant>> {
    let program = OsString::from(env!("CARGO_BIN_EXE_milepost"));
    let version = Program::version_of(&program).ok_or_else(|| io::Error::other("the release binary does not start"))?;
    let content = toml::Value::from(place.tree.display().to_string());
    let builds = [
        (Role::Bare, "bare", false, false),
        (Role::Plain, "plain", true, false),
        (Role::Full, "full", true, true),
        (Role::PlainUnchanged, "plain-unchanged", true, false),
        (Role::PlainEdited, "plain-edited", true, false),
        (Role::FullUnchanged, "full-unchanged", true, true),
        (Role::FullEdited, "full-edited", true, true),
    ];
    let mut all = Vec::new();
    for (role, name, highlight, search) in builds {
        if (highlight && !cfg!(feature = "highlight")) || (role.before() == Before::BuiltAndEdited && !place.generated) {
            continue;
        }
        let site = place.work.join("milepost").join(name);
        fs::create_dir_all(&site)?;
        let config = site.join("milepost.toml");
        let settings =
            format!("title = \"Handbook\"\ncontent = {content}\n\n[markdown]\nhighlight = {highlight}\n\n[search]\nenabled = {search}\n");
        fs::write(&config, settings)?;
        let arguments: [&OsStr; 4] = ["build".as_ref(), "--keep-going".as_ref(), "--config".as_ref(), config.as_ref()];
        let build = Contestant::new(role, &version, &program, &arguments, &site);
        all.push(build.writes(site.join("public")).leaves([site.join(".milepost-cache")]));
    }
    let site = place.work.join("milepost/bare");
    let config = site.join("milepost.toml");
    let arguments: [&OsStr; 3] = ["check".as_ref(), "--config".as_ref(), config.as_ref()];
    all.push(Contestant::new(Role::Check, &version, &program, &arguments, &site));
    Ok(all)
}

/// A peer with its site; `words` start it.
fn peer(role: Role, words: &[OsString], version: &str, place: &Place<'_>) -> io::Result<Contestant> {
    let (program, before) = words.split_first().ok_or_else(|| io::Error::other("a peer without a program"))?;
    let site = |layout: Layout, name: &str| -> io::Result<PathBuf> {
        let site = place.work.join(name);
        // `zola check` has the site of `zola build`.
        if !site.exists() {
            layouts::write(layout, place.tree, &site)?;
        }
        Ok(site)
    };
    let contestant = |arguments: &[&OsStr], site: &Path| {
        let arguments: Vec<&OsStr> = before.iter().map(OsString::as_os_str).chain(arguments.iter().copied()).collect();
        Contestant::new(role, version, program, &arguments, site)
    };
    let zola = |site: &Path, arguments: &[&OsStr]| {
        let config = site.join("zola.toml");
        let options: [&OsStr; 4] = ["--root".as_ref(), site.as_ref(), "--config".as_ref(), config.as_ref()];
        contestant(&[&options, arguments].concat(), site)
    };
    Ok(match role {
        Role::Hugo => {
            let site = site(Layout::Hugo, "hugo")?;
            contestant(&["build".as_ref(), "--noBuildLock".as_ref()], &site).writes(site.join("public")).leaves([site.join("resources")])
        }
        Role::ZolaPlain => {
            let site = site(Layout::Zola { search: false }, "zola-plain")?;
            zola(&site, &["build".as_ref()]).writes(site.join("public"))
        }
        Role::Zola => {
            let site = site(Layout::Zola { search: true }, "zola")?;
            zola(&site, &["build".as_ref()]).writes(site.join("public"))
        }
        Role::ZolaCheck => {
            let site = site(Layout::Zola { search: true }, "zola")?;
            zola(&site, &["check".as_ref(), "--skip-external-links".as_ref()])
        }
        Role::Mdbook => {
            let site = site(Layout::Mdbook, "mdbook")?;
            contestant(&["build".as_ref()], &site).writes(site.join("book"))
        }
        Role::Mkdocs => {
            let site = site(Layout::Mkdocs, "mkdocs")?;
            contestant(&["build".as_ref(), "--quiet".as_ref()], &site).writes(site.join("site"))
        }
        Role::Zensical => {
            let site = site(Layout::Zensical, "zensical")?;
            contestant(&["build".as_ref()], &site).writes(site.join("site")).leaves([site.join(".cache")])
        }
        Role::Vitepress => {
            let script = peers::bring_node_modules(place.work)?.join("vitepress/bin/vitepress.js");
            let site = site(Layout::Vitepress, "vitepress")?;
            let own = site.join("docs/.vitepress");
            let arguments: [&OsStr; 3] = [script.as_ref(), "build".as_ref(), "docs".as_ref()];
            Contestant::new(role, version, program, &arguments, &site)
                .writes(own.join("dist"))
                .leaves([own.join("cache"), own.join(".temp")])
        }
        Role::Starlight => {
            let script = peers::bring_node_modules(place.work)?.join("astro/bin/astro.mjs");
            let site = site(Layout::Starlight, "starlight")?;
            let leftovers = [".astro", "node_modules"].map(|folder| site.join(folder));
            let arguments: [&OsStr; 2] = [script.as_ref(), "build".as_ref()];
            Contestant::new(role, version, program, &arguments, &site).writes(site.join("dist")).leaves(leftovers)
        }
        Role::Lychee => {
            contestant(&["--offline".as_ref(), "--include-fragments".as_ref(), "--no-progress".as_ref(), place.tree.as_ref()], place.work)
        }
        Role::Hyperlink => contestant(&["--check-anchors".as_ref(), html(place.work).as_ref()], place.work),
        Role::Linkinator => {
            let output = html(place.work);
            let folder = output.parent().unwrap_or(place.work);
            contestant(&["public".as_ref(), "--recurse".as_ref(), "--check-fragments".as_ref()], folder)
        }
        _ => return Err(io::Error::other(format!("{} is no peer", role.name()))),
    })
}

/// The version that the lock file holds: the library does not tell its own.
fn pulldown_cmark_version() -> &'static str {
    let lock = include_str!("../../Cargo.lock");
    let entry = lock.split("[[package]]").find(|entry| entry.contains("name = \"pulldown-cmark\"\n"));
    entry.and_then(|entry| entry.split("version = \"").nth(1)?.split('"').next()).unwrap_or("")
}
