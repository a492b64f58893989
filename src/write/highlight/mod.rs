//! Code to HTML with some twenty short classes, so that any colours are style sheets only; each distinct block once, and kept for
//! the next build.

#[cfg(feature = "highlight")]
mod grammar;
mod kept;

use crate::site::{
    Site,
    compact::Compact,
    page::{CodeBlock, Page},
};
use kept::Store;
use rayon::prelude::*;
#[cfg(feature = "serve")]
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// In how many parts the known blocks are kept, so that threads seldom wait for each other, and a change writes little.
const PARTS: usize = 64;

/// How many blocks a server keeps beyond twice those of the last look at the site.
#[cfg(feature = "serve")]
const SPARE: usize = 1000;

/// Code in its colours: each distinct block is highlighted once, when it is first asked for.
pub(crate) struct Highlights {
    keeping: Keeping,
    parts: Vec<Mutex<Part>>,
    /// How many blocks were kept when those that are gone were dropped.
    #[cfg(feature = "serve")]
    settled: AtomicUsize,
}

/// Which blocks are kept.
enum Keeping {
    /// Those that are on pages more than once.
    Repeated(HashSet<Key>),
    /// All, while the program runs.
    #[cfg(feature = "serve")]
    All,
    /// All, for the next build too.
    Stored(Store),
}

/// What tells a block from others: the hash of its language and its text.
type Key = [u8; 32];

/// The blocks of one part.
#[derive(Default)]
struct Part {
    known: HashMap<Key, Known>,
    /// Whether what the last build kept is among them.
    is_read: bool,
    /// Whether one is new.
    has_new: bool,
}

struct Known {
    /// None for a language without a grammar.
    html: Option<Html>,
    /// Whether this build has asked for it.
    is_used: bool,
}

/// The code of a block with its colours.
enum Html {
    /// To be shown again soon.
    Ready(Arc<str>),
    /// For the next build.
    Compact(Compact),
}

impl Html {
    fn text(&self) -> Option<Arc<str>> {
        match self {
            Self::Ready(html) => Some(Arc::clone(html)),
            Self::Compact(html) => html.text().map(Arc::from),
        }
    }
}

impl Highlights {
    /// Those of a site, none of them made yet.
    pub(crate) fn new(site: &Site) -> Self {
        let of_page =
            |page: &Arc<Page>| page.all_code().into_iter().filter(|block| !block.language.is_empty()).map(key).collect::<Vec<_>>();
        let mut keys: Vec<Key> = site.pages.par_iter().flat_map_iter(of_page).collect();
        keys.par_sort_unstable();
        let repeated = keys.chunk_by(|a, b| a == b).filter(|same| same.len() > 1).map(|same| same[0]).collect();
        Self::keeping(Keeping::Repeated(repeated))
    }

    /// All blocks are kept: those of a server, which shows the same pages again and again.
    #[cfg(feature = "serve")]
    pub(crate) fn keeping_all() -> Self {
        Self::keeping(Keeping::All)
    }

    /// All blocks are kept in a folder; those of another program are none.
    pub(crate) fn kept_in(folder: PathBuf, program: Key) -> Self {
        Self::keeping(Keeping::Stored(Store::new(folder, program)))
    }

    fn keeping(keeping: Keeping) -> Self {
        Self {
            keeping,
            parts: (0..PARTS).map(|_| Mutex::default()).collect(),
            #[cfg(feature = "serve")]
            settled: AtomicUsize::new(0),
        }
    }

    /// Drops the blocks that are not among those of the site of now, once they can be more than these: it has to look at all.
    #[cfg(feature = "serve")]
    pub(crate) fn forget_all_but<'a>(&self, blocks: impl Iterator<Item = &'a CodeBlock>) {
        let count = || (0..PARTS).map(|number| self.part(number).known.len()).sum::<usize>();
        if count() <= 2 * self.settled.load(Ordering::Relaxed) + SPARE {
            return;
        }
        let wanted: HashSet<Key> = blocks.map(key).collect();
        for number in 0..PARTS {
            self.part(number).known.retain(|key, _| wanted.contains(key));
        }
        self.settled.store(count(), Ordering::Relaxed);
    }

    /// The code of a block with its colours; none for a language without a grammar.
    pub(super) fn of(&self, block: &CodeBlock) -> Option<Arc<str>> {
        if block.language.is_empty() {
            return None;
        }
        let key = key(block);
        if matches!(&self.keeping, Keeping::Repeated(repeated) if !repeated.contains(&key)) {
            return highlight(&block.language, &block.text).map(Arc::from);
        }
        let number = usize::from(key[0]) % PARTS;
        if let Some(known) = self.part(number).known.get_mut(&key) {
            let html = known.html.as_ref().map(Html::text);
            // What a file held can be damaged: then it is made again.
            if html != Some(None) {
                known.is_used = true;
                return html.flatten();
            }
        }
        let html: Option<Arc<str>> = highlight(&block.language, &block.text).map(Arc::from);
        let held = html.as_ref().map(|html| match self.keeping {
            Keeping::Stored(_) => Html::Compact(Compact::new(html)),
            _ => Html::Ready(Arc::clone(html)),
        });
        let mut part = self.part(number);
        part.has_new = true;
        part.known.insert(key, Known { html: held, is_used: true });
        html
    }

    fn part(&self, number: usize) -> MutexGuard<'_, Part> {
        let mut part = self.parts[number].lock().unwrap_or_else(PoisonError::into_inner);
        if let (Keeping::Stored(store), false) = (&self.keeping, part.is_read) {
            part.is_read = true;
            part.known = store.read(number);
        }
        part
    }

    /// Keeps the blocks for the next build. Where all pages were made, those that no page asked for go.
    pub(crate) fn save(&self, all_were_made: bool) {
        let Keeping::Stored(store) = &self.keeping else { return };
        (0..PARTS).into_par_iter().for_each(|number| {
            let mut part = self.part(number);
            let before = part.known.len();
            if all_were_made {
                part.known.retain(|_, known| known.is_used);
            }
            if part.has_new || part.known.len() < before {
                store.write(number, &part.known);
            }
        });
    }
}

