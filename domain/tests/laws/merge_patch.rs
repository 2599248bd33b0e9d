//! Merge patches: RFC 7396's appendix as a table, and its pseudocode as a law.

use leasehold_domain::json::JsonObject;
use leasehold_domain::limits::Limits;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::cases;
use crate::support::read::{map, object};

fn patched(target: &Value, patch: &Value) -> Value {
    let (target, patch) = (object(target.clone()), object(patch.clone()));
    let outcome = target.patched(&patch, &Limits::default()).unwrap();
    Value::Object(outcome.to_map())
}

/// Appendix A: original, patch, result.
fn appendix() -> Vec<[Value; 3]> {
    vec![
        [json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})],
        [json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})],
        [json!({"a": "b"}), json!({"a": null}), json!({})],
        [json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})],
        [json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})],
        [json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})],
        [json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})],
        [json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})],
        [json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])],
        [json!({"a": "b"}), json!(["c"]), json!(["c"])],
        [json!({"a": "foo"}), json!("bar"), json!("bar")],
        [json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})],
        [json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})],
        [json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})],
    ]
}

#[test]
fn the_examples_of_the_rfc_hold_within_an_object() {
    for [original, patch, result] in appendix() {
        let within = |value: &Value| json!({"x": value, "y": 1});
        assert_eq!(patched(&within(&original), &within(&patch)), within(&result), "{patch}");
        if original.is_object() && patch.is_object() {
            assert_eq!(patched(&original, &patch), result, "{patch}");
        }
    }
    let removed = patched(&json!({"x": {"a": "foo"}}), &json!({"x": null}));
    assert_eq!(removed, json!({}), "a patch of null leaves nothing");
}

#[test]
fn a_merge_keeps_the_order_of_what_was_there() {
    let outcome = patched(&json!({"z": 1, "a": 2, "m": 3}), &json!({"n": 4, "a": 5, "z": null}));
    assert_eq!(outcome.to_string(), r#"{"a":5,"m":3,"n":4}"#);
}

#[test]
fn a_merge_that_grows_too_deep_or_too_large_is_refused() {
    let limits = Limits { json_bytes_max: 20 };
    let small = object(json!({"a": "123456789"}));
    assert!(small.patched(&object(json!({"b": "1"})), &limits).is_err());
    assert!(small.patched(&object(json!({"a": "1"})), &limits).is_ok());
}

/// The RFC's `MergePatch`, as it is written there.
fn merge_patch(target: Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return patch.clone() };
    let mut target = if target.is_object() { map(target) } else { Map::new() };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(name);
        } else {
            let before = target.remove(name).unwrap_or(Value::Null);
            target.insert(name.clone(), merge_patch(before, value));
        }
    }
    Value::Object(target)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..3).prop_map(Value::from),
        "[xy]".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            3 => entries(inner).prop_map(Value::Object),
        ]
    })
}

fn entries(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let entry = ("[abc]", value);
    prop::collection::vec(entry, 0..4).prop_map(|entries| entries.into_iter().collect())
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn merging_is_what_the_rfc_says(target in entries(value()), patch in entries(value())) {
        let (target, patch) = (Value::Object(target), Value::Object(patch));
        prop_assert_eq!(patched(&target, &patch), merge_patch(target, &patch));
    }

    #[test]
    fn merging_twice_is_merging_once(target in entries(value()), patch in entries(value())) {
        let limits = Limits::default();
        let target = JsonObject::new(target, &limits).unwrap();
        let patch = JsonObject::new(patch, &limits).unwrap();
        let once = target.patched(&patch, &limits).unwrap();
        prop_assert_eq!(once.patched(&patch, &limits).unwrap(), once);
    }
}
