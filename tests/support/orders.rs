//! Commands as tests write them: JSON bodies read the way the door reads them.

use leasehold::dispatch::{Body, Caller, Dispatcher, Order, Verdict};
use leasehold_domain::actor::Actor;
use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::fields::Fields;
use leasehold_domain::id::CompanyId;
use leasehold_domain::limits::Limits;
use leasehold_domain::text::Key;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) fn company() -> CompanyId {
    CompanyId(Uuid::now_v7())
}

pub(crate) fn command(kind: CommandType, body: Value) -> Command {
    let Value::Object(object) = body else { panic!("a body is an object") };
    Fields::read(object, &Limits::default(), |fields| Command::read(kind, fields)).unwrap()
}

pub(crate) fn order(kind: CommandType, body: Value) -> Order {
    Order::new(command(kind, body), None, caller())
}

pub(crate) fn keyed(key: &str, kind: CommandType, body: Value) -> Order {
    Order::new(command(kind, body), Some(Key::new(key).unwrap()), caller())
}

pub(crate) fn caller() -> Caller {
    Caller { actor: Actor::system("test"), authenticated_by: None }
}

pub(crate) fn lease(verdict: Verdict) -> LeaseRow {
    match verdict {
        Verdict::Accepted { body: Body::Lease(row), .. } => LeaseRow::clone(&row),
        other => panic!("no lease: {other:?}"),
    }
}

pub(crate) fn environment(verdict: Verdict) -> EnvironmentRow {
    match verdict {
        Verdict::Accepted { body: Body::Environment(row), .. } => *row,
        other => panic!("no environment: {other:?}"),
    }
}

/// Makes an environment that one lease fills.
pub(crate) async fn only_place(dispatcher: &Dispatcher, company: CompanyId) -> Uuid {
    let made = json!({"name": "builder", "driver": "ssh", "capacity": 1});
    environment(dispatcher.dispatch(company, order(CommandType::CreateEnvironment, made)).await).id
}
