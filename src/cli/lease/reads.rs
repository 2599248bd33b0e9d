//! Questions about leases.

use leasehold_domain::id::{EnvironmentId, IssueId, LeaseId, RunId};
use leasehold_domain::lease::{Phase, Status};
use leasehold_domain::time::Timestamp;
use leasehold_projections::environment_leases::LeaseRow;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::COLUMNS;
use super::args::List;
use crate::cli::Global;
use crate::cli::commands::{Target, company_of};
use crate::cli::company::companies;
use crate::cli::events::shown;
use crate::cli::exit::{Failed, Kind};
use crate::cli::output;
use crate::cli::remote::{Query, Remote, maybe};
use crate::cli::session::Session;
use crate::log::load_heads;
use crate::read::{self, Keyset, LeaseFilter, LeaseOrder};
use crate::spans::keep_once;
use crate::story::{self, Story};

pub(super) async fn list(global: &Global, list: &List) -> Result<(), Failed> {
    let statuses: Result<Vec<Status>, _> = list.status.iter().map(|word| word.parse()).collect();
    let statuses = statuses.map_err(|error| Failed::usage(error.to_string()))?;
    let filter = LeaseFilter {
        statuses: Some(statuses).filter(|statuses| !statuses.is_empty()),
        phases: list.open.then(|| vec![Phase::Reserved, Phase::Active, Phase::Retained]),
        environments: list.environment.map(|id| vec![EnvironmentId(id)]),
        runs: list.run.map(|id| vec![RunId(id)]),
        issues: list.issue.map(|id| vec![IssueId(id)]),
        ..LeaseFilter::default()
    };
    if let Some(remote) = Remote::of(global)? {
        let words = Some(list.status.join(",")).filter(|words| !words.is_empty());
        let mut query = maybe([
            ("status", words),
            ("open", list.open.then(|| "true".to_owned())),
            ("environmentId", list.environment.map(|id| id.to_string())),
            ("runId", list.run.map(|id| id.to_string())),
            ("issueId", list.issue.map(|id| id.to_string())),
        ]);
        query.extend(global.moment_query());
        let rows = remote.list(&remote.path("leases"), &query, list.limit as usize).await?;
        return output::list(global.output, &COLUMNS, &rows);
    }
    let session = Session::open(global).await?;
    let rows = list_some(&session.ledger.readers, global, &filter, list.limit).await;
    session.close().await?;
    output::list(global.output, &COLUMNS, &rows?)
}

async fn list_some(
    pool: &PgPool,
    global: &Global,
    filter: &LeaseFilter,
    limit: u32,
) -> Result<Vec<Value>, Failed> {
    let companies = companies(pool, global).await?;
    let connection = &mut *pool.acquire().await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if let Some(moment) = global.moment() {
        let mut rows = Vec::new();
        for company in companies {
            let cut = read::find_cut(connection, company, moment).await?;
            let found = read::list_leases_at(connection, company, filter, &cut, limit).await?;
            rows.extend(found.iter().map(|row| json!(row)));
        }
        return Ok(rows);
    }
    let companies: Vec<Uuid> = companies.iter().map(|id| id.0).collect();
    let (mut rows, mut after) = (Vec::new(), Keyset::START);
    while rows.len() < limit {
        let page = i64::try_from((limit - rows.len()).min(500)).unwrap_or(500);
        let page = read::list_leases(connection, &companies, filter, after, page).await?;
        let Some(last) = page.last() else { break };
        let at = match filter.order() {
            LeaseOrder::Acquired => last.acquired_at,
            LeaseOrder::LastUsed => last.last_used_at,
        };
        after = Keyset { at, id: last.id };
        rows.extend(page.iter().map(|row| json!(row)));
    }
    Ok(rows)
}

async fn find(pool: &PgPool, global: &Global, id: Uuid) -> Result<LeaseRow, Failed> {
    let company = company_of(pool, global, Target::Lease(id)).await?;
    let (connection, id) = (&mut *pool.acquire().await?, LeaseId(id));
    let found = if let Some(moment) = global.moment() {
        let cut = read::find_cut(connection, company, moment).await?;
        read::find_lease_at(connection, company, id, &cut).await?
    } else {
        read::find_lease(connection, company, id).await?
    };
    found.ok_or_else(|| Failed::not_found(format!("there is no lease {id}")))
}

pub(super) async fn show(global: &Global, id: Uuid) -> Result<(), Failed> {
    if let Some(remote) = Remote::of(global)? {
        let row = remote.get(&path(&remote, id, ""), &global.moment_query()).await?;
        return output::one(global.output, &row);
    }
    let session = Session::open(global).await?;
    let row = find(&session.ledger.readers, global, id).await;
    session.close().await?;
    output::one(global.output, &json!(row?))
}

