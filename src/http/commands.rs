//! From a request to one command, and back from its verdict.

use axum::http::StatusCode;
use axum::response::Response;
use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::fields::Fields;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::limits::Limits;
use leasehold_domain::text::Key;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::answer::{self, Released, Renewed};
use super::guard::Speaker;
use super::problem::Problem;
use super::request::{Asked, Ids};
use super::{Door, headers, scope, trace};
use crate::dispatch::{Caller, Order};
use crate::metrics;

/// Runs the command of a route. The path's ids are among its fields.
pub(super) async fn run(asked: Asked, kind: CommandType) -> Result<Response, Problem> {
    let key = headers::key(&asked.headers)?;
    let chosen = key.clone();
    let answered = run_keyed(asked, kind, key).await;
    answered.map_err(|problem| problem.keyed(chosen.as_ref().map(Key::as_str)))
}

async fn run_keyed(asked: Asked, kind: CommandType, key: Option<Key>) -> Result<Response, Problem> {
    let Asked { door, ids, speaker, headers, mut body } = asked;
    put_ids(&mut body, &ids)?;
    put_version(&mut body, kind, headers::if_match(&headers)?)?;
    let named = environment_named(&body);
    let (command, caller, ()) = read(kind, body, (door.limits, &speaker), |_| ())?;
    let Some(company) = company(&door, &ids, kind, named).await? else {
        return of_unknown_run(kind);
    };
    let order = Order::new(command, key, caller).traced(trace::correlation_id(&headers));
    let verdict = door.dispatcher.dispatch(company, order).await;
    metrics::command(kind.as_str(), &verdict);
    answer::verdict(kind, &verdict)
}

/// Reads a command, who asks for it, and whatever else stands in its body.
pub(super) fn read<T>(
    kind: CommandType,
    body: Map<String, Value>,
    (limits, speaker): (Limits, &Speaker),
    also: impl FnOnce(&mut Fields<'_>) -> T,
) -> Result<(Command, Caller, T), Problem> {
    let (command, actor, also) = Fields::read(body, &limits, |fields| {
        let (actor, also) = (fields.optional("actor"), also(fields));
        Some((Command::read(kind, fields)?, actor, also))
    })?;
    if sets_promise(&command) {
        speaker.sets_up()?;
    }
    Ok((command, speaker.caller(actor)?, also))
}

/// Whether a command decides how long other people's leases live.
fn sets_promise(command: &Command) -> bool {
    if let Command::CreateEnvironment(create) = command {
        return create.default_ttl_seconds.is_some();
    }
    matches!(command, Command::UpdateEnvironment(_, update) if update.default_ttl_seconds.is_some())
}

/// Puts the ids of the path among the fields; a body may repeat them, but not contradict.
fn put_ids(body: &mut Map<String, Value>, ids: &Ids) -> Result<(), Problem> {
    let targets = [
        ("environmentId", ids.environment.map(Uuid::from)),
        ("leaseId", ids.lease.map(Uuid::from)),
        ("runId", ids.run.map(Uuid::from)),
    ];
    for (name, id) in targets {
        let Some(id) = id else { continue };
        let given = body.insert(name.to_owned(), id.to_string().into());
        let same = |value: &Value| value.as_str().and_then(|t| Uuid::try_parse(t).ok()) == Some(id);
        if given.is_some_and(|given| !same(&given)) {
            return Err(Problem::invalid(name, "differs from the one in the path"));
        }
    }
    Ok(())
}

/// Puts the version of `If-Match` among the fields of a command that compares it.
fn put_version(
    body: &mut Map<String, Value>,
    kind: CommandType,
    version: Option<u64>,
) -> Result<(), Problem> {
    let Some(version) = version else { return Ok(()) };
    let compares = matches!(
        kind,
        CommandType::UpdateEnvironment
            | CommandType::ReplaceLeaseMetadata
            | CommandType::PatchLeaseMetadata
    );
    if !compares {
        return no_version(Some(version));
    }
    let given = body.insert("ifVersion".to_owned(), version.into());
    if given.is_some_and(|given| given.as_u64() != Some(version)) {
        return Err(Problem::invalid("ifVersion", "differs from If-Match"));
    }
    Ok(())
}

/// Refuses `If-Match` on a command that compares no version.
pub(super) fn no_version(version: Option<u64>) -> Result<(), Problem> {
    if version.is_none() {
        return Ok(());
    }
    let message = "is honoured on changes of environments and of lease metadata alone";
    Err(Problem::invalid("If-Match", message))
}

/// The environment that a body names, to find the company of an acquisition by.
fn environment_named(body: &Map<String, Value>) -> Option<EnvironmentId> {
    let text = body.get("environmentId")?.as_str()?;
    text.parse().ok()
}

/// The company of a command; none for a run that the ledger knows nothing of.
async fn company(
    door: &Door,
    ids: &Ids,
    kind: CommandType,
    named: Option<EnvironmentId>,
) -> Result<Option<CompanyId>, Problem> {
    if ids.company.is_some() {
        return Ok(ids.company);
    }
    if let Some(run) = ids.run {
        return scope::of_run(door, ids, run).await;
    }
    if let Some(lease) = ids.lease {
        return scope::of_lease(door, ids, lease).await.map(Some);
    }
    match named {
        Some(environment) => scope::of_environment(door, ids, environment).await.map(Some),
        None => Err(Problem::internal(&format!("{kind} has no id to find its company by"))),
    }
}

/// A run of which nothing is known has no leases. Its end cannot be kept without a company.
fn of_unknown_run(kind: CommandType) -> Result<Response, Problem> {
    if kind == CommandType::ReleaseRun {
        return answer::json(StatusCode::OK, &Released::new(&[]));
    }
    if kind == CommandType::RenewRun {
        return answer::json(StatusCode::OK, &Renewed::new(&[]));
    }
    let message = "is of no company that is known: use the route with a company";
    Err(Problem::invalid("runId", message))
}
