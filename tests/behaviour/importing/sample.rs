//! The sample: 1,600 leases that a real Paperclip wrote, on six environments of four companies.

use std::path::Path;
use std::sync::Mutex;

use leasehold::import::{
    Observer, Placed, Rejected, Source, Stage, Table, compare, import, to_csv,
};
use leasehold_domain::id::{CompanyId, EnvironmentId};
use uuid::Uuid;

use super::{count_events, hold_against, shown, take_in};
use crate::support::database::TestDatabase;

pub(super) fn sample() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/sample"))
}

#[tokio::test]
async fn the_sample_becomes_history_and_equals_it_in_every_column() {
    let database = TestDatabase::new().await;
    let mut source = Source::directory(sample()).await.unwrap();
    let report = take_in(&database, &mut source).await;
    assert_eq!(report.rejected, []);
    assert_eq!(report.left_columns, []);
    let imported = |table| report.counts[&table].imported;
    assert_eq!(imported(Table::Environments), 6);
    assert_eq!(imported(Table::Leases), 1_600);
    assert_eq!(imported(Table::Activity), 3_152);
    assert_eq!(report.environments.len(), 24);
    let comparison = hold_against(&database, &mut source).await;
    assert!(comparison.is_equal(), "{comparison:#?}");
    let rows: Vec<u64> = comparison.tables.values().map(|table| table.rows).collect();
    assert_eq!(rows, [24, 1_600, 3_152]);
    database.drop().await;
}

#[tokio::test]
async fn importing_the_sample_again_changes_nothing() {
    let database = TestDatabase::new().await;
    let mut source = Source::directory(sample()).await.unwrap();
    let first = take_in(&database, &mut source).await;
    let events = count_events(&database).await;
    let again = take_in(&database, &mut source).await;
    assert_eq!(count_events(&database).await, events);
    let counts = again.counts[&Table::Leases];
    assert_eq!((counts.imported, counts.known), (0, 1_600));
    assert_eq!(again.counts[&Table::Activity].known, 3_152);
    assert_eq!(again.environments, first.environments);
    assert!(hold_against(&database, &mut source).await.is_equal());
    database.drop().await;
}

#[tokio::test]
async fn the_map_says_where_each_environment_went() {
    let database = TestDatabase::new().await;
    let mut source = Source::directory(sample()).await.unwrap();
    let report = take_in(&database, &mut source).await;
    let csv = to_csv(&report.environments);
    assert_eq!(csv.lines().count(), 25);
    assert_eq!(csv.lines().next(), Some("companyId,sourceId,environmentId,name"));
    let keeps =
        report.environments.iter().filter(|placed| placed.source_id == placed.environment_id);
    assert_eq!(keeps.count(), 6, "each keeps its id in one company");
    database.drop().await;
}

#[tokio::test]
async fn each_companys_log_follows_the_time_of_its_leases() {
    let database = TestDatabase::new().await;
    let mut source = Source::directory(sample()).await.unwrap();
    take_in(&database, &mut source).await;
    let falls = "select count(*)::text
                 from (select occurred_at < lag(occurred_at) over (
                                partition by company_id order by position
                              ) as falls
                       from leasehold.events
                       where event_type = 'LeaseAcquired') as grants
                 where falls";
    assert_eq!(shown(&database, falls).await.as_deref(), Some("0"));
    database.drop().await;
}

/// Adds up what it hears of a stage.
#[derive(Default)]
struct Watcher {
    stages: Mutex<Vec<(&'static str, Option<u64>, u64)>>,
}

impl Observer for Watcher {
    fn begin(&self, stage: Stage, rows: Option<u64>) {
        self.stages.lock().unwrap().push((stage.describe(), rows, 0));
    }

    fn advance(&self, rows: u64) {
        self.stages.lock().unwrap().last_mut().unwrap().2 += rows;
    }

    fn rejected(&self, row: &Rejected) {
        panic!("{row}");
    }
}

#[tokio::test]
async fn a_watcher_hears_how_far_it_is() {
    let database = TestDatabase::new().await;
    let (dispatcher, _lanes) = database.dispatcher();
    let mut source = Source::directory(sample()).await.unwrap();
    let watcher = Watcher::default();
    import(&mut source, &dispatcher, &database.pool, &watcher).await.unwrap();
    compare(&mut source, &database.pool, &watcher).await.unwrap();
    let all = 6 + 1_600 + 3_152;
    let heard = [
        ("reading", None, all + 4 + 20),
        ("environments", Some(6), 6),
        ("leases", Some(1_600), 1_600),
        ("comparing", None, all),
    ];
    assert_eq!(*watcher.stages.lock().unwrap(), heard);
    database.drop().await;
}

#[test]
fn a_name_is_quoted_where_it_would_be_read_as_something_else() {
    let placed = |name: &str| Placed {
        company_id: CompanyId(Uuid::nil()),
        source_id: EnvironmentId(Uuid::nil()),
        environment_id: EnvironmentId(Uuid::nil()),
        name: name.to_owned(),
    };
    let names = ["plain box", "a, b", "the \"new\" one", "two\nlines", " "];
    let csv = to_csv(&names.map(placed));
    let fields: Vec<&str> =
        csv.split("\r\n").map(|line| line.get(111..).unwrap_or_default()).collect();
    let quoted = ["plain box", "\"a, b\"", "\"the \"\"new\"\" one\"", "\"two\nlines\"", "\" \""];
    assert_eq!(fields[1..6], quoted);
}
