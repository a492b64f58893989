//! The published site to an archive that a reader unpacks and opens from disk. The only user of zip.

use super::output;
use crate::{
    error::{Error, shown},
    project::Project,
    replace::replace_with,
};
use std::{
    fs::{self, File},
    io,
    path::Path,
};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// Files that only a server has a use for: a page whose links start at the host, and a word to one host.
const FOR_SERVERS: &[&str] = &["404.html", ".nojekyll"];

/// Formats that are compressed already.
const COMPRESSED: &[&str] =
    &["avif", "gif", "gz", "jpeg", "jpg", "mp3", "mp4", "ogg", "png", "webm", "webp", "woff", "woff2", "xz", "zip", "zst"];

/// What an archive holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Archived {
    /// Files of the site.
    pub files: usize,
    /// The archive's own size.
    pub bytes: u64,
}

/// An archive that is to be written.
#[derive(Debug)]
pub struct Archive<'a> {
    site: &'a Path,
    file: &'a Path,
}

impl<'a> Archive<'a> {
    /// Plans an archive of a project's site.
    ///
    /// # Errors
    /// A place inside the content, where the next build would take it for a part of the site.
    pub fn new(project: &'a Project, file: &'a Path) -> Result<Self, Error> {
        let folder = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let within = |outer: &Path| match (fs::canonicalize(folder), fs::canonicalize(outer)) {
            (Ok(folder), Ok(outer)) => folder.starts_with(outer),
            _ => false,
        };
        if within(&project.content) && !within(&project.output) {
            return Err(Error::usage(
                format!("the archive `{}` would lie in the content, and be a part of the next build", shown(file)),
                "name another folder for it",
            ));
        }
        Ok(Self { site: &project.output, file })
    }

    /// Packs what the last build wrote. The archive holds one folder of its own name, its entries are sorted, and nothing in it
    /// tells when or where it was made.
    ///
    /// # Errors
    /// A file that cannot be read or written.
    pub fn pack(&self) -> Result<Archived, Error> {
        let paths = output::manifest(self.site)?;
        let top = self.file.file_stem().map_or_else(|| "site".to_owned(), |stem| stem.to_string_lossy().into_owned());
        let mut archived = Archived::default();
        replace_with(self.file, |file| {
            let mut writer = ZipWriter::new(file);
            for path in paths.iter().filter(|path| !FOR_SERVERS.contains(&path.as_str())) {
                let mut source = File::open(self.site.join(path))?;
                writer.start_file(format!("{top}/{path}"), options(path, source.metadata()?.len()))?;
                io::copy(&mut source, &mut writer)?;
                archived.files += 1;
            }
            archived.bytes = writer.finish()?.metadata()?.len();
            Ok(())
        })?;
        Ok(archived)
    }
}

fn options(path: &str, length: u64) -> SimpleFileOptions {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let compressed = extension.is_some_and(|extension| COMPRESSED.contains(&extension.as_str()));
    SimpleFileOptions::default()
        .compression_method(if compressed { CompressionMethod::Stored } else { CompressionMethod::Deflated })
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        .large_file(length >= u64::from(u32::MAX))
}
