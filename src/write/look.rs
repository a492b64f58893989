//! `[theme]` to what the style sheet and the templates need of it: custom properties, typefaces, pictures, links.

use super::theme::{Files, published_name};
use crate::{
    config::{Appearance, FooterLink},
    error::Error,
    site::{Place, Site, language::LanguageId, target},
};
use serde::Serialize;
use std::{fmt::Write as _, path::Path};

/// What templates see as `site.theme`.
#[derive(Serialize)]
pub(super) struct Look<'a> {
    logo: Option<Picture>,
    logo_dark: Option<Picture>,
    icon: Option<String>,
    footer: Option<&'a str>,
    footer_links: Vec<Link<'a>>,
}

/// A picture in the header; its address is from the site's root.
#[derive(Serialize)]
struct Picture {
    path: String,
    width: Option<u32>,
    height: Option<u32>,
}

/// A link of the footer: `path` from the site's root, or an `address` elsewhere.
#[derive(Serialize)]
struct Link<'a> {
    title: &'a str,
    path: Option<String>,
    address: Option<&'a str>,
}

/// The height of a logo on the page, in CSS pixels.
const LOGO_HEIGHT: u32 = 28;

impl<'a> Look<'a> {
    /// The looks of a site in a language.
    ///
    /// # Errors
    /// A picture or a page that the site does not have.
    pub(super) fn new(site: &'a Site, language: LanguageId) -> Result<Self, Error> {
        let look = &site.config.theme;
        Ok(Self {
            logo: look.logo.as_deref().map(|path| picture(site, "logo", path)).transpose()?,
            logo_dark: look.logo_dark.as_deref().map(|path| picture(site, "logo-dark", path)).transpose()?,
            icon: look.icon.as_deref().map(|path| picture(site, "icon", path)).transpose()?.map(|picture| picture.path),
            footer: look.footer.as_deref(),
            footer_links: look.footer_links.iter().map(|link| footer_link(site, language, link)).collect::<Result<_, _>>()?,
        })
    }
}

fn picture(site: &Site, key: &str, path: &str) -> Result<Picture, Error> {
    let Some(Place::File(id)) = site.at(path.trim_start_matches('/')) else {
        return Err(Error::usage(
            format!("`{key}` in `[theme]` names `{path}`, which is no file of the site"),
            "write its path from the content folder or the static folder",
        ));
    };
    let file = site.file(id);
    let measured = super::images::size(&file.disk);
    let (width, height) = measured.map_or((None, None), |(width, height)| (Some(width * LOGO_HEIGHT / height), Some(LOGO_HEIGHT)));
    Ok(Picture { path: target::encode(&file.path), width, height })
}

fn footer_link<'a>(site: &Site, language: LanguageId, link: &'a FooterLink) -> Result<Link<'a>, Error> {
    let title = link.title.as_str();
    if target::scheme(&link.to).is_some() {
        return Ok(Link { title, path: None, address: Some(&link.to) });
    }
    let (path, fragment) = link.to.split_once('#').map_or((link.to.as_str(), String::new()), |(path, id)| (path, format!("#{id}")));
    let file = match site.at(path.trim_start_matches('/')) {
        Some(Place::Page(id)) => site.route_in(language, site.in_language(id, language)).file().to_owned(),
        Some(Place::File(id)) => site.file(id).path.to_string(),
        _ => {
            return Err(Error::usage(
                format!("`footer-links` in `[theme]` leads to `{}`, which is not there", link.to),
                "write the path of a guide from the content folder, or an address",
            ));
        }
    };
    Ok(Link { title, path: Some(format!("{}{fragment}", target::encode(&file))), address: None })
}

/// The rules that the configuration adds to the style sheet.
///
/// # Errors
/// A typeface whose file is not among the templates.
pub(super) fn style(look: &Appearance, files: &Files) -> Result<String, Error> {
    let mut faces = String::new();
    let mut properties = String::new();
    if let Some(Ok(hue)) = look.color.as_ref().map(crate::config::Color::hue) {
        let _ = write!(properties, " --hue: {hue};");
    }
    for (key, property, fonts, rest) in [
        ("font", "--sans", &look.font, "ui-sans-serif, system-ui, sans-serif"),
        ("code-font", "--mono", &look.code_font, "ui-monospace, monospace"),
    ] {
        match fonts.as_deref() {
            Some(file) if Path::new(file).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("woff2")) => {
                let Some((_, bytes)) = files.get(file) else {
                    return Err(Error::usage(
                        format!("`{key}` in `[theme]` names `{file}`, which is not among the templates"),
                        "put the file into the folder of your templates",
                    ));
                };
                let address = target::encode(&published_name(file, bytes));
                // Text that has been shown in another typeface keeps it, so that nothing moves.
                let _ = writeln!(
                    faces,
                    "@font-face {{ font-family: \"milepost{property}\"; src: url(\"{address}\") format(\"woff2\"); font-weight: 100 900; font-display: optional; }}"
                );
                let _ = write!(properties, " {property}: \"milepost{property}\", {rest};");
            }
            Some(families) => {
                let _ = write!(properties, " {property}: {families};");
            }
            None => {}
        }
    }
    let root = if properties.is_empty() { String::new() } else { format!(":root {{{properties} }}\n") };
    Ok(faces + &root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Color;

    fn rules(look: &Appearance) -> String {
        let files = Files::from([("fonts/text.woff2".to_owned(), (String::new(), b"wOF2".to_vec()))]);
        style(look, &files).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn nothing_configured_adds_nothing() {
        assert_eq!(rules(&Appearance::default()), "");
    }

    #[test]
    fn a_colour_and_families_become_custom_properties() {
        let look = Appearance { color: Some(Color::Hue(250)), font: Some("Inter, sans-serif".to_owned()), ..Appearance::default() };
        assert_eq!(rules(&look), ":root { --hue: 250; --sans: Inter, sans-serif; }\n");
    }

    #[test]
    fn a_file_becomes_a_typeface() {
        let look = Appearance { code_font: Some("fonts/text.woff2".to_owned()), ..Appearance::default() };
        let rules = rules(&look);
        assert!(rules.contains("src: url(\"milepost-fonts-text-") && rules.contains("--mono: \"milepost--mono\", ui-monospace"), "{rules}");
    }

    #[test]
    fn a_file_that_is_not_there_is_told() {
        let look = Appearance { font: Some("fonts/other.woff2".to_owned()), ..Appearance::default() };
        assert_eq!(rules(&look), "`font` in `[theme]` names `fonts/other.woff2`, which is not among the templates");
    }
}
