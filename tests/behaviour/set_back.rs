//! A log that was restored to an earlier time under a running program.

use leasehold::verify::read_again;
use leasehold_domain::company::CommandType::{AcquireLease, UpdateEnvironment};
use leasehold_domain::id::CompanyId;
use serde_json::{Value, json};
use sqlx::{Executor, PgPool};
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::orders::{company, environment, lease, only_place, order};

/// Takes away all that came after a company's first event, as a restored backup is without it.
async fn set_back(pool: &PgPool, id: CompanyId) {
    let CompanyId(id) = id;
    let statements = format!(
        "begin;
         alter table leasehold.events disable trigger all;
         alter table leasehold.heads disable trigger all;
         delete from leasehold.environment_leases where company_id = '{id}';
         delete from leasehold.receipts where company_id = '{id}' and position > 1;
         delete from leasehold.activity_log where company_id = '{id}' and position > 1;
         delete from leasehold.events where company_id = '{id}' and position > 1;
         update leasehold.heads h
         set position = e.position, digest = e.digest, recorded_at = e.recorded_at
         from leasehold.events e
         where h.company_id = '{id}' and e.company_id = h.company_id;
         alter table leasehold.events enable trigger all;
         alter table leasehold.heads enable trigger all;
         commit"
    );
    pool.execute(&*statements).await.unwrap();
}

/// Fills the only place of an environment, loses that, lets another program write so many events, and
/// takes the place again.
async fn regain_place_after(events_of_another: u8) {
    let database = TestDatabase::new().await;
    let (warm, _warm) = database.dispatcher();
    let (another, _another) = database.dispatcher();
    let id = company();
    let place = only_place(&warm, id).await;
    let take =
        || order(AcquireLease, json!({"environmentId": place, "heartbeatRunId": Uuid::now_v7()}));
    let lost = lease(warm.dispatch(id, take()).await).id;
    set_back(&database.pool, id).await;
    for turn in 0..events_of_another {
        let body: Value = json!({"environmentId": place, "description": format!("turn {turn}")});
        environment(another.dispatch(id, order(UpdateEnvironment, body)).await);
    }
    assert_ne!(lease(warm.dispatch(id, take()).await).id, lost);
    assert_eq!(read_again(&database.pool).await.unwrap().differing, 0);
    database.drop().await;
}

#[tokio::test]
async fn what_a_restored_log_has_lost_is_not_remembered() {
    regain_place_after(0).await;
}

#[tokio::test]
async fn what_a_restored_log_has_lost_is_not_remembered_when_as_much_was_written_since() {
    regain_place_after(1).await;
}

#[tokio::test]
async fn what_a_restored_log_has_lost_is_not_remembered_when_more_was_written_since() {
    regain_place_after(3).await;
}
