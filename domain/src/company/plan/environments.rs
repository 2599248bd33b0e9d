//! Plans for environments: names are unique, and so is the local one.

use serde_json::Value;

use super::{Answer, Decided, Decision, Facts};
use crate::company::admission::nothing_hangs;
use crate::company::{Company, Refusal};
use crate::environment::{
    self, Command, Create, Driver, Environment, Event, Finding, Status, Update, decide,
};
use crate::id::EnvironmentId;
use crate::json::JsonObject;
use crate::stream;
use crate::text::{Name, Reason};

/// What Paperclip calls the environment that it makes for a company.
const LOCAL_NAME: &str = "Local";
const LOCAL_DESCRIPTION: &str = "Default execution environment for Paperclip runs on this machine.";

pub(super) fn create(
    company: &Company,
    create: &Create,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    name_is_free(company, &create.name, None)?;
    local_is_free(company, create.driver, None)?;
    let id = EnvironmentId(facts.new_id);
    let command = Command::Create(create.clone());
    decided(company, id, &Environment::default(), &command, facts)
}

/// What is there is answered untouched, archived and renamed ones too.
pub(super) fn ensure_local(company: &Company, facts: &Facts) -> Result<Decision, Refusal> {
    if let Some(id) = company.index().local() {
        return Ok(Decision::new(Answer::Environment(id), Vec::new()));
    }
    let (Some(name), Ok(description)) = (local_name(company), Reason::new(LOCAL_DESCRIPTION))
    else {
        let environment_id = EnvironmentId(facts.new_id);
        return Err(environment::Refusal::EnvironmentNotFound { environment_id }.into());
    };
    let metadata = JsonObject::default()
        .with("managedByPaperclip", Value::Bool(true))
        .with("defaultForCompany", Value::Bool(true));
    let local = Create {
        name,
        driver: Driver::Local,
        description: Some(description),
        status: Status::Active,
        config: JsonObject::default(),
        env_vars: JsonObject::default(),
        metadata: Some(metadata),
        capacity: None,
        single_flight: false,
        default_ttl_seconds: None,
        source_id: None,
    };
    create(company, &local, facts)
}

/// Paperclip's name for it; with a number when another environment has that.
fn local_name(company: &Company) -> Option<Name> {
    let index = company.index();
    let numbered = (2..).map(|number| format!("{LOCAL_NAME} {number}"));
    let mut names = std::iter::once(LOCAL_NAME.to_owned()).chain(numbered);
    names.find_map(|name| Name::new(name).ok().filter(|name| index.named(name).is_none()))
}

pub(super) fn update(
    company: &Company,
    id: EnvironmentId,
    update: &Update,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let id = company.index().resolve(id);
    let environment = company.environment(id);
    let command = Command::Update(update.clone());
    let decision = decided(company, id, &environment, &command, facts)?;
    if let Some(name) = &update.name {
        name_is_free(company, name, Some(id))?;
    }
    let current = company.index().environment(id).map(|entry| entry.driver);
    if let Some(driver) = update.driver.filter(|driver| Some(*driver) != current) {
        local_is_free(company, driver, Some(id))?;
        nothing_hangs(company.index(), id)?;
    }
    Ok(decision)
}

pub(super) fn archive(
    company: &Company,
    id: EnvironmentId,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let id = company.index().resolve(id);
    decided(company, id, &company.environment(id), &Command::Archive, facts)
}

pub(super) fn reactivate(
    company: &Company,
    id: EnvironmentId,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let id = company.index().resolve(id);
    decided(company, id, &company.environment(id), &Command::Reactivate, facts)
}

pub(super) fn remove(
    company: &Company,
    id: EnvironmentId,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let id = company.index().resolve(id);
    let decision = decided(company, id, &company.environment(id), &Command::Remove, facts)?;
    nothing_hangs(company.index(), id)?;
    Ok(Decision { answer: Answer::Removed(id), ..decision })
}

/// What was seen of a place is told, whether or not it takes leases.
pub(super) fn observe(
    company: &Company,
    id: EnvironmentId,
    finding: &Finding,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let id = company.index().resolve(id);
    let command = Command::Observe(finding.clone());
    decided(company, id, &company.environment(id), &command, facts)
}

fn decided(
    company: &Company,
    id: EnvironmentId,
    environment: &Environment,
    command: &Command,
    facts: &Facts,
) -> Result<Decision, Refusal> {
    let facts = environment::Facts { now: facts.now, company_id: company.id(), environment_id: id };
    let events = decide(environment, command, &facts)?;
    let decided = |event: Event| Decided {
        stream: id.into(),
        event: stream::Event::Environment(event),
        imported: None,
    };
    Ok(Decision::new(Answer::Environment(id), events.into_iter().map(decided).collect()))
}

fn name_is_free(company: &Company, name: &Name, own: Option<EnvironmentId>) -> Result<(), Refusal> {
    match company.index().named(name).filter(|holder| Some(*holder) != own) {
        None => Ok(()),
        Some(environment_id) => {
            let name = name.clone();
            Err(environment::Refusal::EnvironmentNameTaken { environment_id, name }.into())
        }
    }
}

fn local_is_free(
    company: &Company,
    driver: Driver,
    own: Option<EnvironmentId>,
) -> Result<(), Refusal> {
    let holder = company.index().local().filter(|holder| Some(*holder) != own);
    match holder.filter(|_| driver == Driver::Local) {
        None => Ok(()),
        Some(environment_id) => {
            Err(environment::Refusal::EnvironmentLocalExists { environment_id }.into())
        }
    }
}
