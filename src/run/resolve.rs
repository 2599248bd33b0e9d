//! Which environment a run uses: the first level of the chain that names one, else Local.

use leasehold_domain::company::CommandType;
use leasehold_domain::environment::{Level, Status, adapter_can_use};
use leasehold_domain::id::EnvironmentId;
use leasehold_projections::environments::EnvironmentRow;
use serde_json::json;
use uuid::Uuid;

use super::desk::{Desk, NotDone, Request};
use super::driver::Place;
use super::error::{ErrorCode, RunError};
use crate::dispatch::{Body, Failure};

/// The environments that the levels of the chain name, each an id or a name.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    named: Vec<(Level, String)>,
}

impl Levels {
    /// Nothing named: the company's local environment.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The same, with what a level names, if it names anything.
    #[must_use]
    pub fn with(mut self, level: Level, named: Option<&str>) -> Self {
        self.named.extend(named.map(|name| (level, name.to_owned())));
        self
    }

    /// The first level in the chain's order that names an environment.
    fn first(&self) -> Option<(Level, &str)> {
        let named = self.named.iter().map(|(level, name)| (*level, name.as_str()));
        named.min_by_key(|(level, _)| *level)
    }
}

/// The environment of a run, and which level named it.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// It.
    pub environment: EnvironmentRow,
    /// By whose word.
    pub level: Level,
}

impl Resolved {
    /// The environment as drivers see it.
    ///
    /// # Errors
    /// [`ErrorCode::UnsupportedEnvironment`] for a row whose words this program does not know.
    pub fn place(&self) -> Result<Place, RunError> {
        place_of(&self.environment)
    }
}

/// An environment as drivers see it.
///
/// # Errors
/// [`ErrorCode::UnsupportedEnvironment`] for a driver that this program does not know.
pub fn place_of(row: &EnvironmentRow) -> Result<Place, RunError> {
    let driver = row.driver.parse().map_err(|error| {
        RunError::new(ErrorCode::UnsupportedEnvironment, format!("{}: {error}", row.name))
    })?;
    Ok(Place {
        company_id: leasehold_domain::id::CompanyId(row.company_id),
        environment_id: EnvironmentId(row.id),
        name: row.name.clone(),
        driver,
        config: row.config.as_object().cloned().unwrap_or_default(),
    })
}

/// Finds the environment of a run; makes the company's local one where the chain ends there.
///
/// # Errors
/// [`ErrorCode::EnvironmentNotFound`], [`ErrorCode::EnvironmentInactive`] and, for an adapter that
/// cannot work at such a place, [`ErrorCode::UnsupportedAdapterEnvironment`].
pub async fn resolve_environment(
    desk: &Desk,
    levels: &Levels,
    adapter: Option<&str>,
) -> Result<Resolved, RunError> {
    let resolved = match levels.first() {
        Some((level, named)) => Resolved { environment: find(desk, named).await?, level },
        None => Resolved { environment: ensure_local(desk).await?, level: Level::Local },
    };
    let place = resolved.place()?;
    if resolved.environment.status != Status::Active.as_str() {
        let message = format!("it is {}", resolved.environment.status);
        let error = RunError::new(ErrorCode::EnvironmentInactive, message);
        return Err(RunError { can_retry: true, ..error.at(&place, "") });
    }
    if let Some(adapter) = adapter.filter(|adapter| !adapter_can_use(adapter, place.driver)) {
        let message = format!("adapter \"{adapter}\" works on this machine only");
        return Err(RunError::new(ErrorCode::UnsupportedAdapterEnvironment, message).at(&place, ""));
    }
    Ok(resolved)
}

async fn find(desk: &Desk, named: &str) -> Result<EnvironmentRow, RunError> {
    let found = desk.way.find_environment(desk.company, named).await.map_err(|unread| {
        let message = format!("the ledger cannot be asked for \"{named}\": {unread}");
        let error = RunError::new(ErrorCode::EnvironmentNotFound, message);
        RunError { cause: Some(unread.kind), can_retry: unread.kind.is_retryable(), ..error }
    })?;
    found.ok_or_else(|| {
        let message = format!("the company has no environment with the id or name \"{named}\"");
        RunError::new(ErrorCode::EnvironmentNotFound, message)
    })
}

/// The company's local environment: found where there is one, as nothing has to be stored then.
async fn ensure_local(desk: &Desk) -> Result<EnvironmentRow, RunError> {
    // A look that fails is no answer; the command below says what is wrong.
    if let Ok(Some(row)) = desk.way.find_local(desk.company).await {
        return Ok(row);
    }
    let key = Uuid::now_v7().to_string();
    let request = Request::new(CommandType::EnsureLocalEnvironment, key, json!({}));
    let answer = match desk.ask(&request).await {
        Ok(Body::Environment(row)) => return Ok(*row),
        Ok(
            Body::Removed(_)
            | Body::Lease(_)
            | Body::Run(_)
            | Body::Cleanups(_)
            | Body::Imported(_),
        ) => NotDone::Failed(Failure::Internal),
        Err(not_done) => not_done,
    };
    let doing = "the company's local environment";
    Err(RunError::of_answer(ErrorCode::EnvironmentNotFound, doing, &answer))
}
