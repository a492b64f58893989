//! Where the peers are: named by an environment variable, in the folder `PEERS`, or on the `PATH`.

use crate::{contestants::Role, layouts};
use std::{
    ffi::{OsStr, OsString},
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// The peers, as README.md tells to install them.
pub(crate) const ALL: &[(Role, Program)] = &[
    (Role::Hugo, HUGO),
    (Role::ZolaPlain, ZOLA),
    (Role::Zola, ZOLA),
    (Role::Mdbook, Program::Own { variable: "MDBOOK", name: "mdbook", below: "cargo/bin/mdbook" }),
    (Role::Mkdocs, Program::Own { variable: "MKDOCS", name: "mkdocs", below: "venv/bin/mkdocs" }),
    (Role::Zensical, Program::Own { variable: "ZENSICAL", name: "zensical", below: "venv/bin/zensical" }),
    (Role::Vitepress, Program::Script { path: "vitepress/bin/vitepress.js", package: "vitepress" }),
    (Role::Starlight, Program::Script { path: "astro/bin/astro.mjs", package: "@astrojs/starlight" }),
    (Role::Lychee, Program::Own { variable: "LYCHEE", name: "lychee", below: "cargo/bin/lychee" }),
    (Role::Hyperlink, Program::Own { variable: "HYPERLINK", name: "hyperlink", below: "cargo/bin/hyperlink" }),
    (Role::ZolaCheck, ZOLA),
    (Role::Linkinator, Program::Script { path: "linkinator/build/src/cli.js", package: "linkinator" }),
];

const HUGO: Program = Program::Own { variable: "HUGO", name: "hugo", below: "bin/hugo" };
const ZOLA: Program = Program::Own { variable: "ZOLA", name: "zola", below: "cargo/bin/zola" };

/// How a peer is started.
pub(crate) enum Program {
    /// By its own name; `below` is its place in `PEERS`.
    Own { variable: &'static str, name: &'static str, below: &'static str },
    /// By Node.js, from a package in `NODE_MODULES`.
    Script { path: &'static str, package: &'static str },
}

impl Program {
    /// The words that start it, and its version; none when it is not installed.
    pub(crate) fn find(&self, node: Option<&OsStr>) -> Option<(Vec<OsString>, String)> {
        match self {
            Self::Own { variable, name, below } => {
                let program = named(variable, below).unwrap_or_else(|| name.into());
                let version = match *name {
                    "mkdocs" => material(&program),
                    "hugo" => Self::said(&program, &["version"]).and_then(|said| number(&said)),
                    _ => Self::version_of(&program),
                };
                Some((vec![program], version?))
            }
            Self::Script { path, package } => {
                let modules = node_modules()?;
                let said = fs::read_to_string(modules.join(package).join("package.json")).ok()?;
                let version = serde_json::from_str::<serde_json::Value>(&said).ok()?["version"].as_str()?.to_owned();
                Some((vec![node?.to_owned(), modules.join(path).into_os_string()], version))
            }
        }
    }

    /// The variables that name it.
    pub(crate) fn variables(&self) -> &'static str {
        match self {
            Self::Own { variable, .. } => variable,
            Self::Script { .. } => "NODE, NODE_MODULES",
        }
    }

    /// What a program answers to `--version`; none when it does not start.
    pub(crate) fn version_of(program: &OsStr) -> Option<String> {
        number(&Self::said(program, &["--version"])?)
    }

    fn said(program: &OsStr, arguments: &[&str]) -> Option<String> {
        let said = Command::new(program).args(arguments).output().ok().filter(|said| said.status.success())?;
        Some(String::from_utf8_lossy(&said.stdout).into_owned())
    }
}

/// The program that starts scripts; none when it does not start.
pub(crate) fn node() -> Option<OsString> {
    let node = named("NODE", "node/node_modules/.bin/node").unwrap_or_else(|| "node".into());
    Program::version_of(&node).map(|_| node)
}

/// Copies the packages to where sites are made of them, once: Node.js finds them from each site there, and Astro builds only with packages
/// that lie in a folder beside the site.
///
/// # Errors
/// A file that cannot be copied.
pub(crate) fn bring_node_modules(work: &Path) -> io::Result<PathBuf> {
    let copy = work.join("node_modules");
    if !copy.exists() {
        layouts::copy(&node_modules().unwrap_or_default(), &copy)?;
    }
    Ok(copy)
}

fn node_modules() -> Option<PathBuf> {
    named("NODE_MODULES", "node_modules").map(PathBuf::from)
}

/// What a variable names, else what is there in the folder of all peers.
fn named(variable: &str, below: &str) -> Option<OsString> {
    let in_peers = || {
        let path = Path::new(&std::env::var_os("PEERS")?).join(below);
        path.exists().then(|| path.into_os_string())
    };
    let path = std::env::var_os(variable).or_else(in_peers)?;
    // It is started from other folders; a name without one is looked for on the `PATH`.
    if Path::new(&path).components().count() > 1 { std::path::absolute(path).ok().map(PathBuf::into_os_string) } else { Some(path) }
}

/// The version of the theme, which weighs more than that of MkDocs; the Python of MkDocs knows it.
fn material(mkdocs: &OsStr) -> Option<String> {
    let python = Path::new(mkdocs).with_file_name("python3");
    let ask = "from importlib.metadata import version; print(version('mkdocs'), version('mkdocs-material'))";
    let said = Program::said(python.as_os_str(), &["-c", ask])?;
    let (mkdocs, material) = said.trim().split_once(' ')?;
    Some(format!("{material} (MkDocs {mkdocs})"))
}

/// The first word that is a version, without what it was built from.
fn number(said: &str) -> Option<String> {
    let is_version = |word: &&str| word.starts_with(|first: char| first.is_ascii_digit()) && word.contains('.');
    let word = said.split_whitespace().map(|word| word.trim_start_matches('v')).find(is_version)?;
    Some(word.split(['-', '+']).next().unwrap_or(word).to_owned())
}
