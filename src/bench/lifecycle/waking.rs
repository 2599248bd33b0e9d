//! How soon whoever waits is answered: at a server in a process of its own, by an end that this
//! server or another process commits, waited for from before, during or after it.

use std::time::Duration;

use leasehold_domain::company::Command;
use leasehold_domain::id::{CompanyId, IssueId, LeaseId, WorkspaceId};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::report::{Began, Committer, Spread, WaitedFor};
use super::stage::{Stage, caller};
use crate::bench::Error;
use crate::bench::contender::end;
use crate::bench::link::Link;
use crate::bench::served::Served;
use crate::bench::workload::{Place, Random, create};
use crate::dispatch::{Body, Dispatcher, Order, Verdict};

/// Who waits at the same time.
const WAITERS: usize = 8;
/// How much earlier than the commit a wait begins that began before.
const BEFORE: Duration = Duration::from_millis(40);
/// The milliseconds within which a wait and a commit begin that begin together.
const TOGETHER: u64 = 6;

/// Every kind of wait.
const KINDS: [(Committer, Began); 6] = [
    (Committer::SameProcess, Began::Before),
    (Committer::SameProcess, Began::During),
    (Committer::SameProcess, Began::After),
    (Committer::OtherProcess, Began::Before),
    (Committer::OtherProcess, Began::During),
    (Committer::OtherProcess, Began::After),
];

/// Measures so many waits of each kind.
pub(super) async fn measure(
    database: &PgConnectOptions,
    stage: &Stage,
    waits: usize,
) -> Result<Vec<WaitedFor>, Error> {
    let server = Served::start(database).await?;
    measure_at(stage, waits, server.port).await
}

async fn measure_at(stage: &Stage, waits: usize, port: u16) -> Result<Vec<WaitedFor>, Error> {
    let each = waits.div_ceil(WAITERS);
    let mut waiters = JoinSet::new();
    for number in 0..WAITERS {
        let waiter = Waiter::new(stage, number, port).await?;
        waiters.spawn(waiter.wait_often(each));
    }
    let mut took = KINDS.map(|_| Vec::new());
    while let Some(ended) = waiters.join_next().await {
        for (all, own) in took.iter_mut().zip(ended.map_err(Error::unexpected)??) {
            all.extend(own);
        }
    }
    let of_kind =
        |((committed_by, began), took)| WaitedFor { committed_by, began, took: Spread::of(took) };
    Ok(KINDS.into_iter().zip(took).map(of_kind).collect())
}

/// One who waits: for a lease to be over, an environment, a workspace and an issue to be free, by
/// turns.
struct Waiter {
    place: Place,
    dispatcher: Dispatcher,
    asking: Link,
    ending: Link,
    random: Random,
}

#[derive(Debug, Deserialize)]
struct Ended {}

impl Waiter {
    async fn new(stage: &Stage, number: usize, port: u16) -> Result<Self, Error> {
        let company = stage.places[number % stage.places.len()].company;
        let name = format!("room for one {number}");
        let body = json!({"name": name, "driver": "sandbox", "capacity": 1});
        let dispatcher = stage.dispatcher().clone();
        Ok(Self {
            place: create(&dispatcher, company, body).await?,
            dispatcher,
            asking: Link::open(port).await?,
            ending: Link::open(port).await?,
            random: Random(number as u64),
        })
    }

    async fn wait_often(mut self, each: usize) -> Result<[Vec<u32>; 6], Error> {
        let mut took = KINDS.map(|_| Vec::new());
        for kind in KINDS {
            // The server reads a company's open leases when it first hears of it.
            self.wait(kind, 0).await?;
        }
        for turn in 0..each {
            for (kind, took) in KINDS.into_iter().zip(&mut took) {
                took.push(self.wait(kind, turn).await?);
            }
        }
        Ok(took)
    }

    /// How long after the end was sent, or the wait if that came later, the answer was there.
    async fn wait(
        &mut self,
        (committer, began): (Committer, Began),
        turn: usize,
    ) -> Result<u32, Error> {
        let (lease, path) = self.take(turn).await?;
        let mut together = || Duration::from_millis(self.random.below(TOGETHER));
        let (asked_after, ended_after) = match began {
            Began::Before => (Duration::ZERO, BEFORE),
            Began::During => (together(), together()),
            Began::After => (Duration::ZERO, Duration::ZERO),
        };
        let (company, dispatcher) = (self.place.company, &self.dispatcher);
        let ending = &mut self.ending;
        let ended = async {
            sleep(ended_after).await;
            let sent = Instant::now();
            match committer {
                Committer::SameProcess => release_at(ending, company, lease).await?,
                Committer::OtherProcess => release(dispatcher, company, lease).await?,
            }
            Ok::<_, Error>(sent)
        };
        let asking = &mut self.asking;
        let answered = async {
            sleep(asked_after).await;
            let sent = Instant::now();
            asking.get(&path, 200).await?;
            Ok::<_, Error>((sent, Instant::now()))
        };
        let (ended, (asked, answered)) = match began {
            Began::After => (ended.await?, answered.await?),
            Began::Before | Began::During => tokio::try_join!(ended, answered)?,
        };
        Ok(u32::try_from((answered - ended.max(asked)).as_micros()).unwrap_or(u32::MAX))
    }

    /// Takes all the room that there is; the lease, and the question that waits for its end.
    async fn take(&self, turn: usize) -> Result<(LeaseId, String), Error> {
        let (workspace, issue) = (WorkspaceId(Uuid::now_v7()), IssueId(Uuid::now_v7()));
        let mut command = super::stage::acquire(self.place, None)?;
        if let Command::AcquireLease(acquire) = &mut command {
            acquire.execution_workspace_id = Some(workspace);
            acquire.issue_id = Some(issue);
        }
        let company = self.place.company;
        let lease = dispatch(&self.dispatcher, company, command).await?;
        let asked = match turn % 4 {
            0 => format!("leases/{lease}?waitFor=ended&timeout=60"),
            1 => format!("wait?free=environment:{}&timeout=60", self.place.environment),
            2 => format!("wait?free=workspace:{workspace}&timeout=60"),
            _ => format!("wait?free=issue:{issue}&timeout=60"),
        };
        Ok((lease, format!("/v1/companies/{company}/{asked}")))
    }
}

async fn release_at(link: &mut Link, company: CompanyId, lease: LeaseId) -> Result<(), Error> {
    let path = format!("/v1/companies/{company}/leases/{lease}/release");
    let Ended {} = link.post(&path, &Value::Object(serde_json::Map::new()), None, 200).await?;
    Ok(())
}

async fn release(dispatcher: &Dispatcher, company: CompanyId, lease: LeaseId) -> Result<(), Error> {
    let command = Command::ReleaseLease(lease, Box::new(end()));
    dispatch(dispatcher, company, command).await.map(|_| ())
}

async fn dispatch(
    dispatcher: &Dispatcher,
    company: CompanyId,
    command: Command,
) -> Result<LeaseId, Error> {
    match dispatcher.dispatch(company, Order::new(command, None, caller())).await {
        Verdict::Accepted { body: Body::Lease(row), .. } => Ok(LeaseId(row.id)),
        other @ (Verdict::Accepted { .. }
        | Verdict::Refused { .. }
        | Verdict::Failed { .. }
        | Verdict::NotApplied { .. }) => Err(Error::unexpected(format!("no lease: {other:?}"))),
    }
}
