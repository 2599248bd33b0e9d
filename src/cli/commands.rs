//! Commands from the command line: the same words, read the same way, as over HTTP.

use clap::Args;
use leasehold_domain::actor::{Actor, ActorType};
use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::fields::Fields;
use leasehold_domain::id::{CompanyId, EnvironmentId, LeaseId, RunId};
use leasehold_domain::limits::Limits;
use leasehold_domain::text::{Key, Label};
use serde_json::{Map, Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::Global;
use super::exit::Failed;
use super::output::{self, note};
use super::remote::Remote;
use super::session::Session;
use crate::dispatch::{Body, Caller, Order, Verdict};
use crate::http::is_reserved_in;
use crate::read;

/// What every changing command takes.
#[derive(Debug, Args)]
pub(super) struct Keyed {
    /// Asked again under the same key, a command is done once and answers the same.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

/// The fields of a command's body, those that were given.
#[derive(Debug, Default)]
pub(super) struct Fill(Map<String, Value>);

impl Fill {
    pub(super) fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn text(self, name: &str, value: Option<&str>) -> Self {
        self.maybe(name, value.map(Value::from))
    }

    pub(super) fn id(self, name: &str, value: Option<Uuid>) -> Self {
        self.maybe(name, value.map(|id| json!(id)))
    }

    pub(super) fn maybe(self, name: &str, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// A JSON text as it was typed.
    pub(super) fn json(self, name: &str, value: Option<&str>) -> Result<Self, Failed> {
        let parse = |text: &str| {
            if is_reserved_in(text) {
                return Err(Failed::usage(format!(
                    "--{name} uses a name that begins with `$serde_json::private::`"
                )));
            }
            serde_json::from_str::<Value>(text)
                .map_err(|error| Failed::usage(format!("--{name} is no JSON: {error}")))
        };
        Ok(self.maybe(name, value.map(parse).transpose()?))
    }
}

/// Whom a command is about, so that its company can be found when none was named.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    Nobody,
    /// Nobody yet: what a ledger may begin with.
    First,
    Environment(Uuid),
    Lease(Uuid),
    Run(Uuid),
}

/// Sends one command and prints what it made.
pub(super) async fn send(
    global: &Global,
    keyed: &Keyed,
    kind: CommandType,
    target: Target,
    fill: Fill,
) -> Result<(), Failed> {
    if let Some(remote) = Remote::of(global)? {
        let answer = remote.dispatch(kind, keyed.key.as_deref(), &fill.0).await?;
        return print_answer(global, kind, &fill.0, answer);
    }
    let session = Session::open(global).await?;
    let sent = send_with(&session, global, keyed, kind, target, fill).await;
    session.close().await?;
    sent
}

async fn send_with(
    session: &Session,
    global: &Global,
    keyed: &Keyed,
    kind: CommandType,
    target: Target,
    fill: Fill,
) -> Result<(), Failed> {
    let key = keyed.key.as_deref().map(Key::new).transpose();
    let key = key.map_err(|bad| Failed::usage(format!("--key {bad}")))?;
    let read = |fields: &mut Fields<'_>| Command::read(kind, fields);
    let command = Fields::read(fill.0, &Limits::default(), read)?;
    let company = company_of(&session.ledger.readers, global, target).await?;
    let caller = Caller { actor: person(), authenticated_by: None };
    let verdict =
        session.ledger.dispatcher.dispatch(company, Order::new(command, key, caller)).await;
    print(global, verdict)
}

/// The named company, or the one that the target's id belongs to.
pub(super) async fn company_of(
    pool: &PgPool,
    global: &Global,
    target: Target,
) -> Result<CompanyId, Failed> {
    if let Some(company) = global.company {
        return Ok(company);
    }
    let connection = &mut *pool.acquire().await?;
    let (found, what) = match target {
        Target::Nobody => {
            let only = only_company(connection).await?;
            return only.ok_or_else(|| Failed::usage("say which company with --company ID"));
        }
        Target::First => {
            return Ok(only_company(connection).await?.unwrap_or_else(first_company));
        }
        Target::Environment(id) => {
            let id = EnvironmentId(id);
            (read::list_companies_of_environment(connection, id).await?, "environment")
        }
        Target::Lease(id) => {
            (read::list_companies_of_lease(connection, LeaseId(id)).await?, "lease")
        }
        Target::Run(id) => (read::list_companies_of_run(connection, RunId(id)).await?, "run"),
    };
    match found.as_slice() {
        [company] => Ok(CompanyId(*company)),
        [] => Err(Failed::not_found(format!("no company has this {what}"))),
        _ => Err(Failed::usage(format!(
            "several companies have this {what}: say which with --company ID"
        ))),
    }
}

/// The one company of a ledger; none in one that is new.
async fn only_company(connection: &mut PgConnection) -> Result<Option<CompanyId>, Failed> {
    match read::list_company_ids(connection).await?.as_slice() {
        [only] => Ok(Some(CompanyId(*only))),
        [] => Ok(None),
        _ => Err(several_companies()),
    }
}

/// What is to be said when nobody said which.
pub(super) fn several_companies() -> Failed {
    Failed::usage("there are several companies: say which with --company ID")
}

/// The company that a new ledger begins with.
pub(super) fn first_company() -> CompanyId {
    let first = CompanyId(Uuid::now_v7());
    note(&format!("a new ledger; its first company is {first}"));
    first
}

fn print(global: &Global, verdict: Verdict) -> Result<(), Failed> {
    match verdict {
        Verdict::Accepted { body, is_replayed, key, .. } => {
            if is_replayed {
                note(&format!("done before under key {key}; this is the same answer"));
            }
            print_body(global, &body)
        }
        Verdict::Refused { refusal, .. } => Err(refusal.into()),
        Verdict::Failed { failure, key } => {
            note(&format!("key {key}"));
            Err(failure.into())
        }
        Verdict::NotApplied { .. } => Err(Failed::error("not applied")),
    }
}

fn print_body(global: &Global, body: &Body) -> Result<(), Failed> {
    let value = match body {
        Body::Environment(row) => json!(row),
        Body::Lease(row) => json!(row),
        Body::Removed(id) => json!({"removed": id}),
        Body::Imported(is_new) => json!({"imported": is_new}),
        Body::Run(rows) | Body::Cleanups(rows) => {
            let rows: Vec<Value> = rows.iter().map(|row| json!(row)).collect();
            return output::list(global.output, &super::lease::COLUMNS, &rows);
        }
    };
    output::one(global.output, &value)
}

/// What a server answered, in the same words.
fn print_answer(
    global: &Global,
    kind: CommandType,
    body: &Map<String, Value>,
    mut answer: Value,
) -> Result<(), Failed> {
    if kind == CommandType::RemoveEnvironment {
        return output::one(global.output, &json!({"removed": body.get("environmentId")}));
    }
    for (list, columns) in [
        ("released", &super::lease::COLUMNS[..]),
        ("leases", &super::lease::COLUMNS),
        ("items", &super::cleanup::ITEM_COLUMNS),
    ] {
        if let Some(Value::Array(rows)) = answer.get_mut(list).map(Value::take) {
            return output::list(global.output, columns, &rows);
        }
    }
    output::one(global.output, &answer)
}

/// Whoever types is the actor, by his name on this machine.
pub(super) fn person() -> Actor {
    let name = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    let id = name.ok().and_then(|name| Label::new(name).ok());
    let fallback = Actor::system("command line");
    match id {
        Some(id) => Actor { kind: ActorType::User, id, ..fallback },
        None => fallback,
    }
}
