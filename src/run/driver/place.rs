//! Where a lease takes effect: the environment as a driver sees it, the mark that a driver leaves
//! there, and how commands get there.

use std::fmt;
use std::str::FromStr;

use leasehold_domain::environment::Driver as Word;
use leasehold_domain::id::{CompanyId, EnvironmentId, LeaseId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

/// An environment as a driver sees it: as it is now, or as a lease recorded it.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Its company.
    pub company_id: CompanyId,
    /// Its id.
    pub environment_id: EnvironmentId,
    /// Its name, for messages.
    pub name: String,
    /// What kind of place.
    pub driver: Word,
    /// The driver's settings; secrets as references.
    pub config: Map<String, Value>,
}

/// Whose something is: what a driver writes on everything that it makes. Its text is
/// `company/environment/lease`, each a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    /// The company, by which an installation knows its own.
    pub company_id: CompanyId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The lease.
    pub lease_id: LeaseId,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.company_id, self.environment_id, self.lease_id)
    }
}

/// A text that is no mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("is no mark of a lease")]
pub struct NoMark;

impl FromStr for Mark {
    type Err = NoMark;

    fn from_str(text: &str) -> Result<Self, NoMark> {
        let mut parts = text.split('/');
        let mut id = || parts.next().and_then(|part| part.parse().ok()).ok_or(NoMark);
        let (company_id, environment_id, lease_id) =
            (CompanyId(id()?), EnvironmentId(id()?), LeaseId(id()?));
        if parts.next().is_some() {
            return Err(NoMark);
        }
        Ok(Self { company_id, environment_id, lease_id })
    }
}

/// A lease's resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Where it is, with the settings that it was made with.
    pub place: Place,
    /// Whose it is.
    pub mark: Mark,
    /// The provider's id; empty when the answer to [`acquire`](super::Driver::acquire) never came:
    /// the mark alone finds it then.
    pub provider_lease_id: String,
    /// What [`acquire`](super::Driver::acquire) told beside the id.
    pub metadata: Map<String, Value>,
}

/// How commands get to a working directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// By which kind of place.
    pub kind: Word,
    /// The working directory there, absolute.
    pub cwd: String,
    /// The host, when it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The host's port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Who one is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}
