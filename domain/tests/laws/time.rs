//! Times go through text and microseconds and come back as they were.

use chrono::{DateTime, Utc};
use leasehold_domain::time::Timestamp;
use proptest::prelude::*;

use super::cases;

const FIRST: i64 = -62_135_596_800_000_000;
const LAST: i64 = 253_402_300_799_999_999;

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn a_time_is_read_back_as_it_was_written(micros in FIRST..=LAST) {
        let at = Timestamp::EPOCH.plus_micros(micros);
        prop_assert_eq!(at.micros(), micros);
        let text = at.to_string();
        prop_assert_eq!(text.len(), "2026-11-21T02:27:06.778000Z".len());
        prop_assert_eq!(text.parse::<Timestamp>(), Ok(at));
        let stored = serde_json::to_string(&at).unwrap();
        prop_assert_eq!(serde_json::from_str::<Timestamp>(&stored).unwrap(), at);
        let value = serde_json::to_value(at).unwrap();
        prop_assert_eq!(serde_json::from_value::<Timestamp>(value).unwrap(), at);
    }

    #[test]
    fn written_times_are_ordered_as_the_times_are(a in FIRST..=LAST, b in FIRST..=LAST) {
        let [one, other] = [a, b].map(|micros| Timestamp::EPOCH.plus_micros(micros));
        prop_assert_eq!(one.cmp(&other), a.cmp(&b));
        prop_assert_eq!(one.to_string().cmp(&other.to_string()), a.cmp(&b));
    }

    #[test]
    fn what_is_finer_than_a_microsecond_is_cut_off(
        seconds in FIRST / 1_000_000..=LAST / 1_000_000,
        nanos in 0..2_000_000_000_u32,
    ) {
        let Some(time) = DateTime::<Utc>::from_timestamp(seconds, nanos) else { return Ok(()) };
        let Ok(at) = Timestamp::new(time) else { return Ok(()) };
        let expected = seconds * 1_000_000 + i64::from(nanos / 1_000);
        prop_assert_eq!(at.micros(), expected);
        prop_assert_eq!(at.chrono().timestamp_micros(), expected);
        prop_assert_eq!(Timestamp::EPOCH.plus_micros(expected), at);
    }

    #[test]
    fn time_moves_by_what_it_is_moved(start in 0..LAST / 2, seconds: u32, micros in 0..LAST / 2) {
        let at = Timestamp::EPOCH.plus_micros(start);
        prop_assert_eq!(at.plus_seconds(seconds).micros() - start, i64::from(seconds) * 1_000_000);
        prop_assert_eq!(at.plus_micros(micros).micros() - start, micros);
        prop_assert_eq!(at.plus_micros(micros).plus_micros(-micros), at);
    }
}
