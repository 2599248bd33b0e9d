//! Receipts: what a command leaves under its key.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use leasehold_domain::id::CompanyId;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// How long before a day begins its partition is made: several times as long as upkeep waits in between.
const MADE_BEFORE: TimeDelta = TimeDelta::hours(6);

/// The two ways in which a command is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Verdict {
    /// It happened.
    Accepted,
    /// It did not, for a reason of the domain's.
    Refused,
}

impl Verdict {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }
}

/// One receipt.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Receipt {
    /// The command's key; unique in its company while the receipt is kept.
    pub key: String,
    /// sha256 of the command and its actor.
    pub body_hash: Vec<u8>,
    /// How it was decided.
    pub verdict: Verdict,
    /// The log's end as the answer showed it.
    pub position: i64,
    /// The command's first event, if it made any.
    pub first_position: Option<i64>,
    /// The command's last event, if it made any.
    pub last_position: Option<i64>,
    /// What to render, or the refusal, as JSON.
    pub answer: String,
    /// When it was decided.
    pub recorded_at: DateTime<Utc>,
}

impl Receipt {
    /// The daily partition that it belongs to.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.recorded_at.date_naive()
    }
}

/// The receipts of some keys of a company, oldest first.
///
/// # Errors
/// The database's.
pub async fn list_receipts(
    connection: &mut PgConnection,
    company: CompanyId,
    keys: &[String],
) -> sqlx::Result<Vec<Receipt>> {
    sqlx::query_as(
        "select key, body_hash, verdict, position, first_position, last_position,
                answer::text as answer, recorded_at
         from leasehold.receipts
         where company_id = $1
           and key = any($2)
         order by recorded_at",
    )
    .bind(company.0)
    .bind(keys)
    .fetch_all(connection)
    .await
}

/// Those of some companies in which a key was used, in the order of its uses.
///
/// # Errors
/// The database's.
pub async fn list_companies_of_key(
    connection: &mut PgConnection,
    companies: &[Uuid],
    key: &str,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select company_id
         from leasehold.receipts
         where company_id = any($1)
           and key = $2
         order by recorded_at, position",
    )
    .bind(companies)
    .bind(key)
    .fetch_all(connection)
    .await
}

/// The days whose partitions are to be there at a time: its own, and the next one before it begins. A
/// command looks for its key in every partition that there is, so none is made long before its day.
pub fn days_at(now: DateTime<Utc>) -> impl Iterator<Item = NaiveDate> {
    let (today, soon) = (now.date_naive(), (now + MADE_BEFORE).date_naive());
    std::iter::once(today).chain((soon != today).then_some(soon))
}

/// Makes the partitions of [`days_at`] a time, where they are missing.
///
/// # Errors
/// The database's. A day whose receipts went to the default partition stays there.
pub async fn make_partitions(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    for day in days_at(now) {
        let name = partition(day);
        let Some(next) = day.succ_opt() else { continue };
        // Names and dates are made here, from a date: nothing of a caller's is in this text.
        let statement = format!(
            "create table if not exists leasehold.{name}
             partition of leasehold.receipts
             for values from ('{day}') to ('{next}')"
        );
        match sqlx::query(&statement).execute(&mut *connection).await {
            Ok(_) => {}
            // Another process made it first, or the default partition has rows of that day.
            Err(error) if is_expected(&error) => {
                tracing::debug!(%error, name, "receipts partition not made");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn is_expected(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    // unique_violation, duplicate_table, check_violation, deadlock_detected
    matches!(code.as_deref(), Some("23505" | "42P07" | "23514" | "40P01"))
}

/// Drops the partitions that hold nothing younger than `keep_for`.
///
/// # Errors
/// The database's.
pub async fn drop_old_receipts(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    keep_for: Duration,
) -> sqlx::Result<u64> {
    let cutoff = (now - keep_for).date_naive();
    let names: Vec<(String,)> = sqlx::query_as(
        "select c.relname::text
         from pg_catalog.pg_inherits i
         join pg_catalog.pg_class c on c.oid = i.inhrelid
         where i.inhparent = 'leasehold.receipts'::regclass
           and c.relname like 'receipts\\_2%'",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut dropped = 0;
    for (name,) in names.into_iter().filter(|(name,)| *name < partition(cutoff)) {
        sqlx::query(&format!("drop table if exists leasehold.{name}"))
            .execute(&mut *connection)
            .await?;
        dropped += 1;
    }
    sqlx::query("delete from leasehold.receipts_default where day < $1")
        .bind(cutoff)
        .execute(connection)
        .await?;
    Ok(dropped)
}

/// The name of the partition with a day's receipts.
#[must_use]
pub fn partition(day: NaiveDate) -> String {
    day.format("receipts_%Y_%m_%d").to_string()
}
