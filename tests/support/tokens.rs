//! Tokens for tests, made over HTTP while there are none, or by an admin.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{Answer, Server};

/// A request with a token.
pub(crate) async fn with(server: &Server, token: &str, asked: (&str, &str, &Value)) -> Answer {
    let (method, path, body) = asked;
    let mut request = server.request(method, path).bearer_auth(token);
    if method != "GET" {
        request = request.json(body);
    }
    Answer::of(request).await
}

/// A new token of a role, for one company or for all; `by` is an admin's token once there is one.
pub(crate) async fn make(
    server: &Server,
    by: Option<&str>,
    role: &str,
    company: Option<Uuid>,
) -> Value {
    let body = json!({"name": format!("a {role}"), "role": role, "companyId": company});
    let request = server.request("POST", "/v1/admin/tokens").json(&body);
    let request = match by {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    Answer::of(request).await.expect(201)
}

/// The secret of what was made.
pub(crate) fn secret(made: &Value) -> String {
    made["secret"].as_str().unwrap().to_owned()
}
