//! Leases as Paperclip leaves them, and what they become.

use leasehold::dispatch::Verdict;
use leasehold::import::Table;
use leasehold_domain::company::CommandType::ReleaseLease;
use leasehold_domain::id::CompanyId;
use serde_json::json;

use super::rows::{
    Files, activity, at, company, environment, environment_id, lease, lease_id, over, with,
};
use super::{shown, take_in, take_in_all};
use crate::support::database::TestDatabase;
use crate::support::orders::order;

#[tokio::test]
async fn pending_cleanup_becomes_failed_with_cleanup_pending() {
    let database = TestDatabase::new().await;
    let pending = json!({"cleanup_status": "failed", "failure_reason": "no route"});
    let row = with(with(lease(1, 1, 1), over("pending_cleanup", 9)), pending);
    let files = Files::new().rows(Table::Environments, &[environment(1)]);
    let files = files.rows(Table::Leases, &[row]);
    take_in_all(&database, &files).await;
    let words = "select concat_ws(' ', status, cleanup_status, cleanup_state, source_status)
                 from leasehold.environment_leases";
    let words = shown(&database, words).await;
    assert_eq!(words.as_deref(), Some("failed pending pending pending_cleanup"));
    database.drop().await;
}

#[tokio::test]
async fn a_lease_whose_environment_was_deleted_keeps_the_one_that_its_activity_names() {
    let database = TestDatabase::new().await;
    let gone = json!({"environment_id": null});
    let rows = [with(lease(1, 1, 1), gone.clone()), with(lease(2, 1, 1), gone)];
    let details = json!({"details": {"environmentId": environment_id(8), "driver": "plugin"}});
    let told = with(activity(1, 1, "environment.lease_acquired", 1), details);
    let files = Files::new().rows(Table::Leases, &rows).rows(Table::Activity, &[told]);
    take_in_all(&database, &files).await;
    let first = "select environment_id::text from leasehold.environment_leases order by id";
    assert_eq!(shown(&database, first).await, Some(environment_id(8).to_string()));
    let driver = "select payload #>> '{LeaseAcquired,driver}' from leasehold.events
                  where event_type = 'LeaseAcquired' order by position";
    assert_eq!(shown(&database, driver).await.as_deref(), Some("plugin"));
    let other = "select count(distinct environment_id)::text from leasehold.environment_leases";
    assert_eq!(shown(&database, other).await.as_deref(), Some("2"), "one stands for what is gone");
    database.drop().await;
}

#[tokio::test]
async fn an_empty_failure_reason_stays_an_empty_text() {
    let database = TestDatabase::new().await;
    let words = json!({"failure_reason": "", "provider": "", "provider_lease_id": " "});
    let row = with(with(lease(1, 1, 1), over("failed", 3)), words);
    let long =
        with(with(lease(2, 1, 1), over("failed", 3)), json!({"failure_reason": "x".repeat(9_000)}));
    let boxed = with(environment(1), json!({"description": ""}));
    let files = Files::new().rows(Table::Environments, &[boxed]);
    let files = files.rows(Table::Leases, &[row, long]);
    take_in_all(&database, &files).await;
    let again = Files::new().rows(Table::Environments, &[environment(1)]);
    let again = again.rows(Table::Leases, &[lease(3, 1, 1)]);
    let mut source = again.open().await;
    assert_eq!(take_in(&database, &mut source).await.rejected, [], "what is stored is read again");
    database.drop().await;
}

