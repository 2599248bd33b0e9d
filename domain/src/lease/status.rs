//! The words for where a lease stands, how it ends, and what is to happen after it.

use crate::word::words;

words! {
    /// What is to happen with a lease's resource after its run.
    Policy {
        /// It goes with the lease.
        Ephemeral = "ephemeral",
        /// A later run on the environment may take it over.
        ReuseByEnvironment = "reuse_by_environment",
        /// A later run in the same workspace may take it over.
        ReuseByExecutionWorkspace = "reuse_by_execution_workspace",
        /// It stays for inspection when the run failed.
        RetainOnFailure = "retain_on_failure",
    }
}

impl Policy {
    /// Whether a retained lease under this policy still takes room.
    #[must_use]
    pub const fn is_reuse(self) -> bool {
        match self {
            Self::ReuseByEnvironment | Self::ReuseByExecutionWorkspace => true,
            Self::Ephemeral | Self::RetainOnFailure => false,
        }
    }
}

words! {
    /// The status of a lease, in Paperclip's words.
    Status {
        /// Held.
        Active = "active",
        /// Ended well.
        Released = "released",
        /// Ended because its time, or its run's, was over.
        Expired = "expired",
        /// Ended because something went wrong.
        Failed = "failed",
        /// Kept after its run, to be resumed, handed off or ended.
        Retained = "retained",
    }
}

impl Status {
    /// Whether a lease with this status takes room on its environment: what is held, and what is
    /// retained for reuse. A reservation shows as active.
    #[must_use]
    pub const fn takes_room(self, policy: Policy) -> bool {
        match self {
            Self::Active => true,
            Self::Retained => policy.is_reuse(),
            Self::Released | Self::Expired | Self::Failed => false,
        }
    }
}

words! {
    /// Where in its life a lease is.
    Phase {
        /// Room is held, and the provider is about to be asked.
        Reserved = "reserved",
        /// Held.
        Active = "active",
        /// Kept.
        Retained = "retained",
        /// Over.
        Ended = "ended",
    }
}

words! {
    /// The ways in which a lease ends.
    EndKind {
        /// Well.
        Released = "released",
        /// Its time, or its run's, was over.
        Expired = "expired",
        /// Something went wrong.
        Failed = "failed",
    }
}

words! {
    /// What led to an end.
    Cause {
        /// It was asked for.
        Release = "release",
        /// All leases of its run were released.
        RunRelease = "run_release",
        /// Its run ended.
        RunEnd = "run_end",
        /// Another lease took its resource over.
        HandOff = "hand_off",
        /// Its reservation was given up.
        Abandon = "abandon",
        /// Its reservation was neither activated nor given up in time.
        ReservationDeadline = "reservation_deadline",
        /// Its holder did not keep the promise to renew.
        Expiry = "expiry",
        /// It was kept for as long as it was meant to be.
        RetentionDeadline = "retention_deadline",
        /// It had ended before its history was imported.
        Import = "import",
    }
}

words! {
    /// What became of the resource at the provider, in Paperclip's words.
    CleanupStatus {
        /// To be done.
        Pending = "pending",
        /// Done.
        Success = "success",
        /// Tried, and not done.
        Failed = "failed",
    }
}

words! {
    /// What the holder wants done with the provider's resource.
    Disposition {
        /// Leave it running.
        KeepRunning = "keep_running",
        /// Stop it and keep it.
        StopAndRetain = "stop_and_retain",
        /// Destroy it.
        Destroy = "destroy",
    }
}

words! {
    /// Whose word an expiry is.
    ExpiryMode {
        /// A provider's: recorded and reported, never acted on.
        Recorded = "recorded",
        /// The holder's own promise to renew.
        Enforced = "enforced",
    }
}
