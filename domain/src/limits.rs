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
/// A renewal that would move the expiry by less than this, or by less than a tenth of its promise,
/// is no event; in seconds.
pub const RENEWAL_SECONDS_MIN: u32 = 60;
/// How long a reservation lasts when its holder does not say.
pub const RESERVATION_SECONDS_DEFAULT: u32 = 300;
/// Longest reservation: a day.
pub const RESERVATION_SECONDS_MAX: u32 = 24 * 3_600;
/// How long the resource of a lease that failed under `retain_on_failure` is kept: a day.
pub const RETENTION_SECONDS: u32 = 24 * 3_600;
/// How old may be what the sweeper has read when its command is decided, in seconds.
pub const SWEEP_SECONDS_MAX: u32 = 5;
/// Older fences recorded as refused for each grant; what a confused holder can add to the log.
pub const REFUSED_FENCES_MAX: usize = 16;
/// Most cleanups in one claim.
pub const CLAIM_ITEMS_MAX: u32 = 100;
/// Cleanups in a claim that does not say how many.
pub const CLAIM_ITEMS_DEFAULT: u32 = 10;
/// How long a janitor has when it does not say.
pub const CLAIM_SECONDS_DEFAULT: u32 = 300;
/// Longest claim, and longest deferral: a day.
pub const CLAIM_SECONDS_MAX: u32 = 24 * 3_600;
/// Failed attempts after which a cleanup is blocked.
pub const ATTEMPTS_BEFORE_BLOCKED: u32 = 10;
/// Age after which a cleanup that is not done is blocked: a day.
pub const SECONDS_BEFORE_BLOCKED: u32 = 24 * 3_600;
/// Pause after the first failed attempt, in seconds; it doubles with each one.
pub const BACK_OFF_SECONDS_FIRST: u32 = 5;
/// Longest pause between two attempts, before jitter: a quarter of an hour.
pub const BACK_OFF_SECONDS_MAX: u32 = 15 * 60;
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
