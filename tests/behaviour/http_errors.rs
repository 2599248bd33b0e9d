//! Every error code that there is, provoked over HTTP.

mod positions;
mod rebuilds;
mod reservations;

use std::collections::BTreeSet;

use leasehold::http::{Code, Retry, Rules};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{Answer, Server, id};
use crate::support::tokens::{make, secret, with};

/// The codes that were seen, each with its status and its word on asking again.
#[derive(Default)]
struct Seen(BTreeSet<Code>);

impl Seen {
    fn note(&mut self, answer: Answer, code: Code, retry: Retry) -> Value {
        assert_eq!(answer.status, code.status(), "{}", answer.body);
        let problem = answer.problem(code.as_str());
        assert_eq!(problem["retry"], retry.as_str(), "{code}");
        assert_eq!(problem["title"], code.title());
        self.0.insert(code);
        problem
    }

    fn no(&mut self, answer: Answer, code: Code) -> Value {
        self.note(answer, code, Retry::No)
    }

    fn new_key(&mut self, answer: Answer, code: Code) -> Value {
        self.note(answer, code, Retry::NewKey)
    }
}

#[tokio::test]
async fn every_code_is_met_with_its_status_and_its_evidence() {
    let mut seen = Seen::default();
    let server = Server::start().await;
    requests(&server, &mut seen).await;
    environments(&server, &mut seen).await;
    leases(&server, &mut seen).await;
    runs_and_keys(&server, &mut seen).await;
    server.stop().await;
    let (faults, gone, lost, waited, kept_out, rebuilt) = tokio::join!(
        database_faults(),
        database_gone(),
        answer_lost(),
        positions::waited_for(),
        tokens_shown(),
        rebuilds::refused()
    );
    for codes in [faults, gone, lost, waited, kept_out, rebuilt] {
        seen.0.extend(codes.0);
    }
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !seen.0.contains(code)).collect();
    assert!(missing.is_empty(), "never met: {missing:?}");
}

async fn requests(server: &Server, seen: &mut Seen) {
    seen.no(server.get("leases?limit=x").await, Code::InvalidRequest);
    seen.no(server.get("nowhere").await, Code::RouteNotFound);
    let patch = server.request("PATCH", "leases");
    seen.no(Answer::of(patch).await, Code::MethodNotAllowed);
    let html = server.request("GET", "leases").header("Accept", "text/html");
    seen.no(Answer::of(html).await, Code::NotAcceptable);
    let text = server.request("POST", "leases").body("environmentId=1");
    seen.no(Answer::of(text).await, Code::UnsupportedMediaType);
    let large = server.post("leases", &json!({"text": "x".repeat(1024 * 1024)})).await;
    seen.no(large, Code::TooLarge);
}

async fn environments(server: &Server, seen: &mut Seen) {
    let unknown = Uuid::now_v7();
    let answer = server.post("leases", &json!({"environmentId": unknown})).await;
    let problem = seen.no(answer, Code::EnvironmentNotFound);
    assert_eq!(problem["environmentId"], json!(unknown));

    let local = server.post("environments/ensure-local", &json!({})).await.expect(200);
    let second = json!({"name": "second", "driver": "local"});
    let problem = seen.no(server.post("environments", &second).await, Code::EnvironmentLocalExists);
    assert_eq!(problem["environmentId"], local["id"]);

    let place = server.environment("box", json!({"capacity": 1, "singleFlight": true})).await;
    let taken = server.post("environments", &json!({"name": "box", "driver": "ssh"})).await;
    assert_eq!(seen.no(taken, Code::EnvironmentNameTaken)["environmentId"], json!(place));

    let (run, issue, workspace) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let with = json!({"heartbeatRunId": run, "issueId": issue, "executionWorkspaceId": workspace});
    let held = server.lease(&place, with.clone()).await;
    let conflict = json!([{"leaseId": held["id"], "runId": run, "issueId": issue}]);
    let full = server.post("leases", &json!({"environmentId": place})).await;
    assert_eq!(seen.new_key(full, Code::CapacityExhausted)["conflicting"], conflict);
    let mut same = with;
    same["environmentId"] = json!(place);
    let problem = seen.new_key(server.post("leases", &same).await, Code::WorkspaceHeld);
    assert_eq!(problem["conflicting"], conflict);
    assert_eq!(problem["executionWorkspaceId"], json!(workspace));

    inactive(server, seen, &place, &conflict, &same).await;
}

