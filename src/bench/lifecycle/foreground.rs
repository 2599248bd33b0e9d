//! What everybody else does: leases that are acquired and released, begun on schedule.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use leasehold_domain::company::Command;
use leasehold_domain::id::LeaseId;
use leasehold_domain::text::Key;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::report::{Commands, Spread};
use super::stage::{Stage, caller};
use crate::bench::Error;
use crate::bench::contender::end;
use crate::bench::workload::{Place, Random};
use crate::dispatch::{Body, Dispatcher, Order, Verdict};

/// A command that was carried out.
#[derive(Debug, Clone, Copy)]
struct Took {
    due: Instant,
    micros: u32,
}

/// The clients.
#[derive(Debug)]
pub(in crate::bench) struct Foreground {
    took: Arc<Mutex<Vec<Took>>>,
    stop: watch::Sender<bool>,
    clients: JoinSet<Result<(), Error>>,
}

struct Client {
    dispatcher: Dispatcher,
    places: Vec<Place>,
    random: Random,
    took: Arc<Mutex<Vec<Took>>>,
}

impl Foreground {
    /// Starts so many cycles a second, begun by clients in turn.
    pub(in crate::bench) fn start(stage: &Stage, rate: f64, clients_count: u32) -> Self {
        let took = Arc::new(Mutex::new(Vec::new()));
        let (stop, stopped) = watch::channel(false);
        let turn = Duration::from_secs_f64(1.0 / rate);
        let begins = Instant::now();
        let mut clients = JoinSet::new();
        for number in 0..clients_count {
            let client = Client {
                dispatcher: stage.dispatcher().clone(),
                places: stage.places.clone(),
                random: Random(u64::from(number)),
                took: Arc::clone(&took),
            };
            clients.spawn(client.run(
                begins + turn * number,
                turn * clients_count,
                stopped.clone(),
            ));
        }
        Self { took, stop, clients }
    }

    /// How long commands took that were due in a time.
    pub(in crate::bench) fn during(&self, time: Range<Instant>) -> Commands {
        let took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        let within = took.iter().filter(|took| time.contains(&took.due));
        let spread = Spread::of(within.map(|took| took.micros).collect());
        Commands { seconds: (time.end - time.start).as_secs_f64(), took: spread }
    }

    pub(in crate::bench) async fn stop(mut self) -> Result<(), Error> {
        self.stop.send_replace(true);
        while let Some(ended) = self.clients.join_next().await {
            ended.map_err(Error::unexpected)??;
        }
        Ok(())
    }
}

impl Client {
    async fn run(
        mut self,
        mut due: Instant,
        every: Duration,
        stopped: watch::Receiver<bool>,
    ) -> Result<(), Error> {
        while !*stopped.borrow() {
            sleep_until(due).await;
            let places = self.places.len() as u64;
            let place = self.places[usize::try_from(self.random.below(places)).unwrap_or(0)];
            let acquire = super::stage::acquire(place, None)?;
            let lease = self.dispatch(place, acquire, due).await?;
            let release = Command::ReleaseLease(lease, Box::new(end()));
            self.dispatch(place, release, Instant::now()).await?;
            due += every;
        }
        Ok(())
    }

    async fn dispatch(
        &self,
        place: Place,
        command: Command,
        due: Instant,
    ) -> Result<LeaseId, Error> {
        let key = Key::new(Uuid::now_v7().to_string()).map_err(Error::unexpected)?;
        let verdict =
            self.dispatcher.dispatch(place.company, Order::new(command, Some(key), caller())).await;
        let micros = u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX);
        self.took.lock().unwrap_or_else(PoisonError::into_inner).push(Took { due, micros });
        match verdict {
            Verdict::Accepted { body: Body::Lease(row), .. } => Ok(LeaseId(row.id)),
            other @ (Verdict::Accepted { .. }
            | Verdict::Refused { .. }
            | Verdict::Failed { .. }
            | Verdict::NotApplied { .. }) => Err(Error::unexpected(format!("no lease: {other:?}"))),
        }
    }
}
