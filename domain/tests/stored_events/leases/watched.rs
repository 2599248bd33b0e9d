//! What the ledger itself saw of a lease.

use leasehold_domain::actor::Actor;
use leasehold_domain::lease::{Amnesty, FenceRefused, Outage, OutageKind};

use super::fence;
use crate::support::at;

pub(super) fn amnesty() -> Amnesty {
    let outage = Outage { why: OutageKind::ClockJump, from: at(10), to: at(70), holders: 12 };
    Amnesty { at: at(71), until: at(131), outage }
}

pub(super) fn fence_refused() -> FenceRefused {
    FenceRefused {
        at: at(9),
        by: Actor::system("heartbeat"),
        fence: fence(7),
        current_fence: fence(9),
        late_seconds: 4,
    }
}
