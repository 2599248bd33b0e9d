//! Every append of this process, timed where the server's own histogram is: around the statement.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use metrics::{
    Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use tokio::time::Instant;

use crate::bench::Error;
use crate::metrics::APPEND_SECONDS;

/// The appends that have come back.
#[derive(Debug, Clone, Default)]
pub(super) struct Appends {
    /// When each came back, and how long it had taken.
    took: Arc<Mutex<Vec<(Instant, Duration)>>>,
}

impl Appends {
    /// Begins to listen, in the place of who would count for `/metrics` otherwise.
    pub(super) fn listen() -> Result<Self, Error> {
        let appends = Self::default();
        let listener = Listener(appends.clone());
        metrics::set_global_recorder(listener)
            .map_err(|_| Error::unexpected("this process counts for somebody else already"))?;
        Ok(appends)
    }

    /// The longest of those that were on their way at any moment of a time, in microseconds, and how
    /// many they were.
    pub(super) fn longest(&self, from: Instant, to: Instant) -> (usize, u32) {
        let took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        let is_within = |(back, took): &&(Instant, Duration)| *back >= from && *back - *took <= to;
        let within = took.iter().filter(is_within).map(|(_, took)| *took);
        let longest = within.clone().max().unwrap_or_default().as_micros();
        (within.count(), u32::try_from(longest).unwrap_or(u32::MAX))
    }
}

impl HistogramFn for Appends {
    fn record(&self, seconds: f64) {
        let took = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        self.took.lock().unwrap_or_else(PoisonError::into_inner).push((Instant::now(), took));
    }
}

struct Listener(Appends);

impl Recorder for Listener {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        if key.name() == APPEND_SECONDS {
            Histogram::from_arc(Arc::new(self.0.clone()))
        } else {
            Histogram::noop()
        }
    }
}