/// What is refused on an environment that is held, and then archived.
async fn inactive(
    server: &Server,
    seen: &mut Seen,
    place: &str,
    conflict: &Value,
    acquire: &Value,
) {
    let path = format!("environments/{place}");
    let remove = Answer::of(server.request("DELETE", &path)).await;
    let problem = seen.new_key(remove, Code::EnvironmentInUse);
    assert_eq!(
        (&problem["reasons"], &problem["conflicting"]),
        (&json!(["active_lease"]), conflict)
    );
    let older = server.request("PATCH", &path).header("If-Match", "\"7\"").json(&json!({}));
    let problem = seen.no(Answer::of(older).await, Code::VersionMismatch);
    assert_eq!((&problem["currentVersion"], &problem["expectedVersion"]), (&json!(1), &json!(7)));
    server.post(&format!("{path}/archive"), &json!({})).await.expect(200);
    let problem = seen.new_key(server.post("leases", acquire).await, Code::EnvironmentInactive);
    assert_eq!(problem["currentStatus"], "archived");
}

async fn leases(server: &Server, seen: &mut Seen) {
    let environment = server.environment("for leases", json!({})).await;
    let unknown = Uuid::now_v7();
    let renew = json!({"ttlSeconds": 60});
    let problem = server.post(&format!("leases/{unknown}/renew"), &renew).await;
    assert_eq!(seen.no(problem, Code::LeaseNotFound)["leaseId"], json!(unknown));

    let run = Uuid::now_v7();
    let held = server.lease_of(&environment, run).await;
    let path = format!("leases/{}", id(&held));
    reservations::reserved(server, seen, &environment).await;
    let stale = json!({"ttlSeconds": 60, "fence": 1});
    let problem = seen.no(server.post(&format!("{path}/renew"), &stale).await, Code::StaleFence);
    assert_eq!((&problem["fence"], &problem["currentFence"]), (&json!(1), &held["fence"]));
    let other = json!({"heartbeatRunId": Uuid::now_v7()});
    let problem = server.post(&format!("{path}/resume"), &other).await;
    assert_eq!(seen.no(problem, Code::LeaseNotRetained)["currentStatus"], "active");
    server.post(&format!("{path}/retain"), &json!({})).await.expect(200);
    let problem = server.post(&format!("{path}/renew"), &renew).await;
    assert_eq!(seen.no(problem, Code::LeaseNotActive)["currentStatus"], "retained");
    let resuming = json!({
        "environmentId": environment, "resumesLeaseId": held["id"], "heartbeatRunId": run,
        "executionWorkspaceId": Uuid::now_v7(), "providerLeaseId": "p",
    });
    let problem = seen.no(server.post("leases", &resuming).await, Code::ResumeMismatch);
    assert_eq!((&problem["leaseId"], &problem["mismatch"]), (&held["id"], &json!("workspace")));

    ended(server, seen, &path).await;
}

/// What is refused of a lease's notes, and then of a lease that is over.
async fn ended(server: &Server, seen: &mut Seen, path: &str) {
    let half = json!({"metadata": {"a": "x".repeat(40_000)}});
    server.send("PUT", &format!("{path}/metadata"), &half).await.expect(200);
    let more = json!({"metadata": {"b": "x".repeat(40_000)}});
    let problem = server.send("PATCH", &format!("{path}/metadata"), &more).await;
    assert_eq!(seen.no(problem, Code::TooLarge)["bytesMax"], 64 * 1024);

    let why = json!({"failureReason": "done", "actor": {"type": "user", "id": "ada"}});
    server.post(&format!("{path}/release"), &why).await.expect(200);
    let problem = server.post(&format!("{path}/renew"), &json!({"ttlSeconds": 60})).await;
    let problem = seen.no(problem, Code::LeaseEnded);
    assert_eq!(
        (&problem["currentStatus"], &problem["failureReason"]),
        (&json!("released"), &json!("done"))
    );
    assert_eq!(problem["endedBy"]["id"], "ada");
    assert!(problem["endedAt"].is_string());
}

async fn runs_and_keys(server: &Server, seen: &mut Seen) {
    let environment = server.environment("for runs", json!({})).await;
    let run = Uuid::now_v7();
    server.post(&format!("runs/{run}/end"), &json!({"outcome": "failed"})).await.expect(200);
    let body = json!({"environmentId": environment, "heartbeatRunId": run});
    let first = server.keyed("late", "leases", &body).await;
    assert_eq!(first.header("leasehold-replayed"), None);
    let first = seen.no(first, Code::RunEnded);
    assert_eq!((&first["outcome"], &first["key"]), (&json!("failed"), &json!("late")));
    let again = server.keyed("late", "leases", &body).await;
    assert_eq!(again.header("leasehold-replayed"), Some("true"));
    assert_eq!(again.problem("run_ended"), first);
    let body = json!({"environmentId": environment});
    let other = server.keyed("late", "leases", &body).await;
    assert_eq!(seen.no(other, Code::IdempotencyMismatch)["key"], "late");
}

