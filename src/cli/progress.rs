//! Long work: a bar with rate and time left on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::note;

/// Between two plain lines.
const LINE_EVERY: Duration = Duration::from_secs(2);

/// Progress of something that is counted.
pub(super) struct Progress {
    bar: ProgressBar,
    what: &'static str,
    done: AtomicU64,
    said: Mutex<Instant>,
    is_plain: bool,
}

impl Progress {
    pub(super) fn new(what: &'static str, total: u64) -> Self {
        let is_plain = !std::io::stderr().is_terminal();
        let bar = ProgressBar::new(total);
        let template = "{msg} {wide_bar} {pos}/{len} {per_sec} {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what);
        if is_plain {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { bar, what, done: AtomicU64::new(0), said: Mutex::new(Instant::now()), is_plain }
    }

    /// Says how much there is to be done, when that is known later than the rest.
    pub(super) fn expect(&self, total: u64) {
        self.bar.set_length(total);
    }

    pub(super) fn step(&self) {
        self.advance(1);
    }

    /// So many steps at once.
    pub(super) fn advance(&self, count: u64) {
        let done = self.done.fetch_add(count, Ordering::Relaxed) + count;
        self.bar.inc(count);
        if self.is_plain {
            self.say_sometimes(done);
        }
    }

    fn say_sometimes(&self, done: u64) {
        let Ok(mut said) = self.said.try_lock() else { return };
        if said.elapsed() >= LINE_EVERY {
            *said = Instant::now();
            let total = self.bar.length().unwrap_or_default();
            note(&format!("{}: {done} of {total}", self.what));
        }
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
