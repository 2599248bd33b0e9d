//! Why a run did not get what it needed: Paperclip's ten codes, and what stands behind each.

use std::fmt;

use leasehold_domain::environment::Driver;
use leasehold_domain::id::EnvironmentId;
use thiserror::Error;

use super::desk::{NOT_ALLOWED, NotDone};
use super::driver::{Fault, FaultKind, Place};

/// The ten codes, by their words in Paperclip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// No environment of the company has this id or name.
    EnvironmentNotFound,
    /// It is archived.
    EnvironmentInactive,
    /// There is no driver for it, or it lacks what is asked.
    UnsupportedEnvironment,
    /// The caller's adapter cannot work at such a place.
    UnsupportedAdapterEnvironment,
    /// The place was looked at, and does not work.
    ProbeFailed,
    /// No lease, or no resource for it.
    LeaseAcquireFailed,
    /// No working directory, or its provision command failed.
    WorkspaceRealizationFailed,
    /// There is no way for commands to get there.
    TransportResolutionFailed,
    /// The lease could not be ended.
    LeaseReleaseFailed,
    /// The lease has ended, and something may be left at the provider.
    LeaseCleanupFailed,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 10] = [
        Self::EnvironmentNotFound,
        Self::EnvironmentInactive,
        Self::UnsupportedEnvironment,
        Self::UnsupportedAdapterEnvironment,
        Self::ProbeFailed,
        Self::LeaseAcquireFailed,
        Self::WorkspaceRealizationFailed,
        Self::TransportResolutionFailed,
        Self::LeaseReleaseFailed,
        Self::LeaseCleanupFailed,
    ];

    /// Paperclip's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EnvironmentNotFound => "environment_not_found",
            Self::EnvironmentInactive => "environment_inactive",
            Self::UnsupportedEnvironment => "unsupported_environment",
            Self::UnsupportedAdapterEnvironment => "unsupported_adapter_environment",
            Self::ProbeFailed => "probe_failed",
            Self::LeaseAcquireFailed => "lease_acquire_failed",
            Self::WorkspaceRealizationFailed => "workspace_realization_failed",
            Self::TransportResolutionFailed => "transport_resolution_failed",
            Self::LeaseReleaseFailed => "lease_release_failed",
            Self::LeaseCleanupFailed => "lease_cleanup_failed",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a run did not get what it needed, with the evidence.
#[derive(Debug, Error)]
#[error("{code}: {message}")]
pub struct RunError {
    /// Which of the ten.
    pub code: ErrorCode,
    /// In words, without secrets; names the environment and its driver where known.
    pub message: String,
    /// The environment, where known.
    pub environment_id: Option<EnvironmentId>,
    /// What kind of place it is, where known.
    pub driver: Option<Driver>,
    /// Who provides it, where known.
    pub provider: Option<String>,
    /// What kind of fault a driver, or the way to the ledger, had; if one had.
    pub cause: Option<FaultKind>,
    /// Whether the same may go well later without anybody changing anything.
    pub can_retry: bool,
}

impl RunError {
    /// An error that nothing is known about but its code.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            environment_id: None,
            driver: None,
            provider: None,
            cause: None,
            can_retry: false,
        }
    }

    /// What the ledger's answer means at this step; `doing` says what was being done.
    #[must_use]
    pub fn of_answer(code: ErrorCode, doing: &str, answer: &NotDone) -> Self {
        let can_retry = match answer {
            NotDone::Refused(refusal) => refusal.can_retry,
            NotDone::Invalid(_) | NotDone::Failed(_) => false,
            NotDone::Away(_) => true,
        };
        let cause = match answer {
            NotDone::Refused(refusal) => {
                NOT_ALLOWED.contains(&refusal.code.as_str()).then_some(FaultKind::Denied)
            }
            NotDone::Away(_) => Some(FaultKind::Unreachable),
            NotDone::Invalid(_) | NotDone::Failed(_) => None,
        };
        Self { cause, can_retry, ..Self::new(code, format!("{doing}: {answer}")) }
    }

    /// The same, told of a place.
    #[must_use]
    pub fn at(mut self, place: &Place, provider: &str) -> Self {
        let (name, driver) = (&place.name, place.driver);
        self.message = format!("environment \"{name}\" (driver {driver}): {}", self.message);
        self.environment_id = Some(place.environment_id);
        self.driver = Some(driver);
        self.provider = Some(provider.to_owned()).filter(|provider| !provider.is_empty());
        self
    }

    /// What a driver's fault means at this step; `doing` says what was being done.
    #[must_use]
    pub fn of_fault(code: ErrorCode, doing: &str, fault: &Fault) -> Self {
        let message = format!("{doing}: {fault}");
        let (cause, can_retry) = (Some(fault.kind), fault.kind.is_retryable());
        Self { cause, can_retry, ..Self::new(code, message) }
    }
}
