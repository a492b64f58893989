//! A number of pages in, a seeded tree of Markdown out: the same bytes on every machine.

use crate::random::Random;
use std::{
    fmt::Write as _,
    fs, io,
    path::Path,
    time::{Duration, SystemTime},
};

const PAGES_A_FOLDER: usize = 20;
const FOLDERS_A_TOP: usize = 10;
const IMAGES: usize = 10;
/// The bytes of Markdown that a page is filled up to with prose; whole sentences lead a little above.
const PAGE_BYTES: usize = 7_500;
const SECTIONS: usize = 6;
const LANGUAGES: [&str; 5] = ["bash", "json", "rust", "yaml", "python"];
const VERBS: [&str; 8] = ["Prepare", "Connect", "Inspect", "Replace", "Measure", "Protect", "Restore", "Share"];

/// Writes `pages` guides in `top/sub/page.md` with an `index.md` in each folder, and ten small images.
///
/// # Errors
/// A folder or file that cannot be written.
pub(crate) fn tree(root: &Path, pages: usize) -> io::Result<()> {
    let words = vocabulary();
    let folders = pages.div_ceil(PAGES_A_FOLDER);
    let tops = folders.div_ceil(FOLDERS_A_TOP);
    fs::create_dir_all(root.join("img"))?;
    for image in 0..IMAGES {
        fs::write(root.join(format!("img/diagram-{image}.svg")), picture(image))?;
    }
    let names: Vec<Name> = (0..pages).map(|page| Name::of(page, &words)).collect();
    fs::write(root.join("index.md"), index("Handbook", (0..tops).map(|top| (format!("Part {top}"), format!("part-{top:02}/index.md")))))?;
    for top in 0..tops {
        let folder = root.join(format!("part-{top:02}"));
        fs::create_dir_all(&folder)?;
        let inside = (top * FOLDERS_A_TOP..folders.min((top + 1) * FOLDERS_A_TOP))
            .map(|sub| (format!("Topic {sub}"), format!("topic-{sub:03}/index.md")));
        fs::write(folder.join("index.md"), index(&format!("Part {top}"), inside))?;
    }
    for sub in 0..folders {
        let folder = root.join(folder_of(sub * PAGES_A_FOLDER));
        fs::create_dir_all(&folder)?;
        let range = sub * PAGES_A_FOLDER..pages.min((sub + 1) * PAGES_A_FOLDER);
        let inside = range.clone().map(|page| (names[page].title.clone(), format!("{}.md", names[page].stem)));
        fs::write(folder.join("index.md"), index(&format!("Topic {sub}"), inside))?;
        for page in range {
            fs::write(folder.join(format!("{}.md", names[page].stem)), guide(page, &names, &words))?;
        }
    }
    Ok(())
}

/// What other pages need to know to link to a page.
struct Name {
    title: String,
    stem: String,
    headings: Vec<String>,
}

impl Name {
    fn of(page: usize, words: &[String]) -> Self {
        let mut random = Random::of("name", page);
        let verb = random.pick(&VERBS);
        let noun = random.pick(words);
        let headings = (0..SECTIONS)
            .map(|section| format!("{} the {} {}", VERBS[(page + section) % VERBS.len()], random.pick(words), random.pick(words)))
            .collect();
        Self { title: format!("{verb} the {noun} {page}"), stem: format!("{}-{noun}-{page:05}", verb.to_lowercase()), headings }
    }
}

/// Makes a file, or all files of a folder, an hour old: one that has changed just now is read again by the next build, as it might
/// change once more.
///
/// # Errors
/// A file whose time cannot be set.
pub(crate) fn age(path: &Path) -> io::Result<()> {
    let then = SystemTime::now() - Duration::from_secs(3_600);
    for entry in walkdir::WalkDir::new(path) {
        let entry = entry?;
        if entry.file_type().is_file() {
            fs::File::options().write(true).open(entry.path())?.set_modified(then)?;
        }
    }
    Ok(())
}

fn folder_of(page: usize) -> String {
    let sub = page / PAGES_A_FOLDER;
    format!("part-{:02}/topic-{sub:03}", sub / FOLDERS_A_TOP)
}

fn index(title: &str, entries: impl Iterator<Item = (String, String)>) -> String {
    let list: String = entries.map(|(title, path)| format!("- [{title}]({path})\n")).collect();
    format!("---\ntitle: {title}\n---\n\n# {title}\n\nWhat is here:\n\n{list}")
}

