//! The chain of digests, counted again from the stored columns: what the log says of itself is so.

use futures::future::join_all;
use leasehold::log::{Digest, Recorded, list_events, load_heads};
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use sqlx::{Connection, Executor, PgConnection, PgPool};

use crate::support::database::TestDatabase;
use crate::support::lives::Life;
use crate::support::orders::company;

/// All events of a company, in order.
async fn log_of(connection: &mut PgConnection, company: CompanyId) -> Vec<Recorded> {
    let mut events: Vec<Recorded> = Vec::new();
    loop {
        let after = events.last().map_or(Position(0), |event| event.stored.position);
        let page = list_events(&mut *connection, company, after, 100).await.unwrap();
        if page.is_empty() {
            return events;
        }
        events.extend(page);
    }
}

/// The first position whose digest is not what its columns make of the one before.
fn first_fault(events: &[Recorded]) -> Option<u64> {
    let mut digest = Digest::default();
    for event in events {
        digest = digest.after(&event.stored);
        if digest != event.digest {
            return Some(event.stored.position.0);
        }
    }
    None
}

/// Rows that say no to a claim about order, each told in words.
async fn disorder(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "with steps as (
           select company_id, position, aggregate_id, sequence, recorded_at, occurred_at,
                  lag(position, 1, 0) over company as position_before,
                  lag(recorded_at) over company as recorded_before,
                  lag(sequence, 1, 0) over stream as sequence_before,
                  lag(occurred_at) over stream as occurred_before,
                  lag(position) over stream as place_before
           from leasehold.events
           window company as (partition by company_id order by position),
                  stream as (partition by company_id, aggregate_type, aggregate_id
                             order by sequence)
         )
         select format('%s at %s', company_id, position)
         from steps
         where position <> position_before + 1
            or sequence <> sequence_before + 1
            or recorded_at < recorded_before
            or occurred_at < occurred_before
            or position < place_before
            or occurred_at > recorded_at
         union all
         select format('%s ends at %s', h.company_id, h.position)
         from leasehold.heads h
         where h.recorded_at <> (select max(recorded_at) from leasehold.events e
                                 where e.company_id = h.company_id)",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_digest_is_made_of_the_one_before_and_of_the_stored_columns() {
    let database = TestDatabase::new().await;
    let (one, _one) = database.dispatcher();
    let (two, _two) = database.dispatcher();
    let companies = [company(), company(), company()];
    // Two writers live in each company, so that heads move under both.
    let lives = companies.iter().flat_map(|id| [(&one, *id), (&two, *id)]);
    join_all(lives.enumerate().map(|(number, (dispatcher, id))| async move {
        let mut life = Life::new(dispatcher, id);
        for round in 0..4 {
            life.round(10 * number + round).await;
        }
    }))
    .await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    for id in companies {
        let events = log_of(&mut connection, id).await;
        assert!(events.len() >= 150, "only {} events", events.len());
        assert_eq!(first_fault(&events), None);
        let heads = load_heads(&mut connection, &[id.0]).await.unwrap();
        let last = events.last().unwrap();
        assert_eq!((heads[0].position, heads[0].digest), (last.stored.position, last.digest));
    }
    assert_eq!(disorder(&database.pool).await, Vec::<String>::new());
    connection.close().await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn an_edit_of_any_column_is_found_where_it_was_made() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let id = company();
    Life::new(&dispatcher, id).round(1).await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    for edit in [
        "payload = (payload::text || ' ')::json",
        "metadata = replace(metadata::text, 'test', 'tset')::json",
        "event_type = event_type || '_'",
        "event_version = '1.1'",
        "event_id = gen_random_uuid()",
        "aggregate_id = gen_random_uuid()::text",
        "aggregate_type = case aggregate_type when 'lease' then 'run' else 'lease' end",
        "sequence = sequence + 1000",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "recorded_at = recorded_at - interval '1 microsecond'",
        "digest = sha256(digest)",
    ] {
        // Whoever may switch triggers off may edit; what he did shows.
        connection.execute("begin").await.unwrap();
        let off = "alter table leasehold.events disable trigger events_never_changed";
        connection.execute(off).await.unwrap();
        let edit = format!("update leasehold.events set {edit} where position = 7");
        connection.execute(&*edit).await.unwrap();
        assert_eq!(first_fault(&log_of(&mut connection, id).await), Some(7), "{edit}");
        connection.execute("rollback").await.unwrap();
    }
    assert_eq!(first_fault(&log_of(&mut connection, id).await), None);
    connection.close().await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn an_event_that_was_taken_out_or_put_elsewhere_is_found() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let id = company();
    Life::new(&dispatcher, id).round(1).await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    for (edit, fault) in [
        ("delete from leasehold.events where position = 7", 8),
        (
            "with gone as (delete from leasehold.events where position = 7)
             update leasehold.events set position = position - 1 where position > 7",
            7,
        ),
    ] {
        connection.execute("begin").await.unwrap();
        connection
            .execute(
                "alter table leasehold.events disable trigger events_never_changed;
                 alter table leasehold.events drop constraint events_position_key",
            )
            .await
            .unwrap();
        connection.execute(edit).await.unwrap();
        assert_eq!(first_fault(&log_of(&mut connection, id).await), Some(fault), "{edit}");
        connection.execute("rollback").await.unwrap();
    }
    connection.close().await.unwrap();
    database.drop().await;
}
