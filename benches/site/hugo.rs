//! A tree in, a Hugo site of the same pages out: as small a layout as Milepost's, with the same parts.

use std::{fs, io, path::Path};

/// Writes a site whose content is the tree: an `index.md` becomes `_index.md`, as Hugo names what a folder shows.
///
/// # Errors
/// A file that cannot be read or written.
pub(crate) fn write(tree: &Path, site: &Path) -> io::Result<()> {
    let partials = site.join("layouts/_partials");
    fs::create_dir_all(&partials)?;
    fs::create_dir_all(site.join("static"))?;
    fs::write(site.join("hugo.toml"), include_str!("hugo/hugo.toml"))?;
    fs::write(site.join("layouts/all.html"), include_str!("hugo/all.html"))?;
    fs::write(partials.join("sidebar.html"), include_str!("hugo/sidebar.html"))?;
    fs::write(site.join("static/style.css"), "body { max-width: 70rem; margin: auto; font: 16px/1.6 sans-serif }\n")?;
    for entry in walkdir::WalkDir::new(tree) {
        let entry = entry?;
        let path = entry.path().strip_prefix(tree).unwrap_or(entry.path());
        if entry.file_type().is_dir() {
            fs::create_dir_all(site.join("content").join(path))?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(entry.path())?;
            let text = text.replace("/index.md", "/_index.md").replace("(index.md", "(_index.md");
            let path =
                if path.file_name().is_some_and(|name| name == "index.md") { path.with_file_name("_index.md") } else { path.to_path_buf() };
            fs::write(site.join("content").join(path), text)?;
        } else {
            fs::copy(entry.path(), site.join("content").join(path))?;
        }
    }
    Ok(())
}