/// One guide: what every page has, and prose up to the size of a page.
fn guide(page: usize, names: &[Name], words: &[String]) -> String {
    let mut random = Random::of("guide", page);
    let name = &names[page];
    let mut sections = blocks(page, &mut random, words);
    let definitions: String =
        (1..=3).map(|label| format!("[ref-{label}]: {}\n", address(page, names, &mut random, label % 2 == 0))).collect();
    let mut links: Vec<String> = (0..8)
        .map(|link| format!(" See [{}]({}).", phrase(&mut random, words, 3), address(page, names, &mut random, link % 2 == 0)))
        .collect();
    links.extend((1..=3).map(|label| format!(" Compare [{}][ref-{label}].", phrase(&mut random, words, 2))));
    let fixed: usize =
        sections.iter().flatten().map(String::len).sum::<usize>() + links.iter().map(String::len).sum::<usize>() + definitions.len() + 500;
    let paragraphs = 2 * SECTIONS;
    let budget = PAGE_BYTES.saturating_sub(fixed) / paragraphs;
    let mut prose: Vec<String> = (0..paragraphs).map(|_| paragraph(&mut random, words, budget)).collect();
    for (position, link) in links.iter().enumerate() {
        prose[position % paragraphs].push_str(link);
    }
    let mut text = format!(
        "---\ntitle: {}\ndescription: About {} and what it needs\n---\n\n# {}\n\n",
        name.title,
        name.title.to_lowercase(),
        name.title
    );
    let mut prose = prose.into_iter();
    for (heading, section) in name.headings.iter().zip(&mut sections) {
        section.extend(prose.by_ref().take(2));
        // A block leads its section on some pages and ends it on others.
        if random.below(2) == 0 {
            section.rotate_left(1);
        }
        let _ = write!(text, "## {heading}\n\n{}\n\n", section.join("\n\n"));
    }
    text + &definitions
}

/// The blocks of each section that are no prose: two of code, a table, a task list and an image.
fn blocks(page: usize, random: &mut Random, words: &[String]) -> Vec<Vec<String>> {
    let mut sections = vec![Vec::new(); SECTIONS];
    sections[0].push(code(LANGUAGES[2 * page % LANGUAGES.len()], random, words));
    let rows: String = (0..5)
        .map(|_| {
            format!(
                "\n| `{}` | {} | {} | {} |",
                random.pick(words),
                phrase(random, words, 2),
                ["yes", "no"][random.below(2)],
                random.below(9_999)
            )
        })
        .collect();
    sections[1].push(format!("| Name | Meaning | Needed | Default |\n| --- | --- | :---: | ---: |{rows}"));
    sections[2].push(code(LANGUAGES[(2 * page + 1) % LANGUAGES.len()], random, words));
    let tasks: Vec<String> = (0..5).map(|_| format!("- [{}] {}", ["x", " "][random.below(2)], sentence(random, words, 6))).collect();
    sections[3].push(tasks.join("\n"));
    sections[4].push(format!("![A diagram of the {}](../../img/diagram-{}.svg)", phrase(random, words, 2), random.below(IMAGES)));
    sections
}

/// A relative link: three of five lead to a near page, every other one to a heading of it.
fn address(page: usize, names: &[Name], random: &mut Random, to_heading: bool) -> String {
    let near = random.below(5) < 3;
    let target = if near { (page + random.below(51)).saturating_sub(25).min(names.len() - 1) } else { random.below(names.len()) };
    let there = &names[target];
    let folder = if folder_of(page) == folder_of(target) { String::new() } else { format!("../../{}/", folder_of(target)) };
    let heading = &there.headings[random.below(SECTIONS)];
    let fragment = if to_heading { format!("#{}", heading.to_lowercase().replace(' ', "-")) } else { String::new() };
    format!("{folder}{}.md{fragment}", there.stem)
}

