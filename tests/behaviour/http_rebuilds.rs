//! Rebuilds over HTTP: begun, followed, cancelled; the ledger verifies itself.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::lives::Life;
use crate::support::server::{Answer, Server, id};

async fn ask(server: &Server, method: &str, path: &str, body: &Value) -> Answer {
    let request = server.request(method, &format!("/v1/admin/{path}"));
    Answer::of(if method == "GET" { request } else { request.json(body) }).await
}

async fn lived() -> Server {
    let server = Server::start().await;
    let (dispatcher, lanes) = server.database.dispatcher();
    Life::new(&dispatcher, leasehold_domain::id::CompanyId(server.company)).round(0).await;
    drop(dispatcher);
    lanes.finish().await;
    server
}

async fn until(server: &Server, rebuild: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let path = format!("rebuilds/{rebuild}");
    let mut last = Value::Null;
    for _ in 0..1_000 {
        last = ask(server, "GET", &path, &Value::Null).await.expect(200);
        if is_so(&last) {
            return last;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("it stayed {last}")
}

/// What the installation's log says of it; the last step is told right after it is done.
async fn told(server: &Server) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for _ in 0..1_000 {
        told = sqlx::query_scalar(
            "select action from leasehold.activity_log
             where company_id = '00000000-0000-0000-0000-000000000000' and actor_id = 'ada'
             order by position",
        )
        .fetch_all(&server.database.pool)
        .await
        .unwrap();
        if told.iter().any(|action| action == "rebuild.swapped") {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    told
}

#[tokio::test]
async fn a_rebuild_is_begun_followed_to_its_swap_and_recorded() {
    let server = lived().await;
    let listed = ask(&server, "GET", "projections", &Value::Null).await.expect(200);
    let names: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["environments", "environment_leases", "activity_log"]);
    let body = json!({"actor": {"type": "user", "id": "ada"}});
    let begun = ask(&server, "POST", "projections/all/rebuild", &body).await.expect(202);
    assert_eq!((&begun["askedBy"], &begun["actorType"]), (&json!("ada"), &json!("user")));
    let done = until(&server, &id(&begun), |rebuild| rebuild["state"] == "swapped").await;
    assert_eq!(done["verdict"]["differing"], json!({}));
    assert_eq!(done["lag"], Value::Null);
    assert!(done["events"].as_i64().unwrap() > 10);
    let listed = ask(&server, "GET", "projections", &Value::Null).await.expect(200);
    assert_eq!(listed["old"].as_array().unwrap().len(), 3);
    let listed = ask(&server, "GET", "rebuilds", &Value::Null).await.expect(200);
    assert_eq!(id(&listed["items"][0]), id(&begun));
    assert_eq!(told(&server).await, ["rebuild.started", "rebuild.judged", "rebuild.swapped"]);
    server.stop().await;
}

#[tokio::test]
async fn a_stream_tells_how_far_a_rebuild_is_until_it_is_over() {
    let server = lived().await;
    let slow = json!({"eventsPerSecondMax": 20});
    let begun = ask(&server, "POST", "projections/activity_log/rebuild", &slow).await.expect(202);
    let path = format!("/v1/admin/rebuilds/{}/stream", id(&begun));
    let stream = server.request("GET", &path).header("accept", "text/event-stream");
    let text = stream.send().await.unwrap().text().await.unwrap();
    let told: Vec<Value> = text
        .split("event: rebuild\ndata: ")
        .skip(1)
        .map(|rest| serde_json::from_str(rest.split("\n\n").next().unwrap()).unwrap())
        .collect();
    assert!(told.len() > 1, "{text}");
    assert_eq!(told[0]["state"], "loading");
    assert_eq!(told.last().unwrap()["state"], "swapped");
    let read = |rebuild: &Value| rebuild["readEvents"].as_i64().unwrap();
    assert!(told.windows(2).all(|pair| read(&pair[0]) <= read(&pair[1])));
    assert!(
        text.trim_end().ends_with(r#"data: {"reason":"over","message":"that is all"}"#),
        "{text}"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_rebuild_is_cancelled_by_its_id() {
    let server = lived().await;
    let slow = json!({"eventsPerSecondMax": 1});
    let begun = ask(&server, "POST", "projections/all/rebuild", &slow).await.expect(202);
    let running = until(&server, &id(&begun), |rebuild| rebuild["isRunning"] == true).await;
    assert_eq!(running["state"], "loading");
    assert!(running["lag"].as_i64().unwrap() > 10);
    let path = format!("rebuilds/{}", id(&begun));
    ask(&server, "DELETE", &path, &json!({})).await.expect(200);
    let ended = until(&server, &id(&begun), |rebuild| rebuild["isRunning"] == false).await;
    assert_eq!(ended["state"], "cancelled");
    server.stop().await;
}

#[tokio::test]
async fn whoever_asks_for_a_projection_that_is_not_there_is_told_which_are() {
    let server = Server::start().await;
    let known = "environments, environment_leases, activity_log";
    let begun = ask(&server, "POST", "projections/leases/rebuild", &json!({})).await;
    let detail = begun.expect(404)["detail"].to_string();
    assert!(detail.contains(known), "{detail}");
    let url = server.database.url();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .args(["projections", "rebuild", "leases", "--database-url", &url])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains(known), "{said}");
    server.stop().await;
}

#[tokio::test]
async fn the_ledger_verifies_itself_over_http() {
    let server = lived().await;
    let sound = ask(&server, "POST", "verify", &json!({"stock": "all"})).await.expect(200);
    assert_eq!((&sound["failing"], &sound["findings"]), (&json!(0), &json!([])));
    assert!(sound["stock"].as_i64().unwrap() > 1);
    let edit = "update leasehold.environments set description = 'another'";
    sqlx::query(edit).execute(&server.database.pool).await.unwrap();
    let broken = ask(&server, "POST", "verify", &json!({})).await.expect(200);
    assert_eq!(broken["findings"][0]["kind"], "row_differs");
    ask(&server, "POST", "verify", &json!({"stock": "some"})).await.invalid("stock", "");
    server.stop().await;
}
