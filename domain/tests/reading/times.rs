//! Reading times: ISO 8601 with an offset, whole microseconds, the years 1 to 9999.

use leasehold_domain::company::CommandType;
use leasehold_domain::time::Timestamp;
use serde_json::json;

use crate::support::ids;
use crate::support::read::{faults, read};

fn shown(text: &str) -> String {
    text.parse::<Timestamp>().unwrap().to_string()
}

#[test]
fn a_time_is_shown_in_utc_with_microseconds() {
    let cases = [
        ("2026-11-21T02:27:06.778Z", "2026-11-21T02:27:06.778000Z"),
        ("2026-11-21T04:27:06+02:00", "2026-11-21T02:27:06.000000Z"),
        ("2026-11-21T02:27:06.1234567Z", "2026-11-21T02:27:06.123456Z"),
        ("2026-11-21T02:27:06.999999999-00:00", "2026-11-21T02:27:06.999999Z"),
        ("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ];
    for (given, expected) in cases {
        assert_eq!(shown(given), expected);
    }
}

#[test]
fn a_leap_second_is_the_second_after_it_as_the_database_has_it() {
    assert_eq!(shown("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000000Z");
    assert_eq!(shown("2016-12-31T23:59:60.25Z"), "2017-01-01T00:00:00.250000Z");
    assert!("9999-12-31T23:59:60Z".parse::<Timestamp>().is_err());
}

#[test]
fn what_is_no_time_is_refused() {
    let texts = [
        "",
        "now",
        "2026-11-21",
        "2026-11-21T02:27:06",
        "2026-02-30T00:00:00Z",
        "2026-11-21T25:00:00Z",
        "0000-12-31T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "1763692026",
    ];
    for text in texts {
        let body = json!({"leaseId": ids::lease(1), "retainUntil": text});
        let message = "retainUntil is not an ISO 8601 time with an offset, in the years 1 to 9999";
        assert_eq!(faults(CommandType::RetainLease, body), [message], "{text}");
    }
    let body = json!({"leaseId": ids::lease(1), "retainUntil": 1_763_692_026});
    assert_eq!(faults(CommandType::RetainLease, body), ["retainUntil is not a string"]);
    let body = json!({"leaseId": ids::lease(1), "retainUntil": null});
    assert!(read(CommandType::RetainLease, body).is_ok());
}

#[test]
fn a_time_past_the_last_one_is_the_last_one() {
    let last: Timestamp = "9999-12-31T23:59:59.999999Z".parse().unwrap();
    let near: Timestamp = "9999-12-31T23:59:00Z".parse().unwrap();
    assert_eq!(near.plus_seconds(3_600), last);
    assert_eq!(near.plus_seconds(59).to_string(), "9999-12-31T23:59:59.000000Z");
    assert_eq!(near.plus_micros(i64::MAX), last);
    let first: Timestamp = "0001-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(first.plus_micros(-1), first);
    assert_eq!(first.plus_micros(i64::MIN), first);
}

#[test]
fn time_begins_in_1970() {
    assert_eq!(Timestamp::EPOCH.micros(), 0);
    assert_eq!(Timestamp::EPOCH.to_string(), "1970-01-01T00:00:00.000000Z");
    assert_eq!(Timestamp::EPOCH.plus_micros(-1).micros(), -1);
    assert_eq!(Timestamp::EPOCH.plus_seconds(2).micros(), 2_000_000);
    assert_eq!(Timestamp::EPOCH.plus_seconds(2).chrono().timestamp(), 2);
}
