//! A page's HTML with its holes filled: links lead where they were followed to, broken ones stay visible as such.

use super::{
    checklists::{Copies, Filler, paper},
    code,
    highlight::Highlights,
    images::{Sizes, Variants},
    print::{Sheet, prefixed},
    words::Words,
};
use crate::{
    diagnostic::Rule,
    site::{
        Destination, Fault, Followed, Site, SourceId, View,
        language::LanguageId,
        page::{Body, GivenSize, HoleKind, Inclusion, Link, LinkKind, Page, Part, RawImage},
        route::Route,
        target,
    },
};
use pulldown_cmark_escape::{escape_href, escape_html, escape_html_body_text};
use std::fmt::Write as _;

/// The width from which a phone shows an image smaller than it is.
const LARGE: u32 = 400;

/// What the holes of all pages are filled from.
pub(super) struct Bodies<'a> {
    pub(super) site: &'a Site,
    pub(super) followed: &'a Followed,
    /// None where code is to stay without colours.
    pub(super) highlights: Option<&'a Highlights>,
    pub(super) words: &'a Words,
    pub(super) sizes: &'a Sizes<'a>,
    pub(super) variants: &'a Variants,
}

/// What is written of a page so far.
struct Count<'a> {
    images: u32,
    copies: Copies<'a>,
}

/// Where a page's body is shown: on the page, or on a sheet to print.
#[derive(Clone, Copy)]
struct Shown<'a> {
    id: SourceId,
    /// The language of what is around it.
    language: LanguageId,
    route: &'a Route,
    sheet: Option<&'a Sheet>,
}

impl Shown<'_> {
    /// Whether a page is on the sheet that is made.
    fn holds(self, id: SourceId) -> bool {
        self.sheet.is_some_and(|sheet| sheet.number(id).is_some())
    }

    /// The place of a page on the sheet, or that of an id on the page; `suffix` is a query and a fragment.
    fn fragment(self, page: &Page, id: SourceId, suffix: &str) -> String {
        let Some(sheet) = self.sheet else { return suffix.to_owned() };
        let fragment = suffix.split_once('#').map_or("", |(_, fragment)| fragment);
        let (name, directive) = fragment.find(":~:").map_or((fragment, ""), |at| fragment.split_at(at));
        // `#top`, and a line of the source, are no places on a sheet.
        if !page.has_id(&target::decode(name)) {
            return format!("#{}{directive}", sheet.anchor(id));
        }
        format!("#{}{name}{directive}", sheet.prefix(id))
    }
}

impl<'a> Bodies<'a> {
    /// The finished HTML of a page with this body, as it stands on the page itself, for the readers of a language.
    pub(super) fn fill(&self, view: View, body: &Body) -> String {
        let route = self.site.route_in(view.language, view.page);
        let at = Shown { id: view.page, language: view.language, route, sheet: None };
        self.fill_at(at, body)
    }

    /// The finished HTML of a page's body, as it stands on a sheet with others.
    pub(super) fn fill_on(&self, sheet: &Sheet, id: SourceId) -> String {
        let body = prefixed(&self.site.page(id).body, &sheet.prefix(id));
        self.fill_at(Shown { id, language: sheet.language, route: &sheet.route, sheet: Some(sheet) }, &body)
    }

    /// Whether a page has an image that may be shown smaller than it is, for the script that enlarges such.
    pub(super) fn has_large_image(&self, id: SourceId) -> bool {
        let page = self.site.page(id);
        let is_large = |link: usize| match &self.followed[id.0 as usize][link] {
            Ok(Destination::File(file, _)) => self.sizes.of(*file).is_some_and(|(width, _)| width >= LARGE),
            _ => false,
        };
        page.raw_images.iter().any(|image| is_large(image.link as usize))
            || page.links.iter().enumerate().any(|(position, link)| link.kind == LinkKind::Image && is_large(position))
    }

    fn fill_at(&self, at: Shown<'_>, body: &Body) -> String {
        let id = at.id;
        let page = self.site.page(id);
        let mut out = String::with_capacity(body.html.len() + page.links.len() * 48);
        let mut count = Count { images: 0, copies: Copies::new(page) };
        self.push_body(&mut out, at, page, body, &self.followed[id.0 as usize], &mut count);
        out
    }

