//! cqrs-es with postgres-es as their guides say: a `CqrsFramework` over an event store and one view
//! kept by a `GenericQuery`, running the ledger's own lease aggregate. It loads the aggregate, asks
//! it, stores its events in a transaction and then updates the view in another: two histories of
//! one row each a cycle, no activity, no guard that spans leases, no receipt.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use cqrs_es::persist::{GenericQuery, PersistedEventStore};
use cqrs_es::{CqrsFramework, EventEnvelope, View};
use leasehold_domain::environment::Driver;
use leasehold_domain::fence::Fence;
use leasehold_domain::id::LeaseId;
use leasehold_domain::lease::{Command, Facts, Grant, Lease};
use leasehold_domain::limits::Limits;
use leasehold_domain::time::Timestamp;
use postgres_es::{PostgresCqrs, PostgresEventRepository, PostgresViewRepository};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use uuid::Uuid;

use super::{Client, Contender, leasehold};
use crate::bench::Error;
use crate::bench::workload::{Cycle, Workload};

/// Where its tables are; postgres-es names them without a schema.
pub(super) const SCHEMA: &str = "stock";
/// Its tables.
pub(super) const TABLES: &str = include_str!("stock.sql");

/// The view: the lease as it is.
#[derive(Debug, Default, Serialize, Deserialize)]
struct LeaseView(Lease);

impl View<Lease> for LeaseView {
    fn update(&mut self, event: &EventEnvelope<Lease>) {
        self.0.apply(&event.payload);
    }
}

type Views = PostgresViewRepository<LeaseView, Lease>;

pub(super) struct Stock {
    pool: PgPool,
    views: Arc<Views>,
    workload: Arc<Workload>,
}

impl Stock {
    pub(super) fn new(pool: PgPool, workload: &Arc<Workload>) -> Self {
        let views = Arc::new(PostgresViewRepository::new("lease_view", pool.clone()));
        Self { pool, views, workload: Arc::clone(workload) }
    }
}

#[async_trait]
impl Contender for Stock {
    async fn client(&self) -> Result<Box<dyn Client>, Error> {
        Ok(Box::new(Framework {
            pool: self.pool.clone(),
            views: Arc::clone(&self.views),
            workload: Arc::clone(&self.workload),
            is_view_lost: Arc::default(),
        }))
    }

    async fn close(self: Box<Self>) {
        self.pool.close().await;
    }
}

struct Framework {
    pool: PgPool,
    views: Arc<Views>,
    workload: Arc<Workload>,
    is_view_lost: Arc<AtomicBool>,
}

#[async_trait]
impl Client for Framework {
    async fn run(&mut self, cycles: &[Cycle]) -> Result<(), Error> {
        for cycle in cycles {
            let lease_id = LeaseId(Uuid::now_v7());
            let grant = Grant {
                lease_id,
                company_id: cycle.place.company,
                driver: Driver::Ssh,
                request: leasehold::acquire(&self.workload, cycle),
            };
            self.execute(lease_id, Command::Acquire(Box::new(grant)), cycle).await?;
            let end = Command::End(Box::new(leasehold::end()));
            self.execute(lease_id, end, cycle).await?;
        }
        Ok(())
    }
}

impl Framework {
    async fn execute(&self, id: LeaseId, command: Command, cycle: &Cycle) -> Result<(), Error> {
        let metadata = HashMap::from([
            ("actorType".to_owned(), cycle.actor.kind.to_string()),
            ("actorId".to_owned(), cycle.actor.id.to_string()),
            ("runId".to_owned(), cycle.run.to_string()),
            ("key".to_owned(), Uuid::now_v7().to_string()),
        ]);
        let framework = self.framework(id, cycle)?;
        framework
            .execute_with_metadata(&id.to_string(), command, metadata)
            .await
            .map_err(Error::unexpected)?;
        if self.is_view_lost.load(Ordering::Relaxed) {
            return Err(Error::unexpected("a view was not updated"));
        }
        Ok(())
    }

    /// The framework gives an aggregate one set of services for all commands; the time and the
    /// actor are this command's. Making a framework takes no I/O: about a thousandth of a cycle.
    fn framework(&self, lease_id: LeaseId, cycle: &Cycle) -> Result<PostgresCqrs<Lease>, Error> {
        let facts = Facts {
            now: Timestamp::new(chrono::Utc::now()).map_err(Error::unexpected)?,
            lease_id,
            actor: cycle.actor.clone(),
            fence: Fence(1),
            jitter: 0,
            limits: Limits::default(),
        };
        let mut view: GenericQuery<Views, LeaseView, Lease> =
            GenericQuery::new(Arc::clone(&self.views));
        let is_lost = Arc::clone(&self.is_view_lost);
        view.use_error_handler(Box::new(move |_| is_lost.store(true, Ordering::Relaxed)));
        let events = PostgresEventRepository::new(self.pool.clone());
        let store = PersistedEventStore::new_event_store(events);
        Ok(CqrsFramework::new(store, vec![Box::new(view)], facts))
    }
}
