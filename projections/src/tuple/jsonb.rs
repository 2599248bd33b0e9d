//! A JSON value as PostgreSQL's `jsonb` writes it: keys by length, then by bytes; a space after each
//! colon and comma; numbers in full, with the digits after the point that they were given.

use serde_json::{Map, Value};

/// The version that precedes the text in the binary format.
const VERSION: u8 = 1;

pub(super) fn write(value: &Value, to: &mut Vec<u8>) {
    to.push(VERSION);
    text(value, to);
}

pub(super) fn write_object(members: &Map<String, Value>, to: &mut Vec<u8>) {
    to.push(VERSION);
    object(members, to);
}

fn text(value: &Value, to: &mut Vec<u8>) {
    match value {
        Value::Null => to.extend(b"null"),
        Value::Bool(true) => to.extend(b"true"),
        Value::Bool(false) => to.extend(b"false"),
        Value::Number(written) => number(&written.to_string(), to),
        Value::String(value) => string(value, to),
        Value::Array(items) => {
            to.push(b'[');
            for (place, item) in items.iter().enumerate() {
                separate(place, to);
                text(item, to);
            }
            to.push(b']');
        }
        Value::Object(members) => object(members, to),
    }
}

fn object(members: &Map<String, Value>, to: &mut Vec<u8>) {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_unstable_by_key(|(key, _)| (key.len(), key.as_bytes()));
    to.push(b'{');
    for (place, (key, value)) in members.into_iter().enumerate() {
        separate(place, to);
        string(key, to);
        to.extend(b": ");
        text(value, to);
    }
    to.push(b'}');
}

fn separate(place: usize, to: &mut Vec<u8>) {
    if place > 0 {
        to.extend(b", ");
    }
}

fn string(value: &str, to: &mut Vec<u8>) {
    to.push(b'"');
    let mut rest = value.as_bytes();
    // Most text has nothing to escape: it is copied as it is.
    while let Some(place) = rest.iter().position(|byte| matches!(byte, 0..0x20 | b'"' | b'\\')) {
        let (plain, after) = rest.split_at(place);
        to.extend(plain);
        if let Some((byte, after)) = after.split_first() {
            escaped(*byte, to);
            rest = after;
        }
    }
    to.extend(rest);
    to.push(b'"');
}

fn escaped(byte: u8, to: &mut Vec<u8>) {
    match byte {
        b'"' => to.extend(b"\\\""),
        b'\\' => to.extend(b"\\\\"),
        0x08 => to.extend(b"\\b"),
        0x0c => to.extend(b"\\f"),
        b'\n' => to.extend(b"\\n"),
        b'\r' => to.extend(b"\\r"),
        b'\t' => to.extend(b"\\t"),
        _ => to.extend(format!("\\u{byte:04x}").bytes()),
    }
}

/// A JSON number as `numeric` writes it: no exponent, no negative zero.
fn number(written: &str, to: &mut Vec<u8>) {
    let (is_negative, digits) =
        written.strip_prefix('-').map_or((false, written), |digits| (true, digits));
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let all = [whole.as_bytes(), fraction.as_bytes()].concat();
    let is_zero = all.iter().all(|digit| *digit == b'0');
    if is_negative && !is_zero {
        to.push(b'-');
    }
    let point = whole.len().cast_signed() as i64 + exponent;
    let end = (all.len().cast_signed() as i64).max(point);
    let digit = |place: i64| {
        usize::try_from(place).ok().and_then(|place| all.get(place)).copied().unwrap_or(b'0')
    };
    let mut leading = true;
    for place in 0..point.max(0) {
        leading &= digit(place) == b'0';
        if !leading {
            to.push(digit(place));
        }
    }
    if leading {
        to.push(b'0');
    }
    if end > point {
        to.push(b'.');
        to.extend((point..end).map(digit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(value: &Value) -> String {
        let mut bytes = Vec::new();
        text(value, &mut bytes);
        String::from_utf8(bytes).unwrap_or_default()
    }

    #[test]
    fn numbers_are_written_in_full() {
        for (given, shown) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0", "0.0"),
            ("1.50", "1.50"),
            ("1e3", "1000"),
            ("1.50e1", "15.0"),
            ("1.5e1", "15"),
            ("-1e-3", "-0.001"),
            ("120e-1", "12.0"),
            ("0.00e1", "0.0"),
            ("0e5", "0"),
            ("12.5E+2", "1250"),
        ] {
            let mut bytes = Vec::new();
            number(given, &mut bytes);
            assert_eq!(String::from_utf8_lossy(&bytes), shown, "{given}");
        }
    }

    #[test]
    fn keys_stand_by_length_and_then_by_bytes() {
        let value = json!({"bb": 1, "a": [1, null, "\u{1}\"\n"], "ab": {}, "c": true});
        let shown = "{\"a\": [1, null, \"\\u0001\\\"\\n\"], \"c\": true, \"ab\": {}, \"bb\": 1}";
        assert_eq!(written(&value), shown);
    }
}
