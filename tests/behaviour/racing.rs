//! Two writers on one log: never more holders than room, at any position; no deadlock.

use std::collections::BTreeMap;

use futures::future::join_all;
use leasehold::dispatch::{Dispatcher, Verdict};
use leasehold_domain::company::CommandType::{AcquireLease, CreateEnvironment, ReleaseLease};
use leasehold_domain::id::CompanyId;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::orders::{company, environment, lease, order};

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
