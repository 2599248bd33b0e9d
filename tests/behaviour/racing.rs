//! Two writers on one log: never more holders than room, at any position; no deadlock.

use std::collections::BTreeMap;

use futures::future::join_all;
use leasehold::dispatch::{Dispatcher, Verdict};
use leasehold_domain::company::CommandType::{
    AcquireLease, CreateEnvironment, ReleaseLease, RetainLease,
};
use leasehold_domain::id::CompanyId;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::orders::{company, environment, lease, only_place, order};

#[derive(Debug, Default)]
struct Tally {
    granted: usize,
    refused: usize,
    unnamed: usize,
}

async fn race(dispatcher: Dispatcher, companies: Vec<(CompanyId, Uuid)>, turns: usize) -> Tally {
    let mut tally = Tally::default();
    for turn in 0..turns {
        let (company, environment) = companies[turn % companies.len()];
        let body = json!({"environmentId": environment, "heartbeatRunId": Uuid::now_v7()});
        match dispatcher.dispatch(company, order(AcquireLease, body)).await {
            Verdict::Refused { refusal, .. } => {
                let (code, evidence) = refusal.code_and_evidence().unwrap();
                assert_eq!(code, "capacity_exhausted");
                let named = evidence["conflicting"].as_array().unwrap().len();
                tally.refused += 1;
                tally.unnamed += usize::from(named != 3);
            }
            granted => {
                tally.granted += 1;
                tokio::task::yield_now().await;
                let body = json!({"leaseId": lease(granted).id});
                lease(dispatcher.dispatch(company, order(ReleaseLease, body)).await);
            }
        }
    }
    tally
}

/// The most leases that were held at once, at any position of a company's log.
async fn most_holders(pool: &PgPool, company: CompanyId) -> usize {
    let events: Vec<(String, i64)> = sqlx::query_as(
        "select event_type, position from leasehold.events
         where company_id = $1 and aggregate_type = 'lease' order by position",
    )
    .bind(company.0)
    .fetch_all(pool)
    .await
    .unwrap();
    let mut held = BTreeMap::from([("LeaseAcquired", 0_usize), ("Released", 0)]);
    let mut most = 0;
    for (event, _) in &events {
        *held.get_mut(event.as_str()).unwrap() += 1;
        most = most.max(held["LeaseAcquired"] - held["Released"]);
    }
    most
}

/// What a kept lease's resource is, as whoever wants it says it.
fn kept(environment: Uuid, run: Uuid) -> Value {
    json!({
        "environmentId": environment, "heartbeatRunId": run, "providerLeaseId": "sbx-1",
        "leasePolicy": "reuse_by_environment", "executionWorkspaceId": Uuid::nil(),
    })
}

/// A kept lease on an environment with room for one.
async fn keep(dispatcher: &Dispatcher, company: CompanyId) -> (Uuid, Uuid) {
    let body = json!({"name": "box", "driver": "sandbox", "capacity": 1, "singleFlight": true});
    let made = environment(dispatcher.dispatch(company, order(CreateEnvironment, body)).await);
    let acquire = order(AcquireLease, kept(made.id, Uuid::now_v7()));
    let held = lease(dispatcher.dispatch(company, acquire).await);
    let retain = order(RetainLease, json!({"leaseId": held.id}));
    lease(dispatcher.dispatch(company, retain).await);
    (made.id, held.id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_want_the_same_kept_lease_one_gets_it_and_is_named_to_the_others() {
    let database = TestDatabase::new().await;
    let (one, _one) = database.dispatcher();
    let (two, _two) = database.dispatcher();
    for _ in 0..10 {
        let company = company();
        let (place, from) = keep(&one, company).await;
        let racers = (0..12).map(|number| {
            let run = Uuid::now_v7();
            let how = if number % 3 == 0 { "resumesLeaseId" } else { "replacesLeaseId" };
            let mut body = kept(place, run);
            body[how] = json!(from);
            let dispatcher = if number % 2 == 0 { one.clone() } else { two.clone() };
            async move { (run, dispatcher.dispatch(company, order(AcquireLease, body)).await) }
        });
        let told = join_all(racers).await;
        let is_won = |verdict: &Verdict| matches!(verdict, Verdict::Accepted { .. });
        let winners: Vec<_> = told.iter().filter(|(_, verdict)| is_won(verdict)).collect();
        assert_eq!(winners.len(), 1, "{told:?}");
        let (run, won) = (winners[0].0, lease(winners[0].1.clone()));
        for (_, verdict) in told.iter().filter(|(_, verdict)| !is_won(verdict)) {
            let Verdict::Refused { refusal, .. } = verdict else { panic!("{verdict:?}") };
            let (code, evidence) = refusal.code_and_evidence().unwrap();
            assert!(["resume_mismatch", "workspace_held", "capacity_exhausted"].contains(&&*code));
            let named = json!([{"leaseId": won.id, "runId": run, "issueId": null}]);
            assert_eq!(evidence["conflicting"], named, "{code}");
        }
    }
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_dispatchers_never_grant_more_than_there_is_room_for() {
    let database = TestDatabase::new().await;
    let (one, _one) = database.dispatcher();
    let (two, _two) = database.dispatcher();
    let mut companies = Vec::new();
    for _ in 0..3 {
        let company = company();
        let body = json!({"name": "box", "driver": "ssh", "capacity": 3});
        let made = environment(one.dispatch(company, order(CreateEnvironment, body)).await);
        companies.push((company, made.id));
    }
    let clients = (0..64).map(|client| {
        let dispatcher = if client % 2 == 0 { one.clone() } else { two.clone() };
        tokio::spawn(race(dispatcher, companies.clone(), 12))
    });
    let tallies: Vec<Tally> = join_all(clients).await.into_iter().map(Result::unwrap).collect();
    let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
    assert!(sum(|t| t.granted) > 0 && sum(|t| t.refused) > 0, "{tallies:?}");
    assert_eq!(sum(|t| t.unnamed), 0, "a refusal did not name the three holders");
    for (company, _) in &companies {
        assert!(most_holders(&database.pool, *company).await <= 3);
    }
    let deadlocks: i64 = sqlx::query_scalar(
        "select deadlocks from pg_catalog.pg_stat_database where datname = current_database()",
    )
    .fetch_one(&database.pool)
    .await
    .unwrap();
    assert_eq!(deadlocks, 0);
    database.drop().await;
}

/// A refusal is true of the head that it was decided on: whoever knows an older one looks again.
#[tokio::test]
async fn what_another_dispatcher_has_freed_is_granted_and_not_refused_from_memory() {
    let database = TestDatabase::new().await;
    let (mine, _lanes) = database.dispatcher();
    let (theirs, _others) = database.dispatcher();
    let company = company();
    let environment = only_place(&mine, company).await;
    let wanted = || json!({"environmentId": environment, "heartbeatRunId": Uuid::now_v7()});
    let held = lease(mine.dispatch(company, order(AcquireLease, wanted())).await).id;
    let refused = theirs.dispatch(company, order(AcquireLease, wanted())).await;
    assert!(matches!(refused, Verdict::Refused { .. }), "{refused:?}");
    lease(mine.dispatch(company, order(ReleaseLease, json!({"leaseId": held}))).await);
    let granted = lease(theirs.dispatch(company, order(AcquireLease, wanted())).await);
    assert_eq!(granted.environment_id, environment);
    database.drop().await;
}
