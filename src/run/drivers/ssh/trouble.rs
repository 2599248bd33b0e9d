//! What the OpenSSH client said when it failed, as one reason each.

use crate::run::driver::{Fault, FaultKind};

/// The exit code of the client when it, and not the command, failed.
pub(super) const CLIENT_FAILED: i32 = 255;

/// Why there is no connection, or no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    KeyChanged,
    KeyUnknown,
    NotLetIn,
    KeyUnusable,
    Refused,
    NoSuchHost,
    NoRoute,
    TimedOut,
    Lost,
}

/// What the client's words (in the C locale) mean; the first that is found counts.
const SAID: [(&str, Trouble); 15] = [
    ("REMOTE HOST IDENTIFICATION HAS CHANGED", Trouble::KeyChanged),
    ("host key is known for", Trouble::KeyUnknown),
    ("Host key verification failed", Trouble::KeyUnknown),
    ("error in libcrypto", Trouble::KeyUnusable),
    ("invalid format", Trouble::KeyUnusable),
    ("Permission denied", Trouble::NotLetIn),
    ("Too many authentication failures", Trouble::NotLetIn),
    ("Connection refused", Trouble::Refused),
    ("Could not resolve hostname", Trouble::NoSuchHost),
    ("No route to host", Trouble::NoRoute),
    ("Network is unreachable", Trouble::NoRoute),
    ("not responding", Trouble::TimedOut),
    ("timed out", Trouble::TimedOut),
    ("during banner exchange", Trouble::TimedOut),
    ("Connection", Trouble::Lost),
];

impl Trouble {
    pub(super) fn of(said: &str) -> Self {
        let known = SAID.iter().find(|(words, _)| said.contains(words));
        known.map_or(Self::Lost, |(_, trouble)| *trouble)
    }

    /// As a fault of a host.
    pub(super) fn at(self, host: &str) -> Fault {
        let (kind, what) = match self {
            Self::KeyChanged => (
                FaultKind::Denied,
                "shows another host key than the one that is known; if it was changed on purpose, \
                 put the new one into knownHosts",
            ),
            Self::KeyUnknown => {
                (FaultKind::Denied, "shows a host key that is not known; put it into knownHosts")
            }
            Self::NotLetIn => (FaultKind::Denied, "does not let us in with this key"),
            Self::KeyUnusable => (FaultKind::BadConfig, "cannot be shown this key: it is none"),
            Self::Refused => (FaultKind::Unreachable, "refuses connections"),
            Self::NoSuchHost => (FaultKind::Unreachable, "has a name that nobody knows"),
            Self::NoRoute => (FaultKind::Unreachable, "cannot be reached from here"),
            Self::TimedOut => (FaultKind::TimedOut, "does not answer"),
            Self::Lost => (FaultKind::Unreachable, "broke the connection off"),
        };
        let fault = Fault::new(kind, format!("{host} {what}"));
        if matches!(self, Self::TimedOut | Self::Lost) { fault.after_creating() } else { fault }
    }
}
