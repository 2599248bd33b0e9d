//! Questions about a moment of the past, over HTTP.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{Server, all_pages, id, ids};

/// A company with an environment that was renamed and leases that came and went: each position of
/// its log, with what was shown of everything when the log ended there.
struct Lived {
    server: Server,
    environment: String,
    lease: String,
    shown: Vec<Shown>,
}

/// What was shown at the end of the log, and a time between its last event and the next.
struct Shown {
    at: String,
    paths: Vec<(String, Value)>,
}

/// What is asked again later.
fn paths(environment: &str, lease: &str) -> Vec<String> {
    vec![
        "environments?".to_owned(),
        format!("environments/{environment}?"),
        format!("environments/{environment}/usage?"),
        "leases?".to_owned(),
        "leases?status=active&".to_owned(),
        format!("leases/{lease}?"),
        "activity?bookkeeping=true&".to_owned(),
    ]
}

async fn look(server: &Server, environment: &str, lease: &str) -> Shown {
    let mut shown = Vec::new();
    for path in paths(environment, lease) {
        let body = server.get(&path).await.body;
        shown.push((path, body));
    }
    let at =
        "select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
    let at = sqlx::query_scalar(at).fetch_one(&server.database.pool).await.unwrap();
    Shown { at, paths: shown }
}

async fn lived() -> Lived {
    let server = Server::start().await;
    let environment = server.environment("box", json!({"capacity": 2})).await;
    let lease = id(&server.lease(&environment, json!({})).await);
    let mut shown = vec![look(&server, &environment, &lease).await];
    let path = format!("environments/{environment}");
    server.send("PATCH", &path, &json!({"name": "bigger box"})).await.expect(200);
    shown.push(look(&server, &environment, &lease).await);
    server.lease(&environment, json!({})).await;
    shown.push(look(&server, &environment, &lease).await);
    server.post(&format!("leases/{lease}/release"), &json!({})).await.expect(200);
    shown.push(look(&server, &environment, &lease).await);
    Lived { server, environment, lease, shown }
}

#[tokio::test]
async fn what_is_answered_for_a_moment_is_what_was_answered_then() {
    let Lived { server, shown, .. } = lived().await;
    for (position, Shown { at, paths }) in (2..).zip(&shown) {
        for moment in [
            format!("atPosition={position}"),
            format!("at={at}"),
            format!("at={at}&asKnown=true"),
            format!("at={at}&asKnown=false"),
        ] {
            for (path, then) in paths {
                let mut then = then.clone();
                let mut now = server.get(&format!("{path}{moment}")).await.expect(200);
                if moment.ends_with('Z') || moment.ends_with("false") {
                    // As things happened there is no position at which they had.
                    for usage in [&mut then, &mut now] {
                        usage.as_object_mut().unwrap().remove("position");
                    }
                }
                assert_eq!(now, then, "{path}{moment}");
            }
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn what_had_not_begun_is_not_there() {
    let Lived { server, environment, lease, .. } = lived().await;
    let before = "at=2001-01-01T00:00:00Z";
    for moment in ["atPosition=0", before, "at=2001-01-01T00:00:00Z&asKnown=true"] {
        let gone = server.get(&format!("environments/{environment}?{moment}")).await;
        gone.problem("environment_not_found");
        let gone = server.get(&format!("environments/{environment}/usage?{moment}")).await;
        gone.problem("environment_not_found");
        server.get(&format!("leases/{lease}?{moment}")).await.problem("lease_not_found");
        for list in ["environments", "leases", "activity"] {
            let page = server.get(&format!("{list}?{moment}")).await.expect(200);
            assert_eq!(page, json!({"items": [], "nextCursor": null}), "{list}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_list_of_the_past_goes_on_where_its_page_ended_whatever_came_since() {
    let server = Server::start().await;
    let mut places = Vec::new();
    for number in 0..3 {
        places.push(server.environment(&format!("box {number}"), json!({})).await);
    }
    let mut leases = Vec::new();
    for _ in 0..5 {
        leases.push(id(&server.lease(&places[0], json!({})).await));
    }
    leases.reverse();
    places.reverse();
    for lease in &leases {
        server.post(&format!("leases/{lease}/release"), &json!({})).await.expect(200);
    }
    server.lease(&places[0], json!({})).await;
    server.send("PATCH", &format!("environments/{}", places[2]), &json!({"name": "x"})).await;
    let its = format!("environments/{}/leases", places[2]);
    for list in ["leases", &its] {
        let path = format!("{list}?status=active&atPosition=8&limit=2");
        let found: Vec<String> = all_pages(&server, &path).await.iter().map(id).collect();
        assert_eq!(found, leases, "{list}");
        let first = server.get(&path).await.expect(200);
        assert_eq!(ids(&first), leases[..2], "{list}");
    }
    let path = "environments?atPosition=8&limit=1";
    let found: Vec<String> = all_pages(&server, path).await.iter().map(id).collect();
    assert_eq!(found, places);
    server.stop().await;
}

#[tokio::test]
async fn a_moment_that_is_none_is_refused() {
    let Lived { server, environment, lease, shown } = lived().await;
    let at = &shown[0].at;
    for path in paths(&environment, &lease) {
        let bad = async |moment: &str| server.get(&format!("{path}{moment}")).await;
        bad("at=yesterday").await.invalid("at", "");
        bad("atPosition=-1").await.invalid("atPosition", "");
        bad("atPosition=9223372036854775808").await.invalid("atPosition", "");
        bad("asKnown=true").await.invalid("asKnown", "needs `at`");
        bad(&format!("at={at}&asKnown=perhaps")).await.invalid("asKnown", "");
        bad(&format!("at={at}&atPosition=1")).await.invalid("atPosition", "one of them");
    }
    let waits = server.get(&format!("leases/{lease}?waitFor=ended&at={at}")).await;
    waits.invalid("waitFor", "the past");
    server.get(&format!("leases?stale=overdue&at={at}")).await.invalid("stale", "now alone");
    server.get("/v1/leases?atPosition=2").await.invalid("at", "company");
    server.get(&format!("/v1/environments?at={at}")).await.invalid("at", "company");
    server.stop().await;
}

#[tokio::test]
async fn another_companys_past_is_not_there() {
    let Lived { server, environment, lease, shown } = lived().await;
    let own = server.path("");
    let other = own.replace(&server.company.to_string(), &Uuid::now_v7().to_string());
    let other = other.strip_prefix(&server.url).unwrap();
    for moment in ["atPosition=2".to_owned(), format!("at={}", shown[0].at)] {
        let gone = server.get(&format!("{other}leases/{lease}?{moment}")).await;
        assert_eq!(gone.status, 404);
        gone.problem("lease_not_found");
        for path in ["", "/usage", "/leases"] {
            let asked = format!("{other}environments/{environment}{path}?{moment}");
            let place = server.get(&asked).await;
            assert_eq!(place.status, 404);
            place.problem("environment_not_found");
        }
        for list in ["environments", "leases", "activity"] {
            let page = server.get(&format!("{other}{list}?{moment}")).await.expect(200);
            assert_eq!(page["items"], json!([]), "{list}");
        }
        // Whoever knows only the id is shown what the ledger finds by it.
        let found = server.get(&format!("/v1/leases/{lease}?{moment}")).await.expect(200);
        assert_eq!(found["status"], "active");
    }
    server.stop().await;
}
