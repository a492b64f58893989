//! Markers: the text of an HTML comment in, a [`Marker`] and its mistakes out.
//!
//! The grammar, the same for every kind:
//! `"<!--" "@"kind [id] *(key | key=value | key="quoted value") "-->"`, where an id is `[a-z0-9][a-z0-9-]{0,63}`.
//! What follows `@include` is an address, and what follows `@caption` is text.

use crate::{
    diagnostic::{Diagnostic, Rule, Span},
    site::checklist::{Due, Name, StepKeys, is_id},
};
use std::sync::Arc;

/// What a marker marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Checklist,
    Step,
    Choose,
    Branch,
    Needs,
    Embed,
    Verify,
    Tabs,
    Include,
    Caption,
}

impl Kind {
    const ALL: [(&'static str, Self); 10] = [
        ("checklist", Self::Checklist),
        ("step", Self::Step),
        ("choose", Self::Choose),
        ("branch", Self::Branch),
        ("needs", Self::Needs),
        ("embed", Self::Embed),
        ("verify", Self::Verify),
        ("tabs", Self::Tabs),
        ("include", Self::Include),
        ("caption", Self::Caption),
    ];

    /// The word after `@`.
    pub(super) fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Checklist => &["title", "count", "mode", "for", "shared"],
            Self::Step => &["time", "skip", "optional", "for", "after", "due", "owner", "rev", "why", "aka"],
            Self::Branch => &["for"],
            Self::Tabs => &["sync"],
            Self::Choose | Self::Needs | Self::Embed | Self::Verify | Self::Include | Self::Caption => &[],
        }
    }

    /// Whether it is about a checklist.
    pub(super) fn is_of_checklists(self) -> bool {
        !matches!(self, Self::Tabs | Self::Include | Self::Caption)
    }

    /// The rule that its mistakes break.
    fn rule(self) -> Rule {
        if self.is_of_checklists() { Rule::ChecklistMarker } else { Rule::Marker }
    }
}

/// The most mistakes that are told of one marker.
const MISTAKES: usize = 8;

/// One marker as it stands in the source.
#[derive(Clone, Debug)]
pub(super) struct Marker {
    pub(super) kind: Kind,
    pub(super) id: Option<Name>,
    /// The whole comment.
    pub(super) span: Span,
    /// Where an id would go: after the kind.
    pub(super) id_place: u32,
    pub(super) keys: StepKeys,
    pub(super) title: Option<String>,
    /// The address after `@include`, the text after `@caption`, the value of `sync`.
    pub(super) value: Option<Name>,
    pub(super) counts_leaves: bool,
    pub(super) do_confirm: bool,
    pub(super) shared: bool,
}

/// The text inside one comment, and where it stands.
pub(super) struct Comment<'a> {
    pub(super) file: &'a Arc<str>,
    /// What stands between `<!--` and `-->`.
    pub(super) text: &'a str,
    /// The whole comment.
    pub(super) span: Span,
    /// Maps a range of the text to the source.
    pub(super) place: &'a dyn Fn(std::ops::Range<usize>) -> Span,
}

