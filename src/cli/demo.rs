//! `leasehold demo`: the tour.

use clap::Args;
use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, LeaseId};
use leasehold_domain::stream::{Event, StreamId};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::Global;
use super::exit::{Failed, Kind};
use super::output::{bold, faint, line, table};
use super::progress::Progress;
use super::session::Server;
use crate::demo::{Lived, Sample, live};
use crate::ledger::{Ledger, Options};
use crate::log::{Recorded, list_stream_events};
use crate::story::in_words;
use crate::verify::read_again;

/// The tour: a private PostgreSQL, a sample history dispatched live, what came of it.
#[derive(Debug, Args)]
pub(super) struct Demo {}

impl Demo {
    pub(super) async fn run(self, _: &Global) -> Result<(), Failed> {
        let server = Server::ephemeral().await?;
        let ledger = Ledger::open(&server.options, Options::default()).await?;
        let toured = tour(&ledger).await;
        ledger.close().await;
        server.close().await?;
        toured
    }
}

async fn tour(ledger: &Ledger) -> Result<(), Failed> {
    let sample = Sample::read().map_err(|error| Failed::error(error.to_string()))?;
    line(&bold("Leasehold: who held what, for which run, until when, and why it ended"))?;
    line(&format!(
        "A private PostgreSQL is up (temporary, fsync off). {} companies, {} environments and \
         {} leases\nthat a real Paperclip wrote live again now, each as its own commands, from \
         concurrent runs.",
        sample.companies.len(),
        sample.places.len(),
        sample.lives.len(),
    ))?;
    let progress = Progress::new("leases", sample.lives.len() as u64);
    let lived = live(&ledger.dispatcher, &sample, &|| progress.step()).await?;
    progress.finish();
    tell_commands(&lived)?;
    tell_leases(&ledger.readers, &sample).await?;
    tell_activity(&ledger.readers).await?;
    tell_story(&ledger.readers).await?;
    check(&ledger.readers).await?;
    what_next()
}

fn head(text: &str) -> Result<(), Failed> {
    line(&format!("\n{}", bold(text)))
}

fn tell_commands(lived: &Lived) -> Result<(), Failed> {
    let acknowledged = lived.acknowledged();
    let rate = u128::from(acknowledged) * 1_000_000 / lived.took.as_micros().max(1);
    head("Commands")?;
    line(&format!(
        "{acknowledged} acknowledged in {:.2} s: {rate} a second; {} accepted, {} refused",
        lived.took.as_secs_f64(),
        lived.accepted,
        acknowledged - lived.accepted,
    ))?;
    for (code, count) in &lived.refused {
        line(&format!("  {count} x {code}: Paperclip had let these through"))?;
    }
    if let Some(refusal) = &lived.refusal {
        line(&faint(&format!("  one of them: {refusal}")))?;
    }
    if lived.failed > 0 {
        return Err(Failed::error(format!("{} commands got no verdict", lived.failed)));
    }
    Ok(())
}

async fn tell_leases(pool: &PgPool, sample: &Sample) -> Result<(), Failed> {
    head("Leases by status")?;
    let counts: Vec<(String, i64, i64)> = sqlx::query_as(
        "select status, count(*), count(*) filter (where failure_reason is not null)
         from leasehold.environment_leases
         group by status
         order by count(*) desc",
    )
    .fetch_all(pool)
    .await?;
    let row = |(status, leases, reasons)| json!({"status": status, "leases": leases, "with a reason": reasons});
    let rows: Vec<Value> = counts.into_iter().map(row).collect();
    line(&table(&["status", "leases", "with a reason"], &rows))?;
    head("Who still holds what")?;
    let holders: Vec<(uuid::Uuid, String, String, i64)> = sqlx::query_as(
        "select l.company_id, e.name, l.status, count(*)
         from leasehold.environment_leases l
         join leasehold.environments e on e.id = l.environment_id and e.company_id = l.company_id
         where l.status in ('active', 'retained')
         group by l.company_id, e.name, l.status
         order by count(*) desc, e.name, l.company_id, l.status
         limit 8",
    )
    .fetch_all(pool)
    .await?;
    let row = |(company, environment, status, leases)| {
        let name = sample.companies.get(&CompanyId(company));
        json!({"company": name, "environment": environment, "status": status, "leases": leases})
    };
    let rows: Vec<Value> = holders.into_iter().map(row).collect();
    line(&table(&["company", "environment", "status", "leases"], &rows))
}

