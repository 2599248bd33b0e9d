//! Spans are held against the log by verification, up to their checkpoint.

use std::sync::Arc;

use leasehold::verify::{Finding, Kind, Options, verify};
use sqlx::Executor;

use super::lived;
use crate::support::database::TestDatabase;

async fn found(database: &TestDatabase) -> Vec<Finding> {
    let told = Arc::new(|_| ());
    let options = Options::default();
    let report = verify(&database.options, &database.pool, options, |_| (), told).await.unwrap();
    report.findings.named().into_iter().cloned().collect()
}

#[tokio::test]
async fn spans_that_were_edited_added_or_taken_away_are_found_up_to_their_checkpoint() {
    for (edit, kind, columns) in [
        ("update leasehold.lease_spans set phase = 'retained'", Kind::RowDiffers, vec!["phase"]),
        (
            "update leasehold.lease_spans set held_from = held_from - interval '1 us'",
            Kind::RowDiffers,
            vec!["held_from"],
        ),
        ("delete from leasehold.lease_spans", Kind::RowMissing, vec![]),
        (
            "insert into leasehold.lease_spans
             select (made.row).* from (
               select jsonb_populate_record(t, '{\"from_position\": 1000000}') as row
               from leasehold.lease_spans t",
            Kind::RowAdded,
            vec![],
        ),
    ] {
        let (database, id, _) = lived(-1).await;
        assert_eq!(found(&database).await, []);
        let end = if kind == Kind::RowAdded { ") made" } else { "" };
        let edit = format!(
            "{edit} where ctid = (select ctid from leasehold.lease_spans
                                  where company_id = '{}' and phase = 'active' limit 1){end}",
            id.0
        );
        database.pool.execute(&*edit).await.unwrap();
        let findings = found(&database).await;
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!((findings[0].kind, findings[0].company_id), (kind, id));
        assert_eq!(findings[0].evidence["table"], "lease_spans");
        assert_eq!(findings[0].evidence["columns"], serde_json::json!(columns));
        database.drop().await;
    }
}

#[tokio::test]
async fn spans_that_have_not_come_far_are_as_the_log_was_there() {
    for known in [0, 7, 20] {
        let (database, _, _) = lived(known).await;
        assert_eq!(found(&database).await, [], "spans up to {known}");
        database.drop().await;
    }
}
