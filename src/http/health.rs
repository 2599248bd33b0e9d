//! Whether the process lives, and whether it can serve.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::openapi::{Answer, Told};
use super::problem::{Code, Problem};
use super::route::Routes;
use super::{Handle, answer, request};
use crate::read::{Readiness, find_newest_migration, readiness};

pub(super) fn routes() -> Routes {
    let ok = |about| Answer::json(200, "Health", about);
    let lives =
        Told::plain("getHealth", "server", "Whether the process lives", ok("It does.")).open();
    let about = "Whether it reaches a migrated database";
    let ready = Told::question("getReadiness", "server", about, ok("It does.")).open();
    Routes::below("").get("/healthz", &lives, healthz).get(
        "/readyz",
        &ready.codes(&[Code::UpgradeRequired]),
        readyz,
    )
}

#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
}

async fn healthz() -> Result<Response, Problem> {
    answer::json(StatusCode::OK, &Health { status: "ok" })
}

/// Ready is who reaches a database that is migrated to what this program knows.
async fn readyz(State(handle): State<Handle>) -> Result<Response, Problem> {
    let door = request::open(&handle)?;
    let applied = find_newest_migration(&mut *door.reader().await?).await?;
    match readiness(applied) {
        Readiness::Ready => answer::json(StatusCode::OK, &Health { status: "ok" }),
        Readiness::Behind => {
            Err(Problem::new(Code::DatabaseUnavailable, "the database is not migrated"))
        }
        Readiness::Newer => {
            let detail = "the database was migrated by a newer program: upgrade this one";
            Err(Problem::new(Code::UpgradeRequired, detail))
        }
    }
}
