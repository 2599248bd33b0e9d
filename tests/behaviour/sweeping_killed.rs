//! kill -9 of the server that sweeps, again and again: nothing that was renewed in time is ended,
//! everything else is, and another server goes on.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::join_all;
use leasehold::verify::read_again;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::fleet::Fleet;
use crate::support::program::Program;

const HOLDERS: usize = 12;
/// Short of what a takeover needs: without anybody who sweeps these fall due in between.
const TTL: u32 = 3;

/// What each lease's holder was last told: until when it has it.
type Promises = HashMap<Uuid, DateTime<Utc>>;

impl Fleet {
    async fn acquire(&self, place: &str, ttl: u32) -> (Uuid, DateTime<Utc>) {
        let body = json!({"environmentId": place, "ttlSeconds": ttl});
        let (status, lease) = self.post("leases", &body).await;
        assert_eq!(status, 201, "{lease}");
        told(&lease)
    }

    /// Holds a lease and renews it often; one that it was too late for is followed by another.
    async fn hold(&self, place: &str) -> (Promises, usize) {
        let (mut promises, mut renewed) = (Promises::new(), 0);
        let (mut lease, mut until) = self.acquire(place, TTL).await;
        promises.insert(lease, until);
        while !self.is_over() {
            sleep(Duration::from_millis(250)).await;
            let path = format!("leases/{lease}/renew");
            match self.post(&path, &json!({"ttlSeconds": TTL})).await {
                (200, answer) => {
                    (_, until) = told(&answer);
                    renewed += 1;
                }
                (409, problem) => {
                    assert!(Utc::now() >= until, "too early at {until}: {problem}");
                    (lease, until) = self.acquire(place, TTL).await;
                }
                (status, other) => panic!("{status}: {other}"),
            }
            promises.insert(lease, until);
        }
        (promises, renewed)
    }

    /// Takes leases and forgets them.
    async fn forget(&self, place: &str) -> Promises {
        let mut promises = Promises::new();
        while !self.is_over() {
            promises.extend([self.acquire(place, 1).await]);
            sleep(Duration::from_millis(100)).await;
        }
        promises
    }
}

/// A lease, and until when its holder was told that it has it.
fn told(lease: &Value) -> (Uuid, DateTime<Utc>) {
    let until = lease["expiresAt"].as_str().unwrap().parse().unwrap();
    (lease["id"].as_str().unwrap().parse().unwrap(), until)
}

