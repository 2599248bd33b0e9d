//! A janitor's steps, each under the fence of its claim.

use super::Facts;
use crate::fence::Fence;
use crate::lease::{
    Blocked, Claim, Claimed, Cleanup, CleanupCommand, CleanupState, Defer, Deferred, Event, Fail,
    FailedAttempt, Held, Record, Refusal, RenewClaim, Succeed, Succeeded,
};
use crate::limits::{ATTEMPTS_BEFORE_BLOCKED, SECONDS_BEFORE_BLOCKED};
use crate::text::{Label, Reason};

/// The kind of an attempt of which nobody told the end.
const LAPSED: &str = "claim_lapsed";

pub(super) fn clean_up(
    record: &Record,
    command: &CleanupCommand,
    facts: &Facts,
) -> Result<Vec<Event>, Refusal> {
    match command {
        CleanupCommand::Claim(claim) => self::claim(record, claim, facts),
        CleanupCommand::Renew(renew) => self::renew(record, renew, facts),
        CleanupCommand::Succeed(succeed) => self::succeed(record, succeed, facts),
        CleanupCommand::Fail(fail) => self::fail(record, fail, facts),
        CleanupCommand::Defer(defer) => self::defer(record, defer, facts),
    }
}

fn not_claimed(record: &Record, claim_fence: Option<Fence>) -> Refusal {
    let cleanup = record.cleanup.as_deref();
    let held = cleanup.and_then(|cleanup| cleanup.claim.as_ref());
    Refusal::CleanupNotClaimed {
        lease_id: record.id,
        claim_fence,
        current_claim_fence: held.map(|held| held.fence),
        cleanup_state: cleanup.map(|cleanup| cleanup.state),
        owner: held.map(|held| held.owner.clone()),
    }
}

/// What waits is taken when its time has come; a lapsed claim counts as a failed attempt first.
fn claim(record: &Record, claim: &Claim, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    let is_due = |cleanup: &&Cleanup| cleanup.claimable_at().is_some_and(|at| at <= facts.now);
    let cleanup = record.cleanup.as_deref().filter(is_due);
    let cleanup = cleanup.ok_or_else(|| not_claimed(record, None))?;
    let mut events = Vec::new();
    if let Some(held) = &cleanup.claim {
        events.extend(failed(cleanup, label_of(held), None, facts));
    }
    // The fence is the position of the claim itself, which stands after what it takes over.
    let claim_fence = Fence(facts.fence.0 + events.len() as u64);
    events.push(Event::CleanupClaimed(Box::new(Claimed {
        at: facts.now,
        by: facts.actor.clone(),
        owner: claim.owner.clone(),
        claim_fence,
        until: facts.now.plus_seconds(claim.ttl_seconds.0),
        attempt: cleanup.attempt.saturating_add(1),
    })));
    Ok(events)
}

/// A claim that lapsed is told by its kind; its owner stands in the event before.
fn label_of(held: &Held) -> Label {
    Label::new(LAPSED).unwrap_or_else(|_| held.owner.clone())
}

/// The cleanup, if the claim holds. One that lapsed holds until somebody else takes over.
fn held(record: &Record, fence: Fence) -> Result<(&Cleanup, &Held), Refusal> {
    let cleanup = record.cleanup.as_deref();
    let held = cleanup.and_then(|cleanup| Some((cleanup, cleanup.claim.as_ref()?)));
    held.filter(|(_, held)| held.fence == fence).ok_or_else(|| not_claimed(record, Some(fence)))
}

fn renew(record: &Record, renew: &RenewClaim, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    let (cleanup, held) = held(record, renew.claim_fence)?;
    let until = facts.now.plus_seconds(renew.ttl_seconds.0);
    if until <= held.until {
        return Ok(Vec::new());
    }
    Ok(vec![Event::CleanupClaimed(Box::new(Claimed {
        at: facts.now,
        by: facts.actor.clone(),
        owner: held.owner.clone(),
        claim_fence: held.fence,
        until,
        attempt: cleanup.attempt,
    }))])
}

