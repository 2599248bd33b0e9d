//! What a janitor asks with.

use leasehold_domain::company::CommandType;
use leasehold_domain::limits::{CLAIM_ITEMS_MAX, CLAIM_SECONDS_MAX};

use super::super::shape::{Kind, Shape, anything, count, whole};
use super::{label, reason};

/// The body of a step of a cleanup.
pub(super) fn of_cleanup(kind: CommandType) -> Shape {
    if kind == CommandType::ClaimCleanups {
        let limit = whole(1, CLAIM_ITEMS_MAX.into(), "At most so many; 10 unless given.");
        return Shape::new("Who takes cleanups.")
            .must("owner", label("The janitor, by its own name."))
            .maybe("limit", limit)
            .maybe("ttlSeconds", seconds("For how long; 300 unless given."));
    }
    let step = Shape::new("A janitor's step, under the fence of its claim.")
        .must("claimFence", count("The fence of the claim; an older one is refused."));
    if kind == CommandType::RenewCleanup {
        step.maybe("ttlSeconds", seconds("From now on; 300 unless given."))
    } else if kind == CommandType::SucceedCleanup {
        step.maybe("proof", anything("The evidence that nothing is left."))
    } else if kind == CommandType::FailCleanup {
        step.must("kind", label("What went wrong, in a word of yours."))
            .maybe("message", reason("In words."))
    } else {
        step.maybe("seconds", seconds("For how long; 300 unless given."))
            .maybe("message", reason("Why."))
    }
}

fn seconds(about: &str) -> Kind {
    whole(1, CLAIM_SECONDS_MAX.into(), about)
}
