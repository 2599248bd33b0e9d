//! A part of the log on its way through the checker, on a thread of its own.

use super::checker::{Checker, Heads};
use super::ends::Blocks;
use super::spans::{Checkpoints, Meant};
use super::sums::Sums;
use super::work::Told;
use crate::history::{Fold, Kept, Reader, Span, follow};

/// A part of the log that is to be followed, by whoever has a reader.
pub(super) struct Following {
    pub(super) seed: u64,
    pub(super) span: Span,
    /// Whether others are followed meanwhile.
    pub(super) is_shared: bool,
    pub(super) over_kept_max: usize,
    pub(super) heads: Heads,
    pub(super) checkpoints: Checkpoints,
    pub(super) blocks: Blocks,
    pub(super) told: Told,
}

impl Following {
    /// Follows it; brings the reader back.
    pub(super) async fn follow(self, reader: Reader) -> sqlx::Result<(Checker, Reader)> {
        let mut reader = if self.is_shared { reader.decoding_in_place() } else { reader };
        let meant = Meant::new(self.seed, self.checkpoints, self.blocks);
        let checker = Checker::new(self.heads, Sums::new(self.seed), meant);
        let fold = Fold::new(checker, self.over_kept_max);
        let fold = follow(&mut reader, &self.span, fold, &mut Kept, &*self.told).await?;
        Ok((fold.sink, reader))
    }
}
