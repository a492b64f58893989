//! `theme`: the name of a file of the built-in theme in, its text out.

use milepost::{
    error::Error,
    write::{theme_file, theme_files},
};

/// The text of a file of the built-in theme, or the names of all.
pub(super) fn theme(name: Option<&str>) -> Result<String, Error> {
    let Some(name) = name else { return Ok(theme_files().join("\n") + "\n") };
    let name = name.trim_start_matches("templates/");
    theme_file(name).ok_or_else(|| Error::usage(format!("the theme has no file `{name}`"), nearest(name)))
}

fn nearest(name: &str) -> String {
    let files = theme_files();
    let likeness = |file: &str| strsim::jaro_winkler(file.rsplit('/').next().unwrap_or(file), name.rsplit('/').next().unwrap_or(name));
    match files.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b))) {
        Some(near) if likeness(near) > 0.8 => format!("did you mean `{near}`?"),
        _ => "`milepost theme` lists them".to_owned(),
    }
}
