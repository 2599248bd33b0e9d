//! JSON as PostgreSQL's `jsonb` writes it: keys by length, then by bytes; a space after each colon and
//! comma; numbers in full, with the digits after the point that they were given.
//!
//! Written as it is serialized, with no tree of values in between: members are put in order in the
//! text itself, each time an object ends.

use std::borrow::Cow;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::io;
use std::mem::take;

use serde::Serialize;
use serde_json::ser::Formatter;
use serde_json::{Serializer, Value};

/// Members for which there is room from the start: most objects have fewer.
const MEMBERS: usize = 16;

/// Adds a value's text. What is no JSON, which a map with keys other than texts would be, is `null`.
pub(super) fn write(value: &impl Serialize, to: &mut Vec<u8>) {
    let start = to.len();
    let text = RefCell::new(take(to));
    let members = Vec::with_capacity(MEMBERS);
    let form = Form { text: &text, begun: Vec::new(), members };
    let is_written = value.serialize(&mut Serializer::with_formatter(Text(&text), form)).is_ok();
    *to = text.into_inner();
    if !is_written {
        to.truncate(start);
        to.extend(b"null");
    }
}

/// Where the serializer writes to, and where the form looks back.
struct Text<'t>(&'t RefCell<Vec<u8>>);

impl io::Write for Text<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A member of an object, by where it stands in the text.
#[derive(Debug, Clone, Copy)]
struct Member {
    start: usize,
    key_end: usize,
    is_escaped: bool,
    end: usize,
}

impl Member {
    fn text(self, text: &[u8]) -> &[u8] {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// The key, without quotes and escapes.
    fn key(self, text: &[u8]) -> Cow<'_, [u8]> {
        let quoted = text.get(self.start..self.key_end).unwrap_or_default();
        if self.is_escaped {
            return Cow::Owned(
                serde_json::from_slice(quoted).map_or(Vec::new(), String::into_bytes),
            );
        }
        Cow::Borrowed(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default())
    }

    fn compare(self, other: Self, text: &[u8]) -> Ordering {
        let (key, other) = (self.key(text), other.key(text));
        key.len().cmp(&other.len()).then_with(|| key.cmp(&other))
    }
}

struct Form<'t> {
    text: &'t RefCell<Vec<u8>>,
    /// Where the members of each open object begin.
    begun: Vec<usize>,
    members: Vec<Member>,
}

impl Form<'_> {
    fn end(&self) -> usize {
        self.text.borrow().len()
    }

    /// Puts the members of the object that ends in order.
    fn sort(&mut self) {
        let first = self.begun.pop().unwrap_or_default();
        let mut text = self.text.borrow_mut();
        let members = self.members.get_mut(first..).unwrap_or_default();
        if !members.is_sorted_by(|one, other| one.compare(*other, &text).is_le()) {
            let start = members.first().map_or(0, |member| member.start);
            members.sort_by(|one, other| one.compare(*other, &text));
            let mut sorted = Vec::with_capacity(text.len() - start);
            for (place, member) in members.iter().enumerate() {
                sorted.extend_from_slice(if place > 0 { b", " } else { b"" });
                sorted.extend_from_slice(member.text(&text));
            }
            text.truncate(start);
            text.extend(sorted);
        }
        self.members.truncate(first);
    }
}

fn separate<W: io::Write + ?Sized>(is_first: bool, writer: &mut W) -> io::Result<()> {
    if is_first { Ok(()) } else { writer.write_all(b", ") }
}

impl Formatter for Form<'_> {
    fn begin_array_value<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        is_first: bool,
    ) -> io::Result<()> {
        separate(is_first, writer)
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begun.push(self.members.len());
        writer.write_all(b"{")
    }

    fn begin_object_key<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        is_first: bool,
    ) -> io::Result<()> {
        separate(is_first, writer)?;
        let start = self.end();
        self.members.push(Member { start, key_end: start, is_escaped: false, end: start });
        Ok(())
    }

    fn begin_object_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        let text = self.text.borrow();
        if let Some(member) = self.members.last_mut() {
            member.key_end = text.len();
            member.is_escaped = text.get(member.start..).is_some_and(|key| key.contains(&b'\\'));
        }
        drop(text);
        writer.write_all(b": ")
    }

    fn end_object_value<W: io::Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        let end = self.end();
        if let Some(member) = self.members.last_mut() {
            member.end = end;
        }
        Ok(())
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.sort();
        writer.write_all(b"}")
    }

    fn write_number_str<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        number: &str,
    ) -> io::Result<()> {
        writer.write_all(&numeric(number))
    }

    /// What is kept as its text has an order of its own.
    fn write_raw_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let value: Value = serde_json::from_str(fragment)?;
        let mut text = Vec::with_capacity(fragment.len());
        write(&value, &mut text);
        writer.write_all(&text)
    }
}

/// A JSON number as `numeric` writes it: no exponent, no negative zero.
fn numeric(written: &str) -> Vec<u8> {
    let (is_negative, digits) =
        written.strip_prefix('-').map_or((false, written), |digits| (true, digits));
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let all = [whole.as_bytes(), fraction.as_bytes()].concat();
    let is_zero = all.iter().all(|digit| *digit == b'0');
    let mut to = Vec::with_capacity(written.len());
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
    to
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use serde_json::value::to_raw_value;

    fn written(value: &impl Serialize) -> String {
        let mut bytes = b"before".to_vec();
        write(value, &mut bytes);
        String::from_utf8_lossy(bytes.strip_prefix(b"before").unwrap_or_default()).into_owned()
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
            let number: Value = serde_json::from_str(given).unwrap_or_default();
            assert_eq!(written(&number), shown, "{given}");
        }
    }

    #[test]
    fn keys_stand_by_length_and_then_by_bytes() {
        let value = json!({"bb": 1, "a": [1, null, "\u{1}\"\n"], "ab": {}, "c": true});
        let shown = "{\"a\": [1, null, \"\\u0001\\\"\\n\"], \"c\": true, \"ab\": {}, \"bb\": 1}";
        assert_eq!(written(&value), shown);
    }

    #[test]
    fn keys_are_as_long_as_they_are_without_escapes_and_inner_objects_are_in_order_too() {
        let value = json!({"abc": [{"z": 1, "\"": 2}], "\n\n": {"yy": {}, "x": [{}]}, "é": false});
        let shown = "{\"\\n\\n\": {\"x\": [{}], \"yy\": {}}, \"é\": false, \
                     \"abc\": [{\"\\\"\": 2, \"z\": 1}]}";
        assert_eq!(written(&value), shown);
    }

    #[test]
    fn what_is_kept_as_text_is_put_in_order_too() {
        let value = json!({"bb": {"yy": 1e2, "x": "\u{e9}"}, "a": [{"d": 1, "c": 2}]});
        let kept = to_raw_value(&value).unwrap_or_default();
        assert_eq!(written(&[kept]), format!("[{}]", written(&value)));
    }

    #[test]
    fn what_is_no_json_is_null() {
        assert_eq!(written(&std::collections::BTreeMap::from([((1, 2), 3)])), "null");
    }
}
