//! A progress bar for runs that take over half a second.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use milepost::progress::{Progress, Stage};
use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

/// Runs the work; while it lasts, shows how far it is.
pub(super) fn watch<T>(progress: &Progress, visible: bool, work: impl FnOnce() -> T) -> T {
    if !visible {
        return work();
    }
    thread::scope(|scope| {
        let (finished, wait) = mpsc::channel::<()>();
        scope.spawn(move || show(progress, &wait));
        let result = work();
        drop(finished);
        result
    })
}

fn show(progress: &Progress, finished: &mpsc::Receiver<()>) {
    if finished.recv_timeout(Duration::from_millis(500)) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let spinner = ProgressStyle::with_template("{spinner} {msg}");
    let counted = ProgressStyle::with_template("{spinner} {msg} [{bar:30}] {pos}/{len}");
    let (Ok(spinner), Ok(counted)) = (spinner, counted) else { return };
    loop {
        let (stage, done, total) = progress.now();
        let word = match stage {
            Stage::Read => "reading",
            Stage::Check => "checking links",
            Stage::Write => "writing",
            Stage::Ask => "asking for addresses",
        };
        if let Some(total) = total {
            bar.set_style(counted.clone());
            bar.set_length(total as u64);
            let waits_for = if stage == Stage::Ask { progress.waits_for() } else { String::new() };
            bar.set_message(if waits_for.is_empty() { word.to_owned() } else { format!("{word} (left: {waits_for})") });
        } else {
            bar.set_style(spinner.clone());
            bar.set_message(if done > 0 { format!("{word} {done} pages") } else { word.to_owned() });
        }
        bar.set_position(done as u64);
        bar.tick();
        if finished.recv_timeout(Duration::from_millis(80)) != Err(RecvTimeoutError::Timeout) {
            bar.finish_and_clear();
            return;
        }
    }
}
