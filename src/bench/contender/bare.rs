//! The bare limit: the ledger's rows written by set-based SQL, many cycles at a time or one, from ids
//! that this program makes. Nothing is decided, hashed, compared or remembered under a key.

use async_trait::async_trait;
use uuid::Uuid;

use super::connections::{Connections, Kept};
use super::{Client, Contender};
use crate::bench::Error;
use crate::bench::workload::Cycle;

/// Its tables, made after the ledger's.
pub(super) const TABLES: &str = include_str!("bare.sql");

/// Keeps the rows of one cycle that the ledger wrote as the sample that is copied.
pub(in crate::bench) const TAKE_SAMPLE: &str = "
  insert into bare.sample_event
  select * from leasehold.events where aggregate_type = 'lease' limit 2;
  insert into bare.sample_lease
  select l.* from leasehold.environment_leases l
  where l.id::text in (select aggregate_id from bare.sample_event) limit 1;
  insert into bare.sample_activity
  select a.* from leasehold.activity_log a
  where (a.company_id, a.position) in (select company_id, position from bare.sample_event);";

const ACQUIRE: &str = include_str!("bare_acquire.sql");
const RELEASE: &str = include_str!("bare_release.sql");

pub(super) struct Bare {
    connections: Connections,
    at_once: usize,
}

impl Bare {
    pub(super) const fn new(connections: Connections, at_once: usize) -> Self {
        Self { connections, at_once }
    }
}

#[async_trait]
impl Contender for Bare {
    fn cycles_at_once(&self) -> usize {
        self.at_once
    }

    async fn client(&self) -> Result<Box<dyn Client>, Error> {
        let connection = self.connections.hand_out();
        Ok(Box::new(Copier { connection, company: Uuid::now_v7(), position: 0 }))
    }

    async fn close(self: Box<Self>) {
        self.connections.close().await;
    }
}

/// Copies into a company of its own, whose positions nobody else counts.
struct Copier {
    connection: Kept,
    company: Uuid,
    position: i64,
}

#[async_trait]
impl Client for Copier {
    async fn run(&mut self, cycles: &[Cycle]) -> Result<(), Error> {
        let mut connection = self.connection.take().await?;
        let leases: Vec<Uuid> = cycles.iter().map(|_| Uuid::now_v7()).collect();
        for statement in [ACQUIRE, RELEASE] {
            let events: Vec<Uuid> = cycles.iter().map(|_| Uuid::now_v7()).collect();
            let runs: Vec<Uuid> = cycles.iter().map(|cycle| cycle.run.0).collect();
            sqlx::query(statement)
                .bind(self.company)
                .bind(self.position)
                .bind(&leases)
                .bind(events)
                .bind(runs)
                .execute(&mut *connection)
                .await?;
            self.position += i64::try_from(leases.len()).unwrap_or(i64::MAX);
        }
        Ok(())
    }
}
