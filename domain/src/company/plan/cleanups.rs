//! Plans for cleanups: one claim takes what has waited longest.

use super::leases::decided;
use super::{Answer, Decision, Facts};
use crate::company::{ClaimCleanups, Company, Refusal};
use crate::lease::{Claim, CleanupCommand, Command};

/// Each goes to one janitor, for the claims of a company are decided one after the other. Oldest
/// first: what waits keeps its place while others come, so that nothing is starved.
pub(super) fn claim(
    company: &Company,
    claim: &ClaimCleanups,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let due = company.index().cleanups().take_while(|(at, _)| *at <= facts.now);
    let leases: Vec<_> = due.map(|(_, lease)| lease).take(claim.limit.0 as usize).collect();
    let (owner, ttl_seconds) = (claim.owner.clone(), claim.ttl_seconds);
    let command = Command::Cleanup(CleanupCommand::Claim(Claim { owner, ttl_seconds }));
    let mut events = Vec::new();
    for lease in &leases {
        events.extend(decided(company, *lease, &command, facts, events.len())?);
    }
    Ok(Decision::new(Answer::Cleanups(leases), events))
}
