//! The headers that the door reads and writes.

use axum::http::header::{
    ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
};
use leasehold_domain::fence::Position;
use leasehold_domain::text::Key;

use super::problem::{Code, Problem};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const KEY: HeaderName = HeaderName::from_static("leasehold-key");
const POSITION: HeaderName = HeaderName::from_static("leasehold-position");
const REPLAYED: HeaderName = HeaderName::from_static("leasehold-replayed");

/// The command's key; none when the caller chose none.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<Key>, Problem> {
    let invalid = |message: &str| Problem::invalid("Idempotency-Key", message);
    let mut given = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(invalid("is given more than once"));
    }
    let text = std::str::from_utf8(value.as_bytes()).map_err(|_| invalid("is not UTF-8"))?;
    Key::new(text).map(Some).map_err(|bad| invalid(&bad.to_string()))
}

/// The version that a change is meant for.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let mut given = headers.get_all(IF_MATCH).iter();
    let Some(value) = given.next() else { return Ok(None) };
    let quoted = value.to_str().ok().and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
    let digits = quoted.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.and_then(|text| text.parse().ok()).filter(|_| given.next().is_none()) {
        Some(version) => Ok(Some(version)),
        None => Err(Problem::invalid("If-Match", "is not one strong entity tag such as \"7\"")),
    }
}

/// Refuses a caller who accepts no JSON.
pub(super) fn accepts_json(headers: &HeaderMap) -> Result<(), Problem> {
    if accepts(headers, "application/json") {
        return Ok(());
    }
    Err(Problem::new(Code::NotAcceptable, "the answer is application/json"))
}

/// Refuses a caller who accepts no event stream.
pub(super) fn accepts_event_stream(headers: &HeaderMap) -> Result<(), Problem> {
    if accepts(headers, "text/event-stream") {
        return Ok(());
    }
    Err(Problem::new(Code::NotAcceptable, "the answer is text/event-stream"))
}

/// Where a listener stood when its stream ended.
pub(super) fn last_event_id(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let text = value.to_str();
    text.map(Some).map_err(|_| Problem::invalid("Last-Event-ID", "is none that this stream gave"))
}

/// Whether the caller asks for lines of JSON by name.
pub(super) fn wants_lines(headers: &HeaderMap) -> bool {
    let asks = |value: &HeaderValue| {
        value.to_str().is_ok_and(|text| ranges(text).any(|range| range == "application/x-ndjson"))
    };
    headers.get_all(ACCEPT).iter().any(asks)
}

fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let mut given = headers.get_all(ACCEPT).iter().peekable();
    if given.peek().is_none() {
        return true;
    }
    let (family, _) = media_type.split_once('/').unwrap_or((media_type, ""));
    let fits = |range: &str| {
        range == media_type
            || range == "*/*"
            || range.strip_suffix("/*").is_some_and(|wanted| wanted == family)
    };
    given.any(|value| value.to_str().is_ok_and(|text| ranges(text).any(fits)))
}

/// The media ranges of an `Accept` header that are not given a weight of nought.
fn ranges(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter_map(|range| {
        let (range, parameters) = range.split_once(';').unwrap_or((range, ""));
        let weight = parameters.split(';').find_map(|p| p.trim().strip_prefix("q="));
        let is_refused = weight.is_some_and(|q| q.trim().parse::<f32>() == Ok(0.0));
        (!is_refused).then_some(range.trim())
    })
}

/// Whether a body says that it is JSON.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    let suffix = essence.get(essence.len().saturating_sub(5)..).unwrap_or_default();
    essence.eq_ignore_ascii_case("application/json") || suffix.eq_ignore_ascii_case("+json")
}

pub(super) fn put_key(headers: &mut HeaderMap, key: &str) {
    // A key of a dispatch may hold what a header cannot; there it stands in the verdict.
    if let Ok(value) = HeaderValue::from_bytes(key.as_bytes()) {
        headers.insert(KEY, value);
    }
}

pub(super) fn put_position(headers: &mut HeaderMap, position: Position) {
    headers.insert(POSITION, HeaderValue::from(position.0));
}

pub(super) fn put_replayed(headers: &mut HeaderMap) {
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
}

/// The version as an entity tag.
pub(super) fn put_etag(headers: &mut HeaderMap, version: i64) {
    if let Ok(value) = HeaderValue::try_from(format!("\"{version}\"")) {
        headers.insert(ETAG, value);
    }
}
