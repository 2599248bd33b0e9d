//! Bounds of texts and numbers: the last value that is let in and the first that is not.

use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::fence::{Epoch, Fence, Position, Version};
use leasehold_domain::fields::{Fields, FromField, Invalid};
use leasehold_domain::limits::Limits;
use leasehold_domain::text::{BadText, Key, Label, Name, Reason};
use serde_json::{Value, json};

use crate::support::ids;
use crate::support::read::{faults, map, read};

fn named(name: &str) -> Value {
    json!({"name": name, "driver": "ssh"})
}

#[test]
fn a_name_has_one_to_two_hundred_characters() {
    let kind = CommandType::CreateEnvironment;
    for name in ["a".repeat(200), "ü".repeat(200), "🦀".repeat(200), "a".to_owned()] {
        assert!(read(kind, named(&name)).is_ok(), "{name}");
    }
    for name in ["a".repeat(201), "ü".repeat(201)] {
        assert_eq!(faults(kind, named(&name)), ["name is longer than 200 characters"]);
    }
}

#[test]
fn a_name_is_more_than_white_space() {
    for name in ["", " ", "\t\n", "\u{a0}\u{2003}"] {
        let faults = faults(CommandType::CreateEnvironment, named(name));
        assert_eq!(faults, ["name is empty"]);
    }
}

#[test]
fn a_name_is_kept_as_it_was_written() {
    let command = read(CommandType::CreateEnvironment, named("  Büro 7 ")).unwrap();
    let Command::CreateEnvironment(create) = command else { panic!("{command:?}") };
    assert_eq!(create.name.as_str(), "  Büro 7 ");
    assert_eq!(create.name.to_string(), "  Büro 7 ");
}

#[test]
fn no_text_holds_a_nul_character() {
    let body = json!({
        "environmentId": ids::environment(1), "name": "a\u{0}b", "description": "\u{0}x",
    });
    let expected = ["name contains a NUL character", "description contains a NUL character"];
    assert_eq!(faults(CommandType::UpdateEnvironment, body), expected);
    let body = json!({"environmentId": ids::environment(1), "provider": "x\u{0}"});
    let expected = ["provider contains a NUL character"];
    assert_eq!(faults(CommandType::AcquireLease, body), expected);
    assert_eq!(Key::new("a\0"), Err(BadText::Nul));
}

#[test]
fn an_indexed_text_has_at_most_512_bytes() {
    for field in ["provider", "providerLeaseId"] {
        let body = |text: String| json!({"environmentId": ids::environment(1), field: text});
        assert!(read(CommandType::AcquireLease, body("a".repeat(512))).is_ok());
        assert!(read(CommandType::AcquireLease, body("ü".repeat(256))).is_ok());
        for text in ["a".repeat(513), "ü".repeat(257)] {
            let expected = [format!("{field} is longer than 512 bytes")];
            assert_eq!(faults(CommandType::AcquireLease, body(text)), expected);
        }
    }
}

#[test]
fn a_reason_has_at_most_four_kibibytes() {
    let body = |text: String| json!({"leaseId": ids::lease(1), "failureReason": text});
    assert!(read(CommandType::ReleaseLease, body("a".repeat(4_096))).is_ok());
    let expected = ["failureReason is longer than 4096 bytes"];
    assert_eq!(faults(CommandType::ReleaseLease, body("a".repeat(4_097))), expected);
    assert_eq!(faults(CommandType::ReleaseLease, body("ü".repeat(2_049))), expected);
    let expected = ["failureReason is empty"];
    assert_eq!(faults(CommandType::ReleaseLease, body(String::new())), expected);
}

#[test]
fn a_key_has_one_to_two_hundred_bytes() {
    assert!(Key::new("k".repeat(200)).is_ok());
    let too_long = BadText::TooLong { max: 200, unit: "bytes" };
    assert_eq!(Key::new("k".repeat(201)), Err(too_long.clone()));
    assert_eq!(Key::new("ü".repeat(101)), Err(too_long));
    assert_eq!(Key::new(" "), Err(BadText::Empty));
}

