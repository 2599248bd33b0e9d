//! Databases that cannot be had: said at the start in a word, and answered as away later on.

use std::process::Output;
use std::time::Duration;

use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::time::timeout;
use uuid::Uuid;

use crate::support::database::server;
use crate::support::server::Server;

async fn list_companies(url: &str) -> Output {
    let listing = Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .args(["company", "list", "--database-url", url])
        .output();
    timeout(Duration::from_mins(1), listing).await.expect("it waits for ever").unwrap()
}

async fn is_refused(options: &PgConnectOptions, why: &str) {
    let output = list_companies(options.to_url_lossy().as_str()).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(7), "{said}");
    assert!(said.contains(why), "{said}");
}

#[tokio::test]
async fn a_database_that_is_not_there_and_a_user_who_is_not_let_in_are_said() {
    let nowhere = server().clone().database("nowhere_at_all");
    is_refused(&nowhere, "no such database").await;
    let nobody = server().clone().username("nobody_at_all");
    is_refused(&nobody, "does not let this user in").await;
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let options = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(port);
    is_refused(&options.username("somebody"), "said nothing").await;
    drop(silent);
}

#[tokio::test]
async fn a_variable_set_to_nothing_names_no_database() {
    let folder = std::env::temp_dir().join(format!("leasehold-unset-{}", Uuid::now_v7()));
    let output = Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .args(["company", "list", "-o", "json", "--data-dir"])
        .arg(&folder)
        .env("DATABASE_URL", "")
        .env("PGHOST", "")
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "[]");
    std::fs::remove_dir_all(folder).unwrap();
}

/// What a database does that is renamed, restored or failed over: no caller takes it for a fault.
#[tokio::test]
async fn a_database_that_takes_no_connections_for_a_while_is_away_and_comes_back() {
    let server = Server::start().await;
    server.environment("before", json!({})).await;
    let name = server.database.options.get_database().unwrap().to_owned();
    let mut admin = PgConnection::connect_with(crate::support::database::server()).await.unwrap();
    let allow = |is_open: bool| format!("alter database {name} with allow_connections {is_open}");
    admin.execute(&*allow(false)).await.unwrap();
    admin
        .execute(&*format!(
            "select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
             where datname = '{name}'"
        ))
        .await
        .unwrap();
    let body = json!({"name": "during", "driver": "ssh"});
    let problem = server.keyed("k", "environments", &body).await.body;
    // Whether its connection was found broken before or after the statement had gone out.
    let is_away =
        ["database_unavailable", "outcome_unknown"].contains(&problem["code"].as_str().unwrap());
    assert!(is_away && problem["retry"] == "same_key", "{problem}");
    server.get("leases").await.problem("database_unavailable");
    admin.execute(&*allow(true)).await.unwrap();
    server.keyed("k", "environments", &body).await.expect(201);
    admin.close().await.unwrap();
    server.stop().await;
}
