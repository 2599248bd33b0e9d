//! The table of error codes: what each is called, its HTTP status, and whether to ask again.

use axum::http::StatusCode;
use leasehold_domain::company::Refusal;
use leasehold_domain::{environment, lease, run};

/// Whether, and how, asking again makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The same request under the same key: nothing was stored, or nobody knows.
    SameKey,
    /// The same request under a new key: time may have cured it.
    NewKey,
    /// Not as it is.
    No,
}

impl Retry {
    /// The contract's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameKey => "same_key",
            Self::NewKey => "new_key",
            Self::No => "no",
        }
    }
}

macro_rules! codes {
    ($($name:ident = $code:literal, $status:ident, $retry:ident, $title:literal;)+) => {
        /// A stable error code of the contract.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the titles say what each code is")]
        pub enum Code { $($name),+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The literal that clients compare.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),+ }
            }

            /// In words, the same for every problem of this code.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// Whether to ask again. A refusal that time can cure says so itself.
            #[must_use]
            pub const fn retry(self) -> Retry {
                match self { $(Self::$name => Retry::$retry),+ }
            }
        }
    };
}

codes! {
    InvalidRequest = "invalid_request", BAD_REQUEST, No,
        "The request is missing something, malformed or out of bounds";
    Unauthenticated = "unauthenticated", UNAUTHORIZED, No, "A token is needed, and a good one";
    Forbidden = "forbidden", FORBIDDEN, No, "The token does not allow this";
    EnvironmentNotFound = "environment_not_found", NOT_FOUND, No, "There is no such environment";
    LeaseNotFound = "lease_not_found", NOT_FOUND, No, "There is no such lease";
    TokenNotFound = "token_not_found", NOT_FOUND, No, "There is no such token";
    ProjectionNotFound = "projection_not_found", NOT_FOUND, No, "There is no such projection";
    RebuildNotFound = "rebuild_not_found", NOT_FOUND, No, "There is no such rebuild";
    RouteNotFound = "route_not_found", NOT_FOUND, No, "There is no such route";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, No,
        "The route does not take this method";
    NotAcceptable = "not_acceptable", NOT_ACCEPTABLE, No,
        "The answer cannot be given in an accepted form";
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, No,
        "The body is not of a type that is understood";
    EnvironmentInactive = "environment_inactive", CONFLICT, No,
        "The environment takes no leases";
    EnvironmentNameTaken = "environment_name_taken", CONFLICT, No, "The name is taken";
    EnvironmentLocalExists = "environment_local_exists", CONFLICT, No,
        "The company has its local environment";
    EnvironmentInUse = "environment_in_use", CONFLICT, No,
        "Something still hangs on the environment";
    CapacityExhausted = "capacity_exhausted", CONFLICT, No, "The environment has no room";
    WorkspaceHeld = "workspace_held", CONFLICT, No, "The workspace has a holder";
    RunEnded = "run_ended", CONFLICT, No, "The run is over";
    LeaseEnded = "lease_ended", CONFLICT, No, "The lease is over";
    LeaseNotActive = "lease_not_active", CONFLICT, No, "The lease is not active";
    LeaseNotRetained = "lease_not_retained", CONFLICT, No, "The lease is not retained";
    LeaseNotReserved = "lease_not_reserved", CONFLICT, No, "The lease is not reserved";
    ReservationExpired = "reservation_expired", CONFLICT, No, "The reservation is over";
    CleanupNotClaimed = "cleanup_not_claimed", CONFLICT, No,
        "The cleanup is not claimed by who asks";
    StaleFence = "stale_fence", CONFLICT, No, "The fence is not the newest";
    ResumeMismatch = "resume_mismatch", CONFLICT, No, "The lease is not the one that was meant";
    RebuildRunning = "rebuild_running", CONFLICT, No, "Another rebuild runs";
    RebuildDiffers = "rebuild_differs", CONFLICT, No,
        "The live tables differ from what the log means";
    VersionMismatch = "version_mismatch", PRECONDITION_FAILED, No, "The version is another one";
    TooLarge = "too_large", PAYLOAD_TOO_LARGE, No, "Something is over its size limit";
    IdempotencyMismatch = "idempotency_mismatch", UNPROCESSABLE_ENTITY, No,
        "The key was used with another body";
    Unstorable = "unstorable", UNPROCESSABLE_ENTITY, No, "The database cannot hold it";
    RateLimited = "rate_limited", TOO_MANY_REQUESTS, SameKey, "Too many requests";
    DatabaseUnavailable = "database_unavailable", SERVICE_UNAVAILABLE, SameKey,
        "The database cannot be reached";
    OutcomeUnknown = "outcome_unknown", SERVICE_UNAVAILABLE, SameKey,
        "It may or may not have happened";
    UpgradeRequired = "upgrade_required", SERVICE_UNAVAILABLE, No,
        "The database is ahead of this program";
    PositionTimeout = "position_timeout", GATEWAY_TIMEOUT, No,
        "The position was not reached in time";
    StorageFull = "storage_full", INSUFFICIENT_STORAGE, SameKey,
        "The database has no room left";
    Internal = "internal", INTERNAL_SERVER_ERROR, No, "A fault of the ledger";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl Code {
    /// The code of a refusal.
    #[must_use]
    pub const fn of(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Environment(refusal) => Self::of_environment(refusal),
            Refusal::Lease(refusal) => Self::of_lease(refusal),
            Refusal::Run(run::Refusal::RunEnded { .. }) => Self::RunEnded,
            // Never over the wire: it is told by the program that does it.
            Refusal::Operation(_) => Self::Internal,
        }
    }

    const fn of_environment(refusal: &environment::Refusal) -> Self {
        use environment::Refusal as R;
        match refusal {
            R::EnvironmentNotFound { .. } => Self::EnvironmentNotFound,
            R::EnvironmentInactive { .. } => Self::EnvironmentInactive,
            R::EnvironmentNameTaken { .. } => Self::EnvironmentNameTaken,
            R::EnvironmentLocalExists { .. } => Self::EnvironmentLocalExists,
            R::EnvironmentInUse { .. } => Self::EnvironmentInUse,
            R::CapacityExhausted { .. } => Self::CapacityExhausted,
            R::WorkspaceHeld { .. } => Self::WorkspaceHeld,
            R::VersionMismatch { .. } => Self::VersionMismatch,
        }
    }

    const fn of_lease(refusal: &lease::Refusal) -> Self {
        use lease::Refusal as R;
        match refusal {
            R::LeaseNotFound { .. } => Self::LeaseNotFound,
            R::LeaseEnded { .. } => Self::LeaseEnded,
            R::LeaseNotActive { .. } => Self::LeaseNotActive,
            R::LeaseNotRetained { .. } => Self::LeaseNotRetained,
            R::LeaseNotReserved { .. } => Self::LeaseNotReserved,
            R::ReservationExpired { .. } => Self::ReservationExpired,
            R::CleanupNotClaimed { .. } => Self::CleanupNotClaimed,
            // The sweeper's alone: it never goes over the wire.
            R::NothingDue { .. } => Self::Internal,
            R::StaleFence { .. } => Self::StaleFence,
            R::ResumeMismatch { .. } => Self::ResumeMismatch,
            R::VersionMismatch { .. } => Self::VersionMismatch,
            R::TooLarge { .. } => Self::TooLarge,
        }
    }
}
