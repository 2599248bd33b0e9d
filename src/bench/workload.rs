//! The work: which company and environment each cycle is about, and what is written of it. Every
//! contender is given the same.

use leasehold_domain::actor::{Actor, ActorType};
use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::fields::Fields;
use leasehold_domain::id::{AgentId, CompanyId, EnvironmentId, RunId};
use leasehold_domain::json::JsonObject;
use leasehold_domain::limits::Limits;
use leasehold_domain::text::Label;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Error;
use super::settings::Settings;
use crate::dispatch::{Body, Caller, Dispatcher, Order, Verdict};

/// Holders that an environment has room for; a guard that is asked and never refuses.
const CAPACITY: u32 = 10_000;

/// An environment and the company that it belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) company: CompanyId,
    pub(super) environment: EnvironmentId,
}

/// What all cycles have in common.
#[derive(Debug)]
pub(super) struct Workload {
    /// Company by company.
    places: Vec<Place>,
    environments_per_company: usize,
    skew_percent: u64,
    pub(super) metadata: JsonObject,
    pub(super) provider: Label,
    pub(super) provider_lease_id: Label,
}

/// One acquire and the release after it.
#[derive(Debug)]
pub(super) struct Cycle {
    pub(super) place: Place,
    pub(super) run: RunId,
    pub(super) agent: AgentId,
    /// The agent, in its run.
    pub(super) actor: Actor,
}

impl Workload {
    /// Makes the environments, by commands, as any caller would.
    pub(super) async fn prepare(
        dispatcher: &Dispatcher,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let (companies, each) = (settings.companies.max(1), settings.environments_per_company);
        let mut places = Vec::new();
        for _ in 0..companies {
            let company = CompanyId(Uuid::now_v7());
            for number in 0..each.max(1) {
                let name = format!("builder {number}");
                places.push(make_environment(dispatcher, company, &name, CAPACITY).await?);
            }
        }
        let label = |text: &str| Label::new(text).map_err(Error::unexpected);
        Ok(Self {
            places,
            environments_per_company: each.max(1),
            skew_percent: u64::from(settings.skew_percent.min(100)),
            metadata: metadata()?,
            provider: label("ssh")?,
            provider_lease_id: label("ssh://builder@builder-2.internal:22/srv/agents/1")?,
        })
    }

    /// The companies that there are, each once.
    pub(super) fn companies(&self) -> Vec<CompanyId> {
        self.places.iter().step_by(self.environments_per_company).map(|p| p.company).collect()
    }

    /// The cycles of one client: the same every time, and other ones than any other client's.
    pub(super) fn cycles_of(&self, client: usize) -> Cycles<'_> {
        let agent = AgentId(Uuid::now_v7());
        Cycles { workload: self, random: Random(client as u64), agent }
    }

    fn place(&self, random: &mut Random) -> Place {
        let all = self.places.len();
        let within =
            if random.below(100) < self.skew_percent { self.environments_per_company } else { all };
        let place = usize::try_from(random.below(within as u64)).unwrap_or(0);
        self.places[place.min(all - 1)]
    }
}

/// What runs of Paperclip note on an SSH lease, about 200 bytes.
pub(super) fn metadata() -> Result<JsonObject, Error> {
    let value = json!({
        "driver": "ssh", "host": "builder-2.internal", "port": 22, "username": "builder",
        "remoteWorkspacePath": "/srv/agents", "remoteCwd": "/srv/agents/1",
        "executionWorkspaceMode": "isolated_workspace",
    });
    let Value::Object(object) = value else { return Err(Error::unexpected("no object")) };
    JsonObject::new(object, &Limits::default()).map_err(Error::unexpected)
}

/// Makes an environment with room for so many holders.
pub(super) async fn make_environment(
    dispatcher: &Dispatcher,
    company: CompanyId,
    name: &str,
    capacity: u32,
) -> Result<Place, Error> {
    let body = json!({"name": name, "driver": "ssh", "capacity": capacity});
    create(dispatcher, company, body).await
}

/// Makes an environment of a body.
pub(super) async fn create(
    dispatcher: &Dispatcher,
    company: CompanyId,
    body: Value,
) -> Result<Place, Error> {
    let Value::Object(object) = body else { return Err(Error::unexpected("no object")) };
    let read = |fields: &mut Fields<'_>| Command::read(CommandType::CreateEnvironment, fields);
    let command = Fields::read(object, &Limits::default(), read).map_err(Error::unexpected)?;
    let caller = Caller { actor: Actor::system("bench"), authenticated_by: None };
    match dispatcher.dispatch(company, Order::new(command, None, caller)).await {
        Verdict::Accepted { body: Body::Environment(row), .. } => {
            Ok(Place { company, environment: EnvironmentId(row.id) })
        }
        other @ (Verdict::Accepted { .. }
        | Verdict::Refused { .. }
        | Verdict::Failed { .. }
        | Verdict::NotApplied { .. }) => {
            Err(Error::unexpected(format!("no environment: {other:?}")))
        }
    }
}

/// The cycles of one client.
#[derive(Debug)]
pub(super) struct Cycles<'w> {
    workload: &'w Workload,
    random: Random,
    agent: AgentId,
}

impl Cycles<'_> {
    /// The next ones, all of one company.
    pub(super) fn next(&mut self, count: usize) -> Result<Vec<Cycle>, Error> {
        let place = self.workload.place(&mut self.random);
        (0..count).map(|_| self.cycle(place)).collect()
    }

    fn cycle(&self, place: Place) -> Result<Cycle, Error> {
        let run = RunId(Uuid::now_v7());
        let label = |text: String| Label::new(text).map_err(Error::unexpected);
        let actor = Actor {
            kind: ActorType::Agent,
            id: label(self.agent.to_string())?,
            agent_id: Some(self.agent),
            run_id: Some(run),
            responsible_user_id: Some(label("owner".to_owned())?),
        };
        Ok(Cycle { place, run, agent: self.agent, actor })
    }
}

/// `SplitMix64`: enough to spread cycles, the same on every machine.
#[derive(Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}
