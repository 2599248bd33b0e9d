//! JSON that is stored as it was given: its bounds in bytes, levels and characters.

use leasehold_domain::company::CommandType;
use leasehold_domain::fields::{FromField, Invalid};
use leasehold_domain::json::{BadJson, JsonObject, JsonValue};
use leasehold_domain::limits::Limits;
use serde_json::{Value, json};

use crate::support::ids;
use crate::support::read::{faults, map, read};

fn noted(metadata: &Value) -> Value {
    json!({"leaseId": ids::lease(1), "metadata": metadata})
}

/// An object that is so many bytes of compact JSON.
fn sized(bytes: usize) -> Value {
    json!({"a": "x".repeat(bytes - r#"{"a":""}"#.len())})
}

#[test]
fn an_object_has_at_most_64_kibibytes() {
    let kind = CommandType::ReplaceLeaseMetadata;
    let most = 64 * 1_024;
    assert_eq!(sized(most).to_string().len(), most);
    assert!(read(kind, noted(&sized(most))).is_ok());
    for bytes in [most + 1, 65 * 1_024] {
        let invalid: Invalid = read(kind, noted(&sized(bytes))).unwrap_err();
        assert_eq!(invalid.to_string(), "metadata is larger than 65536 bytes");
        assert!(invalid.too_large);
    }
}

#[test]
fn the_bound_counts_bytes_and_not_characters() {
    let limits = Limits { json_bytes_max: 10 };
    assert!(JsonObject::new(map(json!({"a": "ü"})), &limits).is_ok());
    let too_large = Err(BadJson::TooLarge(10));
    assert_eq!(JsonObject::new(map(json!({"a": "üü"})), &limits), too_large);
}

/// Notes that are told again are no news, however they are spelled.
#[test]
fn objects_are_the_same_in_any_order_and_with_any_room_between() {
    let read = |text: &str| serde_json::from_str::<JsonObject>(text);
    let one = read("{ \"b\": {\"y\": 1, \"x\": [1.50]},\n \"a\": null }").unwrap();
    assert_eq!(one.as_str(), r#"{"b":{"y":1,"x":[1.50]},"a":null}"#);
    assert_eq!(one, read(r#"{"a":null,"b":{"x":[1.50],"y":1}}"#).unwrap());
    for other in [r#"{"a":null,"b":{"x":[1.5],"y":1}}"#, r#"{"a":null}"#, "{}"] {
        assert_ne!(one, read(other).unwrap(), "{other}");
    }
    assert!(read("[]").is_err());
}

/// Objects and arrays in one another, with a value in the innermost.
fn nested(levels: usize, innermost: Value) -> Value {
    (0..levels).fold(innermost, |value, level| {
        if (levels - level).is_multiple_of(2) { json!([value]) } else { json!({"a": value}) }
    })
}

#[test]
fn an_object_is_nested_at_most_32_levels_deep() {
    for innermost in [json!({}), json!([])] {
        let deepest = nested(31, innermost.clone());
        assert!(read(CommandType::ReplaceLeaseMetadata, noted(&deepest)).is_ok());
        let expected = ["metadata is nested deeper than 32 levels"];
        let deeper = nested(32, innermost);
        assert_eq!(faults(CommandType::ReplaceLeaseMetadata, noted(&deeper)), expected);
    }
}

#[test]
fn a_value_that_holds_no_others_is_no_level() {
    for innermost in [json!(1), json!("x"), json!(null), json!(true)] {
        let deepest = nested(32, innermost.clone());
        assert!(JsonObject::new(map(deepest), &Limits::default()).is_ok(), "{innermost}");
        let deeper = nested(33, innermost);
        assert_eq!(JsonObject::new(map(deeper), &Limits::default()), Err(BadJson::TooDeep));
    }
}

#[test]
fn neither_a_string_nor_a_key_holds_a_nul_character() {
    let with_nul = [
        json!({"a": "x\u{0}y"}),
        json!({"a\u{0}": 1}),
        json!({"a": [{"b": "\u{0}"}]}),
        json!({"a": {"b\u{0}": {}}}),
    ];
    for metadata in with_nul {
        let expected = ["metadata contains a NUL character"];
        assert_eq!(faults(CommandType::PatchLeaseMetadata, noted(&metadata)), expected);
    }
    let other = json!({"a\u{1}": "\u{1}\u{7f}\u{ffff}"});
    assert!(read(CommandType::PatchLeaseMetadata, noted(&other)).is_ok());
}

#[test]
fn a_lone_surrogate_never_arrives() {
    assert!(serde_json::from_str::<Value>(r#"{"a":"\ud800"}"#).is_err());
}

#[test]
fn an_object_is_an_object() {
    for other in [json!([]), json!("x"), json!(1), json!(false)] {
        let expected = ["metadata is not an object"];
        assert_eq!(faults(CommandType::ReplaceLeaseMetadata, noted(&other)), expected);
    }
}

#[test]
fn every_object_of_an_environment_has_the_same_bounds() {
    let body = json!({
        "name": "box", "driver": "ssh", "config": sized(65_537), "envVars": {"\u{0}": 1},
        "metadata": nested(33, json!({})),
    });
    let expected = [
        "config is larger than 65536 bytes",
        "envVars contains a NUL character",
        "metadata is nested deeper than 32 levels",
    ];
    assert_eq!(faults(CommandType::CreateEnvironment, body), expected);
}

#[test]
fn what_may_be_any_json_has_the_same_bounds() {
    let limits = Limits::default();
    for value in [json!([]), json!("all"), json!(false), json!({"allow": [1]})] {
        assert_eq!(JsonValue::from_field(value.clone(), &limits).unwrap().as_value(), &value);
    }
    let egress =
        |value: Value| json!({"environmentId": ids::environment(1), "networkEgress": value});
    let expected = ["networkEgress contains a NUL character"];
    assert_eq!(faults(CommandType::AcquireLease, egress(json!("\u{0}"))), expected);
    let expected = ["networkEgress is larger than 65536 bytes"];
    assert_eq!(faults(CommandType::AcquireLease, egress(json!("x".repeat(65_535)))), expected);
    assert!(read(CommandType::AcquireLease, egress(json!("x".repeat(65_534)))).is_ok());
}

#[test]
fn the_order_of_an_objects_entries_is_kept() {
    let text = r#"{"z":1,"a":{"y":1,"b":2},"m":3}"#;
    let object = JsonObject::new(map(serde_json::from_str(text).unwrap()), &Limits::default());
    assert_eq!(serde_json::to_string(&object.unwrap()).unwrap(), text);
}

#[test]
fn an_entry_takes_the_place_of_one_of_the_same_name() {
    let object = JsonObject::default().with("a", json!(1)).with("b", json!(2)).with("a", json!(3));
    assert_eq!(serde_json::to_string(&object).unwrap(), r#"{"a":3,"b":2}"#);
}
