//! `leasehold env probe`: whether an environment works, and why not.

use leasehold_domain::id::EnvironmentId;
use leasehold_projections::environments::EnvironmentRow;
use serde_json::json;
use uuid::Uuid;

use crate::cli::Global;
use crate::cli::commands::{Target, company_of, person};
use crate::cli::exec::machine;
use crate::cli::exit::{Failed, Kind};
use crate::cli::output;
use crate::cli::session::Session;
use crate::read::{find_environment, find_environment_by_name};
use crate::run::desk::Direct;
use crate::run::driver::{FaultKind, Probe};
use crate::run::{Registry, RunError, probe_environment};

pub(super) async fn probe(global: &Global, named: &str) -> Result<(), Failed> {
    let session = Session::open(global).await?;
    let looked = look(&session, global, named).await;
    session.close().await?;
    let (row, looked) = looked?;
    let shown = match &looked {
        Ok(probe) => json!({
            "environmentId": row.id, "name": row.name, "driver": row.driver, "ok": true,
            "summary": probe.summary, "facts": probe.facts,
        }),
        Err(error) => json!({
            "environmentId": row.id, "name": row.name, "driver": row.driver, "ok": false,
            "summary": error.message, "code": error.code.as_str(), "provider": error.provider,
            "cause": error.cause.map(FaultKind::as_str), "canRetry": error.can_retry,
        }),
    };
    output::one(global.output, &shown)?;
    looked.map(drop).map_err(|error| Failed::new(Kind::Error, error.to_string()))
}

async fn look(
    session: &Session,
    global: &Global,
    named: &str,
) -> Result<(EnvironmentRow, Result<Probe, RunError>), Failed> {
    let pool = &session.ledger.readers;
    let id = named.parse::<Uuid>().ok();
    let company = company_of(pool, global, id.map_or(Target::Nobody, Target::Environment)).await?;
    let connection = &mut *pool.acquire().await?;
    let found = match id {
        Some(id) => find_environment(connection, company, EnvironmentId(id)).await?,
        None => find_environment_by_name(connection, company, named).await?,
    };
    let row = found.ok_or_else(|| Failed::not_found(format!("there is no environment {named}")))?;
    let (ledger, registry) = (Direct::to(&session.ledger), Registry::standard(&machine()?));
    let looked = probe_environment(&ledger, &person(), &registry, &row).await;
    Ok((row, looked))
}
