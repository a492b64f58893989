//! One guide after its parse: everything that is known of it without knowing any other page.

use super::{checklist::Checklists, compact::Compact, language::LanguageId};
use crate::{
    config::Derive,
    diagnostic::{Diagnostic, Rule, Span},
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

/// A parsed guide. Complete when made; knows no other page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Page {
    /// The source relative to the content root, with `/`.
    pub path: Arc<str>,
    /// The language that the path tells.
    pub language: LanguageId,
    /// The path that the page shares with its translations, where that is another than its own.
    pub common: Option<Arc<str>>,
    /// The front matter's title, else the first H1, else the file's name.
    pub title: String,
    /// Whether the body holds an H1 of its own.
    pub has_heading: bool,
    /// The author's settings.
    pub front_matter: FrontMatter,
    /// The headings in the order of the text.
    pub headings: Vec<Heading>,
    /// Every id that a fragment can name, sorted.
    pub ids: Vec<Box<str>>,
    /// Links and images, Markdown's and HTML's, in the order of the text.
    pub links: Vec<Link>,
    /// The images of raw HTML, whose tags lack what only the files tell.
    pub raw_images: Vec<RawImage>,
    /// Whether a list on the page is tabs.
    pub has_tabs: bool,
    /// The link definitions that are in force.
    pub definitions: Vec<Definition>,
    /// Fenced and indented code, in the order of the text.
    #[serde(skip)]
    pub code: Vec<CodeBlock>,
    /// The places of other files in the text.
    pub inclusions: Vec<Inclusion>,
    /// What a reader can tick and choose.
    pub checklists: Checklists,
    /// Where the text begins in the file, after the front matter.
    pub text_start: u32,
    /// How long the text is that was parsed, in bytes; of a part, the part's.
    pub length: u32,
    /// A hash of the text that was parsed, to tell whether a file has changed since; 0 where nothing is mended.
    pub hash: u64,
    /// The hash of the file's bytes; zeros where no later run asks for it.
    pub digest: [u8; 32],
    /// The text of the first paragraph, where programs are told of it.
    pub lead: Box<str>,
    /// How much of the page is here.
    #[serde(skip)]
    pub held: Held,
    /// The HTML, lacking only what the rest of the site decides.
    #[serde(skip)]
    pub body: Body,
    /// The HTML and the text where they are held compactly.
    #[serde(skip)]
    pub compact: Option<Box<CompactTexts>>,
    /// What is known of a part of another page only.
    #[serde(skip)]
    pub part: Option<Box<PartFacts>>,
    /// What can be searched; empty unless it is asked for.
    #[serde(skip)]
    pub text: Text,
    /// Comments that silence rules.
    pub silences: Vec<Silence>,
    /// Mistakes that show without any other page.
    pub diagnostics: Vec<Diagnostic>,
}

/// How much of a page is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Held {
    /// What the checks and other pages ask for.
    #[default]
    Facts,
    /// All of it, the HTML and the text compactly.
    Compact,
    /// All of it.
    Whole,
}

/// What takes most memory of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompactTexts {
    html: Compact,
    words: Compact,
}

impl Page {
    /// Holds the page compactly, which was held as a whole.
    pub(crate) fn make_compact(&mut self) {
        let texts = CompactTexts { html: Compact::new(&self.body.html), words: Compact::new(&self.text.words) };
        self.held = Held::Compact;
        self.body.html = String::new();
        self.text.words = String::new();
        self.compact = Some(Box::new(texts));
    }

    /// Lets go of all but the facts.
    pub(crate) fn forget_texts(&mut self) {
        self.held = Held::Facts;
        self.body = Body::default();
        self.text = Text::default();
        self.code = Vec::new();
        self.compact = None;
    }

    /// The HTML of a page of which not only facts are held.
    pub(crate) fn whole_body(&self) -> Cow<'_, Body> {
        match &self.compact {
            Some(texts) => Cow::Owned(Body { html: texts.html.text().unwrap_or_default(), holes: self.body.holes.clone() }),
            None => Cow::Borrowed(&self.body),
        }
    }

    /// The words of the text, which its cuts lie in.
    pub(crate) fn words(&self) -> Cow<'_, str> {
        self.compact.as_ref().map_or(Cow::Borrowed(&*self.text.words), |texts| Cow::Owned(texts.words.text().unwrap_or_default()))
    }

    /// Whether a site with this page in the place of another differs in its text only: the same address, name, place in the
    /// order and checklists.
    #[cfg(feature = "serve")]
    pub(crate) fn stands_as(&self, other: &Self) -> bool {
        self.path == other.path
            && self.language == other.language
            && self.common == other.common
            && self.title == other.title
            && self.front_matter == other.front_matter
            && self.text_start == other.text_start
            && self.checklists == other.checklists
    }
}

