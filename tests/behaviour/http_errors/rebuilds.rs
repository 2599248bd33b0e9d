//! What is refused of rebuilds.

use leasehold::http::Code;
use serde_json::json;
use sqlx::Executor;
use uuid::Uuid;

use super::Seen;
use crate::support::server::{Answer, Server};

/// A projection and a rebuild that are not there, one that runs already, and one that differs.
pub(super) async fn refused() -> Seen {
    let (mut seen, server) = (Seen::default(), Server::start().await);
    server.environment("box", json!({})).await;
    let begin = async |name: &str, body| {
        let path = format!("/v1/admin/projections/{name}/rebuild");
        Answer::of(server.request("POST", &path).json(&body)).await
    };
    seen.no(begin("leases", json!({})).await, Code::ProjectionNotFound);
    let path = format!("/v1/admin/rebuilds/{}", Uuid::now_v7());
    seen.no(Answer::of(server.request("GET", &path)).await, Code::RebuildNotFound);
    let edit = "update leasehold.environments set description = 'another'";
    server.database.pool.execute(edit).await.unwrap();
    let problem = begin("environments", json!({"wait": true})).await;
    let problem = seen.no(problem, Code::RebuildDiffers);
    assert_eq!(problem["differing"], json!({"environments.description": 1}));
    assert_eq!(problem["first"][0]["columns"], json!(["description"]));
    // Somebody else runs one: the lock that says so is held.
    let mut running = server.database.pool.acquire().await.unwrap();
    let foreign = "insert into leasehold.rebuilds
                   (id, projections, state, asked_by, started_at, changed_at, events, rows)
                 values (gen_random_uuid(), '{environments}', 'loading', 'ada', now(), now(), 0, 0)";
    running.execute(foreign).await.unwrap();
    running.execute("select pg_advisory_lock(x'6c6872656275696c'::bigint)").await.unwrap();
    let problem = begin("environments", json!({})).await;
    assert_eq!(seen.no(problem, Code::RebuildRunning)["askedBy"], "ada");
    running.execute("select pg_advisory_unlock_all()").await.unwrap();
    drop(running);
    server.stop().await;
    seen
}
