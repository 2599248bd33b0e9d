//! What a lease was a right to: the environment's id in the company's log, and its driver.

use std::str::FromStr as _;

use leasehold_domain::environment::Driver;
use leasehold_domain::id::EnvironmentId;
use uuid::Uuid;

use crate::import::rows::{self, Activity};

/// What a lease was a right to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import) struct Ground {
    pub(in crate::import) environment_id: EnvironmentId,
    pub(in crate::import) driver: Driver,
}

/// The ground of a lease. `environment` is its environment's id in the company's log and its
/// driver; none when the environment was deleted. Then the activity may still name it, and if not,
/// an id stands for all of the company's environments that are gone.
pub(in crate::import) fn ground_of(
    row: &rows::Lease,
    environment: Option<(EnvironmentId, Driver)>,
    activities: &[Activity],
) -> Ground {
    let detail = |name: &str| activities.iter().find_map(|activity| activity.detail(name));
    let told = detail("driver").and_then(|word| Driver::from_str(word).ok());
    match environment {
        Some((environment_id, driver)) => Ground { environment_id, driver: told.unwrap_or(driver) },
        None => Ground {
            environment_id: detail("environmentId").and_then(|id| id.parse().ok()).unwrap_or_else(
                || EnvironmentId::copy_for(EnvironmentId(Uuid::nil()), row.company_id),
            ),
            driver: told.unwrap_or_else(|| likely_driver(row)),
        },
    }
}

/// The driver as the notes have it, or as the provider's name gives it away.
fn likely_driver(row: &rows::Lease) -> Driver {
    let noted = row.metadata.as_ref().and_then(|metadata| metadata.get("driver"));
    let noted = noted.and_then(|word| word.as_str()?.parse().ok());
    noted.unwrap_or_else(|| match row.provider.as_ref().map_or("", |provider| provider.as_str()) {
        "local" => Driver::Local,
        "ssh" => Driver::Ssh,
        plugin if plugin.starts_with("plugin:") => Driver::Plugin,
        _ => Driver::Sandbox,
    })
}