/// The keys of a page's front matter that the program knows, and the rest in `extra`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FrontMatter {
    /// The page's name.
    pub title: Option<String>,
    /// One sentence for lists and search engines.
    pub description: Option<String>,
    /// Left out unless drafts are asked for.
    pub draft: bool,
    /// Takes the place of the file's name in the address.
    pub slug: Option<String>,
    /// The order among its siblings, least first.
    pub weight: Option<i64>,
    /// Former addresses that redirect here.
    pub aliases: Vec<String>,
    /// The template that renders the page instead of `page.html`.
    pub template: Option<String>,
    /// The day of the last change.
    pub updated: Option<jiff::civil::Date>,
    /// Whether the page shows its contents.
    pub toc: Option<bool>,
    /// Whether the page appears in the sidebar.
    pub sidebar: Option<bool>,
    /// Whether the page can be found by search.
    pub search: Option<bool>,
    /// How a checklist is derived from the page.
    pub checklist: Option<Derive>,
    /// The language of the page, as a BCP 47 tag, where it is not the site's.
    pub language: Option<String>,
    /// Everything else, for templates.
    #[serde(with = "as_json")]
    pub extra: BTreeMap<String, serde_json::Value>,
}

/// Where a guide's front matter is, and its aliases in it, so that one can be written there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Settings {
    /// There is none.
    Absent,
    /// It cannot be read.
    Unreadable,
    /// It is there.
    Block {
        /// Whether it is TOML, and not YAML.
        is_toml: bool,
        /// The text between the fences.
        span: Span,
        /// The key `aliases`.
        aliases: Option<AliasPlaces>,
    },
}

/// Where a front matter says its aliases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasPlaces {
    /// The key.
    pub name: Span,
    /// Whether its value is a list, or nothing at all.
    pub is_list: bool,
    /// The items, with what each says.
    pub items: Vec<(Span, String)>,
}

/// A heading, with the id that GitHub gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its id on the page.
    pub id: String,
    /// Its text without markup.
    pub text: String,
}

/// One link or image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it is.
    pub kind: LinkKind,
    /// The destination after the parser has decoded escapes and entities.
    pub target: Box<str>,
    /// The destination in the source; the whole construct where it cannot be told apart.
    pub span: Span,
    /// How the destination is spelled there.
    pub spelling: Spelling,
    /// The title attribute, or an image's alternative text and title.
    pub words: Words,
    /// The index of the definition that gives the destination.
    pub definition: Option<u32>,
}

/// How a target is spelled at its span in the source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spelling {
    /// As it is.
    Plain,
    /// With escapes or entities: the source's text.
    Escaped(Box<str>),
    /// The span does not hold the target alone.
    #[default]
    Unknown,
}

/// What a link carries beside its destination.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The title attribute.
    pub title: Box<str>,
    /// An image's alternative text.
    pub alt: Box<str>,
}

/// The forms in which a page can lead elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkKind {
    /// `[text](target)` and references.
    Link,
    /// `![alt](target)` and references.
    Image,
    /// `<https://…>` and bare addresses.
    Autolink,
    /// `[[page]]`.
    Wikilink,
    /// `href`, `src` or `poster` of raw HTML.
    Attribute(Attribute),
    /// One candidate of a raw `srcset`.
    Candidate,
    /// The file that `@include` names, with a region as its fragment.
    Include,
}

/// An attribute of raw HTML that holds a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// `href`, `src`, `poster` …
    pub name: LinkAttribute,
    /// Whether the tag has a `class` or `title` of its own.
    pub marked: bool,
    /// The index of the tag's first link: a tag says once that it is broken.
    pub first: u32,
}

/// The attributes of raw HTML that hold a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkAttribute {
    /// `href`.
    Href,
    /// `src`.
    Src,
    /// `srcset`.
    Srcset,
    /// `poster`.
    Poster,
    /// `data` of an `<object>`.
    Data,
}

impl LinkAttribute {
    /// Its name in HTML.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Href => "href",
            Self::Src => "src",
            Self::Srcset => "srcset",
            Self::Poster => "poster",
            Self::Data => "data",
        }
    }
}