    /// Appends the body of a page, or of what another file gives to the page; `count` goes on from what is written.
    fn push_body(
        &self,
        out: &mut String,
        at: Shown<'_>,
        page: &Page,
        body: &Body,
        followed: &[Result<Destination, Fault>],
        count: &mut Count<'a>,
    ) {
        let id = at.id;
        // The words in a text are in its own language, also where it stands in for a translation.
        let words = self.words.of(self.site.language_of(id));
        let mut written = 0;
        let mut checklists: Option<Filler<'a>> = None;
        for hole in &body.holes {
            let offset = hole.offset as usize;
            out.push_str(&body.html[written..offset]);
            written = offset;
            match hole.kind {
                HoleKind::Link(index) => {
                    let link = &page.links[index as usize];
                    self.link(out, at, link, &followed[index as usize], shows_address(&body.html[offset..], &link.target));
                }
                HoleKind::Image(index) => {
                    self.image(out, at, &page.links[index as usize], &followed[index as usize], at.sheet.is_none() && count.images > 0);
                    count.images += 1;
                }
                HoleKind::Attribute(index) => self.attribute(out, at, &page.links, followed, index as usize),
                HoleKind::Address(index) => match &followed[index as usize] {
                    Ok(destination) => push_attribute(out, &self.address(at, &page.links[index as usize], destination)),
                    // The address that is nowhere: it shows as broken and asks no server.
                    Err(_) => out.push_str("about:invalid"),
                },
                HoleKind::RawImage(index) => {
                    let image = page.raw_images[index as usize];
                    self.raw_image(out, image, &followed[image.link as usize], at.sheet.is_none() && count.images > 0);
                    count.images += 1;
                }
                HoleKind::Word(word) => push_attribute(out, words.word(word.name())),
                HoleKind::Code(index) => self.code(out, page, index),
                HoleKind::Include(index) => self.inclusion(out, at, page, &page.inclusions[index as usize], followed, count),
                kind if let Some(sheet) = at.sheet => paper::fill(out, words, page, kind, &sheet.prefix(id)),
                kind => {
                    let view = View { language: at.language, page: id };
                    let filler =
                        checklists.get_or_insert_with(|| Filler::new(self.site, self.followed, view, words, page, &mut count.copies));
                    filler.fill(out, kind, &mut count.copies);
                }
            }
        }
        out.push_str(&body.html[written..]);
    }

    /// Appends what stands in the place of another file.
    fn inclusion(
        &self,
        out: &mut String,
        at: Shown<'_>,
        page: &Page,
        inclusion: &Inclusion,
        followed: &[Result<Destination, Fault>],
        count: &mut Count<'a>,
    ) {
        let link = &page.links[inclusion.link as usize];
        match (&followed[inclusion.link as usize], &inclusion.part) {
            (Ok(Destination::Page(own, _)), Part::Made(part)) => {
                let followed: Vec<_> = part.links.iter().map(|link| self.site.follow_from_part(*own, part, link)).collect();
                self.push_part(out, at, part, &followed, count);
            }
            (Ok(_), Part::Made(part)) => self.push_part(out, at, part, &[], count),
            (followed, _) => {
                let complaint = match followed {
                    Err(fault) => complaint(fault, &link.target),
                    Ok(_) => format!("Not included ({}): {}", Rule::Include.name(), link.target),
                };
                out.push_str("<p><span class=\"broken-link\"");
                push_title(out, &complaint);
                out.push('>');
                push_words(out, &link.target);
                out.push_str("</span></p>\n");
            }
        }
    }

    fn push_part(&self, out: &mut String, at: Shown<'_>, part: &Page, followed: &[Result<Destination, Fault>], count: &mut Count<'a>) {
        match at.sheet {
            Some(sheet) => self.push_body(out, at, part, &prefixed(&part.body, &sheet.prefix(at.id)), followed, count),
            None => self.push_body(out, at, part, &part.body, followed, count),
        }
    }