/// About ten lines of code.
fn code(language: &str, random: &mut Random, words: &[String]) -> String {
    let mut lines: Vec<String> = Vec::new();
    let word = |random: &mut Random| random.pick(words).clone();
    match language {
        "bash" => {
            lines.extend([
                "#!/usr/bin/env bash".to_owned(),
                "set -euo pipefail".to_owned(),
                format!("{}_DIR=\"${{1:-/var/lib/{}}}\"", word(random).to_uppercase(), word(random)),
            ]);
            for _ in 0..7 {
                lines.push(match random.below(4) {
                    0 => format!("echo \"starting {} of {}\" >&2  # {}", word(random), word(random), word(random)),
                    1 => format!("{}ctl --{}={} --verbose | grep -v '{}'", word(random), word(random), random.below(900), word(random)),
                    2 => format!("for file in ./{}/*.log; do gzip -9 \"$file\"; done", word(random)),
                    _ => format!("if [ -d \"{}\" ]; then export {}={}; fi", word(random), word(random).to_uppercase(), random.below(99)),
                });
            }
        }
        "json" => {
            lines.push("{".to_owned());
            for number in 0..8 {
                lines.push(format!(
                    "  \"{}-{number}\": {{ \"{}\": {}, \"enabled\": {}, \"name\": \"{}\" }},",
                    word(random),
                    word(random),
                    random.below(5_000),
                    random.below(2) == 0,
                    word(random)
                ));
            }
            lines.extend([format!("  \"version\": \"{}.{}\"", random.below(9), random.below(20)), "}".to_owned()]);
        }
        "rust" => {
            let (counted, place) = (word(random), word(random));
            lines.extend([
                format!("/// Counts each {counted} of a {place}."),
                format!("pub fn {counted}_count(items: &[&str]) -> BTreeMap<String, usize> {{"),
                "    let mut found = BTreeMap::new();".to_owned(),
                "    for item in items.iter().filter(|item| !item.is_empty()) {".to_owned(),
            ]);
            for _ in 0..2 {
                lines.push(format!(
                    "        if item.starts_with(\"{}\") {{ log(\"{}: {{}} {{}}\", item, {}); }}",
                    word(random),
                    word(random),
                    random.below(99)
                ));
            }
            lines.extend(["        *found.entry(item.to_string()).or_insert(0) += 1;", "    }", "    found", "}"].map(str::to_owned));
        }
        "yaml" => {
            lines.extend([format!("# {} for {}", word(random), word(random)), format!("{}:", word(random))]);
            for _ in 0..4 {
                lines.extend([format!("  - name: \"{}\"", word(random)), format!("    {}: {}", word(random), random.below(900))]);
            }
            lines.push(format!("enabled: {}", random.below(2) == 0));
        }
        _ => {
            let (made, given) = (word(random), word(random));
            lines.extend([
                format!("def {made}_of({given}: list[str], limit: int = {}) -> dict[str, int]:", random.below(90)),
                format!("    \"\"\"Gives the {made} of each {given}.\"\"\""),
                "    found = {}".to_owned(),
            ]);
            for _ in 0..2 {
                lines.extend([
                    format!("    for item in {given}:  # {}", word(random)),
                    format!("        if item.startswith(\"{}\") and len(item) < limit:", word(random)),
                    format!("            found[f\"{{item}}-{}\"] = {}", word(random), random.below(900)),
                ]);
            }
            lines.push("    return found".to_owned());
        }
    }
    format!("```{language}\n{}\n```", lines.join("\n"))
}

fn paragraph(random: &mut Random, words: &[String], bytes: usize) -> String {
    let mut text = String::new();
    while text.len() < bytes {
        let count = 8 + random.below(12);
        let _ = write!(text, "{}{}", if text.is_empty() { "" } else { " " }, sentence(random, words, count));
    }
    text
}

fn sentence(random: &mut Random, words: &[String], count: usize) -> String {
    let mut parts: Vec<String> = (0..count).map(|_| random.pick(words).clone()).collect();
    let marked = random.below(count);
    match random.below(8) {
        0 | 1 => parts[marked] = format!("`{}_{}`", parts[marked], random.pick(words)),
        2 => parts[marked] = format!("**{}**", parts[marked]),
        3 => parts[marked] = format!("*{}*", parts[marked]),
        _ => {}
    }
    format!("The {}.", parts.join(" "))
}

fn phrase(random: &mut Random, words: &[String], count: usize) -> String {
    (0..count).map(|_| random.pick(words).as_str()).collect::<Vec<_>>().join(" ")
}

/// Two thousand words of one to three syllables that are in no dictionary.
pub(crate) fn vocabulary() -> Vec<String> {
    const STARTS: [&str; 20] = ["b", "br", "d", "dr", "f", "fl", "g", "gr", "k", "kl", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "v"];
    const VOWELS: [&str; 7] = ["a", "e", "i", "o", "u", "ai", "ea"];
    const ENDS: [&str; 6] = ["", "n", "r", "s", "t", "l"];
    let mut random = Random::of("words", 0);
    let mut words = std::collections::BTreeSet::new();
    while words.len() < 2_000 {
        let syllables = random.below(3);
        let mut word: String = (0..=syllables).map(|_| format!("{}{}", random.pick(&STARTS), random.pick(&VOWELS))).collect();
        word.push_str(ENDS[random.below(ENDS.len())]);
        words.insert(word);
    }
    words.into_iter().collect()
}

fn picture(number: usize) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"320\" height=\"180\" viewBox=\"0 0 320 180\"><circle cx=\"{}\" cy=\"90\" r=\"60\"/></svg>\n",
        60 + 20 * number
    )
}
