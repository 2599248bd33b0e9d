//! `leasehold replay`: a history, event by event.

use std::sync::mpsc;

use clap::Args;
use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::{CompanyId, RunId};
use leasehold_domain::stream::{AggregateType, StreamId};
use serde_json::{Map, Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::Global;
use super::commands::{Target, company_of};
use super::exit::Failed;
use super::output::{self, Format, bold, faint};
use super::session::Session;
use crate::log::load_heads;
use crate::read::{self, Cut};
use crate::replay::{Scene, Told, replay};

/// What happened to a lease, an environment, a run or a whole company: each event with the state
/// after it and what it changed.
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// Of this lease.
    #[arg(long, value_name = "ID", conflicts_with_all = ["environment", "run"])]
    lease: Option<Uuid>,
    /// Of this environment.
    #[arg(long, value_name = "ID", conflicts_with = "run")]
    environment: Option<Uuid>,
    /// Of this run and the leases that it held.
    #[arg(long, value_name = "ID")]
    run: Option<Uuid>,
    /// Up to this position; the same as --at-position.
    #[arg(long, value_name = "POSITION", conflicts_with_all = ["at", "at_position"])]
    to: Option<u64>,
}

impl Replay {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let session = Session::open(global).await?;
        let told = self.tell(global, &session).await;
        session.close().await?;
        told
    }

    async fn tell(&self, global: &Global, session: &Session) -> Result<(), Failed> {
        let pool = &session.ledger.readers;
        let (company, streams) = self.scope(global, pool).await?;
        let (cut, epoch) = self.cut(global, pool, company).await?;
        // Told in the order of the log by a thread that must not wait for a slow terminal for ever:
        // the channel is bounded, and a reader that went away ends the program.
        let (hand_on, handed) = mpsc::sync_channel(1_000);
        let tell = move |told| {
            // Nobody hears it when printing has failed; that error is the one to report.
            let _ = hand_on.send(told);
        };
        let format = global.output;
        let printing = tokio::task::spawn_blocking(move || print_all(format, epoch, &handed));
        let replayed = replay(session.database(), company, streams, cut, tell).await;
        let count = printing.await.map_err(|error| Failed::error(error.to_string()))??;
        replayed?;
        if count == 0 {
            return Err(Failed::not_found("there is nothing to tell up to then"));
        }
        Ok(())
    }

    async fn scope(
        &self,
        global: &Global,
        pool: &PgPool,
    ) -> Result<(CompanyId, Option<Vec<StreamId>>), Failed> {
        let one = |kind, id| Some(vec![StreamId { kind, id }]);
        Ok(match (self.lease, self.environment, self.run) {
            (Some(id), ..) => {
                let company = company_of(pool, global, Target::Lease(id)).await?;
                (company, one(AggregateType::Lease, id))
            }
            (None, Some(id), _) => {
                let company = company_of(pool, global, Target::Environment(id)).await?;
                (company, one(AggregateType::Environment, id))
            }
            (None, None, Some(id)) => {
                let company = company_of(pool, global, Target::Run(id)).await?;
                let connection = &mut *pool.acquire().await?;
                let streams = read::list_streams_of_run(connection, company, RunId(id)).await?;
                (company, Some(streams))
            }
            (None, None, None) => (company_of(pool, global, Target::Nobody).await?, None),
        })
    }

    async fn cut(
        &self,
        global: &Global,
        pool: &PgPool,
        company: CompanyId,
    ) -> Result<(Cut, Epoch), Failed> {
        let connection = &mut *pool.acquire().await?;
        let heads = load_heads(connection, &[company.0]).await?;
        let head = heads.first();
        let head =
            head.ok_or_else(|| Failed::not_found(format!("company {company} is unknown")))?;
        let to = self.to.map(|to| read::Moment::At(Position(to)));
        let moment = to.or_else(|| global.moment()).unwrap_or(read::Moment::At(head.position));
        Ok((read::find_cut(connection, company, moment).await?, head.epoch))
    }
}

/// Prints what is told, and counts it.
fn print_all(format: Format, epoch: Epoch, told: &mpsc::Receiver<Told>) -> Result<u64, Failed> {
    let (mut count, mut kept) = (0, Vec::new());
    for told in told {
        count += 1;
        match (told, format) {
            (Told::Scene(scene), Format::Table) => in_words(&scene)?,
            (Told::Scene(scene), Format::Jsonl) => {
                output::line(&as_json(&scene, epoch)?.to_string())?;
            }
            (Told::Scene(scene), Format::Json | Format::Csv) => kept.push(as_json(&scene, epoch)?),
            (Told::Unreadable(position, error), _) => {
                return Err(Failed::error(format!("the event at {position}: {error}")));
            }
        }
    }
    if !kept.is_empty() {
        output::list(format, &[], &kept)?;
    }
    Ok(count)
}

fn as_json(scene: &Scene, epoch: Epoch) -> Result<Value, Failed> {
    let event = scene.event.to_json(epoch).and_then(|json| serde_json::from_str(json.get()));
    let event: Value =
        event.map_err(|error| Failed::error(format!("a stored event is no JSON: {error}")))?;
    let change =
        |(name, from, to): &(String, Value, Value)| (name.clone(), json!({"from": from, "to": to}));
    let changed: Map<String, Value> = scene.changed.iter().map(change).collect();
    Ok(json!({"event": event, "after": scene.after, "changed": changed}))
}

/// An event for people: what happened, by whom, and what it changed.
fn in_words(scene: &Scene) -> Result<(), Failed> {
    let stored = &scene.event.stored;
    let (kind, id) = (stored.stream.kind, stored.stream.id);
    let title = bold(&format!("{} {}", stored.position, stored.event_type));
    let by = faint(&format!("{kind} {id}, by {}", scene.actor));
    output::line(&format!("{title}  {}  {by}", stored.occurred_at))?;
    // The first event of a stream makes everything: what is null says nothing.
    let is_first = stored.sequence == 1;
    let bookkeeping = |name: &str| matches!(name, "updatedAt" | "version" | "lastUsedAt");
    for (name, from, to) in &scene.changed {
        if !(bookkeeping(name) || is_first && to.is_null()) {
            let from = if is_first { String::new() } else { format!("{} -> ", word(from)) };
            output::line(&format!("    {name}: {from}{}", word(to)))?;
        }
    }
    Ok(())
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}
