//! Environments that are gone, for those who still have something to do there.

use leasehold_domain::environment::Environment;
use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::stream::Event;
use leasehold_projections::environments::EnvironmentRow;
use sqlx::PgConnection;

use crate::log::list_stream_events;

/// An environment as it was when it was removed, from the log; none when it was never there. A
/// resource may turn up at a provider after its lease is over and its environment is gone.
///
/// # Errors
/// The database's, and that an event cannot be read.
pub async fn find_removed_environment(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
) -> sqlx::Result<Option<EnvironmentRow>> {
    let end = Position(i64::MAX.unsigned_abs());
    let mut environment = Environment::default();
    for event in list_stream_events(connection, company, &[id.into()], end).await? {
        let read = event.read().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        if let Event::Environment(own) = &read {
            environment.apply(own);
        }
    }
    environment.removed_at = None;
    Ok(EnvironmentRow::of(&environment))
}
