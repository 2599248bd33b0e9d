//! `leasehold janitor`: finishes what ended leases left, and holds providers against the ledger.

use std::time::Duration;

use clap::Args;
use leasehold_domain::id::CompanyId;
use leasehold_domain::text::Label;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::Global;
use super::company::companies;
use super::exec::machine;
use super::exit::{Failed, Kind};
use super::output::{self, note};
use super::serve::asked_to_stop;
use super::session::Session;
use crate::ledger::Ledger;
use crate::run::Registry;
use crate::run::desk::Direct;
use crate::run::janitor::{Deed, Janitor as Worker, Settings};
use crate::sweep::{self, Sweeper};

const COLUMNS: [&str; 4] = ["what", "about", "detail", "companyId"];

/// Rounds of a sweeper that ends what is due, before a janitor that works once looks what is left.
const SWEEPS: usize = 2;

/// Finish cleanups and reconcile providers, until SIGINT or SIGTERM.
#[derive(Debug, Args)]
pub(super) struct Janitor {
    /// One round, then end; exit code 1 when something went wrong.
    #[arg(long)]
    once: bool,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// How often to look for cleanups, in seconds.
    #[arg(long, default_value_t = 5, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    /// How often to hold what providers list against the ledger, in seconds.
    #[arg(long, default_value_t = 60, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    reconcile_every: u64,
    /// How long something stays that no lease wants, before it is destroyed, in seconds.
    #[arg(long, default_value_t = leasehold_domain::environment::QUARANTINE_SECONDS, value_name = "S")]
    quarantine: u32,
    /// How long a resource is missed, in complete listings, before it is lost, in seconds.
    #[arg(long, default_value_t = leasehold_domain::environment::ABSENCE_SECONDS, value_name = "S")]
    absence: u32,
    /// Its name, which claims carry; made of the host and the process unless given.
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
}

impl Janitor {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let settings = self.settings()?;
        let mut session = Session::open(global).await?;
        let done = self.work(&mut session, global, settings).await;
        session.close().await?;
        done
    }

    async fn work(
        &self,
        session: &mut Session,
        global: &Global,
        settings: Settings,
    ) -> Result<(), Failed> {
        let machine = machine()?;
        let registry = Registry::standard(&machine);
        let ledger = Direct::to(&session.ledger);
        let worker = Worker::new(ledger, registry, &machine.state, settings);
        if self.once || self.dry_run {
            return heeding(&worker, self.work_once(&worker, session, global)).await;
        }
        // Where no server runs, what is due is ended here.
        let database = session.database().clone();
        session.ledger.sweep(&database, sweep::Settings::default());
        note("the janitor is at work");
        let working = session.during(|ledger| self.work_on(&worker, ledger, global));
        heeding(&worker, working).await
    }

    async fn work_once(
        &self,
        worker: &Worker,
        session: &Session,
        global: &Global,
    ) -> Result<(), Failed> {
        if !self.dry_run {
            self.sweep(session).await;
        }
        let companies = companies(&session.ledger.readers, global).await?;
        let mut deeds = worker.clean_up(&companies).await;
        deeds.extend(worker.reconcile(&companies).await);
        finish(global, &deeds)
    }

    /// Ends what is due, unless another process does.
    async fn sweep(&self, session: &Session) {
        let (dispatcher, database) = (session.ledger.dispatcher.clone(), session.database());
        let mut sweeper = Sweeper::new(dispatcher, database, sweep::Settings::default());
        for _ in 0..SWEEPS {
            if let Err(error) = sweeper.run_once().await {
                tracing::warn!(%error, "what is due is not ended by this janitor");
            }
        }
        sweeper.stop().await;
    }

    async fn work_on(
        &self,
        worker: &Worker,
        ledger: &Ledger,
        global: &Global,
    ) -> Result<(), Failed> {
        let (pause, between) =
            (Duration::from_secs(self.every), Duration::from_secs(self.reconcile_every));
        let mut reconciled: Option<Instant> = None;
        while !worker.is_stopping() {
            match companies(&ledger.readers, global).await {
                Ok(companies) => {
                    let mut deeds = worker.clean_up(&companies).await;
                    if reconciled.is_none_or(|at| at.elapsed() >= between) {
                        deeds.extend(worker.reconcile(&companies).await);
                        reconciled = Some(Instant::now());
                    }
                    deeds.iter().for_each(say);
                }
                Err(error) => note(&format!("the ledger cannot be asked: {error}")),
            }
            tokio::select! {
                () = sleep(pause) => {}
                () = worker.told_to_stop() => {}
            }
        }
        Ok(())
    }

    fn settings(&self) -> Result<Settings, Failed> {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let made = || format!("janitor {} {}", host.trim(), std::process::id());
        let owner = Label::new(self.owner.clone().unwrap_or_else(made));
        let owner = owner.map_err(|bad| Failed::usage(format!("--owner {bad}")))?;
        Ok(Settings {
            is_dry: self.dry_run,
            quarantine_seconds: self.quarantine,
            absence_seconds: self.absence,
            ..Settings::of(owner)
        })
    }
}

/// Works until it is done, or asked to stop: then what is under way is finished or handed back, and
/// who asks once more does not wait for that.
async fn heeding(
    worker: &Worker,
    working: impl Future<Output = Result<(), Failed>>,
) -> Result<(), Failed> {
    tokio::pin!(working);
    tokio::select! {
        done = &mut working => return done,
        () = asked_to_stop() => worker.stop(),
    }
    tokio::select! {
        done = working => done,
        () = asked_to_stop() => Ok(()),
    }
}

fn finish(global: &Global, deeds: &[Deed]) -> Result<(), Failed> {
    let rows: Vec<Value> = deeds.iter().map(shown).collect();
    output::list(global.output, &COLUMNS, &rows)?;
    match deeds.iter().filter(|deed| deed.is_trouble).count() {
        0 => Ok(()),
        count => Err(Failed::new(Kind::Error, format!("{count} of these went wrong"))),
    }
}

fn shown(deed: &Deed) -> Value {
    let company: CompanyId = deed.company;
    json!({
        "what": deed.what, "about": deed.about, "detail": deed.detail, "companyId": company,
        "isTrouble": deed.is_trouble,
    })
}

fn say(deed: &Deed) {
    note(&format!("{} {}: {}", deed.what, deed.about, deed.detail));
}