    fn address(&self, at: Shown<'_>, link: &Link, destination: &Destination) -> String {
        let from = at.route.file();
        match destination {
            Destination::Page(id, suffix) if at.holds(*id) => at.fragment(self.site.page(*id), *id, suffix),
            Destination::Same(suffix) if at.holds(at.id) => at.fragment(self.site.page(at.id), at.id, suffix),
            Destination::Page(id, suffix) => {
                // What stands in for a translation keeps its readers among the translations.
                let stands_in = self.site.page(at.id).language != at.language;
                let shown = if stands_in && !suffix.contains('#') { self.site.in_language(*id, at.language) } else { *id };
                if *id == at.id && suffix.starts_with('#') {
                    suffix.to_string()
                } else {
                    format!("{}{suffix}", target::relative(from, self.site.route_in(at.language, shown).file()))
                }
            }
            Destination::File(id, suffix) => format!("{}{suffix}", target::relative(from, &self.site.file(*id).path)),
            Destination::Address => link.target.trim().to_owned(),
            Destination::Same(address) | Destination::Repository(address) => address.to_string(),
        }
    }

    fn link(&self, out: &mut String, at: Shown<'_>, link: &Link, followed: &Result<Destination, Fault>, shows_address: bool) {
        match followed {
            Ok(destination) => {
                out.push_str("<a href=\"");
                push_href(out, &self.address(at, link, destination));
                out.push('"');
                if shows_address {
                    out.push_str(" class=\"address\"");
                }
                push_title(out, &link.words.title);
            }
            Err(fault) => {
                out.push_str("<a class=\"broken-link\"");
                push_title(out, &complaint(fault, &link.target));
            }
        }
        out.push('>');
    }

    fn image(&self, out: &mut String, at: Shown<'_>, link: &Link, followed: &Result<Destination, Fault>, lazy: bool) {
        let destination = match followed {
            Ok(destination) => destination,
            Err(fault) => {
                out.push_str("<span class=\"broken-image\"");
                push_title(out, &complaint(fault, &link.target));
                out.push('>');
                let words = if link.words.alt.is_empty() { &link.target } else { &link.words.alt };
                escape_html_body_text(&mut *out, words).expect("writing to a string cannot fail");
                out.push_str("</span>");
                return;
            }
        };
        let variants = if let Destination::File(id, _) = destination { self.variants.get(id) } else { None };
        for (position, (format, variants)) in variants.into_iter().flatten().enumerate() {
            out.push_str(if position == 0 { "<picture><source type=\"image/" } else { "<source type=\"image/" });
            out.push_str(format.name());
            out.push_str("\" srcset=\"");
            for (position, variant) in variants.iter().enumerate() {
                let comma = if position == 0 { "" } else { ", " };
                let _ = write!(out, "{comma}{} {}w", target::relative(at.route.file(), &variant.path), variant.width);
            }
            out.push_str("\" sizes=\"");
            push_attribute(out, &self.site.config.images.sizes);
            out.push_str("\">");
        }
        out.push_str("<img src=\"");
        push_href(out, &self.address(at, link, destination));
        out.push_str("\" alt=\"");
        push_attribute(out, &link.words.alt);
        out.push('"');
        push_title(out, &link.words.title);
        if let Destination::File(id, _) = destination
            && let Some((width, height)) = self.sizes.of(*id)
        {
            let _ = write!(out, " width=\"{width}\" height=\"{height}\"");
        }
        push_loading(out, lazy, true);
        out.push_str(if variants.is_some() { "></picture>" } else { ">" });
    }

    /// What the tag of a raw image lacks: its size where the file tells it, and when it is loaded.
    fn raw_image(&self, out: &mut String, image: RawImage, followed: &Result<Destination, Fault>, lazy: bool) {
        let Ok(destination) = followed else { return };
        if let Destination::File(id, _) = destination
            && let Some((width, height)) = self.sizes.of(*id)
        {
            let _ = match image.size {
                GivenSize::Nothing => write!(out, " width=\"{width}\" height=\"{height}\""),
                GivenSize::Width(given) => write!(out, " height=\"{}\"", in_proportion(given, height, width)),
                GivenSize::Height(given) => write!(out, " width=\"{}\"", in_proportion(given, width, height)),
                GivenSize::Enough => Ok(()),
            };
        }
        push_loading(out, lazy && !image.loading, !image.decoding);
    }

