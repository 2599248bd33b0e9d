//! Many commands in one request: each with its own key and its own verdict, in order.

mod entry;
mod shown;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use leasehold_domain::company::CommandType;
use leasehold_domain::fields::{Fault, FieldError, Fields, FromField, Invalid};
use leasehold_domain::limits::{BATCH_COMMANDS_MAX, Limits};
use serde_json::{Map, Value};

use self::entry::Entry;
use self::shown::{Shown, Verdicts};
use super::guard::Speaker;
use super::openapi::{Answer, Told};
use super::problem::Problem;
use super::request::{Asked, DISPATCH_BYTES_MAX};
use super::route::Routes;
use super::{answer, headers, trace};
use crate::dispatch::Order;
use crate::metrics;
use crate::tokens::Access;

pub(super) fn routes(prefix: &str) -> Routes {
    let answer = Answer::json(200, "Verdicts", "One verdict for each command, in order.");
    let told = Told::question("dispatch", "log", "Many commands in one request", answer);
    let told = told.needs(Access::Write);
    Routes::below(prefix).post("/dispatch", &told.body("Dispatch", true), run)
}

async fn run(asked: Asked<DISPATCH_BYTES_MAX>) -> Result<Response, Problem> {
    let Asked { door, ids, speaker, headers, body } = asked;
    let company = ids.company()?;
    if headers::key(&headers)?.is_some() {
        let message = "says nothing here: each command of a dispatch has a `key` of its own";
        return Err(Problem::invalid("Idempotency-Key", message));
    }
    if headers::if_match(&headers)?.is_some() {
        let message = "says nothing here: a command of a dispatch has an `ifVersion` of its own";
        return Err(Problem::invalid("If-Match", message));
    }
    let (entries, is_atomic) = read(body, (door.limits, &speaker))?;
    if is_atomic && entries.iter().any(|entry| entry.read.is_err()) {
        let verdicts = entries.iter().map(Shown::of_undone).collect();
        return answer::json(StatusCode::OK, &Verdicts { verdicts });
    }
    let (places, orders) = split(entries, trace::correlation_id(&headers).as_ref());
    let verdicts = door.dispatcher.dispatch_all(company, orders, is_atomic).await;
    let mut verdicts = verdicts.iter();
    let shown = places.iter().map(|place| match place {
        Place::Asked(kind) => {
            let verdict = verdicts.next();
            verdict.inspect(|verdict| metrics::command(kind.as_str(), verdict));
            Shown::of(*kind, verdict)
        }
        Place::Malformed(key, problem) => Shown::failed(key.as_deref(), problem.to_body()),
    });
    answer::json(StatusCode::OK, &Verdicts { verdicts: shown.collect() })
}

/// The commands of a body, not yet looked at.
struct Commands(Vec<Value>);

impl FromField for Commands {
    fn from_field(value: Value, _: &Limits) -> Result<Self, Fault> {
        let Value::Array(commands) = value else { return Err(Fault::invalid("is not an array")) };
        if commands.len() > BATCH_COMMANDS_MAX {
            return Err(Fault::invalid(format!("has more than {BATCH_COMMANDS_MAX} commands")));
        }
        Ok(Self(commands))
    }
}

/// Reads a whole dispatch. A command that is malformed has a verdict of its own; what is wrong with
/// the dispatch as a whole refuses all of it.
fn read(body: Map<String, Value>, by: (Limits, &Speaker)) -> Result<(Vec<Entry>, bool), Problem> {
    let (commands, is_atomic) = Fields::read(body, &by.0, |fields| {
        let commands: Option<Commands> = fields.required("commands");
        let is_atomic = fields.optional("atomic").unwrap_or(false);
        Some((commands?, is_atomic))
    })?;
    let entries: Vec<Entry> =
        commands.0.into_iter().map(|command| Entry::read(command, by)).collect();
    let errors = repeated_keys(&entries);
    if errors.is_empty() {
        return Ok((entries, is_atomic));
    }
    Err(Invalid { errors, too_large: false }.into())
}

/// Two commands under one key in one dispatch: nobody could say which of them the key means.
fn repeated_keys(entries: &[Entry]) -> Vec<FieldError> {
    let mut keys: Vec<(&str, usize)> = entries
        .iter()
        .enumerate()
        .filter_map(|(place, entry)| Some((entry.key.as_deref()?, place)))
        .collect();
    keys.sort_unstable();
    let repeated = keys.windows(2).filter_map(|pair| match pair {
        [(one, first), (other, second)] if one == other => Some((*first, *second)),
        _ => None,
    });
    let told = |(first, second)| FieldError {
        field: format!("commands[{second}].key"),
        message: format!("is the key of commands[{first}] too"),
    };
    repeated.map(told).collect()
}

/// Where a verdict comes from.
enum Place {
    /// The dispatcher's next one, for a command of this type.
    Asked(CommandType),
    /// The command was never asked.
    Malformed(Option<String>, Problem),
}

fn split(entries: Vec<Entry>, trace: Option<&Arc<str>>) -> (Vec<Place>, Vec<Order>) {
    let mut orders = Vec::with_capacity(entries.len());
    let place = |entry: Entry| match entry.read {
        Ok((kind, order)) => {
            orders.push(order.traced(trace.cloned()));
            Place::Asked(kind)
        }
        Err(problem) => Place::Malformed(entry.key, problem),
    };
    let places = entries.into_iter().map(place).collect();
    (places, orders)
}
