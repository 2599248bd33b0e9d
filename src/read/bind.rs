//! From the domain's words and ids to what statements take.

use uuid::Uuid;

/// Words as the tables spell them.
pub(super) fn words<W: ToString>(words: Option<&Vec<W>>) -> Option<Vec<String>> {
    words.map(|words| words.iter().map(ToString::to_string).collect())
}

/// Ids of whatever kind.
pub(super) fn ids<I: Copy + Into<Uuid>>(ids: Option<&Vec<I>>) -> Option<Vec<Uuid>> {
    ids.map(|ids| ids.iter().copied().map(Into::into).collect())
}

/// A number that the domain counts from nought.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