/// A database that refuses rows, each name for a reason of its own.
async fn database_faults() -> Seen {
    let (mut seen, server) = (Seen::default(), Server::start().await);
    for statement in [
        "create function leasehold.fail() returns trigger language plpgsql as $$
         begin
           raise exception 'secret text' using errcode = new.name;
         end $$",
        "create trigger fail before insert on leasehold.environments
         for each row when (new.driver = 'plugin') execute function leasehold.fail()",
    ] {
        sqlx::query(statement).execute(&server.database.pool).await.unwrap();
    }
    let fail = |sqlstate: &'static str| {
        let body = json!({"name": sqlstate, "driver": "plugin"});
        let server = &server;
        async move { server.keyed(sqlstate, "environments", &body).await }
    };
    let problems = [
        seen.no(fail("22003").await, Code::Unstorable),
        seen.note(fail("53100").await, Code::StorageFull, Retry::SameKey),
        seen.no(fail("P0001").await, Code::Internal),
    ];
    assert!(problems.iter().all(|problem| !problem.to_string().contains("secret")));
    assert_eq!(problems[0]["key"], "22003");
    let change = "update leasehold._sqlx_migrations set version = 99999 where version = 1";
    sqlx::query(change).execute(&server.database.pool).await.unwrap();
    seen.no(server.get("/readyz").await, Code::UpgradeRequired);
    server.stop().await;
    seen
}

async fn database_gone() -> Seen {
    let mut seen = Seen::default();
    let (server, mut bridge) = Server::start_beyond_a_bridge().await;
    bridge.cut().await;
    let nothing = json!({});
    let (command, question, ready) = tokio::join!(
        server.keyed("k", "environments/ensure-local", &nothing),
        server.get("leases"),
        server.get("/readyz"),
    );
    let problem = seen.note(command, Code::DatabaseUnavailable, Retry::SameKey);
    assert_eq!(problem["key"], "k");
    seen.note(question, Code::DatabaseUnavailable, Retry::SameKey);
    seen.note(ready, Code::DatabaseUnavailable, Retry::SameKey);
    server.get("/healthz").await.expect(200);
    bridge.mend();
    server.keyed("k", "environments/ensure-local", &nothing).await.expect(200);
    server.get("/readyz").await.expect(200);
    server.stop().await;
    seen
}

/// The statement is sent, and held up by a lock when its connection is cut.
async fn answer_lost() -> Seen {
    let mut seen = Seen::default();
    let (server, mut bridge) = Server::start_beyond_a_bridge().await;
    let environment = server.environment("box", json!({})).await;
    let mut locking = server.database.pool.begin().await.unwrap();
    let lock = "lock table leasehold.activity_log in access exclusive mode";
    sqlx::query(lock).execute(&mut *locking).await.unwrap();
    let body = json!({"environmentId": environment});
    let cutting = async {
        let waiting = "select count(*) from pg_locks
                       where not granted and relation = 'leasehold.activity_log'::regclass";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut *locking).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        bridge.cut().await;
    };
    let (answer, ()) = tokio::join!(server.keyed("lost", "leases", &body), cutting);
    let problem = seen.note(answer, Code::OutcomeUnknown, Retry::SameKey);
    assert_eq!(problem["key"], "lost");
    bridge.mend();
    locking.rollback().await.unwrap();
    let lease = server.keyed("lost", "leases", &body).await.expect(201);
    let page = server.get("leases").await.expect(200);
    assert_eq!(page["items"], json!([lease]), "it happened once");
    server.stop().await;
    seen
}

async fn tokens_shown() -> Seen {
    let rules = Rules { requests_per_second: Some(5), ..Rules::default() };
    let (mut seen, server) = (Seen::default(), Server::start_with(rules).await);
    let admin = secret(&make(&server, None, "admin", None).await);
    let auditor = secret(&make(&server, Some(&admin), "auditor", None).await);
    seen.no(server.get("leases").await, Code::Unauthenticated);
    let nothing = json!({});
    let asked = ("POST", "environments/ensure-local", &nothing);
    seen.no(with(&server, &auditor, asked).await, Code::Forbidden);
    let path = format!("/v1/admin/tokens/{}", Uuid::now_v7());
    let revoking = with(&server, &admin, ("DELETE", &path, &nothing)).await;
    seen.no(revoking, Code::TokenNotFound);
    let ask = || with(&server, &auditor, asked);
    // On a busy machine a bucket fills as fast as thirty requests empty it.
    let answers = futures::future::join_all((0..300).map(|_| ask())).await;
    let hasty = answers.into_iter().find(|answer| answer.status == 429);
    seen.note(hasty.unwrap(), Code::RateLimited, Retry::SameKey);
    server.stop().await;
    seen
}