#[test]
fn a_text_that_was_stored_is_read_back_as_it_is() {
    for text in ["x".repeat(5_000), String::new(), " ".to_owned()] {
        let stored = json!(text);
        assert_eq!(serde_json::from_value::<Name>(stored.clone()).unwrap().as_str(), text);
        assert_eq!(serde_json::from_value::<Label>(stored.clone()).unwrap().as_str(), text);
        assert_eq!(serde_json::from_value::<Reason>(stored).unwrap().as_str(), text);
        assert_eq!(Reason::kept(text.as_str()).unwrap().as_str(), text);
    }
    assert!(serde_json::from_value::<Reason>(json!("a\0b")).is_err());
    assert_eq!(Name::kept("a\0b"), Err(BadText::Nul));
}

#[test]
fn a_promise_is_one_second_to_a_leap_year() {
    let body = |ttl: Value| json!({"leaseId": ids::lease(1), "ttlSeconds": ttl});
    for ttl in [1, 60, 31_622_400] {
        assert!(read(CommandType::RenewLease, body(json!(ttl))).is_ok(), "{ttl}");
    }
    let text = ["0", "-1", "31622401", "1.0", "1e2", "99999999999999999999", "\"60\"", "true"];
    for text in text {
        let ttl = serde_json::from_str(text).unwrap();
        let expected = ["ttlSeconds is not a whole number from 1 to 31622400"];
        assert_eq!(faults(CommandType::RenewLease, body(ttl)), expected, "{text}");
    }
}

#[test]
fn a_capacity_is_nought_to_a_million() {
    let body = |capacity: Value| json!({"name": "b", "driver": "ssh", "capacity": capacity});
    for capacity in [json!(0), json!(1_000_000), json!(null)] {
        assert!(read(CommandType::CreateEnvironment, body(capacity)).is_ok());
    }
    for capacity in [json!(-1), json!(1_000_001), json!(1.5), json!("2")] {
        let expected = ["capacity is not a whole number from 0 to 1000000"];
        assert_eq!(faults(CommandType::CreateEnvironment, body(capacity)), expected);
    }
}

fn counted<T: FromField>(text: &str) -> Result<T, Invalid> {
    let value: Value = serde_json::from_str(text).unwrap();
    let body = map(json!({"it": value}));
    Fields::read(body, &Limits::default(), |fields| fields.required("it"))
}

#[test]
fn counters_are_whole_numbers_that_the_database_can_hold() {
    let most = "9223372036854775807";
    assert_eq!(counted::<Fence>(most), Ok(Fence(u64::try_from(i64::MAX).unwrap())));
    assert_eq!(counted::<Position>("0"), Ok(Position(0)));
    assert_eq!(counted::<Version>("7"), Ok(Version(7)));
    for text in ["9223372036854775808", "-1", "1.0", "\"1\"", "1e3"] {
        assert!(counted::<Fence>(text).is_err(), "{text}");
        assert!(counted::<Epoch>(text).is_err(), "{text}");
    }
    assert_eq!((Fence(5).to_string(), Position(5).plus(2)), ("5".to_owned(), Position(7)));
}

#[test]
fn the_bounds_are_those_of_the_contract() {
    use leasehold_domain::limits;
    assert_eq!((limits::NAME_CHARS_MAX, limits::KEY_BYTES_MAX), (200, 200));
    assert_eq!((limits::INDEXED_BYTES_MAX, limits::REASON_BYTES_MAX), (512, 4_096));
    assert_eq!((limits::JSON_LEVELS_MAX, Limits::default().json_bytes_max), (32, 65_536));
    assert_eq!((limits::NUMBER_DIGITS_MAX, limits::NUMBER_EXPONENT_MAX), (64, 300));
    assert_eq!(limits::BATCH_COMMANDS_MAX, 1_000);
    assert_eq!((limits::TTL_SECONDS_MAX, limits::CAPACITY_MAX), (31_622_400, 1_000_000));
}
