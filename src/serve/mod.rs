//! The site while it is written: sources in, a server on this machine out, whose pages follow each change.
//!
//! [`watch`] tells what has changed, [`rebuild`] makes the next generation of it, [`generation`] answers from it, [`live`] holds
//! the one that answers, [`http`] speaks with browsers, and `live.js`, `swap.js` and `overlay.js` are its other half there.

mod check;
mod editor;
mod generation;
mod http;
mod live;
mod problem;
mod rebuild;
mod watch;

pub use editor::Editor;

use crate::{
    error::Error,
    project::Project,
    report::{Places, Report},
    site::target,
};
use check::{Checks, Job};
use generation::failed;
use http::Server;
use live::Live;
use problem::Failure;
use rebuild::{Rebuild, Times};
use std::{
    io,
    net::{TcpListener, ToSocketAddrs as _},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use watch::{Changes, Watch};

/// The port that is taken when it is free.
const PORT: u16 = 4000;
/// How many ports after it are tried before any free one is taken.
const NEXT: u16 = 20;

/// Finds the project, now and after each change of its configuration.
pub type Open = Arc<dyn Fn() -> Result<Project, Error> + Send + Sync>;
/// Hears what the server has to say.
pub type Say = Arc<dyn Fn(Said<'_>) + Send + Sync>;

/// Where the server listens, and which editor opens the places it names.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address, or the name of one.
    pub host: String,
    /// The port; without one, the usual one or one that is free.
    pub port: Option<u16>,
    /// What links to files open.
    pub editor: Editor,
}

/// What the server has to say.
pub enum Said<'a> {
    /// It listens.
    Serving {
        /// The address of the site.
        address: &'a str,
        /// What is watched.
        project: &'a Project,
        /// Whether other machines can ask.
        is_open: bool,
    },
    /// The system watches no more folders: files are looked at from time to time.
    Polling,
    /// The site was made, anew unless `changed` is empty, and checked.
    Made(&'a Made<'a>),
    /// The sources cannot be shown as they are.
    Failed(&'a Error),
}

/// A site that was made and checked.
pub struct Made<'a> {
    /// The project.
    pub project: &'a Project,
    /// The files that changed, from the project's folder.
    pub changed: &'a [String],
    /// How long it took until browsers could be shown the site.
    pub took: Duration,
    /// The same by stage, and the check after it.
    pub times: &'a [(&'static str, Duration)],
    /// All that was found.
    pub report: &'a Report,
    /// The findings that the last check did not have.
    pub new: &'a Report,
    /// The texts that the new findings quote.
    pub places: &'a Places,
}

/// Serves a project until somebody ends it with Ctrl-C.
///
/// # Errors
/// A project or a port that cannot be had, or files that cannot be watched.
pub fn serve(open: Open, options: Options, say: Say) -> Result<(), Error> {
    let project = open()?;
    let listener = listen(&options)?;
    let local = listener.local_addr().map_err(|error| unheard(&options.host, &error))?;
    let is_open = !local.ip().is_loopback();
    // Others are not told where files are on this machine.
    let editor = if is_open { Editor::none() } else { options.editor };
    let live = Arc::new(Live::new());
    let mut work = Work {
        checks: Checks::start(Arc::clone(&live), editor.clone(), Arc::clone(&say))?,
        watch: Watch::new()?,
        rebuild: Rebuild::new(),
        pending: Changes::default(),
        open,
        live: Arc::clone(&live),
        say: Arc::clone(&say),
    };
    let mount = mount(&project);
    work.make(Ok(project.clone()), &Changes::default());
    let host = if local.ip().is_unspecified() { "127.0.0.1".to_owned() } else { options.host.clone() };
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    say(Said::Serving { address: &format!("http://{host}:{}{mount}", local.port()), project: &project, is_open });
    let worker = thread::Builder::new().name("rebuild".to_owned()).spawn(move || work.go_on());
    worker.map_err(|error| failed(&format!("no thread can be started: {error}")))?;
    let current = std::env::current_dir().unwrap_or_default();
    let server = Arc::new(Server { live, host: options.host, editor, current, say });
    run(listener, server).map_err(|error| Error::usage(format!("the server cannot go on: {error}"), "start it again"))
}

/// Answers until it is ended.
fn run(listener: TcpListener, server: Arc<Server>) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        tokio::select! {
            () = http::accept(listener, server) => Ok(()),
            ended = ended() => ended,
        }
    })?;
    // A request that is being answered does not keep anybody waiting.
    runtime.shutdown_background();
    Ok(())
}

/// Waits for Ctrl-C, or for the system to end the program.
async fn ended() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed,
            _ = terminated.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// The port that was asked for, else the usual one or one near it, else any.