#[tokio::test]
async fn columns_that_no_event_explains_are_kept_as_they_were() {
    let database = TestDatabase::new().await;
    let odd = |number, changes| with(lease(number, 1, 1), changes);
    let rows = [
        odd(1, json!({"released_at": at(40)})),
        odd(2, json!({"status": "released", "released_at": null})),
        odd(3, with(over("expired", 1), json!({"last_used_at": at(50), "updated_at": at(55)}))),
        odd(4, json!({"created_at": at(1), "updated_at": at(2), "last_used_at": at(3)})),
        odd(5, json!({"status": "retained", "released_at": at(9), "cleanup_status": "success"})),
        odd(6, json!({"failure_reason": "still here", "expires_at": at(7)})),
        odd(7, json!({"metadata": null, "updated_at": "2026-03-02T02:00:59.123456+00:00"})),
    ];
    let files = Files::new().rows(Table::Environments, &[environment(1)]);
    take_in_all(&database, &files.rows(Table::Leases, &rows)).await;
    database.drop().await;
}

#[tokio::test]
async fn what_activity_tells_between_grant_and_end_becomes_events_of_its_own() {
    let database = TestDatabase::new().await;
    let row = with(lease(1, 1, 1), over("released", 30));
    let status = |word: &str| json!({"details": {"status": word, "cleanupStatus": null}});
    let kept = with(activity(11, 1, "environment.lease_released", 1), status("retained"));
    let ended = with(activity(31, 1, "environment.lease_released", 1), status("released"));
    let retried = with(
        activity(40, 1, "environment_lease.cleanup_retried", 1),
        json!({"actor_type": "user", "actor_id": "u-1", "run_id": null}),
    );
    let taken_up = activity(12, 1, "environment.lease_acquired", 1);
    let granted = activity(2, 1, "environment.lease_acquired", 1);
    let files = Files::new().rows(Table::Environments, &[environment(1)]);
    let files = files.rows(Table::Leases, &[row]);
    let files = files.rows(Table::Activity, &[retried, ended, granted, taken_up, kept]);
    take_in_all(&database, &files).await;
    let names = "select string_agg(event_type, ' ' order by position) from leasehold.events
                 where aggregate_type = 'lease'";
    let expected = "LeaseAcquired Retained Resumed Released Amended Amended";
    assert_eq!(shown(&database, names).await.as_deref(), Some(expected));
    let who = "select ended_by ->> 'id' from leasehold.environment_leases";
    assert_eq!(shown(&database, who).await.as_deref(), Some("a-1"), "the actor of the end");
    let origins =
        "select count(*)::text from leasehold.events where metadata ->> 'origin' <> 'import'";
    assert_eq!(shown(&database, origins).await.as_deref(), Some("0"));
    database.drop().await;
}

#[tokio::test]
async fn leases_stand_in_the_log_in_the_order_in_which_they_were_acquired() {
    let database = TestDatabase::new().await;
    let rows = [lease(3, 1, 1), lease(1, 1, 1), lease(4, 1, 1), lease(2, 1, 1)];
    let files = Files::new().rows(Table::Environments, &[environment(1)]);
    take_in_all(&database, &files.rows(Table::Leases, &rows)).await;
    let falls = "select count(*)::text
                 from (select occurred_at < lag(occurred_at) over (order by position) as falls
                       from leasehold.events) as events
                 where falls";
    assert_eq!(shown(&database, falls).await.as_deref(), Some("0"));
    let fences = "select (count(distinct fence) = 4 and min(fence) > 0)::text
                  from leasehold.environment_leases";
    assert_eq!(shown(&database, fences).await.as_deref(), Some("true"), "each has its own fence");
    database.drop().await;
}

#[tokio::test]
async fn an_imported_lease_is_released_as_any_other() {
    let database = TestDatabase::new().await;
    let files = Files::new().rows(Table::Environments, &[environment(1)]);
    let files = files.rows(Table::Leases, &[with(lease(1, 1, 1), json!({"expires_at": at(2)}))]);
    take_in_all(&database, &files).await;
    let (dispatcher, _lanes) = database.dispatcher();
    let body = json!({"leaseId": lease_id(1), "failureReason": "over"});
    let verdict = dispatcher.dispatch(CompanyId(company(1)), order(ReleaseLease, body)).await;
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    database.drop().await;
}
