//! A reader that is not ours makes the same states of the log as we do, and the tables say the same.

use std::collections::BTreeMap;

use cqrs_es::persist::PersistedEventStore;
use cqrs_es::{Aggregate as _, EventStore};
use leasehold::log::{list_events, load_heads};
use leasehold::verify::read_again;
use leasehold_domain::environment::Environment;
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::lease::Lease;
use leasehold_domain::run::Run;
use leasehold_domain::stream::{Aggregate, AggregateType, StreamId};
use postgres_es::PostgresEventRepository;
use sqlx::{Connection, Executor, PgConnection, PgPool};
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::lives::Life;
use crate::support::orders::company;

/// A database in which every kind of command was given, `rounds` times in each company.
async fn lived(companies: &[CompanyId], rounds: usize) -> TestDatabase {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    for id in companies {
        let mut life = Life::new(&dispatcher, *id);
        for round in 0..rounds {
            life.round(round).await;
        }
    }
    database
}

async fn stock<A: cqrs_es::Aggregate>(pool: &PgPool, id: Uuid) -> A {
    let repository = PostgresEventRepository::new(pool.clone())
        .with_tables("leasehold.events", "leasehold.snapshots");
    let store = PersistedEventStore::<_, A>::new_event_store(repository);
    store.load_aggregate(&id.to_string()).await.unwrap().aggregate
}

/// Our own reading of a company's log: every stream's state.
async fn folded(database: &TestDatabase, id: CompanyId) -> BTreeMap<StreamId, Aggregate> {
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let mut states = BTreeMap::new();
    for event in list_events(&mut connection, id, Position(0), 10_000).await.unwrap() {
        let stream = event.stored.stream;
        let read = event.read().unwrap();
        assert_eq!(read.name(), event.stored.event_type);
        states.entry(stream).or_insert_with(|| Aggregate::new(stream.kind)).apply(&read);
    }
    let heads = load_heads(&mut connection, &[id.0]).await.unwrap();
    assert!(heads[0].position.0 > 0);
    connection.close().await.unwrap();
    states
}

#[tokio::test]
async fn the_stock_reader_makes_the_same_states_as_our_own() {
    let id = company();
    let database = lived(&[id], 2).await;
    let states = folded(&database, id).await;
    let kinds = |kind| states.keys().filter(|stream| stream.kind == kind).count();
    // Operations stand in the installation's own log.
    let mut of_company =
        AggregateType::ALL.iter().filter(|kind| **kind != AggregateType::Operation);
    assert!(of_company.all(|kind| kinds(*kind) >= 2), "{:?}", states.keys());
    for (stream, state) in &states {
        let other = match stream.kind {
            AggregateType::Environment => {
                Aggregate::Environment(stock(&database.pool, stream.id).await)
            }
            AggregateType::Lease => Aggregate::Lease(stock(&database.pool, stream.id).await),
            AggregateType::Run => Aggregate::Run(stock(&database.pool, stream.id).await),
            AggregateType::Operation => {
                Aggregate::Operation(stock(&database.pool, stream.id).await)
            }
        };
        assert_eq!(&other, state, "{stream:?}");
    }
    assert_eq!([Environment::TYPE, Lease::TYPE, Run::TYPE], ["environment", "lease", "run"]);
    database.drop().await;
}

#[tokio::test]
async fn the_tables_are_what_the_stock_reader_makes_of_the_log() {
    let database = lived(&[company(), company()], 3).await;
    let (streams, rows): (i64, i64) = sqlx::query_as(
        "select count(distinct (aggregate_type, aggregate_id)),
                (select count(*) from leasehold.environments)
                + (select count(*) from leasehold.environment_leases)
         from leasehold.events",
    )
    .fetch_one(&database.pool)
    .await
    .unwrap();
    let reading = read_again(&database.pool).await.unwrap();
    assert_eq!(reading.differing, 0, "{:?}", reading.differences);
    assert_eq!((reading.aggregates, reading.rows), (streams.cast_unsigned(), rows.cast_unsigned()));
    database.drop().await;
}

/// The columns of a table that an edit may change, each with an expression that changes it.
async fn edits(pool: &PgPool, table: &str) -> Vec<(String, String)> {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select column_name::text, data_type::text from information_schema.columns
         where table_schema = 'leasehold' and table_name = $1
           and column_name not in ('id', 'company_id')",
    )
    .bind(table)
    .fetch_all(pool)
    .await
    .unwrap();
    let edit = |(name, kind): (String, String)| {
        let value = match (name.as_str(), kind.as_str()) {
            ("driver", _) => "'plugin'".to_owned(),
            ("status", _) if table == "environments" => {
                "case status when 'active' then 'archived' else 'active' end".to_owned()
            }
            ("status", _) => "'expired'".to_owned(),
            ("cleanup_status", _) => "'failed'".to_owned(),
            (_, "uuid") => "gen_random_uuid()".to_owned(),
            (_, "text") => format!("coalesce({name}, '') || 'x'"),
            (_, "boolean") => format!("not {name}"),
            (_, "jsonb") => "'{\"edited\": true}'".to_owned(),
            (_, "timestamp with time zone") => format!("coalesce({name}, now()) + interval '1 us'"),
            _ => format!("coalesce({name}, 0) + 1"),
        };
        (name, value)
    };
    columns.into_iter().map(edit).collect()
}

/// `company_id` as the contract writes it: `companyId`.
fn camel(column: &str) -> String {
    let mut words = column.split('_');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |text, word| text + &word[..1].to_uppercase() + &word[1..])
}

#[tokio::test]
async fn a_row_that_was_edited_by_hand_is_reported_with_its_column() {
    let database = lived(&[company()], 1).await;
    for table in ["environments", "environment_leases"] {
        let id: Uuid = sqlx::query_scalar(&format!(
            "select id from leasehold.{table} where metadata is not null order by id limit 1"
        ))
        .fetch_one(&database.pool)
        .await
        .unwrap();
        let edits = edits(&database.pool, table).await;
        assert!(edits.len() > 10, "{edits:?}");
        for (column, value) in edits {
            let keep = format!("create table kept as select * from leasehold.{table}");
            database.pool.execute(&*keep).await.unwrap();
            let edit = format!("update leasehold.{table} set {column} = {value} where id = '{id}'");
            database.pool.execute(&*edit).await.unwrap();
            let reading = read_again(&database.pool).await.unwrap();
            assert_eq!(reading.differing, 1, "{edit}");
            let found = &reading.differences[0];
            assert_eq!((found.table, found.id), (table, id));
            assert_eq!(found.columns, [camel(&column)]);
            let back = format!(
                "delete from leasehold.{table}; insert into leasehold.{table} select * from kept;
                 drop table kept"
            );
            database.pool.execute(&*back).await.unwrap();
        }
    }
    database.drop().await;
}

#[tokio::test]
async fn a_row_too_few_and_a_row_too_many_are_reported() {
    let database = lived(&[company()], 1).await;
    database
        .pool
        .execute(
            "delete from leasehold.environment_leases
             where id = (select min(id::text)::uuid from leasehold.environment_leases)",
        )
        .await
        .unwrap();
    let reading = read_again(&database.pool).await.unwrap();
    assert_eq!(reading.differing, 1);
    assert!(reading.differences[0].columns.is_empty());
    database
        .pool
        .execute(
            "insert into leasehold.environments
             select (e2).* from (
               select jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid())) as e2
               from leasehold.environments e limit 1
             ) made",
        )
        .await
        .unwrap();
    assert_eq!(read_again(&database.pool).await.unwrap().differing, 2);
    database.drop().await;
}