/// The path of a lease, or of what is asked about it.
fn path(remote: &Remote, id: Uuid, what: &str) -> String {
    remote.path(&format!("leases/{id}{what}"))
}

pub(super) async fn check(global: &Global, id: Uuid, fence: u64) -> Result<(), Failed> {
    let holds = json!({"leaseId": id, "fence": fence, "holds": true});
    if let Some(remote) = Remote::of(global)? {
        remote.get(&path(&remote, id, "/check"), &vec![("fence", fence.to_string())]).await?;
        return output::one(global.output, &holds);
    }
    let session = Session::open(global).await?;
    let row = find(&session.ledger.readers, global, id).await;
    session.close().await?;
    let row = row?;
    if row.phase == Phase::Ended.as_str() {
        let message = format!("refused (lease_ended): lease {id} ended as {}", row.status);
        return Err(Failed::new(Kind::Refused, message));
    }
    if row.fence.unsigned_abs() != fence {
        let newest = row.fence;
        let message = format!("refused (stale_fence): {fence} is not the newest, {newest}");
        return Err(Failed::new(Kind::Refused, message));
    }
    output::one(global.output, &holds)
}

pub(super) async fn explain(global: &Global, id: Uuid) -> Result<(), Failed> {
    let told = if let Some(remote) = Remote::of(global)? {
        remote.get(&path(&remote, id, "/explain"), &Query::new()).await?
    } else {
        let session = Session::open(global).await?;
        let told = find_story(&session.ledger.readers, global, id).await;
        session.close().await?;
        json!(told?)
    };
    match (global.output, told["text"].as_str()) {
        (output::Format::Table, Some(text)) => output::line(text),
        _ => output::one(global.output, &told),
    }
}

async fn find_story(pool: &PgPool, global: &Global, id: Uuid) -> Result<Story, Failed> {
    let company = company_of(pool, global, Target::Lease(id)).await?;
    let told = story::tell(&mut *pool.acquire().await?, company, LeaseId(id)).await?;
    told.ok_or_else(|| Failed::not_found(format!("there is no lease {id}")))
}

pub(super) async fn history(global: &Global, id: Uuid) -> Result<(), Failed> {
    let rows = if let Some(remote) = Remote::of(global)? {
        remote.list(&path(&remote, id, "/history"), &Query::new(), usize::MAX).await?
    } else {
        let session = Session::open(global).await?;
        let rows = list_history(&session.ledger.readers, global, id).await;
        session.close().await?;
        rows?
    };
    output::list(global.output, &["sequence", "occurredAt", "eventType", "payload"], &rows)
}

async fn list_history(pool: &PgPool, global: &Global, id: Uuid) -> Result<Vec<Value>, Failed> {
    let company = company_of(pool, global, Target::Lease(id)).await?;
    let connection = &mut *pool.acquire().await?;
    let heads = load_heads(connection, &[company.0]).await?;
    let (mut rows, mut after) = (Vec::new(), 0);
    loop {
        let page = read::list_lease_history(connection, company, LeaseId(id), after, 500).await?;
        let Some(last) = page.last() else { break };
        after = last.stored.sequence;
        for event in &page {
            rows.push(shown(event, heads.first())?);
        }
    }
    if rows.is_empty() {
        return Err(Failed::not_found(format!("there is no lease {id}")));
    }
    Ok(rows)
}

/// What each agent held between two moments, company by company.
pub(super) async fn agents(
    global: &Global,
    since: Timestamp,
    until: Timestamp,
) -> Result<(), Failed> {
    if until <= since {
        return Err(Failed::usage("--until has to be after --since"));
    }
    let session = Session::open(global).await?;
    let rows = list_agents(&session, global, (since, until)).await;
    session.close().await?;
    output::list(global.output, &["companyId", "agentId", "leases", "heldSeconds"], &rows?)
}

async fn list_agents(
    session: &Session,
    global: &Global,
    time: (Timestamp, Timestamp),
) -> Result<Vec<Value>, Failed> {
    let pool = &session.ledger.readers;
    let mut rows = Vec::new();
    for company in companies(pool, global).await? {
        let connection = &mut *pool.acquire().await?;
        let mut held = read::list_agents_held(connection, company, time).await?;
        if held.is_none() {
            // No server has kept the spans up: this is the time to do it.
            keep_once(&mut *session.ledger.keepers.acquire().await?).await?;
            held = read::list_agents_held(connection, company, time).await?;
        }
        let held = held.ok_or_else(|| Failed::error("lease_spans is too far behind; ask again"))?;
        rows.extend(held.iter().map(|held| {
            json!({"companyId": company, "agentId": held.agent_id, "leases": held.leases,
                   "heldSeconds": held.held_seconds})
        }));
    }
    Ok(rows)
}
