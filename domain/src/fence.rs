//! Positions in a company's log, epochs, and the fence that tells an old holder from a new one.

use serde::{Deserialize, Serialize};

use crate::fields::{Fault, FromField, integer};
use crate::limits::Limits;

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize,
            Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromField for $name {
            fn from_field(value: serde_json::Value, _: &Limits) -> Result<Self, Fault> {
                integer(&value, 0..=i64::MAX.unsigned_abs()).map(Self)
            }
        }
    )+};
}

counters! {
    /// The place of an event in its company's log: 1, 2, 3 … without gaps, in commit order.
    /// 0 is the position before the first event.
    Position,
    /// Raised when a log was restored from a backup; the first epoch is 1.
    Epoch,
    /// How many events an aggregate has had; the sequence of its last one, and its `ETag`.
    Version,
    /// Rises with every grant and resume; whoever shows an older one is refused.
    Fence,
}

impl Position {
    /// The position `n` places further on.
    #[must_use]
    pub const fn plus(self, n: u64) -> Self {
        Self(self.0 + n)
    }
}

impl Fence {
    /// Positions stay below this, so that a new epoch's fences are above all older ones.
    pub const POSITIONS_PER_EPOCH: u64 = 1 << 40;

    /// The fence of a grant whose event stands at `position` of `epoch`.
    #[must_use]
    pub const fn of(epoch: Epoch, position: Position) -> Self {
        Self(epoch.0 * Self::POSITIONS_PER_EPOCH + position.0)
    }

    /// Where in its log the grant stands that it was given for.
    #[must_use]
    pub const fn position(self) -> Position {
        Position(self.0 % Self::POSITIONS_PER_EPOCH)
    }
}
