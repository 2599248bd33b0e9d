//! Reading a body: whole, within its limit, a JSON object; what is wrong is said with its place.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::HeaderMap;
use axum::http::header::EXPECT;
use futures::StreamExt;
use serde_json::error::Category;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::headers::is_json;
use super::problem::{Code, Problem};

/// Bodies above this are parsed beside the tasks that serve others.
const PARSED_AT_ONCE_BYTES_MAX: usize = 64 * 1024;
/// Of a body over its limit, so much is read on and thrown away: a caller that is still sending
/// does not read answers.
const THROWN_AWAY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// How long a caller may take to send the next piece of a body.
const PIECE_WITHIN: Duration = Duration::from_secs(10);

/// Names that stand for something else inside the JSON library: an object that uses one would not
/// come back as it was given.
const RESERVED: [&str; 2] =
    ["\"$serde_json::private::Number\"", "\"$serde_json::private::RawValue\""];

/// Reads a body. An empty one is an empty object, whatever its type.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<Map<String, Value>, Problem> {
    let bytes = collect(headers, body, bytes_max).await?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    if !is_json(headers) {
        let detail = "a body has to be application/json, and its Content-Type has to say so";
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
    if bytes.len() <= PARSED_AT_ONCE_BYTES_MAX {
        return parse(&bytes);
    }
    let parsed = tokio::task::spawn_blocking(move || parse(&bytes)).await;
    parsed.unwrap_or_else(|error| Err(Problem::internal(&error)))
}

async fn collect(headers: &HeaderMap, body: Body, bytes_max: usize) -> Result<Bytes, Problem> {
    let mut chunks = body.into_data_stream();
    let Some(first) = next(&mut chunks).await? else { return Ok(Bytes::new()) };
    // A body that came in one piece, as those of single commands do, is not copied.
    let Some(second) = next(&mut chunks).await? else {
        return if first.len() > bytes_max { Err(too_large(bytes_max)) } else { Ok(first) };
    };
    let mut whole = Vec::with_capacity(first.len() + second.len());
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&second);
    let mut thrown_away = 0;
    while whole.len() <= bytes_max {
        let Some(chunk) = next(&mut chunks).await? else {
            return Ok(whole.into());
        };
        whole.extend_from_slice(&chunk);
    }
    while thrown_away < THROWN_AWAY_BYTES_MAX && !headers.contains_key(EXPECT) {
        let Ok(Some(chunk)) = next(&mut chunks).await else { break };
        thrown_away += chunk.len();
    }
    Err(too_large(bytes_max))
}

/// The next piece; none at the end. Nobody is waited for who sends nothing.
async fn next(chunks: &mut BodyDataStream) -> Result<Option<Bytes>, Problem> {
    let Ok(piece) = timeout(PIECE_WITHIN, chunks.next()).await else {
        let seconds = PIECE_WITHIN.as_secs();
        return Err(Problem::invalid("", format!("nothing of the body came for {seconds} s")));
    };
    let cut_off = |error| Problem::invalid("", format!("the body was cut off: {error}"));
    piece.transpose().map_err(cut_off)
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::new(Code::TooLarge, format!("the body is larger than {bytes_max} bytes"))
}

fn parse(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Problem::invalid("", format!("the body is not UTF-8 from byte {} on", error.valid_up_to()))
    })?;
    if is_reserved_in(text) {
        let message = "the body uses a name that begins with `$serde_json::private::`";
        return Err(Problem::invalid("", message));
    }
    serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Data => Problem::invalid("", "the body is not a JSON object"),
        Category::Syntax | Category::Eof | Category::Io => {
            Problem::invalid("", format!("the body is not valid JSON: {error}"))
        }
    })
}

/// Whether a JSON text uses a name that stands for something else inside the JSON library, also when
/// some of it is written as escapes.
#[must_use]
pub fn is_reserved_in(text: &str) -> bool {
    let names = |text: &str| RESERVED.iter().any(|name| text.contains(name));
    names(text) || (text.contains("\\u00") && names(&without_escapes(text)))
}

/// The text with its `\u00XX` escapes of ASCII letters and marks written out.
fn without_escapes(text: &str) -> String {
    let mut pieces = text.split("\\u00");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let code = piece.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code.filter(u8::is_ascii_graphic) {
            Some(code) => {
                plain.push(char::from(code));
                plain.push_str(piece.get(2..).unwrap_or_default());
            }
            None => plain.push_str(piece),
        }
    }
    plain
}
