//! Living the sample: companies make their environments, runs acquire, write notes, end.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use leasehold_domain::actor::{Actor, ActorType};
use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::fields::{Fields, Invalid};
use leasehold_domain::id::{AgentId, CompanyId, EnvironmentId, RunId};
use leasehold_domain::limits::Limits;
use leasehold_domain::text::Label;
use serde_json::{Value, json};
use uuid::Uuid;

use super::trace::{Ending, Life, Place, Sample};
use crate::dispatch::{Body, Caller, Dispatcher, Order, Verdict};

/// Runs that live at the same time.
const RUNS_AT_ONCE: usize = 128;

/// What came of living the sample.
#[derive(Debug, Default)]
pub struct Lived {
    /// Commands that were accepted.
    pub accepted: u64,
    /// Commands that were refused, by code.
    pub refused: BTreeMap<String, u64>,
    /// One refusal in words.
    pub refusal: Option<String>,
    /// Commands that were neither: none, when all is well.
    pub failed: u64,
    /// How long the runs took.
    pub took: Duration,
}

impl Lived {
    /// Commands that were answered for good.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.accepted + self.refused.values().sum::<u64>()
    }
}

struct Stage<'s> {
    dispatcher: &'s Dispatcher,
    environments: HashMap<(CompanyId, Uuid), EnvironmentId>,
    lived: Mutex<Lived>,
    each: &'s (dyn Fn() + Sync),
}

/// Lives through the sample. `each` is called after each lease's life.
///
/// # Errors
/// [`Invalid`] when a row of the sample makes no command.
pub async fn live(
    dispatcher: &Dispatcher,
    sample: &Sample,
    each: &(dyn Fn() + Sync),
) -> Result<Lived, Invalid> {
    let (environments, lived) = (HashMap::new(), Mutex::default());
    let mut stage = Stage { dispatcher, environments, lived, each };
    let started = Instant::now();
    for place in &sample.places {
        stage.settle(place).await?;
    }
    let (after, before): (Vec<&Life>, Vec<&Life>) =
        sample.lives.iter().partition(|life| life.is_after_archive);
    stage.all(&before).await?;
    for place in sample.places.iter().filter(|place| place.is_archived) {
        stage.archive(place).await?;
    }
    stage.all(&after).await?;
    let mut lived = stage.lived.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    lived.took = started.elapsed();
    Ok(lived)
}

impl Stage<'_> {
    async fn settle(&mut self, place: &Place) -> Result<(), Invalid> {
        let (kind, body) = if place.is_local {
            (CommandType::EnsureLocalEnvironment, json!({}))
        } else {
            (CommandType::CreateEnvironment, place.body.clone())
        };
        let verdict = self.send(place.company, kind, body, Actor::system("demo")).await?;
        if let Some(Body::Environment(row)) = verdict {
            self.environments.insert((place.company, place.source), EnvironmentId(row.id));
        }
        Ok(())
    }

    async fn archive(&self, place: &Place) -> Result<(), Invalid> {
        let Some(id) = self.environments.get(&(place.company, place.source)) else { return Ok(()) };
        let body = json!({"environmentId": id});
        let kind = CommandType::ArchiveEnvironment;
        self.send(place.company, kind, body, Actor::system("demo")).await.map(|_| ())
    }

    async fn all(&self, lives: &[&Life]) -> Result<(), Invalid> {
        let runs = stream::iter(lives).map(|life| self.one(life)).buffer_unordered(RUNS_AT_ONCE);
        runs.collect::<Vec<_>>().await.into_iter().collect()
    }

    async fn one(&self, life: &Life) -> Result<(), Invalid> {
        let mut body = life.acquire.clone();
        body["environmentId"] = json!(self.environments.get(&(life.company, life.environment)));
        let held = self.send_as(life, CommandType::AcquireLease, body).await?;
        if let Some(Body::Lease(row)) = held {
            if let Some(notes) = &life.notes {
                let body = json!({"leaseId": row.id, "metadata": notes});
                self.send_as(life, CommandType::ReplaceLeaseMetadata, body).await?;
            }
            let (kind, mut body) = match &life.ending {
                Some(Ending::Release(body)) => (CommandType::ReleaseLease, body.clone()),
                Some(Ending::Retain(body)) => (CommandType::RetainLease, body.clone()),
                None => {
                    (self.each)();
                    return Ok(());
                }
            };
            body["leaseId"] = json!(row.id);
            self.send_as(life, kind, body).await?;
        }
        (self.each)();
        Ok(())
    }

    async fn send_as(
        &self,
        life: &Life,
        kind: CommandType,
        body: Value,
    ) -> Result<Option<Body>, Invalid> {
        self.send(life.company, kind, body, actor(life)).await
    }

    async fn send(
        &self,
        company: CompanyId,
        kind: CommandType,
        body: Value,
        actor: Actor,
    ) -> Result<Option<Body>, Invalid> {
        let object = body.as_object().cloned().unwrap_or_default();
        let read = |fields: &mut Fields<'_>| Command::read(kind, fields);
        let command = Fields::read(object, &Limits::default(), read)?;
        let caller = Caller { actor, authenticated_by: None };
        let verdict = self.dispatcher.dispatch(company, Order::new(command, None, caller)).await;
        Ok(self.count(verdict))
    }

    fn count(&self, verdict: Verdict) -> Option<Body> {
        let mut lived = self.lived.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match verdict {
            Verdict::Accepted { body, .. } => {
                lived.accepted += 1;
                Some(body)
            }
            Verdict::Refused { refusal, .. } => {
                let (code, _) = refusal.code_and_evidence().unwrap_or_default();
                *lived.refused.entry(code).or_default() += 1;
                lived.refusal.get_or_insert_with(|| refusal.to_string());
                None
            }
            Verdict::Failed { .. } | Verdict::NotApplied { .. } => {
                lived.failed += 1;
                None
            }
        }
    }
}

fn actor(life: &Life) -> Actor {
    let id = life.agent.as_deref().and_then(|agent| Label::new(agent).ok());
    let Some(id) = id else { return Actor::system("demo") };
    Actor {
        kind: ActorType::Agent,
        agent_id: life.agent.as_deref().and_then(|agent| agent.parse::<AgentId>().ok()),
        run_id: Some(RunId(life.run)),
        responsible_user_id: None,
        id,
    }
}
