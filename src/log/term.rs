//! The sweeper's term: one row of the installation, taken and renewed in one statement.
//!
//! **Claims.** At most one process holds an unexpired term. **Because** the row is taken by an update
//! that compares its end with the database's clock, under the row's lock. **Not** promised: that a
//! holder that was paused knows that its term is over; whatever it does is compared again in the
//! log (see the domain's `Enforce`).

use chrono::{DateTime, Utc};
use leasehold_domain::lease::{Outage, OutageKind};
use leasehold_domain::time::Timestamp;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A term that was taken or renewed.
#[derive(Debug, Clone, FromRow)]
pub struct Term {
    /// Rises with every take-over.
    pub term: i64,
    /// The database's clock, read with the term.
    pub now: DateTime<Utc>,
    /// When the last cycle that came to its end had begun.
    pub swept_at: DateTime<Utc>,
    outage_why: Option<String>,
    outage_from: Option<DateTime<Utc>>,
    outage_to: Option<DateTime<Utc>>,
    outage_holders: Option<i32>,
}

impl Term {
    /// The last time in which holders could not renew.
    #[must_use]
    pub fn outage(&self) -> Option<Outage> {
        let why: OutageKind = self.outage_why.as_deref()?.parse().ok()?;
        let from = Timestamp::new(self.outage_from?).ok()?;
        let to = Timestamp::new(self.outage_to?).ok()?;
        let holders = u32::try_from(self.outage_holders.unwrap_or(0)).unwrap_or(0);
        Some(Outage { why, from, to, holders })
    }
}

/// Takes the term, or keeps it, for some seconds; none when another process has it. `swept_at` is
/// when the holder's last cycle that came to its end had begun.
///
/// # Errors
/// The database's.
pub async fn take_term(
    connection: &mut PgConnection,
    holder: Uuid,
    seconds: f64,
    swept_at: Option<DateTime<Utc>>,
) -> sqlx::Result<Option<Term>> {
    sqlx::query_as(
        "insert into leasehold.sweepers as t (company_id, term, holder, until, swept_at)
         values ($1, 1, $2, clock_timestamp() + make_interval(secs => $3), clock_timestamp())
         on conflict (company_id) do update
         set term = case when t.holder = excluded.holder and t.until > clock_timestamp()
                         then t.term else t.term + 1 end,
             holder = excluded.holder,
             until = excluded.until,
             -- A paused holder that comes back has swept nothing for the others.
             swept_at = case when t.holder = excluded.holder
                             then greatest(t.swept_at, $4) else t.swept_at end
         -- The end is compared under the row's lock: of two that come late, one finds it renewed.
         where t.holder = excluded.holder
            or t.until <= clock_timestamp()
         returning term, clock_timestamp() as now, swept_at, outage_why, outage_from, outage_to,
                   outage_holders",
    )
    .bind(Uuid::nil())
    .bind(holder)
    .bind(seconds)
    .bind(swept_at)
    .fetch_optional(connection)
    .await
}

/// Writes an outage down before anything is swept, so that whoever takes over knows of it too.
///
/// # Errors
/// The database's.
pub async fn record_outage(
    connection: &mut PgConnection,
    holder: Uuid,
    outage: &Outage,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update leasehold.sweepers
         set outage_why = $3,
             outage_from = $4,
             outage_to = $5,
             outage_holders = $6,
             swept_at = $5
         where company_id = $1
           and holder = $2",
    )
    .bind(Uuid::nil())
    .bind(holder)
    .bind(outage.why.as_str())
    .bind(outage.from.chrono())
    .bind(outage.to.chrono())
    .bind(i32::try_from(outage.holders).unwrap_or(i32::MAX))
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives a term back, so that another process need not wait for its end.
///
/// # Errors
/// The database's.
pub async fn give_term_back(connection: &mut PgConnection, holder: Uuid) -> sqlx::Result<()> {
    sqlx::query(
        "update leasehold.sweepers
         set until = clock_timestamp()
         where company_id = $1
           and holder = $2
           and until > clock_timestamp()",
    )
    .bind(Uuid::nil())
    .bind(holder)
    .execute(connection)
    .await
    .map(|_| ())
}