/// An `<img>` of raw HTML, by what its tag says itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawImage {
    /// The index of the link that is its `src`.
    pub link: u32,
    /// Its width and height.
    pub size: GivenSize,
    /// Whether it says when it is loaded.
    pub loading: bool,
    /// Whether it says how it is decoded.
    pub decoding: bool,
}

/// What a tag says of an image's size, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GivenSize {
    /// Neither width nor height.
    Nothing,
    /// The width alone.
    Width(u32),
    /// The height alone.
    Height(u32),
    /// Both, or one that is no number of pixels.
    Enough,
}

/// A link definition in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// The label as written.
    pub label: Box<str>,
    /// The destination.
    pub target: Box<str>,
    /// The label with its brackets.
    pub label_span: Span,
    /// Where a bad destination is reported: the destination, or the definition's first line when it is on another.
    pub span: Span,
    /// How the destination is spelled there.
    pub spelling: Spelling,
    /// Whether a reference uses it.
    pub used: bool,
}

/// The place of another file in a page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inclusion {
    /// The index of the link that names the file.
    pub link: u32,
    /// How many headings of the page come before it.
    pub headings: u32,
    /// What stands there.
    pub part: Part,
}

/// What a part brings into the page around it.
#[derive(Clone, Debug, Default)]
pub struct PartFacts {
    /// Where its text begins in the file of the guide.
    pub start: u32,
    /// What keeps ids of ours in it apart from others of the page.
    pub prefix: Box<str>,
    /// The Markdown that it was parsed of, in which the spans of its links are places; empty unless it is to be published.
    pub source: Box<str>,
    /// Places of labels and of ids in the Markdown, and what is written there, so that none is another's.
    pub names: Vec<(Span, Box<str>)>,
    /// The ids of its raw HTML, with those that they have on the page.
    pub ids: BTreeMap<Box<str>, Box<str>>,
}

/// What stands in the place of another file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Part {
    /// The file as a part of the page: its path is the file's, its ids are those that the page has for it.
    Made(Box<Page>),
    /// Nothing, and it is told why.
    Refused,
    /// Nothing: no file of the content is named.
    Nowhere,
    /// Nothing yet: the page is known alone.
    Unread,
}

/// A code block, highlighted when the site is written: each distinct one once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CodeBlock {
    /// The first word of the info string, up to a comma.
    pub language: Box<str>,
    /// The code.
    pub text: Box<str>,
    /// What stands around and on it; none for most.
    pub frame: Option<Box<Frame>>,
}

/// What the fence of a code block asks for beside its language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Frame {
    /// The words above the code.
    pub title: Box<str>,
    /// The lines that are marked, from 1.
    pub marked: Box<[u32]>,
    /// What became of each line, where the block shows a change.
    pub changes: Box<[Change]>,
}

/// What a change did to a line of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Change {
    /// It was there and stays.
    None,
    /// It came.
    Added,
    /// It went.
    Removed,
}

/// The text of a page without markup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The text; blocks end with a line break. Headings and code blocks are not in it.
    pub words: String,
    /// What stands between its pieces, by offset.
    pub cuts: Vec<Cut>,
}

/// A place in the text where something else stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The offset in the text.
    pub offset: u32,
    /// What stands there.
    pub kind: CutKind,
}

/// What stands between pieces of text; the number is an index into the page's code blocks or inclusions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CutKind {
    /// The page's next heading: what follows is its section.
    Heading,
    /// A code block.
    Code(u32),
    /// An inclusion.
    Include(u32),
}

/// HTML with holes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The HTML without what the holes stand for.
    pub html: String,
    /// The holes by offset.
    pub holes: Vec<Hole>,
}

/// A place in the HTML that the rest of the site decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hole {
    /// The offset in the HTML where the missing text goes.
    pub offset: u32,
    /// What goes there.
    pub kind: HoleKind,
}

