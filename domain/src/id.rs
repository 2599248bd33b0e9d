//! Ids. Those that the ledger makes are UUID v7; those from outside are kept as they are.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl $crate::fields::FromField for $name {
            fn from_field(
                value: serde_json::Value,
                _: &$crate::limits::Limits,
            ) -> Result<Self, $crate::fields::Fault> {
                let text = $crate::fields::string(value)?;
                text.parse().map_err(|_| $crate::fields::Fault::invalid("is not a UUID"))
            }
        }
    )+};
}

ids! {
    /// The tenant. The nil UUID is the installation itself.
    CompanyId,
    /// A place where an agent's run can execute.
    EnvironmentId,
    /// The right of one run to use one environment for a time.
    LeaseId,
    /// One heartbeat run of an agent; made and owned by the heartbeat.
    RunId,
    /// The issue that a run works on; opaque to the ledger.
    IssueId,
    /// The execution workspace that a run works in; opaque to the ledger.
    WorkspaceId,
    /// The agent whose run it is; opaque to the ledger.
    AgentId,
    /// One thing that an admin did to the installation.
    OperationId,
}

impl EnvironmentId {
    /// The id of a company's own copy of an environment that another installation shared between
    /// companies: UUID v5 of the company and the source id, so that importing again finds it.
    #[must_use]
    pub fn copy_for(source: Self, company: CompanyId) -> Self {
        Self(Uuid::new_v5(&company.0, source.0.as_bytes()))
    }
}
