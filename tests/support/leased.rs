//! A driver with one lease on a place, and short words for what is done there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use leasehold::run::MARK_VARIABLE;
use leasehold::run::driver::{
    Driver, Ended, Fault, Held, Launch, Mark, Output, Place, Stop, Streams, Target, Workspace,
};
use leasehold_domain::environment::Driver as Word;
use leasehold_domain::id::{CompanyId, EnvironmentId, LeaseId};
use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;

/// A place with settings of a test's.
pub(crate) fn place(driver: Word, config: &Value) -> Place {
    Place {
        company_id: CompanyId(Uuid::now_v7()),
        environment_id: EnvironmentId(Uuid::now_v7()),
        name: "there".to_owned(),
        driver,
        config: config.as_object().unwrap().clone(),
    }
}

/// The mark of a new lease on a place.
pub(crate) fn mark_on(place: &Place) -> Mark {
    let (company_id, environment_id) = (place.company_id, place.environment_id);
    Mark { company_id, environment_id, lease_id: LeaseId(Uuid::now_v7()) }
}

/// Nobody who asks it to stop.
pub(crate) fn never() -> watch::Receiver<Stop> {
    watch::channel(Stop::Not).1
}

/// A lease whose working directory is ready.
pub(crate) struct Leased {
    pub(crate) driver: Arc<dyn Driver>,
    pub(crate) held: Held,
    pub(crate) target: Target,
}

impl Leased {
    /// Acquires, twice, and realizes.
    pub(crate) async fn on(
        driver: Arc<dyn Driver>,
        place: Place,
        workspace: Option<&Workspace>,
    ) -> Self {
        let mark = mark_on(&place);
        let acquired = driver.acquire(&place, &mark).await.unwrap();
        assert_eq!(driver.acquire(&place, &mark).await.unwrap(), acquired, "twice is once");
        let (provider_lease_id, metadata) = (acquired.provider_lease_id, acquired.metadata);
        let held = Held { place, mark, provider_lease_id, metadata };
        let target = driver.realize(&held, workspace).await.unwrap().target;
        Self { driver, held, target }
    }

    /// Runs a shell script to its end; what it said.
    pub(crate) async fn run(&self, script: &str) -> (Ended, Output) {
        let (ended, said) = self.launch(script, BTreeMap::new(), never()).await;
        (ended.unwrap(), said)
    }

    /// The same with variables, and with somebody who may stop it.
    pub(crate) async fn launch(
        &self,
        script: &str,
        variables: BTreeMap<String, String>,
        stop: watch::Receiver<Stop>,
    ) -> (Result<Ended, Fault>, Output) {
        let (streams, captured) = Streams::captured().unwrap();
        let command = ["sh", "-c", script].map(str::to_owned).into();
        let context = Some("{\"id\": \"it's one\"}".to_owned());
        let launch = Launch { command, variables, context, streams };
        let ended = self.driver.execute(&self.held, &self.target, launch, stop).await;
        (ended, captured.finish().await)
    }

    /// The numbers of the processes that carry this lease's mark, on this machine.
    pub(crate) fn marked(&self) -> Vec<i32> {
        let wanted = format!("{MARK_VARIABLE}={}", self.held.mark);
        let carries = |path: &Path| {
            let environ = std::fs::read(path.join("environ")).unwrap_or_default();
            environ.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
        };
        let processes = std::fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
        let number = |path: &Path| path.file_name()?.to_str()?.parse().ok();
        processes.filter(|path| carries(path)).filter_map(|path| number(&path)).collect()
    }

    /// Destroys it, twice; nothing is there afterwards.
    pub(crate) async fn destroy(&self) {
        assert!(self.driver.destroy(&self.held).await.unwrap().was_there);
        assert!(!self.driver.destroy(&self.held).await.unwrap().was_there, "twice is once");
        assert_eq!(self.marked(), Vec::<i32>::new());
        let listing = self.driver.list(&self.held.place).await.unwrap();
        assert!(listing.is_complete && listing.found.is_empty(), "{listing:?}");
    }
}

/// Looks again and again until something is so.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
    while !is_so() {
        assert!(tokio::time::Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