    fn attribute(&self, out: &mut String, at: Shown<'_>, links: &[Link], followed: &[Result<Destination, Fault>], index: usize) {
        let link = &links[index];
        let LinkKind::Attribute(attribute) = link.kind else { return };
        match &followed[index] {
            Ok(destination) => {
                let _ = write!(out, "{}=\"", attribute.name.name());
                push_href(out, &self.address(at, link, destination));
                out.push('"');
            }
            Err(_) if followed[attribute.first as usize..index].iter().any(Result::is_err) => {
                out.truncate(out.trim_end_matches(' ').len());
            }
            Err(fault) => {
                let complaint = complaint(fault, &link.target);
                out.push_str("data-broken=\"");
                push_attribute(out, &complaint);
                out.push('"');
                if !attribute.marked {
                    out.push_str(" class=\"broken-link\"");
                    push_title(out, &complaint);
                }
            }
        }
    }

    fn code(&self, out: &mut String, page: &Page, index: u32) {
        let block = &page.code[index as usize];
        let coloured = self.highlights.and_then(|highlights| highlights.of(block));
        code::push(out, block, coloured.as_deref());
    }
}

/// Whether the words of a link, with which this HTML begins, are the web address that it leads to: paper shows it once.
fn shows_address(html: &str, target: &str) -> bool {
    let Some(bare) = target.strip_prefix("https://").or_else(|| target.strip_prefix("http://")) else { return false };
    let words = html.split('<').next().unwrap_or_default().replace("&amp;", "&");
    words == target || (bare.starts_with("www.") && words == bare)
}

/// What a broken link says of itself on the page.
fn complaint(fault: &Fault, target: &str) -> String {
    let (rule, words) = match fault {
        Fault::Missing { .. } | Fault::Unpublished { .. } => (Rule::MissingFile, "is not there"),
        Fault::Case { .. } => (Rule::CaseMismatch, "has other letter case"),
        Fault::Outside => (Rule::OutsideRoot, "leaves the content root"),
        Fault::NoIndex { .. } => (Rule::DirectoryWithoutIndex, "is a folder without a page"),
        Fault::Fragment { .. } => (Rule::MissingFragment, "has no such heading"),
        Fault::FragmentCase { .. } => (Rule::FragmentCase, "has other letter case"),
        Fault::Empty => return format!("Broken link ({}): no address", Rule::EmptyTarget.name()),
        Fault::Draft => (Rule::LinkToDraft, "is a draft"),
    };
    format!("Broken link ({}): {target} {words}", rule.name())
}

/// The other side of an image that is drawn at `given`, rounded to a pixel.
fn in_proportion(given: u32, other: u32, side: u32) -> u64 {
    let (given, other, side) = (u64::from(given), u64::from(other), u64::from(side));
    ((given * other + side / 2) / side).max(1)
}

/// The first image of a page is loaded at once, since a reader may see it first; the others when they come near.
fn push_loading(out: &mut String, lazy: bool, decoding: bool) {
    if lazy {
        out.push_str(" loading=\"lazy\"");
    }
    if decoding {
        out.push_str(" decoding=\"async\"");
    }
}

/// Appends text for an element's content.
pub(super) fn push_words(out: &mut String, text: &str) {
    escape_html_body_text(out, text).expect("writing to a string cannot fail");
}

/// Appends an address for an attribute.
pub(super) fn push_href(out: &mut String, address: &str) {
    escape_href(out, address).expect("writing to a string cannot fail");
}

/// Appends text for an attribute's value.
pub(super) fn push_attribute(out: &mut String, text: &str) {
    escape_html(out, text).expect("writing to a string cannot fail");
}

fn push_title(out: &mut String, title: &str) {
    if !title.is_empty() {
        out.push_str(" title=\"");
        push_attribute(out, title);
        out.push('"');
    }
}