/// A claim that lapsed, and that nobody has followed. Its janitor may have been cut off from the
/// ledger, but not from the provider: that something is gone stays true.
fn lapsed_last(record: &Record, fence: Fence) -> Option<&Cleanup> {
    let cleanup = record.cleanup.as_deref()?;
    let has_lapsed = cleanup.failure.as_ref().is_some_and(|f| f.kind.as_str() == LAPSED);
    let is_last = cleanup.claim.is_none() && cleanup.last_fence == Some(fence);
    let rests = matches!(cleanup.state, CleanupState::Failed | CleanupState::Blocked);
    (is_last && has_lapsed && rests).then_some(cleanup)
}

/// Told again, a success is no event.
fn succeed(record: &Record, succeed: &Succeed, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    let fence = succeed.claim_fence;
    let done = record.cleanup.as_deref().filter(|cleanup| !cleanup.is_open());
    if done.is_some_and(|cleanup| cleanup.last_fence == Some(fence)) {
        return Ok(Vec::new());
    }
    let cleanup = match lapsed_last(record, fence) {
        Some(cleanup) => cleanup,
        None => held(record, fence)?.0,
    };
    Ok(vec![Event::CleanupSucceeded(Box::new(Succeeded {
        at: facts.now,
        by: facts.actor.clone(),
        attempt: cleanup.attempt,
        proof: succeed.proof.clone(),
    }))])
}

fn fail(record: &Record, fail: &Fail, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    let (cleanup, _) = held(record, fail.claim_fence)?;
    Ok(failed(cleanup, fail.kind.clone(), fail.message.clone(), facts))
}

fn failed(cleanup: &Cleanup, kind: Label, message: Option<Reason>, facts: &Facts) -> Vec<Event> {
    let mut events = vec![Event::CleanupFailed(Box::new(FailedAttempt {
        at: facts.now,
        by: facts.actor.clone(),
        attempt: cleanup.attempt,
        kind,
        message,
        due_at: cleanup.retry_at(facts.now, facts.jitter),
    }))];
    if cleanup.is_last_try() {
        let why = format!("{ATTEMPTS_BEFORE_BLOCKED} attempts failed");
        events.extend(blocked(cleanup, &why, facts));
    }
    events
}

fn blocked(cleanup: &Cleanup, why: &str, facts: &Facts) -> Option<Event> {
    let reason = Reason::new(why).ok()?;
    let (at, attempt) = (facts.now, cleanup.attempt);
    Some(Event::CleanupBlocked(Box::new(Blocked { at, attempt, reason })))
}

/// Put off, a cleanup has spent no attempt.
fn defer(record: &Record, defer: &Defer, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    let (cleanup, _) = held(record, defer.claim_fence)?;
    Ok(vec![Event::CleanupDeferred(Box::new(Deferred {
        at: facts.now,
        by: facts.actor.clone(),
        attempt: cleanup.attempt.saturating_sub(1),
        due_at: facts.now.plus_seconds(defer.seconds.0),
        message: defer.message.clone(),
    }))])
}

/// Nobody told how an attempt ended, and its time is over.
pub(super) fn lapsed(record: &Record, facts: &Facts) -> Vec<Event> {
    let claimed = record.cleanup.as_deref().and_then(|c| Some((c, c.claim.as_ref()?)));
    claimed.map_or_else(Vec::new, |(cleanup, held)| failed(cleanup, label_of(held), None, facts))
}

/// It takes longer than anybody would wait for without looking.
pub(super) fn overdue(record: &Record, facts: &Facts) -> Vec<Event> {
    let waiting = record.cleanup.as_deref().filter(|c| c.state != CleanupState::Succeeded);
    let why = format!("not done after {} hours", SECONDS_BEFORE_BLOCKED / 3_600);
    waiting.and_then(|cleanup| blocked(cleanup, &why, facts)).into_iter().collect()
}
