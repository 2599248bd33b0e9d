//! The parameters of the append statement: an array of rows for each section, in the statement's order.

use leasehold_domain::time::Timestamp;
use leasehold_projections::activity_log::ActivityRow;
use leasehold_projections::environments::EnvironmentRow;
use leasehold_projections::jsonb::Jsonb;
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::types::PgRecordEncoder;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgHasArrayType, PgTypeInfo};
use sqlx::{Arguments, Postgres, Type};
use uuid::Uuid;

use super::section::{Section, Sections};
use super::{Append, CompanyAppend, EnvironmentWrite, LeaseWrite};
use crate::log::receipt::Receipt;
use crate::log::stored::Recorded;

type Bound = Result<(), BoxDynError>;

/// A row, with the number of its company, counted from 1, and the company.
#[derive(Debug, Clone, Copy)]
struct Of<'b, T>(i32, &'b CompanyAppend, &'b T);

/// Lays out a row as one of the schema's shapes: its columns in their order, after the company's number
/// and id. It is what sqlx's derive would write, which knows no rows that are borrowed.
macro_rules! shape {
    ($name:literal, $row:ty, |$company:pat_param, $of:pat_param| $($value:expr),+ $(,)?) => {
        impl Encode<'_, Postgres> for Of<'_, $row> {
            fn encode_by_ref(&self, to: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let Self(no, company, row) = *self;
                let mut record = PgRecordEncoder::new(to);
                record.encode(no)?.encode(company.before.company_id.0)?;
                let ($company, $of) = (company, row);
                $(record.encode($value)?;)+
                record.finish();
                Ok(IsNull::No)
            }
        }

        impl Type<Postgres> for Of<'_, $row> {
            fn type_info() -> PgTypeInfo {
                PgTypeInfo::with_name(concat!("leasehold.append_", $name))
            }
        }

        impl PgHasArrayType for Of<'_, $row> {
            fn array_type_info() -> PgTypeInfo {
                PgTypeInfo::with_name(concat!("leasehold.append_", $name, "[]"))
            }
        }
    };
}

shape!(
    "company",
    CompanyAppend,
    |_, company| signed(company.before.position.0),
    company.before.digest.0.as_slice(),
    signed(company.before.epoch.0),
    signed(company.after.position.0),
    company.after.digest.0.as_slice(),
    company.after.recorded_at.chrono(),
);

shape!("key", String, |_, key| key.as_str(),);

shape!(
    "event",
    Recorded,
    |company, event| company.after.recorded_at.chrono(),
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
    event.digest.0.as_slice(),
);

shape!("removal", Uuid, |_, id| *id,);

shape!(
    "environment",
    EnvironmentRow,
    |_, row| row.id,
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
);

shape!(
    "lease",
    LeaseWrite,
    |_, write| write.is_metadata_changed,
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
    write.row.replaces_lease_id,
    write.row.replaced_by_lease_id,
    write.row.retain_until,
    write.row.source_status.as_deref(),
    write.row.version,
    write.row.reservation_deadline,
    write.row.due_at,
    write.row.cleanup_due_at,
    write.row.cleanup.as_ref().map(Jsonb::as_str),
);

shape!(
    "activity",
    ActivityRow,
    |_, row| row.id,
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
);

shape!(
    "receipt",
    Receipt,
    |_, receipt| receipt.key.as_str(),
    receipt.day(),
    receipt.body_hash.as_slice(),
    receipt.verdict.as_str(),
    receipt.position,
    receipt.first_position,
    receipt.last_position,
    receipt.answer.as_str(),
);

/// Notes that the table has already are not sent again.
fn sent_metadata(write: &LeaseWrite) -> Option<String> {
    let is_sent = write.is_new || write.is_metadata_changed;
    write.row.metadata.as_ref().filter(|_| is_sent).map(ToString::to_string)
}

/// Positions, sequences and epochs stay far below 2^63: the types of their columns see to it.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
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
    to.section(Section::Keys, all(batch, |company| &company.keys))?;
    to.section(Section::Events, all(batch, |company| &company.events))?;
    environments(&mut to, batch)?;
    let leases = all(batch, |company| &company.leases);
    let (granted, changed) = leases.into_iter().partition(|Of(_, _, write)| write.is_new);
    to.section(Section::GrantedLeases, granted)?;
    to.section(Section::ChangedLeases, changed)?;
    to.section(Section::Activity, all(batch, |company| &company.activities))?;
    to.section(Section::Receipts, all(batch, |company| &company.receipts))?;
    Ok(to)
}

impl Bind {
    /// Adds a section when there are rows for it.
    fn section<'b, T>(&mut self, section: Section, rows: Vec<Of<'b, T>>) -> Bound
    where
        Of<'b, T>: for<'q> Encode<'q, Postgres> + Type<Postgres> + PgHasArrayType,
    {
        if rows.is_empty() {
            return Ok(());
        }
        self.sections.add(section);
        self.arguments.add(rows)
    }
}

/// The rows of every company, in the order of companies.
fn all<'b, T>(batch: &Append<'b>, rows: impl Fn(&'b CompanyAppend) -> &'b [T]) -> Vec<Of<'b, T>> {
    let companies = (1..).zip(batch.companies.iter().copied());
    companies
        .flat_map(|(no, company)| rows(company).iter().map(move |row| Of(no, company, row)))
        .collect()
}

fn heads(to: &mut Bind, batch: &Append<'_>) -> Bound {
    for company in &batch.companies {
        let moves = company.after.position > company.before.position;
        to.sections.add(if moves { Section::Moved } else { Section::Seen });
    }
    let companies = (1..).zip(batch.companies.iter().copied());
    to.arguments.add(companies.map(|(no, company)| Of(no, company, company)).collect::<Vec<_>>())
}

fn environments(to: &mut Bind, batch: &Append<'_>) -> Bound {
    let (mut removed, mut put) = (Vec::new(), Vec::new());
    for Of(no, company, write) in all(batch, |company| &company.environments) {
        match write {
            EnvironmentWrite::Remove(id) => removed.push(Of(no, company, id)),
            EnvironmentWrite::Put(row) => put.push(Of(no, company, row.as_ref())),
        }
    }
    to.section(Section::RemovedEnvironments, removed)?;
    to.section(Section::StoredEnvironments, put)
}