fn listen(options: &Options) -> Result<TcpListener, Error> {
    let host = options.host.as_str();
    let bind = |port: u16| {
        let addresses = (host, port).to_socket_addrs()?;
        TcpListener::bind(addresses.collect::<Vec<_>>().as_slice())
    };
    if let Some(port) = options.port {
        return bind(port).map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => Error::usage(
                format!("port {port} is taken"),
                "name another with `--port`, or leave it out: then a port that is free is taken",
            ),
            _ => unheard(host, &error),
        });
    }
    for port in (PORT..=PORT + NEXT).chain([0]) {
        match bind(port) {
            Err(error) if matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied) && port != 0 => {}
            bound => return bound.map_err(|error| unheard(host, &error)),
        }
    }
    Err(Error::usage(format!("no port of `{host}` is free"), "name one with `--port`"))
}

fn unheard(host: &str, error: &io::Error) -> Error {
    Error::usage(format!("nothing can be served at `{host}`: {error}"), "name an address of this machine with `--host`")
}

/// The path under which the site is published, with its slashes.
fn mount(project: &Project) -> String {
    target::decode(&project.config.base_path()).into_owned()
}

/// What makes generations, one after the other.
struct Work {
    open: Open,
    watch: Watch,
    rebuild: Rebuild,
    /// What has changed since the last generation, while none could be made.
    pending: Changes,
    live: Arc<Live>,
    checks: Checks,
    say: Say,
}

impl Work {
    /// Makes a generation after each change.
    fn go_on(mut self) {
        self.tell_history();
        while let Some(changes) = self.watch.next() {
            let project = (self.open)();
            self.make(project, &changes);
            self.tell_history();
        }
    }

    /// Makes the next generation, or tells why there is none.
    fn make(&mut self, project: Result<Project, Error>, changes: &Changes) {
        self.pending.add(changes);
        let made = project.and_then(|project| {
            let tried = catch_unwind(AssertUnwindSafe(|| self.try_to_make(project)));
            tried.unwrap_or_else(|_| Err(failed("the program has failed while it made the site")))
        });
        match made {
            Ok(()) => self.pending = Changes::default(),
            Err(error) => {
                self.live.fail(Failure::of(&error));
                (self.say)(Said::Failed(&error));
            }
        }
    }

    fn try_to_make(&mut self, project: Project) -> Result<(), Error> {
        let began = Instant::now();
        let mut times = Times::new();
        // A change to the text of a file brings no folder, and takes none away.
        let is_text = !self.pending.any && !self.pending.paths.is_empty() && self.pending.paths.iter().all(|path| path.is_file());
        if !(is_text && self.rebuild.has_made(&project)) && self.watch.follow(&project)? {
            (self.say)(Said::Polling);
        }
        times.push(("watch", began.elapsed()));
        let mount = mount(&project);
        let parts = self.rebuild.parts(project, &self.pending, &mut times)?;
        let planning = Instant::now();
        let asks = generation::start(parts.clone())?;
        times.push(("plan", planning.elapsed()));
        let files = rebuild::addresses(&parts, &self.pending, &mount);
        let number = self.live.replace(&mount, asks, files.as_deref());
        let changed = rebuild::names(&parts.project, &self.pending);
        self.checks.add(Job { number, parts, changed, took: began.elapsed(), times });
        Ok(())
    }

    /// Lets the history be read beside the rest: it takes long, and pages can be shown without their dates.
    fn tell_history(&self) {
        let Some(read) = self.rebuild.historian() else { return };
        let again = self.watch.again();
        let told = move || {
            if read() {
                again();
            }
        };
        // Without a thread for it, pages have no dates.
        let _ = thread::Builder::new().name("history".to_owned()).spawn(told);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(base: Option<&str>) -> String {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut project = Project::open(Some(folder.path()), &crate::project::Overrides::default()).expect("it is a folder");
        project.config.base_url = base.map(str::to_owned);
        mount(&project)
    }

    #[test]
    fn a_site_is_served_where_it_is_published() {
        assert_eq!(at(None), "/");
        assert_eq!(at(Some("https://example.com")), "/");
        assert_eq!(at(Some("https://example.com/docs")), "/docs/");
        assert_eq!(at(Some("https://example.com/a/%E6%8C%87/")), "/a/指/");
    }

    #[test]
    fn a_port_that_was_asked_for_is_taken_or_told() {
        let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = taken.local_addr().expect("it has an address").port();
        let options = |port| Options { host: "127.0.0.1".to_owned(), port, editor: Editor::default() };
        let told = listen(&options(Some(port))).expect_err("it is taken").to_string();
        assert_eq!(told, format!("port {port} is taken"));
        assert!(listen(&options(None)).is_ok());
    }
}
