//! How a command ends: the contract's exit codes, and a message that says what to do.

use std::process::ExitCode;

use leasehold_domain::company::Refusal;
use leasehold_domain::fields::Invalid;
use thiserror::Error;

use crate::config::BadUrl;
use crate::dispatch::Failure;
use crate::import::ImportError;
use crate::log::{DatabaseError, Trouble};
use crate::pg;

/// The kinds of end that are none of success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Error = 1,
    Usage = 2,
    NotFound = 3,
    Refused = 4,
    NotAllowed = 5,
    TimedOut = 6,
    Unavailable = 7,
    VerificationFailed = 8,
}

/// Why a command did not do what it was asked.
#[derive(Debug, Error)]
#[error("{message}")]
pub(super) struct Failed {
    code: u8,
    message: String,
}

impl Failed {
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { code: kind as u8, message: message.into() }
    }

    pub(super) fn error(message: impl Into<String>) -> Self {
        Self::new(Kind::Error, message)
    }

    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// A message with the causes behind it.
    pub(super) fn caused(kind: Kind, message: &str, error: &dyn std::error::Error) -> Self {
        let causes = Self::chain(kind, error);
        Self::new(kind, format!("{message}: {}", causes.message))
    }

    /// Whether asking again, later, may be answered.
    pub(super) fn may_be_repeated(&self) -> bool {
        self.code == Kind::Unavailable as u8
    }

    /// Whether what was asked for is not there.
    pub(super) fn is_not_found(&self) -> bool {
        self.code == Kind::NotFound as u8
    }

    /// Whether whoever asked may not.
    pub(super) fn is_not_allowed(&self) -> bool {
        self.code == Kind::NotAllowed as u8
    }

    /// A command that was run for somebody ended with this code, and has said why itself.
    pub(super) const fn of_command(code: u8) -> Self {
        Self { code, message: String::new() }
    }

    /// An error with its causes, outermost first.
    fn chain(kind: Kind, error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let cause_text = cause.to_string();
            if !message.contains(&cause_text) {
                message = format!("{message}: {cause_text}");
            }
            source = cause.source();
        }
        Self::new(kind, message)
    }
}

/// Says on stderr why, and gives the exit code.
pub(super) fn report(failed: &Failed) -> ExitCode {
    if !failed.message.is_empty() {
        super::output::say(&format!("leasehold: {failed}"));
    }
    ExitCode::from(failed.code)
}

impl From<Invalid> for Failed {
    fn from(invalid: Invalid) -> Self {
        Self::new(Kind::Usage, invalid.to_string())
    }
}

impl From<BadUrl> for Failed {
    fn from(error: BadUrl) -> Self {
        Self::chain(Kind::Usage, &error)
    }
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        let described = refusal.code_and_evidence().unwrap_or_default();
        let (code, evidence) = described;
        let kind = if code.ends_with("_not_found") { Kind::NotFound } else { Kind::Refused };
        let evidence = serde_json::Value::Object(evidence);
        Self::new(kind, format!("refused ({code}): {refusal}\n  {evidence}"))
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        let kind = match failure {
            Failure::IdempotencyMismatch | Failure::Unstorable => Kind::Refused,
            Failure::DatabaseUnavailable | Failure::OutcomeUnknown | Failure::StorageFull => {
                Kind::Unavailable
            }
            Failure::OtherFold | Failure::Internal => Kind::Error,
        };
        Self::chain(kind, &failure)
    }
}

impl From<DatabaseError> for Failed {
    fn from(error: DatabaseError) -> Self {
        let kind = match &error {
            DatabaseError::Unreachable(_)
            | DatabaseError::Missing(_)
            | DatabaseError::Denied(_) => Kind::Unavailable,
            DatabaseError::Newer(_)
            | DatabaseError::Foreign(_)
            | DatabaseError::NotMigrated
            | DatabaseError::Migration(_)
            | DatabaseError::OtherFold { .. }
            | DatabaseError::Setting { .. }
            | DatabaseError::Other(_) => Kind::Error,
        };
        Self::chain(kind, &error)
    }
}

impl From<pg::Error> for Failed {
    fn from(error: pg::Error) -> Self {
        Self::chain(Kind::Unavailable, &error)
    }
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        if Trouble::of(&error) == Trouble::Lost {
            DatabaseError::of_connecting(error).into()
        } else {
            Self::chain(Kind::Error, &error)
        }
    }
}

impl From<ImportError> for Failed {
    fn from(error: ImportError) -> Self {
        let kind = match &error {
            ImportError::Source(_) => Kind::Error,
            ImportError::Ledger(_) | ImportError::Database(_) => Kind::Unavailable,
        };
        Self::chain(kind, &error)
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::chain(Kind::Error, &error)
    }
}
