//! The sweeper against a real database: one of them, in time, and never against a renewal.

use leasehold::dispatch::{Dispatcher, Verdict};
use leasehold::sweep::{Settings, Sweeper};
use leasehold_domain::company::CommandType::{
    AcquireLease, CreateEnvironment, RenewLease, ReserveLease,
};
use leasehold_domain::id::CompanyId;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::time::Duration;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::orders::{company, environment, lease, order};

struct Place<'d> {
    dispatcher: &'d Dispatcher,
    company: CompanyId,
    id: Uuid,
}

impl<'d> Place<'d> {
    async fn new(dispatcher: &'d Dispatcher) -> Self {
        let company = company();
        let body = json!({"name": "box", "driver": "sandbox"});
        let id = environment(dispatcher.dispatch(company, order(CreateEnvironment, body)).await).id;
        Self { dispatcher, company, id }
    }

    async fn hold(&self, ttl: u32) -> Uuid {
        let body = json!({
            "environmentId": self.id, "ttlSeconds": ttl, "providerLeaseId": "sbx-1",
        });
        lease(self.dispatcher.dispatch(self.company, order(AcquireLease, body)).await).id
    }

    async fn renew(&self, id: Uuid, ttl: u32) -> Verdict {
        let body = json!({"leaseId": id, "ttlSeconds": ttl});
        self.dispatcher.dispatch(self.company, order(RenewLease, body)).await
    }
}

/// The status of a lease and why it ended.
async fn state(pool: &PgPool, id: Uuid) -> (String, Option<String>) {
    sqlx::query_as("select status, end_cause from leasehold.environment_leases where id = $1")
        .bind(id)
        .fetch_one(pool)
        .await
        .unwrap()
}

/// Sweeps until a lease is over; says how it stood when it never was.
async fn swept(sweeper: &mut Sweeper, pool: &PgPool, id: Uuid) -> (String, Option<String>) {
    for _ in 0..3_000 {
        sweeper.run_once().await.unwrap();
        let now = state(pool, id).await;
        if now.0 != "active" {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{id} is still {:?}", state(pool, id).await);
}

/// Sets what the installation's row says of the sweeper.
async fn set(pool: &PgPool, change: &str) {
    let statement = format!("update leasehold.sweepers set {change}");
    sqlx::query(&statement).execute(pool).await.unwrap();
}

#[tokio::test]
async fn what_is_not_renewed_ends_in_a_quiet_system_with_its_cleanup_pending() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let place = Place::new(&dispatcher).await;
    let (short, long) = (place.hold(1).await, place.hold(600).await);
    let body = json!({"environmentId": place.id, "deadlineSeconds": 1});
    let reserved = lease(dispatcher.dispatch(place.company, order(ReserveLease, body)).await).id;
    let mut sweeper = Sweeper::new(dispatcher.clone(), &database.options, Settings::default());
    let ended = swept(&mut sweeper, &database.pool, short).await;
    assert_eq!(ended, ("expired".to_owned(), Some("expiry".to_owned())));
    let ended = swept(&mut sweeper, &database.pool, reserved).await;
    assert_eq!(ended, ("failed".to_owned(), Some("reservation_deadline".to_owned())));
    assert_eq!(state(&database.pool, long).await.0, "active");
    let told: Vec<(Value, String)> = sqlx::query_as(
        "select ended_by, cleanup_status
         from leasehold.environment_leases
         where end_cause is not null",
    )
    .fetch_all(&database.pool)
    .await
    .unwrap();
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|(by, cleanup)| by["id"] == "sweeper" && cleanup == "pending"));
    database.drop().await;
}

#[tokio::test]
async fn one_sweeps_and_another_takes_over_when_its_term_is_over() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let new = || Sweeper::new(dispatcher.clone(), &database.options, Settings::default());
    let (mut one, mut other) = (new(), new());
    assert!(one.run_once().await.unwrap().is_ours);
    assert!(!other.run_once().await.unwrap().is_ours);
    assert!(one.run_once().await.unwrap().is_ours);
    set(&database.pool, "until = clock_timestamp() - interval '1 millisecond'").await;
    assert!(other.run_once().await.unwrap().is_ours, "the first one died");
    assert!(!one.run_once().await.unwrap().is_ours, "and comes back too late");
    let term: i64 = sqlx::query_scalar("select term from leasehold.sweepers")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    assert_eq!(term, 2);
    database.drop().await;
}

