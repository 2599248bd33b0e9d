//! Two servers on one database, over HTTP: never more holders than room, and nobody left out.

use std::collections::BTreeSet;

use futures::future::join_all;
use leasehold::verify::read_again;
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::program::Program;

const CAPACITY: usize = 3;

/// What one client met.
#[derive(Debug, Default)]
struct Tally {
    granted: usize,
    refused: usize,
    unnamed: usize,
}

async fn post(http: &Client, url: String, body: Value) -> (u16, Value) {
    let answer = http.post(url).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Whether a refusal names as many different holders as there is room for.
fn names_all(problem: &Value) -> bool {
    let holders = problem["conflicting"].as_array().map(Vec::as_slice).unwrap_or_default();
    let named: BTreeSet<&str> = holders.iter().filter_map(|h| h["leaseId"].as_str()).collect();
    problem["code"] == "capacity_exhausted" && named.len() == CAPACITY
}

/// Takes and lets go, in one company after the other.
async fn race(http: Client, address: String, places: Vec<(Uuid, String)>, rounds: usize) -> Tally {
    let mut tally = Tally::default();
    for round in 0..rounds {
        let (company, place) = &places[round % places.len()];
        let leases = format!("{address}/v1/companies/{company}/leases");
        let body = json!({"environmentId": place, "heartbeatRunId": Uuid::now_v7()});
        match post(&http, leases.clone(), body).await {
            (201, held) => {
                tally.granted += 1;
                let id = held["id"].as_str().unwrap();
                let (status, ended) =
                    post(&http, format!("{leases}/{id}/release"), json!({})).await;
                assert_eq!(status, 200, "{ended}");
            }
            (409, problem) => {
                tally.refused += 1;
                tally.unnamed += usize::from(!names_all(&problem));
            }
            (status, other) => panic!("{status}: {other}"),
        }
    }
    tally
}

/// The most leases that were held at once at any position of any company's log.
async fn most_holders(pool: &PgPool) -> i64 {
    sqlx::query_scalar(
        "select max(held)::bigint from (
           select sum(case event_type when 'LeaseAcquired' then 1 else -1 end)
                    over (partition by company_id order by position) as held
           from leasehold.events
           where aggregate_type = 'lease'
             and event_type in ('LeaseAcquired', 'Released')
         ) counted",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

async fn counted(pool: &PgPool, query: &str) -> i64 {
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_never_grant_more_than_there_is_room_for() {
    let database = TestDatabase::new().await;
    let servers = [Program::serve(&database.url()), Program::serve(&database.url())];
    let http = Client::new();
    let mut places = Vec::new();
    for _ in 0..4 {
        let company = Uuid::now_v7();
        let url = format!("{}/v1/companies/{company}/environments", servers[0].address);
        let body = json!({"name": "box", "driver": "ssh", "capacity": CAPACITY});
        let (status, made) = post(&http, url, body).await;
        assert_eq!(status, 201, "{made}");
        places.push((company, made["id"].as_str().unwrap().to_owned()));
    }
    let clients = (0..64).map(|client| {
        let address = servers[client % 2].address.clone();
        // Every client has two of the four companies: its own mix, met by others on both servers.
        let own = vec![places[client % 4].clone(), places[(client / 4) % 4].clone()];
        tokio::spawn(race(http.clone(), address, own, 16))
    });
    let tallies: Vec<Tally> = join_all(clients).await.into_iter().map(Result::unwrap).collect();
    let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
    assert_eq!(sum(|tally| tally.unnamed), 0, "a refusal did not name the three holders");
    assert!(sum(|tally| tally.refused) > 0, "nobody was refused: no race");
    for (server, of) in [(0, "first"), (1, "second")] {
        let own = tallies.iter().skip(server).step_by(2);
        assert!(own.map(|tally| tally.granted).sum::<usize>() > 0, "the {of} granted nothing");
    }
    assert!(most_holders(&database.pool).await <= 3);
    let granted = "select count(*) from leasehold.events where event_type = 'LeaseAcquired'";
    let granted = counted(&database.pool, granted).await;
    assert_eq!(usize::try_from(granted).unwrap(), sum(|tally| tally.granted));
    let deadlocks = "select deadlocks from pg_catalog.pg_stat_database
                     where datname = current_database()";
    assert_eq!(counted(&database.pool, deadlocks).await, 0);
    assert_eq!(read_again(&database.pool).await.unwrap().differing, 0);
    drop(servers);
    database.drop().await;
}
