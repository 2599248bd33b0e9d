//! How many leases had ended by a moment, counted in blocks: as lease by lease, whatever came late,
//! whoever kept the spans, and without a look at what ended long before.

use std::sync::Arc;

use leasehold::fill::{Lives, Shape, fill};
use leasehold::read::{Moment, find_cut, find_usage_at};
use leasehold::rebuild::{Options, rebuild};
use leasehold::spans::keep_once;
use leasehold::verify::{self, Kind, verify};
use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::time::Timestamp;
use sqlx::{Connection, Executor, PgConnection};
use uuid::Uuid;

use super::lived;
use crate::support::database::TestDatabase;
use crate::support::orders::caller;

const TABLES: [&str; 2] = ["lease_ends_by_position", "lease_ends_by_time"];

/// A company with a history of so many events in twenty environments.
async fn filled(events: u64) -> (TestDatabase, PgConnection, CompanyId, Vec<EnvironmentId>) {
    let database = TestDatabase::new().await;
    let shape = Shape { companies: 1, events, lives: Lives::Whole };
    fill(&database.options, shape, Arc::new(|_| {})).await.unwrap();
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let places: Vec<(Uuid, Uuid)> =
        sqlx::query_as("select company_id, id from leasehold.environments order by id limit 2")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let places_of = places.iter().map(|(_, place)| EnvironmentId(*place)).collect();
    (database, connection, CompanyId(places[0].0), places_of)
}

