//! A rebuild beside PostgreSQL's own vacuum of the tables that it replaces: on a large table that
//! takes minutes, and the lock of the swap would be asked for in vain all the while.

use std::time::Duration;

use leasehold::database::prepare;
use leasehold::pg::{Cluster, Mode, Settings};
use sqlx::Executor;
use tokio::time::sleep;

use super::{rebuilt, sound};
use crate::support::database::TestDatabase;
use crate::support::lives::Life;
use crate::support::orders::company;

/// A vacuum that sleeps at every page of what has many old rows.
const SLOW: &str = "alter system set autovacuum_naptime = '1s';
                    alter system set autovacuum_vacuum_cost_limit = 1;
                    alter system set autovacuum_vacuum_cost_delay = '100ms'";
const OLD_ROWS: &str = "do $$ begin
                          for i in 1..200 loop
                            update leasehold.activity_log set bookkeeping = bookkeeping;
                          end loop;
                        end $$";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swap_does_not_wait_for_postgresqls_own_vacuum() {
    let settings = Settings::new(Mode::Ephemeral, env!("CARGO_BIN_EXE_leasehold").into());
    let cluster = Cluster::start(&settings).await.unwrap();
    let database = TestDatabase::at(cluster.connect_options());
    prepare(&database.options).await.unwrap();
    let (dispatcher, lanes) = database.dispatcher();
    Life::new(&dispatcher, company()).round(0).await;
    drop(dispatcher);
    lanes.finish().await;
    for statement in SLOW.split(';').chain(["select pg_reload_conf()", OLD_ROWS]) {
        database.pool.execute(statement).await.unwrap();
    }
    let vacuums = "select count(*) from pg_stat_progress_vacuum
                   where relid = 'leasehold.activity_log'::regclass";
    while sqlx::query_scalar::<_, i64>(vacuums).fetch_one(&database.pool).await.unwrap() == 0 {
        sleep(Duration::from_millis(20)).await;
    }
    assert!(rebuilt(&database).await.unwrap().is_same());
    let vacuumed: i64 = sqlx::query_scalar(
        "select autovacuum_count from pg_stat_user_tables where relname = 'activity_log_old'",
    )
    .fetch_one(&database.pool)
    .await
    .unwrap();
    assert_eq!(vacuumed, 0, "it was waited for");
    sound(&database).await;
    database.drop().await;
    cluster.stop().await.unwrap();
}