/// Whether a comment is meant for the program: its first sign is `@`, and a letter follows.
pub(super) fn is_marker(text: &str) -> bool {
    text.trim_start().strip_prefix('@').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Reads a comment that [`is_marker`]; mistakes are pushed, and a marker is made of what is left where its kind is known.
pub(super) fn parse(comment: &Comment<'_>, mistakes: &mut Vec<Diagnostic>) -> Option<Marker> {
    let mut words = words(comment.text);
    let kind_word = words.next()?;
    let name = kind_word.key.trim_start_matches('@');
    let mistake = |rule: Rule, span: Span, message: String| Diagnostic::new(comment.file, span, rule, message);
    let kind_span = (comment.place)(kind_word.range.clone());
    let Some((_, kind)) = Kind::ALL.iter().find(|(word, _)| *word == name) else {
        let known = Kind::ALL.map(|(word, _)| word);
        let near = nearest(name, &known);
        let rule = Kind::ALL.iter().find(|(word, _)| Some(*word) == near).map_or(Rule::ChecklistMarker, |(_, kind)| kind.rule());
        let finding = mistake(rule, kind_span, format!("there is no marker `@{name}`")).target(format!("@{name}"));
        mistakes.push(match near {
            Some(near) => finding.help(format!("did you mean `@{near}`?")).fix("use the marker's name", kind_span, format!("@{near}")),
            None => finding.help(format!("the markers are {}", listed(&known.map(|word| format!("@{word}"))))),
        });
        return None;
    };
    let kind = *kind;
    let mistake = |span: Span, message: String| mistake(kind.rule(), span, message);
    let mut marker = Marker {
        kind,
        id: None,
        span: comment.span,
        id_place: kind_span.end,
        keys: StepKeys { revision: 1, ..StepKeys::default() },
        title: None,
        value: None,
        counts_leaves: false,
        do_confirm: false,
        shared: false,
    };
    if matches!(kind, Kind::Include | Kind::Caption) {
        marker.value = rest(comment, kind_word.range.end);
        if marker.value.is_none() {
            let (lacks, example) = if kind == Kind::Include { ("which file", "path/file.md") } else { ("what", "A picture of the form") };
            let message = format!("`@{}` does not say {lacks}", kind.word());
            mistakes.push(mistake(comment.span, message).help(format!("write `<!-- @{} {example} -->`", kind.word())));
            return None;
        }
        return Some(marker);
    }
    let before = mistakes.len();
    for (position, word) in words.enumerate() {
        // A comment that was never closed holds all that follows: the first mistakes tell it.
        if mistakes.len() - before >= MISTAKES {
            break;
        }
        let span = (comment.place)(word.range.clone());
        let is_key = kind.keys().contains(&word.key);
        let is_flag = matches!(word.key, "optional" | "shared") && is_key;
        if position == 0 && word.value.is_none() && !is_flag && !matches!(kind, Kind::Verify | Kind::Tabs) {
            if is_id(word.key) {
                marker.id = Some(Name { text: word.key.into(), span });
                continue;
            }
            if nearest(word.key, kind.keys()).is_none() {
                mistakes.push(
                    mistake(span, format!("`{}` is no id", word.key))
                        .target(word.key)
                        .help("an id is made of small letters, digits and `-`, begins with a letter or digit, and is at most 64 long"),
                );
                continue;
            }
        }
        if !is_key {
            let finding = mistake(span, format!("`@{}` has no key `{}`", kind.word(), word.key)).target(word.key);
            mistakes.push(match (nearest(word.key, kind.keys()), kind.keys()) {
                (Some(near), _) => finding.help(format!("did you mean `{near}`?")),
                (None, []) => finding.help("it takes no keys; remove it"),
                (None, known) => finding.help(format!("its keys are {}", listed(known))),
            });
            continue;
        }
        if let Err((message, help)) = set(&mut marker, &word, comment) {
            mistakes.push(mistake(span, message).target(word.key).help(help));
        }
    }
    if marker.id.is_none() && matches!(kind, Kind::Needs | Kind::Embed) {
        let message = format!("`@{}` does not say which checklist", kind.word());
        mistakes.push(mistake(comment.span, message).help(format!("write its id: `<!-- @{} list-id -->`", kind.word())));
        return None;
    }
    Some(marker)
}

/// What follows the kind, without the space around it.
fn rest(comment: &Comment<'_>, after: usize) -> Option<Name> {
    let text = comment.text[after..].trim();
    let start = after + (comment.text[after..].len() - comment.text[after..].trim_start().len());
    (!text.is_empty()).then(|| Name { text: text.into(), span: (comment.place)(start..start + text.len()) })
}

/// Takes one key over into the marker; the mistake is its message and its help.
fn set(marker: &mut Marker, word: &Word<'_>, comment: &Comment<'_>) -> Result<(), (String, String)> {
    let keys = &mut marker.keys;
    match word.key {
        "title" => marker.title = Some(value(word, "title=\"Get your account ready\"")?.to_owned()),
        "optional" => keys.optional = flag(word)?,
        "shared" => marker.shared = flag(word)?,
        "skip" => keys.skip = Some(value(word, "skip=\"I have one already\"")?.into()),
        "owner" => keys.owner = Some(value(word, "owner=\"the IT desk\"")?.into()),
        "why" => keys.why = Some(value(word, "why=\"the form has changed\"")?.into()),
        "for" => {
            let roles = value(word, "for=buyer,engineer")?;
            keys.roles = roles.split(',').map(str::trim).filter(|role| !role.is_empty()).map(Into::into).collect();
        }
        "after" => keys.after = names(word, comment)?,
        "aka" => keys.aka = names(word, comment)?,
        "time" => keys.minutes = minutes(value(word, "time=5m")?)?,
        "due" => keys.due = Some(due(value(word, "due=+7d")?)?),
        "rev" => {
            let text = value(word, "rev=2")?;
            keys.revision = text.parse().ok().filter(|revision| (1..=1_000_000).contains(revision)).ok_or_else(|| {
                (format!("`rev` is not a number from 1: `{text}`"), "write `rev=2` when the text has changed once".to_owned())
            })?;
        }
        "count" => marker.counts_leaves = one_of(word, "steps", "leaves")?,
        "mode" => marker.do_confirm = one_of(word, "read-do", "do-confirm")?,
        "sync" => {
            let name = value(word, "sync=os")?;
            if !is_id(name) {
                return Err((format!("`{name}` is no name for `sync`"), "use small letters, digits and `-`: `sync=os`".to_owned()));
            }
            marker.value = Some(Name { text: name.into(), span: (comment.place)(word.range.clone()) });
        }
        _ => {}
    }
    Ok(())
}

fn flag(word: &Word<'_>) -> Result<bool, (String, String)> {
    match word.value {
        None => Ok(true),
        Some(_) => Err((format!("`{}` takes no value", word.key), format!("write `{}` alone", word.key))),
    }
}

fn value<'a>(word: &Word<'a>, example: &str) -> Result<&'a str, (String, String)> {
    match word.value.as_ref().map(|(text, _)| text.trim()) {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err((format!("`{}` needs a value", word.key), format!("write `{example}`"))),
    }
}

