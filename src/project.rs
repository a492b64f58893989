//! Where everything is: a folder and the command line in, the folders of content, output, templates and static files out.

use crate::{
    config::{self, Config},
    error::{Error, shown},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A site to check or build.
#[derive(Clone, Debug)]
pub struct Project {
    /// The configuration, defaulted where there is no file.
    pub config: Config,
    /// The configuration's file, where there is one.
    pub file: Option<PathBuf>,
    /// The folder of the configuration, or the folder of guides without one.
    pub root: PathBuf,
    /// The folder of guides.
    pub content: PathBuf,
    /// The folder that the site is written to.
    pub output: PathBuf,
    /// The folder that is copied whole, where there is one.
    pub static_folder: Option<PathBuf>,
    /// The folder of the author's templates, where there is one.
    pub templates: Option<PathBuf>,
    /// The folder of a theme under the author's templates, where one is configured.
    pub theme: Option<PathBuf>,
    /// Whether drafts are pages.
    pub drafts: bool,
    /// Whether the lock file must agree with the sources.
    pub locked: bool,
}

/// What the command line says over the configuration.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// A configuration file instead of `milepost.toml`.
    pub config: Option<PathBuf>,
    /// The output folder, relative to the current folder.
    pub output: Option<PathBuf>,
    /// The address of the published site.
    pub base_url: Option<String>,
    /// Whether drafts are pages.
    pub drafts: bool,
    /// Whether the lock file must agree with the sources.
    pub locked: bool,
}

impl Project {
    /// Finds the project of a folder; without one, the nearest folder upward from the current one that has a configuration.
    ///
    /// # Errors
    /// A folder that is not there, or a configuration that cannot be read.
    pub fn open(folder: Option<&Path>, overrides: &Overrides) -> Result<Self, Error> {
        let current = std::env::current_dir().map_err(|source| Error::io("find", ".", source))?;
        let start = folder.map_or_else(|| nearest_configured(&current).unwrap_or_else(|| current.clone()), |folder| current.join(folder));
        if !start.is_dir() {
            let named = folder.unwrap_or(&start).display().to_string();
            return Err(if start.exists() {
                Error::usage(format!("`{named}` is a file, not a folder"), "name the folder that holds the guides")
            } else {
                Error::usage(format!("there is no folder `{named}`"), "name the folder that holds the guides")
            });
        }
        let named = overrides.config.as_ref().map(|path| current.join(path));
        let file = named.clone().unwrap_or_else(|| start.join(config::FILE_NAME));
        let mut project = if named.is_some() || file.is_file() {
            let shown = overrides.config.clone().unwrap_or_else(|| shorten(&file, &current));
            let text = fs::read_to_string(&file).map_err(|source| Error::io("read", &shown, source))?;
            let base = file.parent().map_or_else(|| start.clone(), Path::to_path_buf);
            Self::configured(Config::parse(&text, &shown)?, &base, &shown)?
        } else {
            Self::bare(&start, &current)
        };
        project.file = (named.is_some() || file.is_file()).then(|| normal(&file));
        project.drafts = overrides.drafts;
        project.locked = overrides.locked;
        if let Some(output) = &overrides.output {
            project.output = current.join(output);
        }
        if let Some(address) = &overrides.base_url {
            if !url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
                return Err(Error::usage(
                    format!("`{address}` is not an address"),
                    "write it in full, such as `https://docs.example.com/`",
                ));
            }
            project.config.base_url = Some(address.clone());
        }
        project.guard_folders()?;
        Ok(project)
    }

    fn configured(config: Config, base: &Path, shown: &Path) -> Result<Self, Error> {
        let content = base.join(&config.content);
        if !content.is_dir() {
            return Err(Error::usage(
                format!("the content folder `{}` of `{}` is not there", config.content.display(), shown.display()),
                "create it, or set `content` in the configuration",
            ));
        }
        let theme = config.theme.folder.as_ref().map(|folder| base.join(folder));
        if theme.as_ref().is_some_and(|folder| !folder.is_dir()) {
            let folder = config.theme.folder.unwrap_or_default();
            return Err(Error::usage(
                format!("the theme's folder `{}` of `{}` is not there", folder.display(), shown.display()),
                "create it, or set `folder` in `[theme]`; a git submodule is fetched with `git submodule update --init`",
            ));
        }
        // A checkout of a theme has its files in a folder of their own, beside its README.
        let theme = theme.map(|folder| if folder.join("templates").is_dir() { folder.join("templates") } else { folder });
        let existing = |path: PathBuf| path.is_dir().then_some(path);
        Ok(Self {
            file: None,
            theme,
            output: base.join(&config.output),
            static_folder: existing(base.join(&config.r#static)),
            templates: existing(base.join(&config.templates)),
            content: normal(&content),
            root: normal(base),
            config,
            drafts: false,
            locked: false,
        })
    }

    fn bare(folder: &Path, current: &Path) -> Self {
        let config = Config::default();
        Self {
            file: None,
            root: normal(folder),
            content: normal(folder),
            output: current.join(&config.output),
            static_folder: None,
            templates: None,
            theme: None,
            config,
            drafts: false,
            locked: false,
        }
    }

    /// Refuses an output folder that is, or holds, what the site is made from.
    fn guard_folders(&self) -> Result<(), Error> {
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| normal(path));
        let output = real(&self.output);
        for source in [Some(&self.content), self.static_folder.as_ref(), self.templates.as_ref(), self.theme.as_ref()].into_iter().flatten()
        {
            if real(source).starts_with(&output) {
                return Err(Error::usage(
                    format!("the output folder `{}` holds the sources in `{}`", shown(&self.output), shown(source)),
                    "name another folder with `--output-dir`",
                ));
            }
        }
        Ok(())
    }

    /// The folders inside the content that are no input: the output, and the author's templates and static files.
    #[must_use]
    pub fn excluded(&self) -> Vec<PathBuf> {
        let mut excluded = vec![normal(&self.output)];
        for folder in [self.static_folder.as_ref(), self.templates.as_ref(), self.theme.as_ref()].into_iter().flatten() {
            let folder = normal(folder);
            if folder != self.content {
                excluded.push(folder);
            }
        }
        excluded
    }
}

fn nearest_configured(from: &Path) -> Option<PathBuf> {
    from.ancestors().find(|folder| folder.join(config::FILE_NAME).is_file()).map(Path::to_path_buf)
}

fn shorten(path: &Path, current: &Path) -> PathBuf {
    path.strip_prefix(current).unwrap_or(path).to_path_buf()
}

/// The path without `.` and `..`, by text alone.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
