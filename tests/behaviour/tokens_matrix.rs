//! The matrix of docs/access.md, walked: every route, every role, one's own company and another.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::document::document;
use crate::support::server::{Answer, Server, id};
use crate::support::tokens::{make, secret, with};

/// A route and what each column says of it.
struct Row {
    method: String,
    path: String,
    cells: Vec<String>,
}

const COLUMNS: [&str; 8] = [
    "no token",
    "heartbeat",
    "auditor",
    "admin",
    "another company's",
    "heartbeat of all",
    "auditor of all",
    "admin of all",
];

fn matrix() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/access.md");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let mut rows = lines.map(|line| line.split(" | ").map(str::trim).collect::<Vec<_>>());
    assert_eq!(rows.next().unwrap()[1..], COLUMNS);
    let row = |cells: Vec<&str>| {
        let (method, path) = cells[0].trim_matches('`').split_once(' ').unwrap();
        let cells: Vec<String> = cells[1..].iter().map(|cell| (*cell).to_owned()).collect();
        assert_eq!(cells.len(), COLUMNS.len(), "{method} {path}");
        Row { method: method.to_owned(), path: path.to_owned(), cells }
    };
    rows.map(row).collect()
}

#[test]
fn the_matrix_has_every_route_of_the_document() {
    let rows = matrix();
    let told: BTreeSet<String> =
        rows.iter().map(|row| format!("{} {}", row.method, row.path)).collect();
    let paths = document()["paths"].as_object().unwrap();
    let known: BTreeSet<String> = paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    assert_eq!(told, known);
    assert_eq!(rows.len(), told.len());
}

/// Something of the company in each path.
struct Things {
    environment: String,
    lease: String,
    token: String,
    rebuild: String,
}

impl Things {
    fn path(&self, server: &Server, path: &str) -> String {
        path.replace("{companyId}", &server.company.to_string())
            .replace("{environmentId}", &self.environment)
            .replace("{leaseId}", &self.lease)
            .replace("{tokenId}", &self.token)
            .replace("{rebuildId}", &self.rebuild)
            .replace("{projection}", "environments")
            .replace("{runId}", &Uuid::now_v7().to_string())
    }

    /// A body that a route takes, if it is one of those that need one.
    fn body(&self, path: &str) -> Value {
        match path.rsplit('/').next().unwrap() {
            "leases" | "reserve" => json!({"environmentId": self.environment}),
            "renew" if path.contains("/cleanups/") => json!({"claimFence": 1}),
            "renew" => json!({"ttlSeconds": 60}),
            "metadata" => json!({"metadata": null}),
            "resume" => json!({"heartbeatRunId": Uuid::now_v7()}),
            "end" => json!({"outcome": "failed"}),
            "activate" => json!({"providerLeaseId": "sbx-1"}),
            "abandon" => json!({"reason": "no quota"}),
            "claim" => json!({"owner": "janitor-1"}),
            "succeed" | "defer" => json!({"claimFence": 1}),
            "fail" => json!({"claimFence": 1, "kind": "timeout"}),
            _ => json!({}),
        }
    }
}

/// A request that is let in is refused as malformed before it changes anything, a list is shown.
async fn knock(server: &Server, token: Option<&str>, row: &Row, things: &Things) -> Answer {
    let mut path = things.path(server, &row.path);
    if row.path.ends_with("/stream") {
        path.push_str("?nonsense=1");
    }
    if row.path.ends_with("/check") {
        path.push_str("?fence=1");
    }
    let mut request = server.request(&row.method, &path);
    if row.method != "GET" {
        request = request.json(&json!({"nonsense": 1}));
    }
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    Answer::of(request).await
}

/// A request that would be done if what it is about were there.
async fn seek(server: &Server, token: &str, row: &Row, things: &Things) -> Answer {
    let mut path = things.path(server, &row.path);
    if row.path.ends_with("/check") {
        path.push_str("?fence=1");
    }
    with(server, token, (&row.method, &path, &things.body(&row.path))).await
}

fn is_let_in(answer: &Answer) -> bool {
    !matches!(answer.status, 401 | 403 | 404)
}

#[tokio::test]
async fn every_route_lets_in_whom_the_matrix_says_and_nobody_else() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let lease = id(&server.lease(&environment, json!({})).await);
    let asking = server.request("POST", "/v1/admin/projections/environments/rebuild");
    let rebuild = id(&Answer::of(asking.json(&json!({"wait": true}))).await.expect(200));
    let root = secret(&make(&server, None, "admin", None).await);
    let (own, other) = (Some(server.company), Some(Uuid::now_v7()));
    let spare = make(&server, Some(&root), "auditor", own).await;
    let things = Things { environment, lease, token: id(&spare), rebuild };
    let mut tokens = vec![None];
    for (role, company) in [
        ("heartbeat", own),
        ("auditor", own),
        ("admin", own),
        ("admin", other),
        ("heartbeat", None),
        ("auditor", None),
        ("admin", None),
    ] {
        tokens.push(Some(secret(&make(&server, Some(&root), role, company).await)));
    }
    for row in matrix() {
        for ((cell, token), column) in row.cells.iter().zip(&tokens).zip(COLUMNS) {
            let shown = format!("{} {} for {column}", row.method, row.path);
            let answer = match token {
                Some(token) if cell == "404" => seek(&server, token, &row, &things).await,
                Some(_) | None => knock(&server, token.as_deref(), &row, &things).await,
            };
            match cell.as_str() {
                "yes" => assert!(is_let_in(&answer), "{shown}: {}", answer.body),
                refused => {
                    assert_eq!(answer.status.to_string(), refused, "{shown}: {}", answer.body);
                }
            }
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_company_sees_of_the_others_what_is_not_there() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let lease = id(&server.lease(&environment, json!({})).await);
    let root = secret(&make(&server, None, "admin", None).await);
    let other = secret(&make(&server, Some(&root), "admin", Some(Uuid::now_v7())).await);
    for (real, unknown) in [
        (format!("/v1/leases/{lease}"), format!("/v1/leases/{}", Uuid::now_v7())),
        (format!("/v1/environments/{environment}"), format!("/v1/environments/{}", Uuid::now_v7())),
        (
            server.path("leases"),
            server.path("leases").replace(&server.company.to_string(), &Uuid::now_v7().to_string()),
        ),
        (
            server.path(&format!("leases/{lease}")),
            server.path(&format!("leases/{}", Uuid::now_v7())),
        ),
    ] {
        let path = |url: &str| url.strip_prefix(&server.url).unwrap_or(url).to_owned();
        let seen = with(&server, &other, ("GET", &path(&real), &Value::Null)).await;
        let nothing = with(&server, &other, ("GET", &path(&unknown), &Value::Null)).await;
        assert_eq!(seen.status, 404);
        assert_eq!((seen.status, &seen.body["code"]), (nothing.status, &nothing.body["code"]));
    }
    for list in ["/v1/leases", "/v1/environments"] {
        let page = with(&server, &other, ("GET", list, &Value::Null)).await.expect(200);
        assert_eq!(page["items"], json!([]));
    }
    server.stop().await;
}
