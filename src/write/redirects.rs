//! All redirects as one file for a host: [`Redirect`]s in, the text of `_redirects` or of a part of nginx's configuration out.

use crate::{
    config::RedirectFormat,
    site::{
        Site,
        redirects::{Redirect, Target},
        route::Route,
        target,
    },
};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode_byte, utf8_percent_encode};
use std::fmt::Write as _;

/// What a browser encodes in a path (WHATWG URL, the path percent-encode set), and what a path cannot hold at all.
const PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'^').add(b'`').add(b'{').add(b'}').add(b'\\');

/// How many redirects to one address Cloudflare Pages reads.
const CLOUDFLARE: usize = 2_000;

/// The longest line that it reads, in characters.
const CLOUDFLARE_LINE: usize = 1_000;

/// The redirects of a site in one form.
#[must_use]
pub(super) fn text(site: &Site, format: RedirectFormat) -> String {
    let lines = lines(site, format);
    let mut out = String::from("# Redirects, written by Milepost.\n");
    for line in &lines {
        let _ = match format {
            RedirectFormat::Nginx => {
                writeln!(out, "location = \"{}\" {{ return 301 \"{}\"; }}", nginx_place(&line.decoded), nginx_value(line))
            }
            _ if is_pattern(&line.from) => Ok(()),
            RedirectFormat::Netlify => writeln!(out, "{} {} 301!", line.from, line.to),
            _ => writeln!(out, "{} {} 301", line.from, line.to),
        };
    }
    out
}

/// What the hosts of the chosen forms do not read of it.
#[must_use]
pub(crate) fn advice(site: &Site) -> Vec<(String, String)> {
    let formats = &site.config.redirects.formats;
    let mut advice = Vec::new();
    let lines = lines(site, RedirectFormat::Cloudflare);
    let help = || "add \"html\" to `formats` in `[redirects]`: the pages lead on as well".to_owned();
    let has = |format: RedirectFormat| formats.contains(&format);
    let patterns = lines.iter().filter(|line| is_pattern(&line.from)).count();
    if patterns > 0 && (has(RedirectFormat::Netlify) || has(RedirectFormat::Cloudflare)) && !has(RedirectFormat::Html) {
        advice.push((
            format!("{patterns} redirected addresses hold `*` or `:` and are not in `_redirects`, which takes them for patterns"),
            help(),
        ));
    }
    if has(RedirectFormat::Cloudflare) && !has(RedirectFormat::Html) {
        let long = lines.iter().filter(|line| line.from.len() + line.to.len() + 5 > CLOUDFLARE_LINE).count();
        if lines.len() > CLOUDFLARE {
            advice.push((format!("Cloudflare Pages reads {CLOUDFLARE} redirects, and there are {}", lines.len()), help()));
        }
        if long > 0 {
            advice.push((format!("Cloudflare Pages reads {CLOUDFLARE_LINE} characters a redirect, and {long} are longer"), help()));
        }
    }
    advice
}

/// A redirect from one address, encoded and as it is, to another.
struct Line {
    from: String,
    decoded: String,
    to: String,
}

/// Each redirect with its final `/`, without it, and by its file; Netlify takes the first two for one.
fn lines(site: &Site, format: RedirectFormat) -> Vec<Line> {
    let base = base(site);
    let mut lines = Vec::new();
    for Redirect { from, to, suffix } in site.all_redirects() {
        let to = match (&to, site.redirect_file(&to)) {
            (Target::Address(address), _) => address.clone(),
            (_, Some(route)) => format!("{}{}{suffix}", encode(&base), encode(route.address())),
            (_, None) => continue,
        };
        let spellings = spellings(&from).into_iter().filter(|path| format != RedirectFormat::Netlify || !is_bare(path, &from));
        for decoded in spellings.map(|path| format!("{base}{path}")) {
            lines.push(Line { from: encode(&decoded), decoded, to: encode_spaces(&to) });
        }
    }
    lines.sort_by(|a, b| a.decoded.cmp(&b.decoded));
    lines
}

/// Whether an address is a folder's, without its final `/`.
fn is_bare(path: &str, from: &Route) -> bool {
    from.address().strip_suffix('/') == Some(path)
}

fn spellings(from: &Route) -> Vec<String> {
    let address = from.address();
    if address.ends_with('/') {
        return vec![address.to_owned(), address.trim_end_matches('/').to_owned(), from.file().to_owned()];
    }
    if address.is_empty() { vec![String::new(), from.file().to_owned()] } else { vec![address.to_owned()] }
}

/// The path of the site's root on its host.
fn base(site: &Site) -> String {
    target::decode(&site.config.base_path()).into_owned()
}

fn encode(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

fn encode_spaces(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for character in address.chars() {
        if character.is_whitespace() || character.is_control() || !character.is_ascii() {
            let mut buffer = [0; 4];
            for byte in character.encode_utf8(&mut buffer).bytes() {
                out.push_str(percent_encode_byte(byte));
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// Whether a host would take an address for a pattern.
fn is_pattern(from: &str) -> bool {
    from.contains('*') || from.split(':').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// nginx compares decoded paths, letter by letter.
fn nginx_place(path: &str) -> String {
    path.replace('\\', "\\\\").replace('"', "\\\"")
}

/// The address with the visitor's query before its fragment; a `$` would be a variable.
fn nginx_value(line: &Line) -> String {
    let to = line.to.replace('\\', "%5C").replace('"', "%22").replace('$', "%24");
    let (address, fragment) =
        to.split_once('#').map_or((to.as_str(), String::new()), |(address, fragment)| (address, format!("#{fragment}")));
    let query = if address.contains('?') { "" } else { "$is_args$args" };
    format!("{address}{query}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_browsers_send_them() {
        assert_eq!(encode("/安 装/it's (1)#?.html"), "/%E5%AE%89%20%E8%A3%85/it's%20(1)%23%3F.html");
        assert!(is_pattern("/a:b/") && is_pattern("/a*") && !is_pattern("/a:1/"));
        let line = |to: &str| Line { from: String::new(), decoded: String::new(), to: to.to_owned() };
        assert_eq!(nginx_value(&line("/a/$x#part")), "/a/%24x$is_args$args#part");
        assert_eq!(nginx_value(&line("https://x.test/?q=1")), "https://x.test/?q=1");
    }
}
