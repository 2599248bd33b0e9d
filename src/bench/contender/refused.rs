//! The ledger saying no: in every company an environment has room for one, and somebody holds it. A
//! cycle is two acquisitions that are refused, each under a chosen key and with a receipt, so that it
//! is as many commands as any other cycle.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use leasehold_domain::company::Command;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use super::leasehold::{self, InProcess, acquire, order};
use super::{Client, Contender};
use crate::bench::Error;
use crate::bench::settings::Settings;
use crate::bench::workload::{Cycle, Place, Workload, make_environment};
use crate::dispatch::{Dispatcher, Verdict};

type Full = HashMap<CompanyId, EnvironmentId>;

pub(super) struct Refusing {
    ledger: InProcess,
    workload: Arc<Workload>,
    full: Arc<Full>,
}

/// Opens the ledger and fills an environment in each company.
pub(super) async fn open(
    database: &PgConnectOptions,
    settings: &Settings,
    workload: &Arc<Workload>,
) -> Result<Refusing, Error> {
    let ledger = leasehold::open(database, settings, workload, 1).await?;
    let mut full = Full::new();
    for company in workload.companies() {
        let name = format!("full {}", Uuid::now_v7());
        let place = make_environment(ledger.dispatcher(0), company, &name, 1).await?;
        for cycle in workload.cycles_of(0).next(1)? {
            let held = ask(ledger.dispatcher(0), workload, &cycle, place).await?;
            if !matches!(held, Verdict::Accepted { .. }) {
                return Err(Error::unexpected(format!("not held: {held:?}")));
            }
        }
        full.insert(company, place.environment);
    }
    Ok(Refusing { ledger, workload: Arc::clone(workload), full: Arc::new(full) })
}

#[async_trait]
impl Contender for Refusing {
    async fn client(&self) -> Result<Box<dyn Client>, Error> {
        let dispatcher = self.ledger.dispatcher(0).clone();
        let (workload, full) = (Arc::clone(&self.workload), Arc::clone(&self.full));
        Ok(Box::new(Asking { dispatcher, workload, full }))
    }

    async fn close(self: Box<Self>) {
        self.ledger.end().await;
    }
}

struct Asking {
    dispatcher: Dispatcher,
    workload: Arc<Workload>,
    full: Arc<Full>,
}

#[async_trait]
impl Client for Asking {
    async fn run(&mut self, cycles: &[Cycle]) -> Result<(), Error> {
        for cycle in cycles {
            let company = cycle.place.company;
            let environment = self.full.get(&company).copied();
            let environment = environment.ok_or_else(|| Error::unexpected("no full one"))?;
            for _ in 0..2 {
                let place = Place { company, environment };
                match ask(&self.dispatcher, &self.workload, cycle, place).await? {
                    Verdict::Refused { .. } => {}
                    other @ (Verdict::Accepted { .. }
                    | Verdict::Failed { .. }
                    | Verdict::NotApplied { .. }) => {
                        return Err(Error::unexpected(format!("no refusal: {other:?}")));
                    }
                }
            }
        }
        Ok(())
    }
}

async fn ask(
    dispatcher: &Dispatcher,
    workload: &Workload,
    cycle: &Cycle,
    place: Place,
) -> Result<Verdict, Error> {
    let mut acquire = acquire(workload, cycle);
    acquire.environment_id = place.environment;
    let order = order(Command::AcquireLease(Box::new(acquire)), cycle)?;
    Ok(dispatcher.dispatch(place.company, order).await)
}