/// What a hole stands for; the number is an index into the page's links, code blocks or checklists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HoleKind {
    /// A link's whole start tag.
    Link(u32),
    /// An image's whole tag.
    Image(u32),
    /// An attribute of raw HTML with its value.
    Attribute(u32),
    /// An address inside a raw attribute.
    Address(u32),
    /// The attributes that the tag of a raw image lacks.
    RawImage(u32),
    /// A word of the theme, in the page's language.
    Word(Word),
    /// A code block.
    Code(u32),
    /// Another file, or a region of it; the index is one into the page's inclusions.
    Include(u32),
    /// The row of a heading that is a step, below it.
    HeadingStep(u32),
    /// The attributes of an item that is a step or a task.
    Item(u32),
    /// What stands before the text of an item that is a step or a task: its box.
    BoxStart(u32),
    /// What stands after it.
    BoxEnd(u32),
    /// The attributes of an item that is a branch.
    Branch(u32),
    /// The attributes of the first paragraph of a branch.
    BranchRow(u32),
    /// What stands before the text of a branch: its radio button.
    RadioStart(u32),
    /// What stands after it.
    RadioEnd(u32),
    /// The start of the group around a choice's list.
    ChoiceStart(u32),
    /// The end of it.
    ChoiceEnd(u32),
    /// The card of one of the page's own lists.
    Card(u32),
    /// An embedded list, or the state of one to be done first.
    Reference(u32),
}

/// A word of the theme that stands in the text of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Word {
    /// The name of the section of footnotes.
    Footnotes,
    /// What the way back from a footnote is called.
    BackToReference,
    /// The name of a table's box.
    Table,
    /// The title of a command that shows whether a step has worked.
    Verify,
    /// The titles of GitHub's alerts.
    Note,
    /// See [`Self::Note`].
    Tip,
    /// See [`Self::Note`].
    Important,
    /// See [`Self::Note`].
    Warning,
    /// See [`Self::Note`].
    Caution,
}

impl Word {
    /// Its name among the words of the theme.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Footnotes => "footnotes",
            Self::BackToReference => "back_to_reference",
            Self::Table => "table",
            Self::Verify => "verify",
            Self::Note => "alert_note",
            Self::Tip => "alert_tip",
            Self::Important => "alert_important",
            Self::Warning => "alert_warning",
            Self::Caution => "alert_caution",
        }
    }
}

/// A range in which rules are silent, by a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// The comment itself.
    pub comment: Span,
    /// Where it holds.
    pub range: Span,
    /// The rules it silences; none means all.
    pub rules: Vec<Rule>,
    /// Whether it holds for everything after it, and so for findings about the whole file when it names their rule.
    pub is_block: bool,
}

/// Settings of any shape, in a form that holds no shapes.
mod as_json {
    use serde::{Deserialize, Deserializer, Serializer, de, ser};
    use std::collections::BTreeMap;

    type Extra = BTreeMap<String, serde_json::Value>;

    pub(super) fn serialize<S: Serializer>(extra: &Extra, serializer: S) -> Result<S::Ok, S::Error> {
        let text = if extra.is_empty() { String::new() } else { serde_json::to_string(extra).map_err(ser::Error::custom)? };
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Extra, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() { Ok(Extra::new()) } else { serde_json::from_str(&text).map_err(de::Error::custom) }
    }
}

/// Whether a path ends as that of a guide does.
#[must_use]
pub fn is_markdown(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    extension.eq_ignore_ascii_case("md") || extension.eq_ignore_ascii_case("markdown")
}

impl Page {
    /// The code of the page, and of what it includes.
    #[must_use]
    pub fn all_code(&self) -> Vec<&CodeBlock> {
        let mut found: Vec<&CodeBlock> = self.code.iter().collect();
        for inclusion in &self.inclusions {
            if let Part::Made(part) = &inclusion.part {
                found.extend(part.all_code());
            }
        }
        found
    }

    /// Whether a fragment (decoded, without `#`) names something on the page, as GitHub sees it.
    #[must_use]
    pub fn has_id(&self, id: &str) -> bool {
        let has = |id: &str| self.ids.binary_search_by(|known| (**known).cmp(id)).is_ok();
        has(id) || id.strip_prefix("user-content-").is_some_and(has)
    }

    /// The path that the page shares with its translations: its own for a page in the site's language.
    #[must_use]
    pub fn common_path(&self) -> &str {
        self.common.as_deref().unwrap_or(&self.path)
    }

    /// The file's name without its extension, and without a language.
    #[must_use]
    pub fn stem(&self) -> &str {
        let path = self.common_path();
        let name = path.rsplit('/').next().unwrap_or(path);
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }

    /// The folder that the page belongs to, without a final `/`: that of the source, without a language.
    #[must_use]
    pub fn section(&self) -> &str {
        self.common_path().rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The folder of the source, without a final `/`; empty for the content root.
    #[must_use]
    pub fn folder(&self) -> &str {
        memchr::memrchr(b'/', self.path.as_bytes()).map_or("", |end| &self.path[..end])
    }
}
