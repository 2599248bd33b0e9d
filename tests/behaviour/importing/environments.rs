//! Environments that companies shared, and those that they had for themselves.

use leasehold::dispatch::Verdict;
use leasehold::import::Table;
use leasehold_domain::company::CommandType::AcquireLease;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use serde_json::json;

use super::rows::{
    Files, about_environment, activity, at, company, environment, environment_id, lease, with,
};
use super::{hold_against, reasons, shown, take_in, take_in_all};
use crate::support::database::TestDatabase;
use crate::support::orders::{lease as leased, order};

/// Two companies with leases on one environment; the second has the older one.
fn shared() -> Files {
    let files = Files::new().rows(Table::Environments, &[environment(1)]);
    files.rows(Table::Leases, &[lease(5, 1, 1), lease(2, 2, 1), lease(9, 2, 1)])
}

fn copy_for(number: u32) -> EnvironmentId {
    EnvironmentId::copy_for(EnvironmentId(environment_id(1)), CompanyId(company(number)))
}

#[tokio::test]
async fn a_shared_environment_stays_with_the_oldest_lease_and_others_get_copies() {
    let database = TestDatabase::new().await;
    let report = take_in_all(&database, &shared()).await;
    let placed = |company_number| {
        let of =
            |placed: &&leasehold::import::Placed| placed.company_id.0 == company(company_number);
        report.environments.iter().find(of).unwrap().environment_id
    };
    assert_eq!(placed(2), EnvironmentId(environment_id(1)), "its lease is the oldest");
    assert_eq!(placed(1), copy_for(1));
    let source = "select source_id::text from leasehold.environments where source_id is not null";
    assert_eq!(shown(&database, source).await, Some(environment_id(1).to_string()));
    database.drop().await;
}

#[tokio::test]
async fn a_source_id_used_with_a_company_finds_that_companys_copy() {
    let database = TestDatabase::new().await;
    take_in_all(&database, &shared()).await;
    let (dispatcher, _lanes) = database.dispatcher();
    for (company_number, expected) in [(1, copy_for(1)), (2, EnvironmentId(environment_id(1)))] {
        let acquire = order(AcquireLease, json!({"environmentId": environment_id(1)}));
        let verdict = dispatcher.dispatch(CompanyId(company(company_number)), acquire).await;
        assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
        assert_eq!(leased(verdict).environment_id, expected.0);
    }
    database.drop().await;
}

#[tokio::test]
async fn who_keeps_an_environment_keeps_it_whatever_a_later_import_finds() {
    let database = TestDatabase::new().await;
    take_in_all(&database, &shared()).await;
    // The lease that was the oldest is gone from the source by now.
    let later = Files::new().rows(Table::Environments, &[environment(1)]);
    let later = later.rows(Table::Leases, &[lease(5, 1, 1), lease(9, 2, 1)]);
    let report = take_in_all(&database, &later).await;
    assert_eq!(report.counts[&Table::Environments].known, 1);
    let count = "select count(*)::text from leasehold.environments";
    assert_eq!(shown(&database, count).await.as_deref(), Some("2"));
    database.drop().await;
}

#[tokio::test]
async fn activity_about_a_shared_environment_goes_to_its_companys_copy() {
    let database = TestDatabase::new().await;
    let of = |number, company_number, action: &str| {
        with(activity(number, company_number, action, 1), about_environment(1))
    };
    let rows = [
        of(1, 1, "environment.created"),
        of(2, 2, "environment.created"),
        of(7, 1, "environment.probed"),
        of(8, 3, "environment.probed"),
    ];
    let files = shared().rows(Table::Activity, &rows);
    let mut source = files.open().await;
    let report = take_in(&database, &mut source).await;
    let about = format!("is about environment {}", environment_id(1));
    assert!(reasons(&report)[0].contains(&about), "{:?}", report.rejected);
    assert_eq!(report.rejected.len(), 1, "only of a company without a lease on it");
    assert!(hold_against(&database, &mut source).await.is_equal());
    let copy = format!(
        "select string_agg(action, ' ' order by position) from leasehold.activity_log
         where entity_id = '{}'",
        copy_for(1)
    );
    let expected = "environment.created environment.probed environment.updated";
    assert_eq!(shown(&database, &copy).await.as_deref(), Some(expected));
    database.drop().await;
}

#[tokio::test]
async fn an_archived_environment_was_made_active_and_archived_later() {
    let database = TestDatabase::new().await;
    let archived = json!({"status": "archived", "updated_at": at(50)});
    let born_archived = json!({"status": "archived"});
    let touched = json!({"updated_at": at(50)});
    let backwards = json!({"created_at": at(50), "updated_at": at(40)});
    let changes = [archived, born_archived, touched, backwards];
    let environments: Vec<_> =
        (1..).zip(changes).map(|(number, changes)| with(environment(number), changes)).collect();
    let told = with(activity(51, 1, "environment.updated", 1), about_environment(1));
    let files = Files::new().rows(Table::Environments, &environments);
    let files = files.rows(Table::Leases, &[lease(1, 1, 1)]).rows(Table::Activity, &[told]);
    take_in_all(&database, &files).await;
    let names = "select string_agg(event_type, ' ' order by aggregate_id, sequence)
                 from leasehold.events where aggregate_type = 'environment'";
    let expected = "Created Archived Created Created Updated Created Updated";
    assert_eq!(shown(&database, names).await.as_deref(), Some(expected));
    database.drop().await;
}

#[tokio::test]
async fn environments_of_a_company_stay_with_it_and_may_share_a_name() {
    let database = TestDatabase::new().await;
    let of = |number, company_number| {
        let own = json!({"company_id": company(company_number), "name": "same"});
        with(environment(number), own)
    };
    // The first form had no variables, and nobody has a lease on the third.
    let mut first = of(1, 1);
    first.as_object_mut().unwrap().shift_remove("env_vars");
    let files = Files::new().rows(Table::Environments, &[first, of(2, 1), of(3, 2)]);
    let files = files.rows(Table::Leases, &[lease(1, 1, 1), lease(2, 1, 2)]);
    let report = take_in_all(&database, &files).await;
    assert!(report.environments.iter().all(|placed| placed.source_id == placed.environment_id));
    database.drop().await;
}

#[tokio::test]
async fn an_environment_that_nobody_uses_goes_to_the_only_company_or_is_listed() {
    let database = TestDatabase::new().await;
    let files = Files::new().rows(Table::Environments, &[environment(1), environment(2)]);
    let files = files.rows(Table::Leases, &[lease(1, 1, 1)]);
    take_in_all(&database, &files).await;
    let two = [json!({"id": company(1), "name": "A"}), json!({"id": company(2), "name": "B"})];
    let files = files.rows(Table::Environments, &[environment(1), environment(3)]);
    let files = files.rows(Table::Companies, &two);
    let mut source = files.open().await;
    let report = take_in(&database, &mut source).await;
    let found = reasons(&report);
    assert_eq!(found.len(), 1, "{found:?}");
    let start = format!("environments.jsonl:2: {}: nobody has a lease on it", environment_id(3));
    assert!(found[0].starts_with(&start), "{found:?}");
    database.drop().await;
}
