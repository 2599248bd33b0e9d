//! Tokens: who may come in, as what, and to which company.
//!
//! **Claims.** A token is shown once and kept nowhere. One that was revoked or has expired opens
//! nothing any more, on any server, after [`FRESH_FOR`]. Once there was a token, nobody comes in
//! without one.
//! **Because** only its hash is stored, what a server has looked up it believes for so long and no
//! longer, and rows of tokens are never removed.

mod bucket;
mod keys;
mod secret;
mod table;

use std::time::Duration;

use leasehold_domain::fields::{Fault, FromField, string};
use leasehold_domain::id::CompanyId;
use leasehold_domain::limits::Limits;
use leasehold_domain::time::Timestamp;
use serde::{Serialize, Serializer};
use uuid::Uuid;

pub use keys::{Admission, Keys, Pass};
pub use secret::Secret;
pub use table::{New, create, has_any, list, revoke};

/// How long a server believes what it has looked up.
pub const FRESH_FOR: Duration = Duration::from_millis(500);
/// How long a token lasts that does not say otherwise, in days.
pub const DAYS_DEFAULT: u32 = 365;

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Dispatch commands and ask questions.
    Heartbeat,
    /// Ask questions.
    Auditor,
    /// Everything, tokens too.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] = &[Self::Heartbeat, Self::Auditor, Self::Admin];

    /// The literal that is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Heartbeat => "heartbeat",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    /// The role of a literal.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.as_str() == word)
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl FromField for Role {
    fn from_field(value: serde_json::Value, _: &Limits) -> Result<Self, Fault> {
        let found = Self::find(&string(value)?);
        found.ok_or_else(|| Fault::invalid("is none of heartbeat, auditor, admin"))
    }
}

/// What a route is for, as far as it decides who may take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, without a token too.
    Open,
    /// Questions: every role.
    Read,
    /// Commands: heartbeat and admin.
    Write,
    /// What an admin does, of one company or of all.
    Admin,
    /// Questions about the installation: every role, bound to all companies.
    Overview,
    /// What an admin does to the installation: bound to all companies.
    Installation,
}

/// A token as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// What events call it by.
    pub id: Uuid,
    /// The one company that it opens; none for all.
    pub company_id: Option<CompanyId>,
    /// What people call it by.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it ceases to open anything; none for never.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
    /// When it was last used, a minute behind at most.
    pub last_used_at: Option<Timestamp>,
}

impl Token {
    /// Whether it may do what a route is for.
    #[must_use]
    pub fn may(&self, access: Access) -> bool {
        let is_of_all = self.company_id.is_none();
        match access {
            Access::Open | Access::Read => true,
            Access::Write => matches!(self.role, Role::Heartbeat | Role::Admin),
            Access::Admin => self.role == Role::Admin,
            Access::Overview => is_of_all,
            Access::Installation => is_of_all && self.role == Role::Admin,
        }
    }
}
