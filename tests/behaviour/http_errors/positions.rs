//! What a read is told that waits for a position.

use leasehold::http::Code;
use serde_json::json;

use super::Seen;
use crate::support::server::Server;

/// A log that does not come to a position in time.
pub(super) async fn waited_for() -> Seen {
    let (mut seen, server) = (Seen::default(), Server::start().await);
    server.environment("box", json!({})).await;
    let problem = seen.no(server.get("leases?minPosition=2").await, Code::PositionTimeout);
    assert_eq!((&problem["minPosition"], &problem["currentPosition"]), (&json!(2), &json!(1)));
    server.stop().await;
    seen
}
