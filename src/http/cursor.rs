//! Cursors: where a list goes on, in a form that callers hand back and do not look into. A letter
//! in front says which list it belongs to.

use chrono::DateTime;
use leasehold_domain::time::Timestamp;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use uuid::Uuid;

use crate::read::{Keyset, LeaseOrder};

/// The list of environments.
pub(super) const ENVIRONMENTS: char = 'e';
/// The history of a lease.
pub(super) const HISTORY: char = 'h';
/// The activity log.
pub(super) const ACTIVITY: char = 'a';
/// The queue of cleanups.
pub(super) const CLEANUPS: char = 'q';
/// The list of companies.
const COMPANIES: char = 'c';
/// The list of tokens.
const TOKENS: char = 't';

/// The letter of a list of leases.
pub(super) const fn of_leases(order: LeaseOrder) -> char {
    match order {
        LeaseOrder::Acquired => 'l',
        LeaseOrder::LastUsed => 'u',
    }
}

/// After a lease, in an order.
pub(super) fn after_lease(order: LeaseOrder, row: &LeaseRow) -> String {
    let at = match order {
        LeaseOrder::Acquired => row.acquired_at,
        LeaseOrder::LastUsed => row.last_used_at,
    };
    write_keyset(of_leases(order), Keyset { at, id: row.id })
}

/// After a lease of the past, which are listed by their grants.
pub(super) fn after_past_lease(place: Keyset) -> String {
    write_keyset(of_leases(LeaseOrder::Acquired), place)
}

/// After an environment.
pub(super) fn after_environment(row: &EnvironmentRow) -> String {
    write_keyset(ENVIRONMENTS, Keyset { at: row.updated_at, id: row.id })
}

/// After a cleanup.
pub(super) fn after_cleanup(row: &LeaseRow) -> String {
    let at = row.cleanup_due_at.unwrap_or(row.updated_at);
    write_keyset(CLEANUPS, Keyset { at, id: row.id })
}

fn write_keyset(list: char, keyset: Keyset) -> String {
    let micros = keyset.at.timestamp_micros().cast_unsigned();
    format!("{list}{micros:016x}{}", keyset.id.simple())
}

/// Reads the place in a list that is ordered by time.
pub(super) fn read_keyset(list: char, text: &str) -> Option<Keyset> {
    let rest = text.strip_prefix(list)?;
    let (micros, id) = (rest.get(..16)?, rest.get(16..)?);
    let at = DateTime::from_timestamp_micros(read_hex(micros)?.cast_signed())?;
    let at = Timestamp::new(at).ok()?.chrono();
    Some(Keyset { at, id: read_id(id)? })
}

/// After a position or a sequence.
pub(super) fn after_number(list: char, number: u64) -> String {
    format!("{list}{number:016x}")
}

/// Reads a position or a sequence.
pub(super) fn read_number(list: char, text: &str) -> Option<u64> {
    let number = read_hex(text.strip_prefix(list)?)?;
    i64::try_from(number).is_ok().then_some(number)
}

/// After a company.
pub(super) fn after_company(id: Uuid) -> String {
    format!("{COMPANIES}{}", id.simple())
}

/// Reads a company.
pub(super) fn read_company(text: &str) -> Option<Uuid> {
    read_id(text.strip_prefix(COMPANIES)?)
}

/// After a token.
pub(super) fn after_token(id: Uuid) -> String {
    format!("{TOKENS}{}", id.simple())
}

/// Reads a token.
pub(super) fn read_token(text: &str) -> Option<Uuid> {
    read_id(text.strip_prefix(TOKENS)?)
}

fn read_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|_| text.len() == 32)
}

fn read_hex(text: &str) -> Option<u64> {
    let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(text, 16).ok().filter(|_| is_hex)
}
