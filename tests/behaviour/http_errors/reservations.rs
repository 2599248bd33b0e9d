//! What is refused of reservations and of cleanups.

use leasehold::http::Code;
use serde_json::{Value, json};

use super::Seen;
use crate::support::server::{Server, id};

/// What is refused of a reservation, and of the cleanup that it leaves behind.
pub(super) async fn reserved(server: &Server, seen: &mut Seen, environment: &str) {
    let body = json!({"environmentId": environment});
    let lease = server.post("leases/reserve", &body).await.expect(201);
    let path = format!("leases/{}", id(&lease));
    let made = json!({"providerLeaseId": "sbx-1"});
    server.post(&format!("{path}/activate"), &made).await.expect(200);
    let given_up = json!({"reason": "late", "maybeCreated": true});
    let problem = server.post(&format!("{path}/abandon"), &given_up).await;
    assert_eq!(seen.no(problem, Code::LeaseNotReserved)["currentPhase"], "active");
    let claim = json!({"claimFence": 1});
    let problem = server.post(&format!("cleanups/{}/succeed", id(&lease)), &claim).await;
    assert_eq!(seen.no(problem, Code::CleanupNotClaimed)["owner"], Value::Null);
    expired(server, seen, environment).await;
}

/// A reservation that ended by itself.
async fn expired(server: &Server, seen: &mut Seen, environment: &str) {
    let body = json!({"environmentId": environment, "deadlineSeconds": 1});
    let lease = server.post("leases/reserve", &body).await.expect(201);
    let path = format!("leases/{}", id(&lease));
    server.swept_until(&path, |lease| lease["phase"] == "ended").await;
    let made = json!({"providerLeaseId": "sbx-1"});
    let problem = server.post(&format!("{path}/activate"), &made).await;
    assert_eq!(seen.no(problem, Code::ReservationExpired)["leaseId"], lease["id"]);
}
