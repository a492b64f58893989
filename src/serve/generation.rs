//! One state of the sources as a site: a thread that owns it and answers what is asked, until the next one takes its place.

use crate::{
    error::Error,
    project::Project,
    read,
    site::{Followed, Site, history::History},
    write::{Highlights, IndexKept, Materials, Outline, Plan, Sources, Theme, Variants, is_index},
};
use bytes::Bytes;
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};
use tokio::sync::oneshot;

/// How many requests are answered at a time: a browser asks for six, and an index that is being made must not hold up pages.
const WORKERS: usize = 6;

/// What a generation is made of; the next one may share most of it.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) project: Arc<Project>,
    pub(super) site: Arc<Site>,
    pub(super) followed: Arc<Followed>,
    pub(super) theme: Arc<Theme>,
    pub(super) highlights: Arc<Highlights>,
    pub(super) history: Arc<History>,
}

/// A request for a path from the site's root, decoded.
pub(super) struct Ask {
    pub(super) path: String,
    /// Whether the bytes are asked for, or only what stands there.
    pub(super) with_body: bool,
    pub(super) reply: oneshot::Sender<Answer>,
}

/// What stands at a path.
pub(super) struct Answer {
    /// The file of the output.
    pub(super) file: String,
    pub(super) found: Found,
    /// The guide that is shown there.
    pub(super) source: Option<Arc<str>>,
}

/// How a request ends.
pub(super) enum Found {
    Bytes(Bytes),
    /// The bytes of the page for addresses where nothing is.
    Nothing(Bytes),
    /// A folder, asked for without its final slash.
    Folder,
    Failed(Box<Error>),
}

/// Starts a generation; it ends when nobody can ask any more.
///
/// # Errors
/// What keeps its files from being planned.
pub(super) fn start(parts: Parts) -> Result<Sender<Ask>, Error> {
    let (planned, plan) = mpsc::channel();
    let (asks, queue) = mpsc::channel();
    let started = thread::Builder::new().name("generation".to_owned()).spawn(move || live(&parts, &planned, queue));
    started.map_err(|error| failed(&format!("no thread can be started: {error}")))?;
    plan.recv().unwrap_or_else(|_| Err(failed("the program has failed while it planned the site")))?;
    Ok(asks)
}

fn live(parts: &Parts, planned: &Sender<Result<(), Error>>, queue: Receiver<Ask>) {
    let text_of = |file: &str| read::quote(&parts.project.content, file);
    let sources = Sources { history: &parts.history, text_of: &text_of };
    // Smaller forms of images take long to make; a page that is being written shows the images themselves.
    let Parts { site, followed, theme, highlights, .. } = parts;
    let plan = Plan::new(&Materials { site, followed, sources: &sources, theme, highlights }, Variants::new());
    let plan = match plan {
        Ok(plan) => plan,
        Err(error) => {
            // The one who waits for it is there until then.
            let _ = planned.send(Err(error));
            return;
        }
    };
    let answers = Answers { site: &parts.site, plan, index: OnceLock::new() };
    let _ = planned.send(Ok(()));
    let queue = Mutex::new(queue);
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Ok(ask) = next() {
                    let answer = answers.to(&ask);
                    // A browser may have gone away.
                    let _ = ask.reply.send(answer);
                }
            });
        }
    });
}

/// The file of the output that a path means.
pub(super) fn file(path: &str) -> String {
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
}

struct Answers<'a> {
    site: &'a Site,
    plan: Plan<'a>,
    /// The files of the search index, made when the first of them is asked for.
    index: OnceLock<HashMap<String, Bytes>>,
}

impl Answers<'_> {
    fn to(&self, ask: &Ask) -> Answer {
        let file = file(&ask.path);
        let source = self.plan.guide(&file).map(|id| Arc::clone(&self.site.pages[id.0 as usize].path));
        if !ask.with_body && self.plan.has(&file) {
            return Answer { file, found: Found::Bytes(Bytes::new()), source };
        }
        if let Some(made) = self.make(&file) {
            return Answer { found: made.map_or_else(Found::Failed, Found::Bytes), file, source };
        }
        if let Some(bytes) = is_index(&file).then(|| self.index().get(&file)).flatten() {
            return Answer { found: Found::Bytes(bytes.clone()), file, source: None };
        }
        if self.plan.has(&format!("{file}/index.html")) {
            return Answer { file, found: Found::Folder, source: None };
        }
        let missing = self.not_found(&file);
        let found = match self.make(&missing) {
            Some(Ok(bytes)) => Found::Nothing(bytes),
            Some(Err(error)) => Found::Failed(error),
            None => Found::Nothing(Bytes::new()),
        };
        Answer { file: missing, found, source: None }
    }

    /// The page of the language that an address is in, as hosts choose it that know languages.
    fn not_found(&self, file: &str) -> String {
        let prefixes = self.site.languages.iter().map(|(_, language)| language.prefix.as_str());
        let prefix = prefixes.filter(|prefix| file.starts_with(prefix)).max_by_key(|prefix| prefix.len()).unwrap_or_default();
        format!("{prefix}404.html")
    }

    /// The bytes of a file, where there is one. A library that gives up on what is half written must not end the server.
    fn make(&self, file: &str) -> Option<Result<Bytes, Box<Error>>> {
        let made = catch_unwind(AssertUnwindSafe(|| self.plan.file(file)));
        let made = made.unwrap_or_else(|_| Some(Err(failed(&format!("the program has failed while it made `{file}`")))));
        made.map(|made| made.map(Bytes::from).map_err(Box::new))
    }

    fn index(&self) -> &HashMap<String, Bytes> {
        self.index.get_or_init(|| {
            let files = Mutex::new(HashMap::new());
            let keep = |path: &str, bytes: &[u8]| {
                files.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), Bytes::copy_from_slice(bytes));
                Ok::<(), Error>(())
            };
            // What keeps bytes in memory does not fail.
            let _ = self.plan.indexes(&Outline::new(self.site), IndexKept::default()).write(&keep, &|_| false);
            files.into_inner().unwrap_or_else(PoisonError::into_inner)
        })
    }
}

/// A failure of the program's own.
pub(super) fn failed(message: &str) -> Error {
    Error::usage(message, "this is a mistake in milepost: please report it, with the file that you were writing")
}
