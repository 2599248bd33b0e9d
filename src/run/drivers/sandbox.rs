//! Sandboxes: places that a provider makes for a lease, and takes away again.
//!
//! A provider is a [`Driver`] with a name of its own. The environment's `config.provider` chooses
//! it; without one it is [`bubblewrap`](Bubblewrap), which needs nothing but this machine.

mod bubblewrap;

use std::sync::Arc;

use async_trait::async_trait;
use leasehold_domain::environment::Driver as Word;
use serde_json::Value;

pub use bubblewrap::Bubblewrap;

use crate::run::driver::{
    Acquired, Capabilities, Driver, Ended, Fault, FaultKind, Held, Launch, Listing, Mark, Place,
    Probe, Proof, Realized, Resumed, Stopper, Synced, Target, Workspace,
};
use crate::run::registry::Machine;

/// Who makes sandboxes.
pub trait Provider: Driver {
    /// What environments call it, in `config.provider`.
    fn key(&self) -> &'static str;
}

/// The driver for `sandbox`: hands on to the provider of the place.
#[derive(Debug)]
pub struct Sandbox {
    providers: Vec<Arc<dyn Provider>>,
}

impl Sandbox {
    /// With the providers that we bring.
    #[must_use]
    pub fn new(machine: &Machine) -> Self {
        Self { providers: vec![Arc::new(Bubblewrap::new(machine.clone()))] }
    }

    /// With one more provider, in place of another one of its name.
    #[must_use]
    pub fn with(mut self, provider: Arc<dyn Provider>) -> Self {
        self.providers.retain(|known| known.key() != provider.key());
        self.providers.push(provider);
        self
    }

    fn of(&self, place: &Place) -> Result<&dyn Provider, Fault> {
        let key = match place.config.get("provider") {
            None | Some(Value::Null) => bubblewrap::KEY,
            Some(Value::String(key)) => key,
            Some(_) => {
                return Err(Fault::new(FaultKind::BadConfig, "config.provider is a text"));
            }
        };
        let found = self.providers.iter().find(|provider| provider.key() == key);
        found.map(AsRef::as_ref).ok_or_else(|| {
            let message = format!("there is no sandbox provider \"{key}\" here");
            Fault::new(FaultKind::Unsupported, message)
        })
    }
}

#[async_trait]
impl Driver for Sandbox {
    fn word(&self) -> Word {
        Word::Sandbox
    }

    fn provider(&self, place: &Place) -> Result<String, Fault> {
        self.of(place)?.provider(place)
    }

    async fn capabilities(&self, place: &Place) -> Result<Capabilities, Fault> {
        self.of(place)?.capabilities(place).await
    }

    async fn probe(&self, place: &Place) -> Result<Probe, Fault> {
        self.of(place)?.probe(place).await
    }

    async fn acquire(&self, place: &Place, mark: &Mark) -> Result<Acquired, Fault> {
        self.of(place)?.acquire(place, mark).await
    }

    async fn resume(&self, held: &Held) -> Result<Resumed, Fault> {
        self.of(&held.place)?.resume(held).await
    }

    async fn realize(&self, held: &Held, workspace: Option<&Workspace>) -> Result<Realized, Fault> {
        self.of(&held.place)?.realize(held, workspace).await
    }

    async fn sync_in(
        &self,
        held: &Held,
        target: &Target,
        workspace: &Workspace,
    ) -> Result<Synced, Fault> {
        self.of(&held.place)?.sync_in(held, target, workspace).await
    }

    async fn sync_out(
        &self,
        held: &Held,
        target: &Target,
        workspace: &Workspace,
    ) -> Result<Synced, Fault> {
        self.of(&held.place)?.sync_out(held, target, workspace).await
    }

    async fn execute(
        &self,
        held: &Held,
        target: &Target,
        launch: Launch,
        stop: Stopper,
    ) -> Result<Ended, Fault> {
        self.of(&held.place)?.execute(held, target, launch, stop).await
    }

    async fn release(&self, held: &Held) -> Result<Proof, Fault> {
        self.of(&held.place)?.release(held).await
    }

    async fn destroy(&self, held: &Held) -> Result<Proof, Fault> {
        self.of(&held.place)?.destroy(held).await
    }

    fn would_list(&self, held: &Held) -> bool {
        self.of(&held.place).is_ok_and(|provider| provider.would_list(held))
    }

    async fn list(&self, place: &Place) -> Result<Listing, Fault> {
        self.of(place)?.list(place).await
    }
}
