//! Why a driver could not do what it was asked: by kind, so that callers need not read messages.

use std::error::Error;
use std::io;

use thiserror::Error;

/// The kinds of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The driver cannot do this at all.
    Unsupported,
    /// The environment's configuration cannot be used.
    BadConfig,
    /// A program or a secret that is needed is not on this machine.
    Missing,
    /// The place does not answer, or refuses connections.
    Unreachable,
    /// The place answers, and does not let us in or is not the one that we know.
    Denied,
    /// It took too long.
    TimedOut,
    /// The resource is not there.
    Gone,
    /// What answers does not keep to the protocol, or died in between.
    Broken,
    /// The resource is another machine's to look after.
    Elsewhere,
    /// A file, a process or a limit of this machine's is in the way.
    System,
}

impl FaultKind {
    /// The word for it, in events and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsupported => "unsupported",
            Self::BadConfig => "bad_config",
            Self::Missing => "missing",
            Self::Unreachable => "unreachable",
            Self::Denied => "denied",
            Self::TimedOut => "timed_out",
            Self::Gone => "gone",
            Self::Broken => "broken",
            Self::Elsewhere => "elsewhere",
            Self::System => "system",
        }
    }

    /// Whether the same may go well later without anybody changing anything.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        match self {
            Self::Unreachable | Self::TimedOut | Self::Broken | Self::System => true,
            Self::Unsupported
            | Self::BadConfig
            | Self::Missing
            | Self::Denied
            | Self::Gone
            | Self::Elsewhere => false,
        }
    }
}

/// Why a driver could not do what it was asked. The message is lowercase, for people, without
/// secrets.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct Fault {
    /// What kind of fault.
    pub kind: FaultKind,
    /// In words.
    pub message: String,
    /// Whether something may have been made that nobody has named yet. Who does not know says yes.
    pub may_have_created: bool,
    /// What led to it.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl Fault {
    /// A fault that made nothing.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), may_have_created: false, source: None }
    }

    /// A fault of this machine's: what was tried, and the system's answer.
    pub fn system(what: impl Into<String>, error: io::Error) -> Self {
        let message = format!("{}: {error}", what.into());
        Self { source: Some(Box::new(error)), ..Self::new(FaultKind::System, message) }
    }

    /// The same, when something may have been made before.
    #[must_use]
    pub fn after_creating(mut self) -> Self {
        self.may_have_created = true;
        self
    }
}
