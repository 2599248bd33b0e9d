//! The bounds of what the ledger takes in, each with its own error (the design's section 8).

/// Longest name, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest idempotency key, in bytes.
pub const KEY_BYTES_MAX: usize = 200;
/// Longest text that may be indexed (provider, provider lease id, actor id), in bytes.
pub const INDEXED_BYTES_MAX: usize = 512;
/// Longest reason or description, in bytes.
pub const REASON_BYTES_MAX: usize = 4 * 1024;
/// Deepest nesting of stored JSON.
pub const JSON_LEVELS_MAX: usize = 32;
/// Most significant digits of a stored number; `jsonb` holds more, other readers do not.
pub const NUMBER_DIGITS_MAX: usize = 64;
/// Largest power of ten of a stored number, and of its inverse.
pub const NUMBER_EXPONENT_MAX: i64 = 300;
/// Most commands in one dispatch.
pub const BATCH_COMMANDS_MAX: usize = 1_000;
/// Longest promise to renew: a year.
pub const TTL_SECONDS_MAX: u32 = 366 * 24 * 3_600;
/// Largest capacity that can be declared.
pub const CAPACITY_MAX: u32 = 1_000_000;

/// The bounds that an installation may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest metadata, config or environment variables, in bytes of compact JSON.
    pub json_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { json_bytes_max: 64 * 1024 }
    }
}
