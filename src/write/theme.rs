//! The theme: built-in templates and assets, each replaceable by the author's file of the same name. The only user of tera.

use crate::error::{Error, SourceError, shown};
use rust_embed::RustEmbed;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use tera::{Context, Tera};

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Builtin;

/// Templates ready to render, and the assets that pages ask for.
pub(super) struct Theme {
    tera: Tera,
    sources: BTreeMap<String, Source>,
    assets: Vec<Asset>,
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
    /// Loads the built-in theme with the author's files over it.
    ///
    /// # Errors
    /// A folder that cannot be read, or a template that does not compile.
    pub(super) fn load(folder: Option<&Path>) -> Result<Self, Error> {
        let mut files: BTreeMap<String, (String, Vec<u8>)> = BTreeMap::new();
        for name in Builtin::iter() {
            if let Some(file) = Builtin::get(&name) {
                files.insert(name.to_string(), (format!("templates/{name} (built in)"), file.data.into_owned()));
            }
        }
        if let Some(folder) = folder {
            for (name, path) in author_files(folder)? {
                let bytes = fs::read(&path).map_err(|source| Error::io("read", &path, source))?;
                files.insert(name, (shown(&path), bytes));
            }
        }
        let mut sources = BTreeMap::new();
        let mut assets = Vec::new();
        for (name, (shown, bytes)) in files {
            if Path::new(&name).extension().is_some_and(|extension| extension == "html") {
                let text = String::from_utf8(bytes)
                    .map_err(|_| Error::usage(format!("the template `{shown}` is not UTF-8"), "save it as UTF-8"))?;
                sources.insert(name, Source { shown, text });
            } else {
                assets.push(Asset::new(name, bytes));
            }
        }
        let mut theme = Self { tera: Tera::new(), sources, assets };
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
            let known: Vec<&str> = self.sources.keys().map(String::as_str).collect();
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
        let hash = blake3::hash(&bytes).to_hex();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, "bin"));
        let path = format!("assets/milepost-{}-{}.{extension}", stem.replace('/', "-"), &hash[..8]);
        Self { name, path, bytes }
    }
}

/// The author's files, by the name that templates use.
fn author_files(folder: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_path_buf();
            Error::io("read", path, error.into_io_error().unwrap_or_else(|| std::io::Error::other("unknown")))
        })?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if entry.file_type().is_file() && !hidden {
            let name = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let name = name.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            found.push((name, entry.into_path()));
        }
    }
    Ok(found)
}