/// Whether the second of two words is given.
fn one_of(word: &Word<'_>, first: &str, second: &str) -> Result<bool, (String, String)> {
    let text = value(word, &format!("{}={second}", word.key))?;
    if text == first || text == second {
        return Ok(text == second);
    }
    Err((format!("`{}` cannot be `{text}`", word.key), format!("write `{0}={first}` or `{0}={second}`", word.key)))
}

fn names(word: &Word<'_>, comment: &Comment<'_>) -> Result<Vec<Name>, (String, String)> {
    let example = format!("{}=step,other-list/step", word.key);
    value(word, &example)?;
    let Some((text, start)) = word.value else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let mut at = start;
    for part in text.split(',') {
        let name = part.trim();
        let from = at + part.find(name).unwrap_or(0);
        at += part.len() + 1;
        if name.is_empty() {
            continue;
        }
        let sound = match name.rsplit_once('/') {
            Some((list, step)) => !list.is_empty() && is_id(step),
            None => is_id(name),
        };
        if !sound {
            return Err((format!("`{name}` names no step"), format!("write `{example}`")));
        }
        found.push(Name { text: name.into(), span: (comment.place)(from..from + name.len()) });
    }
    Ok(found)
}

/// `5m`, `2h`, `1h30m`; in minutes.
fn minutes(text: &str) -> Result<u32, (String, String)> {
    let wrong = || (format!("`time` is not a duration: `{text}`"), "write `time=5m`, `time=2h` or `time=1h30m`".to_owned());
    let (hours, rest) = match text.split_once('h') {
        Some((hours, rest)) => (hours.parse::<u32>().map_err(|_| wrong())?, rest),
        None => (0, text),
    };
    let minutes = match rest.strip_suffix('m') {
        Some(minutes) => minutes.parse::<u32>().map_err(|_| wrong())?,
        None if rest.is_empty() && text.ends_with('h') => 0,
        None => return Err(wrong()),
    };
    let total = hours.checked_mul(60).and_then(|hours| hours.checked_add(minutes)).filter(|total| (1..=100_000).contains(total));
    total.ok_or_else(wrong)
}

/// `+7d`, `+2w`, or a day.
fn due(text: &str) -> Result<Due, (String, String)> {
    let relative = text.strip_prefix('+').and_then(|rest| {
        let (number, factor) = rest.strip_suffix('d').map(|days| (days, 1)).or_else(|| rest.strip_suffix('w').map(|weeks| (weeks, 7)))?;
        number.parse::<u32>().ok()?.checked_mul(factor).filter(|days| *days <= 3_650)
    });
    if let Some(days) = relative {
        return Ok(Due::Days(days));
    }
    text.parse()
        .map(Due::On)
        .map_err(|_| (format!("`due` is no date: `{text}`"), "write `due=+7d`, `due=+2w` or a day such as `due=2026-01-31`".to_owned()))
}

fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let likeness = |name: &str| strsim::jaro_winkler(word, name);
    let best = known.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(best) >= 0.8).then_some(best)
}

fn listed(names: &[impl std::fmt::Display]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A word of a comment: `key`, `key=value` or `key="a value"`.
struct Word<'a> {
    key: &'a str,
    /// The value, and where it starts in the comment's text.
    value: Option<(&'a str, usize)>,
    range: std::ops::Range<usize>,
}

/// Splits a comment's text; a quotation that is not closed reaches to the end.
fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text[at..].find(|c: char| !c.is_whitespace())?;
        let start = at;
        let rest = &text[start..];
        let length = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        at = start + length;
        if !text[at..].starts_with('=') {
            return Some(Word { key: &text[start..at], value: None, range: start..at });
        }
        let value_start = at + 1;
        let (value, from, end) = if let Some(quoted) = text[value_start..].strip_prefix('"') {
            let length = quoted.find('"').unwrap_or(quoted.len());
            (&quoted[..length], value_start + 1, (value_start + 1 + length + 1).min(text.len()))
        } else {
            let rest = &text[value_start..];
            let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
            (&rest[..length], value_start, value_start + length)
        };
        at = end;
        Some(Word { key: &text[start..start + length], value: Some((value, from)), range: start..end })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Marker>, Vec<String>) {
        let mut mistakes = Vec::new();
        let file: Arc<str> = "a.md".into();
        let place = |range: std::ops::Range<usize>| Span::new(range.start, range.end);
        let marker = parse(&Comment { file: &file, text, span: Span::new(0, text.len()), place: &place }, &mut mistakes);
        let words = mistakes.iter().map(|mistake| format!("{} ({})", mistake.message, mistake.help.as_deref().unwrap_or_default()));
        (marker, words.collect())
    }

    #[test]
    fn a_marker_is_read_with_all_its_keys() {
        let text = r#" @step register time=1h30m skip="I have one, already" optional for=buyer,engineer after=identity,other/one due=+2w owner="the desk" rev=3 why="a new form" aka=sign-up "#;
        let (marker, mistakes) = read(text);
        assert_eq!(mistakes, Vec::<String>::new());
        let marker = marker.expect("it is a marker");
        assert_eq!((marker.kind, marker.id.as_ref().map(|id| &*id.text)), (Kind::Step, Some("register")));
        let keys = marker.keys;
        assert_eq!((keys.minutes, keys.revision, keys.optional, keys.due), (90, 3, true, Some(Due::Days(14))));
        assert_eq!(keys.skip.as_deref(), Some("I have one, already"));
        assert_eq!(keys.roles, ["buyer".into(), "engineer".into()]);
        assert_eq!(keys.after.iter().map(|name| &text[name.span.range()]).collect::<Vec<_>>(), ["identity", "other/one"]);
    }

    #[test]
    fn mistakes_name_what_is_near() {
        assert_eq!(read("@stpe register").1, ["there is no marker `@stpe` (did you mean `@step`?)"]);
        assert_eq!(read("@step register tme=5m").1, ["`@step` has no key `tme` (did you mean `time`?)"]);
        assert_eq!(read("@step register time=soon").1, ["`time` is not a duration: `soon` (write `time=5m`, `time=2h` or `time=1h30m`)"]);
        assert_eq!(read("@step Register").1.len(), 1);
        assert_eq!(read("@needs").1, ["`@needs` does not say which checklist (write its id: `<!-- @needs list-id -->`)"]);
        assert_eq!(read("@verify x").1, ["`@verify` has no key `x` (it takes no keys; remove it)"]);
    }

    #[test]
    fn an_unstamped_marker_knows_where_its_id_goes() {
        let (marker, mistakes) = read(" @step time=5m");
        assert_eq!((mistakes.len(), marker.map(|marker| marker.id_place)), (0, Some(6)));
    }

    #[test]
    fn an_open_quotation_ends_with_the_comment() {
        let (marker, _) = read("@step a skip=\"never closed");
        assert_eq!(marker.and_then(|marker| marker.keys.skip).as_deref(), Some("never closed"));
        assert!(!is_marker("@ step"));
        assert!(!is_marker("see @step"));
    }
}
