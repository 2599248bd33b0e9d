//! Looking whether an environment works, and telling the ledger.

use std::time::Duration;

use leasehold_domain::actor::Actor;
use leasehold_domain::environment::Finding;
use leasehold_domain::text::{Label, Reason};
use leasehold_projections::environments::EnvironmentRow;
use tokio::time::timeout;

use super::desk::Direct;
use super::driver::{Fault, FaultKind, Probe};
use super::error::{ErrorCode, RunError};
use super::registry::Registry;
use super::resolve::place_of;

/// How long a look may take.
const PROBE_FOR: Duration = Duration::from_mins(1);

/// Looks whether an environment works. Whatever comes of it, the ledger is told.
///
/// # Errors
/// [`ErrorCode::UnsupportedEnvironment`] without a driver for it; [`ErrorCode::ProbeFailed`] with
/// why it does not work, or why the ledger could not be told.
pub async fn probe_environment(
    ledger: &Direct,
    actor: &Actor,
    registry: &Registry,
    row: &EnvironmentRow,
) -> Result<Probe, RunError> {
    let place = place_of(row)?;
    let driver = registry.find(place.driver).map_err(|error| error.at(&place, ""))?;
    let looked = match driver.provider(&place) {
        Ok(_) => timeout(PROBE_FOR, driver.probe(&place)).await.unwrap_or_else(|_| {
            let message = format!("no answer within {} s", PROBE_FOR.as_secs());
            Err(Fault::new(FaultKind::TimedOut, message))
        }),
        Err(fault) => Err(fault),
    };
    let told =
        ledger.observe(place.company_id, actor, place.environment_id, finding(&looked)).await;
    let provider = driver.provider(&place).unwrap_or_default();
    let failed = |error: RunError| error.at(&place, &provider);
    let probe = looked.map_err(|fault| {
        failed(RunError::of_fault(ErrorCode::ProbeFailed, "it does not work", &fault))
    })?;
    told.map_err(|answer| {
        failed(RunError::of_answer(ErrorCode::ProbeFailed, "the ledger is not told", &answer))
    })?;
    Ok(probe)
}

fn finding(looked: &Result<Probe, Fault>) -> Finding {
    let (ok, line, cause) = match looked {
        Ok(probe) => (true, probe.summary.clone(), None),
        Err(fault) => (false, fault.message.clone(), Label::new(fault.kind.as_str()).ok()),
    };
    Finding::Probe { ok, summary: reason(&line), cause }
}

/// A text within the ledger's bound for reasons.
///
/// # Panics
/// Never: what has no text left is replaced by a literal.
#[expect(clippy::expect_used, reason = "the fallback is a literal within its bounds")]
pub(super) fn reason(text: &str) -> Reason {
    let mut text = text.replace('\0', " ");
    text.truncate(text.floor_char_boundary(leasehold_domain::limits::REASON_BYTES_MAX));
    Reason::new(text).unwrap_or_else(|_| Reason::new("nothing was said").expect("a short literal"))
}
