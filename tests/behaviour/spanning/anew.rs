//! Spans that are made anew from the log: compared, shown, put right, and driven again.

use std::sync::Arc;

use leasehold::rebuild::{Options, RebuildError, State, Verdict, list_rebuilds, rebuild, redrive};
use leasehold::spans::keep_once;
use leasehold::verify::{self, verify};
use serde_json::{Value, json};
use sqlx::{Executor, PgPool};

use super::lived;
use crate::support::database::TestDatabase;
use crate::support::orders::caller;

async fn refilled(database: &TestDatabase, is_allowed: bool) -> Result<Verdict, RebuildError> {
    let options = Options {
        projections: vec!["lease_spans".to_owned()],
        is_difference_allowed: is_allowed,
        ..Options::new(caller())
    };
    rebuild(&database.options, &options, Arc::new(|_| ())).await
}

async fn rows(pool: &PgPool) -> Vec<Value> {
    let rows = "select to_jsonb(s) from leasehold.lease_spans s order by 1";
    sqlx::query_scalar(rows).fetch_all(pool).await.unwrap()
}

async fn failing(database: &TestDatabase) -> u64 {
    let (options, told) = (verify::Options::default(), Arc::new(|_| ()));
    let report = verify(&database.options, &database.pool, options, |_| (), told).await.unwrap();
    report.findings.failing()
}

#[tokio::test]
async fn spans_that_differ_are_shown_and_put_right_when_that_is_allowed() {
    for known in [-1, 20] {
        let (database, _, _) = lived(known).await;
        let before = rows(&database.pool).await;
        let verdict = refilled(&database, false).await.unwrap();
        assert!(verdict.is_same() && verdict.compared["lease_spans"] > 0, "{verdict:?}");
        assert_eq!(rows(&database.pool).await, before);
        let spoil = "update leasehold.lease_spans set agent_id = gen_random_uuid()
                     where ctid = (select min(ctid) from leasehold.lease_spans);
                     delete from leasehold.lease_spans
                     where ctid = (select min(ctid) from leasehold.lease_spans)";
        database.pool.execute(spoil).await.unwrap();
        assert_eq!(failing(&database).await, 2);
        let Err(RebuildError::Differs(shown)) = refilled(&database, false).await else {
            panic!("it was put right unasked")
        };
        let expected = [("lease_spans.*".to_owned(), 1), ("lease_spans.-".to_owned(), 1)];
        assert_eq!(shown.differing.into_iter().collect::<Vec<_>>(), expected);
        assert_ne!(rows(&database.pool).await, before);
        refilled(&database, true).await.unwrap();
        assert_eq!(rows(&database.pool).await, before);
        assert_eq!(failing(&database).await, 0);
        let connection = &mut *database.pool.acquire().await.unwrap();
        let states = list_rebuilds(connection).await.unwrap();
        let states: Vec<State> = states.iter().map(|rebuild| rebuild.state).collect();
        assert_eq!(states, [State::Swapped, State::Differs, State::Swapped]);
        keep_once(connection).await.unwrap();
        assert_eq!(failing(&database).await, 0, "the keeper goes on from where it was");
        database.drop().await;
    }
}

#[tokio::test]
async fn what_spans_have_stopped_at_is_driven_again_by_name() {
    let (database, id, _) = lived(-1).await;
    let before = rows(&database.pool).await;
    // A lease that an older program could not read, and that this one can.
    let stop = "insert into leasehold.poisoned
                  (company_id, projection, aggregate_type, aggregate_id, position, error, noted_at)
                select company_id, 'lease_spans', 'lease', lease_id, from_position, 'a test', now()
                from leasehold.lease_spans where company_id = $1 limit 1";
    sqlx::query(stop).bind(id.0).execute(&database.pool).await.unwrap();
    let lose = "delete from leasehold.lease_spans
                where lease_id in (select aggregate_id from leasehold.poisoned)";
    database.pool.execute(lose).await.unwrap();
    assert_ne!(rows(&database.pool).await, before);
    let names = ["lease_spans".to_owned()];
    let redriven = redrive(&database.options, &names, caller()).await.unwrap();
    assert_eq!((redriven.taken, redriven.left.len()), (1, 0));
    assert_eq!(rows(&database.pool).await, before);
    assert_eq!(failing(&database).await, 0);
    let told = "select count(*) from leasehold.events where payload::text like '%lease_spans%'";
    let told: i64 = sqlx::query_scalar(told).fetch_one(&database.pool).await.unwrap();
    assert_eq!((told, json!(redriven)["taken"].as_u64()), (1, Some(1)));
    database.drop().await;
}
