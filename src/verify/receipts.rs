//! The receipts that are still kept, held against the events that they tell of.

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::finding::{Finding, Findings, Kind};

/// Receipts that a report can name at most; the rest of them is not looked for.
const LISTED_MAX: i64 = 1_000;

/// Checks that every receipt's events are there and carry its key (a refusal may have some, too: an
/// older holder is noted), and that no receipt tells of more than its company's log has. Answers with how many there are.
pub(super) async fn check(
    connection: &mut PgConnection,
    findings: &mut Findings,
) -> sqlx::Result<u64> {
    let wrong: Vec<(Uuid, String, i64)> = sqlx::query_as(
        "select r.company_id, r.key, coalesce(r.first_position, r.position) as position
         from leasehold.receipts r
         left join leasehold.heads h on h.company_id = r.company_id
         left join leasehold.events f
           on f.company_id = r.company_id
          and f.position = r.first_position
         left join leasehold.events l
           on l.company_id = r.company_id
          and l.position = r.last_position
         where r.position > coalesce(h.position, 0)
            or (r.first_position is null) <> (r.last_position is null)
            or r.first_position > r.last_position
            or (r.first_position is not null
                and (coalesce(f.metadata ->> 'key' is distinct from r.key, true)
                     or coalesce(l.metadata ->> 'key' is distinct from r.key, true))
                and coalesce(f.metadata ->> 'origin', '') <> 'import')
         order by r.company_id, position
         limit $1",
    )
    .bind(LISTED_MAX)
    .fetch_all(&mut *connection)
    .await?;
    for (company, key, position) in wrong {
        let at = Position(position.unsigned_abs());
        let detail = "a receipt tells of what the log does not have under its key";
        let finding = Finding::new(Kind::Receipt, CompanyId(company), at, detail);
        findings.add(finding.with(json!({"key": key})));
    }
    let kept: i64 =
        sqlx::query_scalar("select count(*) from leasehold.receipts").fetch_one(connection).await?;
    Ok(kept.unsigned_abs())
}
