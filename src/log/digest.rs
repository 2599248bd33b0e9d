//! The chain of digests: whoever edits an event without recomputing all that follow is found.

use leasehold_domain::time::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::stored::Stored;

/// sha256 over the digest before and every stored column of an event, each with its length in
/// front, so that no two different events feed it the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest after an event.
    #[must_use]
    pub fn after(self, event: &Stored) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        let mut field = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        field(event.company_id.0.as_bytes());
        field(&event.position.0.to_be_bytes());
        field(event.event_id.as_bytes());
        field(event.stream.kind.as_str().as_bytes());
        field(event.stream.id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
        field(&event.sequence.to_be_bytes());
        field(event.event_type.as_bytes());
        field(event.event_version.as_bytes());
        field(event.payload.as_bytes());
        field(event.metadata.as_bytes());
        field(&micros(event.occurred_at));
        field(&micros(event.recorded_at));
        Self(hash.finalize().into())
    }

    /// The digest in hexadecimal, as the contract shows it.
    #[must_use]
    pub fn to_hex(self) -> String {
        use std::fmt::Write as _;
        self.0.iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl TryFrom<&[u8]> for Digest {
    type Error = std::array::TryFromSliceError;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Self)
    }
}

const fn micros_bytes(micros: i64) -> [u8; 8] {
    micros.to_be_bytes()
}

fn micros(at: Timestamp) -> [u8; 8] {
    micros_bytes(at.micros())
}