#[tokio::test]
async fn of_many_that_start_at_once_one_sweeps() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let rounds = (0..8).map(|_| {
        let mut sweeper = Sweeper::new(dispatcher.clone(), &database.options, Settings::default());
        async move { sweeper.run_once().await.unwrap().is_ours }
    });
    let ours = futures::future::join_all(rounds).await;
    assert_eq!(ours.iter().filter(|is_ours| **is_ours).count(), 1);
    database.drop().await;
}

#[tokio::test]
async fn after_an_outage_holders_get_their_promise_anew_once() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let place = Place::new(&dispatcher).await;
    let id = place.hold(1).await;
    let mut sweeper = Sweeper::new(dispatcher.clone(), &database.options, Settings::default());
    sweeper.run_once().await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    // As if nobody had swept for an hour.
    set(&database.pool, "swept_at = swept_at - interval '1 hour'").await;
    let mut second = Sweeper::new(dispatcher.clone(), &database.options, Settings::default());
    set(&database.pool, "until = clock_timestamp()").await;
    second.run_once().await.unwrap();
    assert_eq!(state(&database.pool, id).await.0, "active");
    let told: (String, Value) = sqlx::query_as(
        "select event_type, payload::jsonb
         from leasehold.events
         where aggregate_id = $1
         order by sequence desc
         limit 1",
    )
    .bind(id.to_string())
    .fetch_one(&database.pool)
    .await
    .unwrap();
    assert_eq!(told.0, "AmnestyGranted");
    let outage = &told.1["AmnestyGranted"]["outage"];
    assert_eq!((&outage["why"], &outage["holders"]), (&json!("outage"), &json!(1)));
    let ended = swept(&mut second, &database.pool, id).await;
    assert_eq!(ended.0, "expired", "the second time there is none");
    database.drop().await;
}

#[tokio::test]
async fn a_renewal_that_was_accepted_is_never_followed_by_an_expiry_before_its_time() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let (second, _more_lanes) = database.dispatcher();
    let place = Place::new(&dispatcher).await;
    let new =
        |from: &Dispatcher| Sweeper::new(from.clone(), &database.options, Settings::default());
    let mut sweepers = [new(&dispatcher), new(&second)];
    let mut leases = Vec::new();
    for _ in 0..20 {
        leases.push(place.hold(1).await);
    }
    let renewing = async {
        let mut accepted = 0;
        for round in 0..12 {
            for id in leases.iter().skip(round % 2).step_by(2) {
                let verdict = place.renew(*id, 1).await;
                accepted += usize::from(matches!(verdict, Verdict::Accepted { .. }));
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        accepted
    };
    let sweeping = async {
        loop {
            for sweeper in &mut sweepers {
                // The term changes hands all the time.
                set(&database.pool, "until = clock_timestamp()").await;
                sweeper.run_once().await.unwrap();
            }
        }
    };
    let accepted = tokio::select! { accepted = renewing => accepted, () = sweeping => 0 };
    assert!(accepted > 20, "{accepted} renewals");
    assert_eq!(too_early(&database.pool).await, 0);
    database.drop().await;
}

/// Expiries that came before the last expiry that their holder was told.
async fn too_early(pool: &PgPool) -> i64 {
    sqlx::query_scalar(
        "select count(*)
         from leasehold.events e
         join lateral (
           select max(coalesce(p.payload::jsonb -> 'LeaseRenewed' -> 'expiry' ->> 'expiresAt',
                               p.payload::jsonb -> 'LeaseAcquired' -> 'expiry' ->> 'expiresAt')
                      ::timestamptz) as promised
           from leasehold.events p
           where p.aggregate_id = e.aggregate_id
             and p.sequence < e.sequence
         ) as told on true
         where e.event_type = 'Expired'
           and e.occurred_at < told.promised",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}
