//! What became of rebuilds, told in the installation's log: the table says how much has been told.
//!
//! **Claims.** Each state that a rebuild has reached is told once, by whoever finds it untold. While
//! another fold's tables are live this program stores nothing, its own tale included: a rebuild that
//! replaces them tells its beginning when it has.
//! **Because** the row is changed first, and telling again what is told is no event.

use std::collections::BTreeMap;

use leasehold_domain::actor::Actor;
use leasehold_domain::id::OperationId;
use leasehold_domain::operation::Step;
use leasehold_domain::text::Label;
use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;

use super::compare::Verdict;
use super::error::RebuildError;
use super::record::{Rebuild, State, keep_told, list_untold, list_versions};
use super::versions::check_versions;
use crate::dispatch::{Caller, Dispatcher, Settings};
use crate::journal::Journal;
use crate::log::DatabaseError;

/// Tells what is untold, of every rebuild, in the name of who asked for it.
pub(super) async fn tell(
    connection: &mut PgConnection,
    database: &PgConnectOptions,
) -> Result<(), RebuildError> {
    let untold = list_untold(connection).await?;
    if untold.is_empty() || is_other_fold(connection).await? {
        return Ok(());
    }
    let settings = Settings { lanes: 1, ..Settings::default() };
    let (dispatcher, lanes) = Dispatcher::start(database, settings);
    let mut told = Ok(());
    for rebuild in &untold {
        told = tell_one(connection, &dispatcher, rebuild).await;
        if told.is_err() {
            break;
        }
    }
    drop(dispatcher);
    lanes.finish().await;
    told
}

async fn is_other_fold(connection: &mut PgConnection) -> Result<bool, RebuildError> {
    match check_versions(connection).await {
        Err(DatabaseError::OtherFold { .. }) => Ok(true),
        Err(DatabaseError::Other(error)) => Err(error.into()),
        Ok(()) | Err(_) => Ok(false),
    }
}

async fn tell_one(
    connection: &mut PgConnection,
    dispatcher: &Dispatcher,
    rebuild: &Rebuild,
) -> Result<(), RebuildError> {
    let journal = Journal::new(dispatcher.clone(), rebuild.caller());
    let versions = list_versions(connection, rebuild.id).await?;
    for step in steps(rebuild, versions) {
        journal.tell(OperationId(rebuild.id), step).await?;
    }
    keep_told(connection, rebuild).await?;
    Ok(())
}

impl Rebuild {
    /// Who asked.
    fn caller(&self) -> Caller {
        let id = Label::kept(self.asked_by.as_str()).ok();
        let fallback = Actor::system("leasehold");
        let actor = Actor { kind: self.actor_type(), id: id.unwrap_or(fallback.id), ..fallback };
        Caller { actor, authenticated_by: self.authenticated_by.as_deref().map(Into::into) }
    }
}

/// The steps that led to where a rebuild is.
fn steps(rebuild: &Rebuild, versions: Vec<(String, i32)>) -> Vec<Step> {
    let projections =
        rebuild.projections.iter().filter_map(|name| Label::new(name.as_str()).ok()).collect();
    let verdict: Option<Verdict> =
        rebuild.verdict.clone().and_then(|verdict| serde_json::from_value(verdict).ok());
    let mut steps = vec![Step::StartRebuild { projections }];
    let judged = |is_accepted| {
        let Verdict { compared, differing, .. } = verdict.clone().unwrap_or_default();
        let (compared, differing) = (counted(compared), counted(differing));
        Step::JudgeRebuild { compared, differing, is_accepted }
    };
    match rebuild.state {
        State::Loading | State::Loaded => {}
        State::Differs => steps.push(judged(false)),
        State::Cancelled => steps.push(Step::Cancel),
        State::Swapped => {
            let version = |(name, version)| (name, i32::unsigned_abs(version));
            let versions = versions.into_iter().map(version).collect();
            steps.extend([judged(true), Step::SwapRebuild { versions }]);
        }
    }
    steps
}

fn counted(rows: BTreeMap<String, i64>) -> BTreeMap<String, u64> {
    rows.into_iter().map(|(name, rows)| (name, rows.unsigned_abs())).collect()
}
