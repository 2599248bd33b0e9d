//! The parameters of the append statement: one array for each column, in the statement's order.

use leasehold_domain::time::Timestamp;
use leasehold_projections::environments::EnvironmentRow;
use leasehold_projections::jsonb::Jsonb;
use sqlx::Arguments;
use sqlx::error::BoxDynError;
use sqlx::postgres::PgArguments;
use uuid::Uuid;

use super::section::{Section, Sections};
use super::{Append, CompanyAppend, EnvironmentWrite, LeaseWrite};

type Bound = Result<(), BoxDynError>;

/// A row and the number of its company, counted from 1.
type Numbered<'b, T> = (i32, &'b T);

/// Adds one array for each expression, over all rows.
macro_rules! columns {
    ($arguments:expr, $rows:expr, $row:pat => $($value:expr),+ $(,)?) => {{
        let rows = &$rows;
        $($arguments.add(rows.iter().map(|#[allow(unused_variables)] $row| $value).collect::<Vec<_>>())?;)+
        Bound::Ok(())
    }};
}

/// Adds a section with its arrays, when there are rows for it.
macro_rules! section {
    ($to:expr, $section:expr, $rows:expr, $row:pat => $($value:expr),+ $(,)?) => {{
        if $rows.is_empty() {
            return Ok(());
        }
        $to.sections.add($section);
        columns!($to.arguments, $rows, $row => $($value),+)
    }};
}

/// A batch as the statement takes it.
#[derive(Debug, Default)]
pub(super) struct Bind {
    /// What it has rows for.
    pub(super) sections: Sections,
    /// The parameters of the batch and of each section, in the same order.
    pub(super) arguments: PgArguments,
}

pub(super) fn bind(batch: &Append<'_>, now: Timestamp) -> Result<Bind, BoxDynError> {
    let mut to = Bind::default();
    heads(&mut to, batch)?;
    to.arguments.add(now.chrono())?;
    keys(&mut to, batch)?;
    events(&mut to, batch)?;
    environments(&mut to, batch)?;
    leases(&mut to, batch)?;
    activities(&mut to, batch)?;
    receipts(&mut to, batch)?;
    Ok(to)
}

fn numbered<'b, T>(
    batch: &Append<'b>,
    rows: impl Fn(&'b CompanyAppend) -> &'b [T],
) -> Vec<Numbered<'b, T>> {
    let companies = (1..).zip(batch.companies.iter().copied());
    companies.flat_map(|(no, company)| rows(company).iter().map(move |row| (no, row))).collect()
}

fn heads(to: &mut Bind, batch: &Append<'_>) -> Bound {
    for company in &batch.companies {
        let moves = company.after.position > company.before.position;
        to.sections.add(if moves { Section::Moved } else { Section::Seen });
    }
    let companies = (1..).zip(batch.companies.iter().copied()).collect::<Vec<_>>();
    columns!(to.arguments, companies, (no, company) =>
        company.before.company_id.0,
        signed(company.before.position.0),
        company.before.digest.0.to_vec(),
        signed(company.before.epoch.0),
        signed(company.after.position.0),
        company.after.digest.0.to_vec(),
        company.after.recorded_at.chrono(),
        *no,
    )
}

fn keys(to: &mut Bind, batch: &Append<'_>) -> Bound {
    let rows = numbered(batch, |company| &company.keys);
    section!(to, Section::Keys, rows, (no, key) => *no, key.as_str())
}

fn events(to: &mut Bind, batch: &Append<'_>) -> Bound {
    let rows = numbered(batch, |company| &company.events);
    section!(to, Section::Events, rows, (no, event) =>
        *no,
        signed(event.stored.position.0),
        signed(event.stored.sequence),
        event.stored.occurred_at.chrono(),
        event.stored.event_id,
        event.stored.stream.kind.as_str(),
        event.stored.stream.id.to_string(),
        event.stored.event_type.as_str(),
        event.stored.event_version.as_str(),
        event.stored.payload.as_str(),
        event.stored.metadata.as_str(),
        event.digest.0.to_vec(),
    )
}

fn environments(to: &mut Bind, batch: &Append<'_>) -> Bound {
    let writes = numbered(batch, |company| &company.environments);
    let (mut removed, mut put) = (Vec::new(), Vec::new());
    for (no, write) in writes {
        match write {
            EnvironmentWrite::Remove(id) => removed.push((no, id)),
            EnvironmentWrite::Put(row) => put.push((no, row.as_ref())),
        }
    }
    removed_environments(to, &removed)?;
    put_environments(to, &put)
}

fn removed_environments(to: &mut Bind, ids: &[Numbered<'_, Uuid>]) -> Bound {
    section!(to, Section::RemovedEnvironments, ids, (no, id) => *no, **id)
}

fn put_environments(to: &mut Bind, rows: &[Numbered<'_, EnvironmentRow>]) -> Bound {
    section!(to, Section::StoredEnvironments, rows, (no, row) =>
        *no,
        row.id,
        row.name.as_str(),
        row.description.as_deref(),
        row.driver.as_str(),
        row.status.as_str(),
        row.config.to_string(),
        row.env_vars.to_string(),
        row.metadata.as_ref().map(ToString::to_string),
        row.created_at,
        row.updated_at,
        row.capacity,
        row.single_flight,
        row.source_id,
        row.version,
        row.default_ttl_seconds,
    )
}

fn leases(to: &mut Bind, batch: &Append<'_>) -> Bound {
    let writes = numbered(batch, |company| &company.leases);
    let (granted, changed): (Vec<_>, Vec<_>) = writes.into_iter().partition(|(_, w)| w.is_new);
    granted_leases(to, &granted)?;
    changed_leases(to, &changed)
}

fn granted_leases(to: &mut Bind, writes: &[Numbered<'_, LeaseWrite>]) -> Bound {
    section!(to, Section::GrantedLeases, writes, (no, write) =>
        *no,
        write.row.id,
        write.row.environment_id,
        write.row.execution_workspace_id,
        write.row.issue_id,
        write.row.heartbeat_run_id,
        write.row.status.as_ref(),
        write.row.lease_policy.as_ref(),
        write.row.provider.as_deref(),
        write.row.provider_lease_id.as_deref(),
        write.row.acquired_at,
        write.row.last_used_at,
        write.row.expires_at,
        write.row.released_at,
        write.row.failure_reason.as_deref(),
        write.row.cleanup_status.as_deref(),
        write.row.metadata.as_ref().map(ToString::to_string),
        write.row.created_at,
        write.row.updated_at,
        write.row.agent_id,
        write.row.phase.as_ref(),
        write.row.fence,
        write.row.expiry_mode.as_deref(),
        write.row.ttl_seconds,
        write.row.cleanup_state.as_ref(),
        write.row.ended_by.as_ref().map(Jsonb::as_str),
        write.row.end_cause.as_deref(),
        write.row.replaces_lease_id,
        write.row.replaced_by_lease_id,
        write.row.retain_until,
        write.row.source_status.as_deref(),
        write.row.version,
        write.row.reservation_deadline,
        write.row.due_at,
        write.row.cleanup_due_at,
        write.row.cleanup.as_ref().map(Jsonb::as_str),
    )
}

/// What an acquisition fixes for good is not sent again.
fn changed_leases(to: &mut Bind, writes: &[Numbered<'_, LeaseWrite>]) -> Bound {
    section!(to, Section::ChangedLeases, writes, (no, write) =>
        *no,
        write.is_metadata_changed,
        write.row.id,
        write.row.issue_id,
        write.row.heartbeat_run_id,
        write.row.status.as_ref(),
        write.row.acquired_at,
        write.row.last_used_at,
        write.row.expires_at,
        write.row.released_at,
        write.row.failure_reason.as_deref(),
        write.row.cleanup_status.as_deref(),
        sent_metadata(write),
        write.row.created_at,
        write.row.updated_at,
        write.row.agent_id,
        write.row.phase.as_ref(),
        write.row.fence,
        write.row.expiry_mode.as_deref(),
        write.row.ttl_seconds,
        write.row.cleanup_state.as_ref(),
        write.row.ended_by.as_ref().map(Jsonb::as_str),
        write.row.end_cause.as_deref(),
        write.row.replaced_by_lease_id,
        write.row.retain_until,
        write.row.source_status.as_deref(),
        write.row.version,
        write.row.provider.as_deref(),
        write.row.provider_lease_id.as_deref(),
        write.row.reservation_deadline,
        write.row.due_at,
        write.row.cleanup_due_at,
        write.row.cleanup.as_ref().map(Jsonb::as_str),
    )
}

/// Notes that the table has already are not sent again.
fn sent_metadata(write: &LeaseWrite) -> Option<String> {
    write.row.metadata.as_ref().filter(|_| write.is_metadata_changed).map(ToString::to_string)
}

fn activities(to: &mut Bind, batch: &Append<'_>) -> Bound {
    let rows = numbered(batch, |company| &company.activities);
    section!(to, Section::Activity, rows, (no, row) =>
        *no,
        row.id,
        row.actor_type.as_ref(),
        row.actor_id.as_str(),
        row.action.as_ref(),
        row.entity_type.as_ref(),
        row.entity_id.as_str(),
        row.agent_id,
        row.run_id,
        row.responsible_user_id.as_deref(),
        row.details.as_str(),
        row.created_at,
        row.authenticated_by.as_deref(),
        row.bookkeeping,
        row.position,
    )
}

fn receipts(to: &mut Bind, batch: &Append<'_>) -> Bound {
    let rows = numbered(batch, |company| &company.receipts);
    section!(to, Section::Receipts, rows, (no, receipt) =>
        *no,
        receipt.key.as_str(),
        receipt.day(),
        receipt.body_hash.as_slice(),
        receipt.verdict.as_str(),
        receipt.position,
        receipt.first_position,
        receipt.last_position,
        receipt.answer.as_str(),
    )
}

/// Positions, sequences and epochs stay far below 2^63: the table's checks see to it.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