/// Moments all over the history.
async fn moments(connection: &mut PgConnection, id: CompanyId) -> Vec<Moment> {
    let events: Vec<(i64, chrono::DateTime<chrono::Utc>)> = sqlx::query_as(
        "select position, recorded_at from leasehold.events
         where company_id = $1 and position % 4001 = 7
         order by position",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await
    .unwrap();
    let moments = events.into_iter().flat_map(|(position, at)| {
        let at = Timestamp::new(at).unwrap();
        [Moment::At(Position(position.unsigned_abs())), Moment::Happened(at), Moment::Known(at)]
    });
    moments.collect()
}

/// How many leases had been released and had failed by a moment, by the log alone.
async fn ended(connection: &mut PgConnection, place: EnvironmentId, moment: Moment) -> (i64, i64) {
    let statement = "select count(*) filter (where e.event_type = 'Released'),
                            count(*) filter (where e.event_type = 'Failed')
                     from leasehold.environment_leases l
                     join leasehold.events e
                       on e.aggregate_type = 'lease'
                      and e.aggregate_id = l.id::text
                      and e.company_id = l.company_id
                     where l.environment_id = $1 and ";
    let statement = match moment {
        Moment::At(position) => format!("{statement} e.position <= {position}"),
        Moment::Happened(at) => format!("{statement} e.occurred_at <= '{at}'"),
        Moment::Known(at) => format!("{statement} e.recorded_at <= '{at}'"),
    };
    sqlx::query_as(&statement).bind(place.0).fetch_one(connection).await.unwrap()
}

/// The same as it is answered.
async fn counted(
    connection: &mut PgConnection,
    id: CompanyId,
    place: EnvironmentId,
    moment: Moment,
) -> (i64, i64) {
    let cut = find_cut(connection, id, moment).await.unwrap();
    let usage = find_usage_at(connection, id, place, &cut).await.unwrap().unwrap();
    let count = |word: &str| usage.counts[word].as_i64().unwrap();
    (count("released"), count("failed"))
}

/// Every question about the past is answered as the log has it.
async fn each_is_right(connection: &mut PgConnection, id: CompanyId, places: &[EnvironmentId]) {
    for moment in moments(connection, id).await {
        for place in places.iter().copied() {
            let found = counted(connection, id, place, moment).await;
            assert_eq!(found, ended(connection, place, moment).await, "{moment:?}");
        }
    }
}

async fn found(database: &TestDatabase) -> Vec<(Kind, String)> {
    let (options, told) = (verify::Options::default(), Arc::new(|_| ()));
    let report = verify(&database.options, &database.pool, options, |_| (), told).await.unwrap();
    let named = report.findings.named();
    let named = named.iter().map(|finding| {
        (finding.kind, finding.evidence["table"].as_str().unwrap_or_default().to_owned())
    });
    named.collect()
}

#[tokio::test]
async fn long_histories_are_counted_in_blocks_as_lease_by_lease_though_much_is_learnt_late() {
    let (database, mut connection, id, places) = filled(80_000).await;
    // As if these ends had happened long before they were told.
    let late = "alter table leasehold.events disable trigger all;
                update leasehold.events
                set occurred_at = occurred_at - interval '1 day' * (position % 97)
                where event_type in ('Released', 'Failed') and position % 3 = 0";
    connection.execute(late).await.unwrap();
    keep_once(&mut connection).await.unwrap();
    for table in TABLES {
        let blocks = format!("select count(*) from leasehold.{table}");
        let blocks: i64 = sqlx::query_scalar(&blocks).fetch_one(&mut connection).await.unwrap();
        assert!(blocks >= 40, "{table} has {blocks} blocks of 20 environments: none was cut");
        let longest = format!("select max(released + expired + failed) from leasehold.{table}");
        let longest: i32 = sqlx::query_scalar(&longest).fetch_one(&mut connection).await.unwrap();
        assert!(longest <= 1_024, "{table} has a block of {longest} leases");
    }
    each_is_right(&mut connection, id, &places).await;
    connection.close().await.unwrap();
    database.drop().await;
}

/// The plans of all statements that a connection left prepared.
async fn plans(connection: &mut PgConnection) -> String {
    let prepared: Vec<(String, i64)> = sqlx::query_as(
        "select name, cardinality(parameter_types)::bigint
         from pg_prepared_statements where statement like '%leasehold.%'",
    )
    .persistent(false)
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    let mut plans = String::new();
    for (name, parameters) in prepared {
        let nulls = vec!["null"; usize::try_from(parameters).unwrap()].join(", ");
        let explain = format!("explain execute {name}({nulls})");
        let lines: Vec<String> = sqlx::query_scalar(&explain)
            .persistent(false)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        plans.extend(lines.into_iter().map(|line| line + "\n"));
    }
    plans
}

#[tokio::test]
async fn questions_about_long_histories_walk_no_table() {
    let (database, mut connection, id, places) = filled(60_000).await;
    keep_once(&mut connection).await.unwrap();
    let middle = moments(&mut connection, id).await.into_iter().skip(15).take(3);
    connection.clear_cached_statements().await.unwrap();
    connection.execute("analyze; set plan_cache_mode = force_generic_plan").await.unwrap();
    for moment in middle {
        counted(&mut connection, id, places[1], moment).await;
    }
    let plans = plans(&mut connection).await;
    for table in ["lease_spans", "environment_leases", "events"] {
        assert!(!plans.contains(&format!("Seq Scan on {table}")), "{plans}");
    }
    for index in [
        "lease_spans_ended_idx",
        "lease_spans_ended_position_idx",
        "environment_leases_unclean_idx",
    ] {
        assert!(plans.contains(&format!("using {index}")), "{index}:\n{plans}");
    }
    // Each class of spans by itself: not all that were ever held.
    assert!(plans.contains("(reach = class.reach)"), "{plans}");
    assert!(plans.contains("(position_reach = class.reach)"), "{plans}");
    connection.close().await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn blocks_that_count_something_else_are_named() {
    for table in TABLES {
        for (edit, kind) in [
            ("update leasehold.{} set released = released + 1", Kind::RowDiffers),
            (
                "update leasehold.{} set failed = failed - 1, released = released + 1",
                Kind::RowDiffers,
            ),
            ("update leasehold.{} set last = last + '1'", Kind::RowDiffers),
            ("delete from leasehold.{}", Kind::RowMissing),
        ] {
            let (database, _, _) = lived(-1).await;
            assert_eq!(found(&database).await, []);
            let unit = if table.ends_with("time") { "'1 us'" } else { "1" };
            let edit = edit.replace("{}", table).replace("'1'", unit);
            let one = format!("{edit} where ctid = (select max(ctid) from leasehold.{table})");
            database.pool.execute(&*one).await.unwrap();
            assert_eq!(found(&database).await, [(kind, table.to_owned())], "{edit}");
            let spans = vec!["lease_spans".to_owned()];
            let options = Options { projections: spans, ..Options::new(caller()) };
            rebuild(&database.options, &options, Arc::new(|_| ())).await.unwrap();
            assert_eq!(found(&database).await, [], "a rebuild of the spans counts them anew");
            database.drop().await;
        }
    }
}

#[tokio::test]
async fn blocks_that_were_left_behind_are_not_asked_and_are_counted_anew() {
    let (database, mut connection, id, places) = filled(20_000).await;
    keep_once(&mut connection).await.unwrap();
    // A program that keeps spans alone has come further since; what the blocks say is long out of date.
    let left = "update leasehold.projection_checkpoints set position = position - 7
                where projection = 'lease_ends';
                update leasehold.lease_ends_by_position set released = 1000000;
                update leasehold.lease_ends_by_time set released = 1000000";
    connection.execute(left).await.unwrap();
    assert_eq!(found(&database).await, []);
    each_is_right(&mut connection, id, &places[..1]).await;
    assert_eq!(keep_once(&mut connection).await.unwrap(), 0);
    let equal = "select count(distinct position) from leasehold.projection_checkpoints";
    let equal: i64 = sqlx::query_scalar(equal).fetch_one(&mut connection).await.unwrap();
    assert_eq!(equal, 1);
    assert_eq!(found(&database).await, []);
    each_is_right(&mut connection, id, &places[..1]).await;
    connection.close().await.unwrap();
    database.drop().await;
}