async fn tell_activity(pool: &PgPool) -> Result<(), Failed> {
    head("The activity log's tail")?;
    let tail: Vec<(i64, String, String, String, Option<String>)> = sqlx::query_as(
        "select position, to_char(created_at at time zone 'utc', 'HH24:MI:SS.US'), action,
                entity_id, details ->> 'status'
         from leasehold.activity_log
         where not bookkeeping
         order by created_at desc, position desc
         limit 6",
    )
    .fetch_all(pool)
    .await?;
    let row = |(position, at, action, entity, status)| json!({"position": position, "at": at, "action": action, "entity": entity, "status": status});
    let rows: Vec<Value> = tail.into_iter().map(row).collect();
    line(&table(&["position", "at", "action", "entity", "status"], &rows))
}

async fn tell_story(pool: &PgPool) -> Result<(), Failed> {
    head("One lease's story, from its events")?;
    let found: Option<(uuid::Uuid, uuid::Uuid, i64)> = sqlx::query_as(
        "select l.company_id, l.id, h.position
         from leasehold.environment_leases l
         join leasehold.heads h on h.company_id = l.company_id
         where l.status = 'failed'
           and l.version > 2
           and l.failure_reason is not null
         order by l.id
         limit 1",
    )
    .fetch_optional(pool)
    .await?;
    let Some((company, lease, position)) = found else { return Ok(()) };
    let streams = [StreamId::from(LeaseId(lease))];
    let up_to = Position(position.unsigned_abs());
    let connection = &mut *pool.acquire().await?;
    let events = list_stream_events(connection, CompanyId(company), &streams, up_to).await?;
    line(&format!("  lease {lease}"))?;
    for sentence in story(&events)? {
        line(&format!("  {sentence}"))?;
    }
    Ok(())
}

/// Each event in a sentence, from the event alone.
fn story(events: &[Recorded]) -> Result<Vec<String>, Failed> {
    let told = events.iter().map(|recorded| {
        let stored = &recorded.stored;
        let event = stored
            .read()
            .map_err(|error| Failed::error(format!("an event cannot be read: {error}")))?;
        let Event::Lease(event) = event else { return Ok(String::new()) };
        let words = in_words(&event);
        Ok(format!("{}. {}  {:<16} {words}", stored.sequence, stored.occurred_at, event.name()))
    });
    told.collect()
}

async fn check(pool: &PgPool) -> Result<(), Failed> {
    head("A second reader")?;
    let reading = read_again(pool).await?;
    line(&format!(
        "The stock reader of cqrs-es and postgres-es loaded {} aggregates from the log; {} table \
         rows compared: {} differ.",
        reading.aggregates, reading.rows, reading.differing,
    ))?;
    if reading.differing > 0 {
        let message = "the tables are not what the log says";
        return Err(Failed::new(Kind::VerificationFailed, message));
    }
    Ok(())
}

fn what_next() -> Result<(), Failed> {
    head("What to try next")?;
    let me = std::env::args().next().unwrap_or_else(|| "leasehold".to_owned());
    let tries = [
        ("serve", "the ledger for real: durable, with its HTTP door on 127.0.0.1:5327"),
        ("import paperclip sample", "the same rows taken in as history, ids and times kept"),
        ("lease list --status retained", "then: lease show, lease history, activity, events"),
        ("verify", "the second reader again, on the durable ledger"),
    ];
    tries.iter().try_for_each(|(words, what)| line(&format!("  {me} {words:<30} {}", faint(what))))
}