fn key(block: &CodeBlock) -> Key {
    let mut hasher = blake3::Hasher::new();
    hasher.update(block.language.as_bytes()).update(&[0]).update(block.text.as_bytes());
    *hasher.finalize().as_bytes()
}

/// The code with its tokens in `<span class="…">`; none for a language without a grammar.
fn highlight(language: &str, code: &str) -> Option<String> {
    #[cfg(feature = "highlight")]
    return grammar::highlight(language, code);
    #[cfg(not(feature = "highlight"))]
    {
        let _ = (language, code);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> CodeBlock {
        CodeBlock { language: "rust".into(), text: text.into(), frame: None }
    }

    /// What a folder keeps of a block.
    fn kept(highlights: &Highlights, text: &str) -> Option<String> {
        let key = key(&block(text));
        let part = highlights.part(usize::from(key[0]) % PARTS);
        part.known.get(&key).and_then(|known| known.html.as_ref()?.text()).map(|html| html.to_string())
    }

    fn keep(folder: &std::path::Path, text: &str, html: &str) {
        let key = key(&block(text));
        let known = Known { html: Some(Html::Compact(Compact::new(html))), is_used: false };
        Store::new(folder.to_owned(), [1; 32]).write(usize::from(key[0]) % PARTS, &HashMap::from([(key, known)]));
    }

    #[test]
    fn a_block_is_highlighted_in_one_build_and_taken_from_there_in_the_next() {
        let folder = tempfile::tempdir().expect("a folder");
        keep(folder.path(), "let a;", "what was kept");
        let highlights = Highlights::kept_in(folder.path().to_owned(), [1; 32]);
        assert_eq!(highlights.of(&block("let a;")).as_deref(), Some("what was kept"));
        let html = highlights.of(&block("let b;"));
        highlights.save(false);
        assert_eq!(kept(&Highlights::kept_in(folder.path().to_owned(), [1; 32]), "let b;").as_deref(), html.as_deref());
    }

    #[test]
    fn blocks_of_another_program_are_none_and_damaged_files_too() {
        let folder = tempfile::tempdir().expect("a folder");
        keep(folder.path(), "let a;", "what was kept");
        assert_eq!(kept(&Highlights::kept_in(folder.path().to_owned(), [2; 32]), "let a;"), None);
        for file in std::fs::read_dir(folder.path()).expect("a folder") {
            std::fs::write(file.expect("an entry").path(), [1; 40]).expect("a file");
        }
        assert_eq!(kept(&Highlights::kept_in(folder.path().to_owned(), [1; 32]), "let a;"), None);
    }

    #[test]
    #[cfg(feature = "serve")]
    fn blocks_that_are_gone_are_dropped_once_they_are_many() {
        let block = |number: usize| CodeBlock { language: "text".into(), text: number.to_string().into(), frame: None };
        let blocks: Vec<CodeBlock> = (0..2 * SPARE).map(block).collect();
        let highlights = Highlights::keeping_all();
        let count = || (0..PARTS).map(|number| highlights.part(number).known.len()).sum::<usize>();
        for block in &blocks[..SPARE] {
            highlights.of(block);
        }
        highlights.forget_all_but(blocks[..1].iter());
        assert_eq!(count(), SPARE, "they are few");
        for block in &blocks {
            highlights.of(block);
        }
        highlights.forget_all_but(blocks[..10].iter());
        assert_eq!(count(), 10);
    }

    #[test]
    fn what_no_page_asks_for_goes_once_all_pages_are_made() {
        let folder = tempfile::tempdir().expect("a folder");
        keep(folder.path(), "let a;", "what was kept");
        let again = || Highlights::kept_in(folder.path().to_owned(), [1; 32]);
        again().save(false);
        assert!(kept(&again(), "let a;").is_some());
        again().save(true);
        assert_eq!(kept(&again(), "let a;"), None);
    }
}