/// Waits for a sweeper that is not the given one, and says who it is and which term it has.
async fn next_sweeper(pool: &PgPool, last: Option<Uuid>) -> (Uuid, i64) {
    for _ in 0..6_000 {
        let query = "select holder, term from leasehold.sweepers";
        let now: Option<(Uuid, i64)> = sqlx::query_as(query).fetch_optional(pool).await.unwrap();
        if let Some((holder, term)) = now
            && Some(holder) != last
        {
            return (holder, term);
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody took over from {last:?}")
}

/// Kills whoever sweeps, as often as is said: it is always the elder of the two.
async fn kill_sweepers(fleet: &Fleet, servers: &mut [Program; 2], database: &TestDatabase) -> i64 {
    let times = if std::env::var_os("LEASEHOLD_LONG").is_some() { 30 } else { 3 };
    let (mut sweeper, first) = next_sweeper(&database.pool, None).await;
    let mut term = first;
    for turn in 0..times {
        let killed = turn % 2;
        sleep(Duration::from_secs(1)).await;
        servers[killed].kill();
        let (next, higher) = next_sweeper(&database.pool, Some(sweeper)).await;
        assert!(higher > term, "term {higher} after term {term}");
        (sweeper, term) = (next, higher);
        servers[killed] = Program::serve(&database.url());
        fleet.moved(killed, &servers[killed]);
    }
    term - first
}

/// How each lease ended: when, why, by whom.
type Ends = HashMap<Uuid, (DateTime<Utc>, String, String, Value)>;

async fn ends(pool: &PgPool) -> Ends {
    let rows: Vec<(Uuid, DateTime<Utc>, String, String, Value)> = sqlx::query_as(
        "select l.id, e.occurred_at, l.status, coalesce(l.failure_reason, ''), l.ended_by
         from leasehold.environment_leases l
         join leasehold.events e
           on e.company_id = l.company_id
          and e.aggregate_type = 'lease'
          and e.aggregate_id = l.id::text
          and e.event_type = 'Expired'
         where l.phase = 'ended'
           and l.end_cause = 'expiry'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    rows.into_iter().map(|(id, at, status, why, by)| (id, (at, status, why, by))).collect()
}

/// Waits until all of the leases have ended.
async fn all_ended(pool: &PgPool, leases: &Promises) -> Ends {
    for _ in 0..1_200 {
        let ends = ends(pool).await;
        if leases.keys().all(|lease| ends.contains_key(lease)) {
            return ends;
        }
        sleep(Duration::from_millis(100)).await;
    }
    let ends = ends(pool).await;
    let left: Vec<_> = leases.iter().filter(|(lease, _)| !ends.contains_key(lease)).collect();
    panic!("{} leases never ended: {left:?}", left.len())
}

fn check(ends: &Ends, promises: &Promises) {
    assert_eq!(ends.len(), promises.len(), "a lease that nobody was told of");
    for (lease, (at, status, why, by)) in ends {
        assert!(*at >= promises[lease], "{lease} ended {at}, promised until {}", promises[lease]);
        assert_eq!((status.as_str(), &by["id"]), ("expired", &json!("sweeper")), "{lease}");
        assert!(!why.is_empty(), "{lease} ended without a reason");
    }
}

/// Lets clients hold leases in time until it is over.
fn start_holders(fleet: &Arc<Fleet>, place: &Arc<str>) -> Vec<JoinHandle<(Promises, usize)>> {
    let hold = |_| {
        let (fleet, place) = (Arc::clone(fleet), Arc::clone(place));
        tokio::spawn(async move { fleet.hold(&place).await })
    };
    (0..HOLDERS).map(hold).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_sweepers_end_nothing_that_was_renewed_and_leave_nothing_that_was_not() {
    let database = TestDatabase::new().await;
    let elder = Program::serve(&database.url());
    next_sweeper(&database.pool, None).await;
    let mut servers = [elder, Program::serve(&database.url())];
    let fleet = Arc::new(Fleet::on(&servers));
    let body = json!({"name": "box", "driver": "sandbox"});
    let (status, made) = fleet.post("environments", &body).await;
    let place: Arc<str> = made["id"].as_str().unwrap_or_else(|| panic!("{status}: {made}")).into();
    let holders = start_holders(&fleet, &place);
    let forgetting = tokio::spawn({
        let fleet = Arc::clone(&fleet);
        async move { fleet.forget(&place).await }
    });
    let terms = kill_sweepers(&fleet, &mut servers, &database).await;
    sleep(Duration::from_secs(u64::from(TTL))).await;
    let while_held = ends(&database.pool).await;
    fleet.end();
    let held: Vec<(Promises, usize)> =
        join_all(holders).await.into_iter().map(Result::unwrap).collect();
    let forgotten = forgetting.await.unwrap();

    let renewed: usize = held.iter().map(|(_, renewed)| renewed).sum();
    let late = held.iter().map(|(promises, _)| promises.len() - 1).sum::<usize>();
    let mut promises: Promises = held.into_iter().flat_map(|(promises, _)| promises).collect();
    let kept = promises.keys().filter(|lease| !while_held.contains_key(lease)).count();
    promises.extend(&forgotten);
    // Nobody renews any more: the holders' leases have to go as well.
    let ends = all_ended(&database.pool, &promises).await;
    println!(
        "{terms} takeovers; {renewed} renewals of {kept} leases that were kept, {late} came late; \
         {} forgotten",
        forgotten.len()
    );
    check(&ends, &promises);
    assert!(kept > 0 && renewed > HOLDERS && !forgotten.is_empty());
    assert_eq!(read_again(&database.pool).await.unwrap().differing, 0);
    drop(servers);
    database.drop().await;
}
