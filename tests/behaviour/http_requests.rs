//! Requests that are not as they should be: every one is told so, in the same form.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{Answer, Server, id};

/// Posts bytes as they are to the creation of environments.
async fn post(server: &Server, body: impl Into<Vec<u8>>) -> Answer {
    let request = server.request("POST", "environments").header("content-type", "application/json");
    Answer::of(request.body(body.into())).await
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_told_where_it_goes_wrong() {
    let server = Server::start().await;
    let bodies: [(&[u8], &str); 12] = [
        (b"{\"name\": ", "line 1 column 9"),
        (b"{\"name\": \"a\",}", "trailing comma at line 1 column 14"),
        (b"\n{'name': 1}", "line 2 column 2"),
        (b"{} {}", "trailing characters at line 1 column 4"),
        (b"[]", "not a JSON object"),
        (b"\"text\"", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"7", "not a JSON object"),
        (b"{\"name\": \"\xff\"}", "not UTF-8 from byte 10 on"),
        (b"{\"name\": \"\\ud800\"}", "line 1 column"),
        (b"{\"name\": \"\\udc00\\ud800\"}", "line 1 column"),
        (b"{\"name\": 1e}", "line 1 column 12"),
    ];
    for (body, message) in bodies {
        post(&server, body).await.invalid("", message);
    }
    let deep = |levels: usize| {
        format!(r#"{{"config": {}1{}}}"#, r#"{"a":"#.repeat(levels), "}".repeat(levels))
    };
    post(&server, deep(500_000 / 6)).await.invalid("", "recursion limit exceeded at line 1");
    post(&server, deep(130)).await.invalid("", "recursion limit exceeded at line 1");
    let problem = post(&server, deep(40)).await.problem("invalid_request");
    assert!(problem["detail"].as_str().unwrap().contains("config is nested deeper"), "{problem}");
    server.stop().await;
}

#[tokio::test]
async fn names_that_the_json_library_keeps_for_itself_are_refused() {
    let server = Server::start().await;
    let refused = [
        r#"{"config": {"$serde_json::private::Number": "7"}}"#,
        r#"{"config": {"$serde_json::private::RawValue": "{\"a\": 1}"}}"#,
        r#"{"config": {"\u0024serde_json::private::RawValue": "[]"}}"#,
        r#"{"config": {"$serde_json\u003a:private::N\u0075mber": "7"}}"#,
    ];
    for body in refused {
        post(&server, body).await.invalid("", "$serde_json::private::");
    }
    let told =
        r#"{"name": "a", "driver": "ssh", "description": "of $serde_json::private::Number"}"#;
    let made = post(&server, told).await.expect(201);
    assert_eq!(made["description"], "of $serde_json::private::Number");
    server.stop().await;
}

#[tokio::test]
async fn every_fault_of_a_body_is_in_one_answer() {
    let server = Server::start().await;
    let body = json!({
        "name": " ", "driver": "cloud", "capacity": -1, "config": [], "singleFlight": "yes",
        "description": "a\u{0}b", "metadata": {"\u{0}": 1}, "actor": {"type": "robot"}, "colour": 1,
    });
    let problem = server.post("environments", &body).await.problem("invalid_request");
    let errors = problem["errors"].as_array().unwrap();
    let fields: Vec<&str> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
    let expected = [
        "actor.type",
        "actor.id",
        "name",
        "driver",
        "description",
        "config",
        "metadata",
        "capacity",
        "singleFlight",
        "colour",
    ];
    assert_eq!(fields, expected, "{problem}");
    server.stop().await;
}

#[tokio::test]
async fn numbers_stay_as_they_were_written() {
    let server = Server::start().await;
    let (pi, big) = ("3.14159265358979323846264338327950288", "123456789012345678901234567890");
    let config = format!(r#"{{"pi":{pi},"big":{big},"one":1.0}}"#);
    let body = format!(r#"{{"name": "numbers", "driver": "ssh", "config": {config}}}"#);
    let made = post(&server, body).await.expect(201);
    assert_eq!(made["config"].to_string(), config);
    let shown = server.get(&format!("environments/{}", id(&made))).await.expect(200);
    assert_eq!(shown["config"], made["config"]);
    let events = server.get("events").await.expect(200);
    assert_eq!(events["items"][0]["payload"]["Created"]["config"].to_string(), config);
    let huge = r#"{"name": "n", "driver": "ssh", "config": {"n": 1e999}}"#;
    post(&server, huge).await.invalid("config", "1e300");
    server.stop().await;
}

#[tokio::test]
async fn a_body_over_its_limit_is_refused_even_while_it_is_sent() {
    let server = Server::start().await;
    for bytes in [1024 * 1024 + 1, 24 * 1024 * 1024] {
        let answer = post(&server, vec![b' '; bytes]).await;
        assert_eq!(answer.status, 413);
        let problem = answer.problem("too_large");
        assert_eq!(problem["detail"], "the body is larger than 1048576 bytes");
    }
    let notes = json!({"name": "n", "driver": "ssh", "metadata": {"text": "x".repeat(70_000)}});
    let answer = server.post("environments", &notes).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.problem("too_large")["errors"][0]["field"], "metadata");
    let full = format!(r#"{{"name": "full", "driver": "ssh"{}}}"#, " ".repeat(1024 * 1024 - 33));
    post(&server, full).await.expect(201);
    server.stop().await;
}

#[tokio::test]
async fn only_json_is_taken_and_only_json_is_given() {
    let server = Server::start().await;
    let body = r#"{"name": "a", "driver": "ssh"}"#;
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/xml"] {
        let request = server.request("POST", "environments").header("content-type", media_type);
        let answer = Answer::of(request.body(body)).await;
        assert_eq!(answer.status, 415);
        answer.problem("unsupported_media_type");
    }
    Answer::of(server.request("POST", "environments").body(body))
        .await
        .problem("unsupported_media_type");
    let request = server.request("POST", "environments");
    let request = request.header("content-type", "application/merge-patch+json; charset=utf-8");
    Answer::of(request.body(body)).await.expect(201);

    let get = |accept: &'static str, path: &'static str| {
        Answer::of(server.request("GET", path).header("Accept", accept))
    };
    for accept in ["text/html", "application/x-ndjson", "application/json;q=0", "image/*"] {
        let answer = get(accept, "leases").await;
        assert_eq!(answer.status, 406, "{accept}");
        answer.problem("not_acceptable");
    }
    get("text/html", "events").await.problem("not_acceptable");
    for accept in ["*/*", "application/*", "text/html, application/json;q=0.5", "text/html, */*"] {
        get(accept, "leases").await.expect(200);
    }
    server.stop().await;
}

#[tokio::test]
async fn routes_and_methods_that_do_not_exist_are_problems_too() {
    let server = Server::start().await;
    for path in ["/", "/v1", "/v1/nothing", "/v1/leases/", "/V1/leases", "leases/a/b/c", "dance"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        answer.problem("route_not_found");
    }
    let calls = [
        ("PUT", "leases", "GET,HEAD,POST"),
        ("DELETE", "dispatch", "POST"),
        ("POST", "activity", "GET,HEAD"),
        ("POST", "/v1/environments", "GET,HEAD"),
        ("POST", "/healthz", "GET,HEAD"),
        ("OPTIONS", "events", "GET,HEAD"),
    ];
    for (method, path, allow) in calls {
        let answer = Answer::of(server.request(method, path)).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some(allow)), "{method} {path}");
        answer.problem("method_not_allowed");
    }
    let head = Answer::of(server.request("HEAD", "leases")).await;
    assert_eq!((head.status, head.body), (200, Value::Null));
    server.stop().await;
}

#[tokio::test]
async fn ids_in_paths_are_uuids_and_bodies_do_not_contradict_them() {
    let server = Server::start().await;
    server.get("leases/box").await.invalid("leaseId", "is not a UUID");
    server.get("/v1/companies/acme/leases").await.invalid("companyId", "is not a UUID");
    server.get("environments/%00").await.invalid("environmentId", "is not a UUID");
    server.get("environments/%ff").await.invalid("", "the path is not UTF-8");
    let environment = server.environment("box", json!({})).await;
    let lease = id(&server.lease(&environment, json!({})).await);
    let path = format!("leases/{lease}/renew");
    let other = json!({"ttlSeconds": 5, "leaseId": Uuid::now_v7()});
    server.post(&path, &other).await.invalid("leaseId", "differs from the one in the path");
    let odd = json!({"ttlSeconds": 5, "leaseId": 5});
    server.post(&path, &odd).await.invalid("leaseId", "differs from the one in the path");
    let same = json!({"ttlSeconds": 5, "leaseId": lease.to_uppercase()});
    server.post(&path, &same).await.expect(200);
    server.stop().await;
}

#[tokio::test]
async fn several_values_come_with_commas_or_one_by_one() {
    let server = Server::start().await;
    for name in ["a", "b", "c"] {
        server.environment(name, json!({})).await;
    }
    let path = "environments?status=active&driver=local,ssh";
    assert_eq!(server.get(path).await.expect(200)["items"].as_array().unwrap().len(), 3);
    let path = "environments?driver=local&status=active&driver=ssh";
    assert_eq!(server.get(path).await.expect(200)["items"].as_array().unwrap().len(), 3);
    let path = "environments?driver=local&driver=plugin";
    assert_eq!(server.get(path).await.expect(200)["items"].as_array().unwrap().len(), 0);
    server.get("environments?driver=ssh&driver=moon").await.invalid("driver", "unknown word");
    server.stop().await;
}

#[tokio::test]
async fn query_parameters_are_known_and_well_formed() {
    let server = Server::start().await;
    let faults = [
        ("leases?colour=red", "colour", "is not known here"),
        ("leases?limit=1&limit=2", "limit", "more than once"),
        ("leases?status=", "status", "unknown word ``"),
        ("leases?status=active,", "status", "unknown word ``"),
        ("leases?status=Active", "status", "known are active, released"),
        ("leases?open=maybe", "open", "neither true nor false"),
        ("leases?runId=7", "runId", "is not a UUID"),
        ("leases?limit=0", "limit", "whole number from 1 to 500"),
        ("leases?limit=501", "limit", "whole number from 1 to 500"),
        (
            "leases?limit=%7B%22$serde_json::private::Number%22:%225%22%7D",
            "limit",
            "whole number from 1 to 500",
        ),
        ("leases?limit=many", "limit", "whole number from 1 to 500"),
        ("leases?cursor=abc", "cursor", "is not one that this list gave"),
        ("activity?cursor=affffffffffffffff", "cursor", "is not one that this list gave"),
        ("leases?provider=%ff", "provider", "is malformed"),
        ("leases?provider=%zz", "provider", "is malformed"),
        ("leases?provider=%00", "provider", "is malformed"),
        ("leases?%ff=1", "", "the query is malformed"),
        ("events?after=-1", "after", "whole number"),
        ("events?cursor=1", "cursor", "is not known here"),
        ("environments?driver=ssh&open=true", "open", "is not known here"),
    ];
    for (path, field, message) in faults {
        server.get(path).await.invalid(field, message);
    }
    server.post("environments/ensure-local?dry=1", &json!({})).await.invalid("dry", "is not known");
    let both = server.get("leases?limit=0&colour=red").await.problem("invalid_request");
    assert_eq!(both["errors"].as_array().unwrap().len(), 2);
    server.stop().await;
}

#[tokio::test]
async fn a_key_is_one_text_of_1_to_200_bytes_and_comes_back() {
    let server = Server::start().await;
    let path = "environments/ensure-local";
    let longest = "k".repeat(200);
    let kept = server.keyed(&longest, path, &json!({})).await;
    assert_eq!(kept.header("leasehold-key"), Some(longest.as_str()));
    for bad in ["", " ", &"k".repeat(201)] {
        server.keyed(bad, path, &json!({})).await.invalid("Idempotency-Key", "is ");
    }
    let twice = server.request("POST", path).header("Idempotency-Key", "a");
    let twice = Answer::of(twice.header("Idempotency-Key", "b")).await;
    twice.invalid("Idempotency-Key", "more than once");
    let not_text = server.request("POST", path).header("Idempotency-Key", &b"\xff"[..]);
    Answer::of(not_text).await.invalid("Idempotency-Key", "is not UTF-8");
    let wrong = server.keyed("mine", path, &json!({"colour": 1})).await;
    assert_eq!(wrong.header("leasehold-key"), Some("mine"));
    assert_eq!(wrong.problem("invalid_request")["key"], "mine");
    let wrong = server.request("POST", path).header("Idempotency-Key", "mine").body("x");
    assert_eq!(Answer::of(wrong).await.problem("unsupported_media_type")["key"], "mine");
    server.stop().await;
}
