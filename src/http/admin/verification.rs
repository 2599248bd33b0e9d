//! The ledger checks itself, asked over HTTP. One verification at a time in a server.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use leasehold_domain::fields::{Fault, Fields, FromField, integer};
use leasehold_domain::limits::Limits;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::http::answer;
use crate::http::openapi::{Answer, Told};
use crate::http::problem::{Code, Problem};
use crate::http::request::Asked;
use crate::http::route::Routes;
use crate::tokens::Access;
use crate::verify::{Options, Stock, verify};

/// Held by the one that runs.
static RUNNING: Mutex<()> = Mutex::const_new(());
/// When to ask again while another one runs.
const ASK_AGAIN: Duration = Duration::from_secs(5);

pub(super) fn routes() -> Routes {
    let report = Answer::json(200, "Verification", "What was found; `failing` 0 when all holds.");
    let told = Told::question("verifyLedger", "admin", "Let the ledger check itself", report);
    let told = told.needs(Access::Installation).body("StartVerification", false);
    Routes::below("/v1/admin").post("/verify", &told, run)
}

struct Sample(Stock);

impl FromField for Sample {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        if value == "all" {
            return Ok(Self(Stock::All));
        }
        let streams = integer(&value, 0..=u64::from(u32::MAX))?;
        u32::try_from(streams).map(Stock::Some).map(Self).map_err(Fault::invalid)
    }
}

async fn run(asked: Asked) -> Result<Response, Problem> {
    let Asked { door, body, .. } = asked;
    let stock = Fields::read(body, &door.limits, |fields| {
        Some(fields.optional::<Sample>("stock").map(|sample| sample.0))
    })?;
    let Ok(_running) = RUNNING.try_lock() else {
        let detail = "another verification runs in this server";
        return Err(Problem::new(Code::RateLimited, detail).after(ASK_AGAIN));
    };
    let options = Options { stock, ..Options::default() };
    let (database, readers) = (door.database.clone(), door.readers.clone());
    // A thread of its own keeps the server's others for whoever dispatches.
    let runtime = Handle::current();
    let verified = spawn_blocking(move || {
        runtime.block_on(verify(&database, &readers, options, |_| (), Arc::new(|_| ())))
    });
    let report = verified.await.map_err(|error| Problem::internal(&error))??;
    answer::json(StatusCode::OK, &report.to_json())
}
