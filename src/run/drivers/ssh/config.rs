//! An `ssh` environment's settings, held against what a command line can be trusted with.

use serde_json::{Map, Value};

use crate::run::driver::{Fault, FaultKind, Held, Place};

/// Below the configured path: one directory a lease.
const HOME: &str = ".leasehold";

/// How to get to a host, and where leases live there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Config {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) username: String,
    /// `remoteWorkspacePath`: absolute, without an end slash.
    pub(super) base: String,
    /// The lines of a `known_hosts` file; none for the user's own file.
    pub(super) known_hosts: Option<String>,
    pub(super) key: Key,
    /// The run works in `base` itself, on what is there.
    pub(super) is_in_place: bool,
}

/// What one shows at the door.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    /// Whatever the agent and the user's own files hold.
    Agent,
    /// A file of this machine's.
    File(String),
    /// A reference to the key's text.
    Secret(Value),
}

impl Config {
    pub(super) fn read(place: &Place) -> Result<Self, Fault> {
        let fields = Fields { config: &place.config, name: &place.name };
        let host = fields.required("host")?;
        let username = fields.required("username")?;
        let base = fields.required("remoteWorkspacePath")?;
        if !is_plain(&host, "._-:") || !is_plain(&username, "._-") {
            return Err(fields.bad("host and username consist of letters, digits and . _ -"));
        }
        let is_path = base.starts_with('/') && !base.contains(['\n', '\r', '\0']);
        if !is_path || base.split('/').any(|part| part == "..") {
            return Err(fields.bad("remoteWorkspacePath is an absolute path without .."));
        }
        if fields.config.get("strictHostKeyChecking") == Some(&Value::Bool(false)) {
            return Err(fields.bad("strictHostKeyChecking cannot be turned off"));
        }
        Ok(Self {
            port: fields.port()?,
            known_hosts: fields.optional("knownHosts")?,
            key: fields.key()?,
            is_in_place: fields.is_in_place()?,
            base: base.trim_end_matches('/').to_owned(),
            host,
            username,
        })
    }

    /// `ssh://user@host:port/path`.
    pub(super) fn provider_lease_id(&self, slot: &str) -> String {
        format!("{}{slot}", self.prefix())
    }

    /// The name of the directory of a lease's resource; empty when only its mark is known.
    pub(super) fn slot(&self, held: &Held) -> Result<String, Fault> {
        let id = &held.provider_lease_id;
        if id.is_empty() {
            return Ok(String::new());
        }
        let slot = id.strip_prefix(&self.prefix()).filter(|slot| is_plain(slot, "-"));
        slot.map(str::to_owned).ok_or_else(|| {
            let message = format!("{id} is not below {}", self.prefix());
            Fault::new(FaultKind::Elsewhere, message)
        })
    }

    /// The directory of a lease's resource.
    pub(super) fn directory(&self, slot: &str) -> String {
        format!("{}/{HOME}/{slot}", self.base)
    }

    /// Where commands work.
    pub(super) fn work(&self, slot: &str) -> String {
        if self.is_in_place { self.base.clone() } else { format!("{}/work", self.directory(slot)) }
    }

    /// For messages.
    pub(super) fn shown(&self) -> String {
        format!("{}@{}:{}", self.username, self.host, self.port)
    }

    fn prefix(&self) -> String {
        let host = &self.host;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        format!("ssh://{}@{host}:{}{}/{HOME}/", self.username, self.port, self.base)
    }
}

/// Letters, digits and a few more; never what an option begins with.
fn is_plain(text: &str, more: &str) -> bool {
    let is_known = |letter: char| letter.is_ascii_alphanumeric() || more.contains(letter);
    !text.is_empty() && !text.starts_with('-') && text.chars().all(is_known)
}

struct Fields<'a> {
    config: &'a Map<String, Value>,
    name: &'a str,
}

impl Fields<'_> {
    fn bad(&self, why: &str) -> Fault {
        let message = format!("the settings of environment {:?}: {why}", self.name);
        Fault::new(FaultKind::BadConfig, message)
    }

    fn optional(&self, field: &str) -> Result<Option<String>, Fault> {
        match self.config.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
            Some(_) => Err(self.bad(&format!("{field} is a text"))),
        }
    }

    fn required(&self, field: &str) -> Result<String, Fault> {
        self.optional(field)?.ok_or_else(|| self.bad(&format!("{field} is missing")))
    }

    fn port(&self) -> Result<u16, Fault> {
        let Some(value) = self.config.get("port").filter(|value| !value.is_null()) else {
            return Ok(22);
        };
        let port = value.as_u64().and_then(|port| u16::try_from(port).ok());
        port.filter(|port| *port > 0).ok_or_else(|| self.bad("port is a number up to 65535"))
    }

    fn key(&self) -> Result<Key, Fault> {
        let given = |field| self.config.get(field).filter(|value| !value.is_null());
        match (given("privateKey"), self.optional("identityFile")?) {
            (None, None) => Ok(Key::Agent),
            (None, Some(file)) => Ok(Key::File(file)),
            (Some(reference @ Value::Object(_)), None) => Ok(Key::Secret(reference.clone())),
            (Some(_), None) => Err(self.bad("privateKey is a reference, never the key itself")),
            (Some(_), Some(_)) => Err(self.bad("privateKey or identityFile, not both")),
        }
    }

    fn is_in_place(&self) -> Result<bool, Fault> {
        match self.optional("workspaceMode")?.as_deref() {
            None | Some("copy") => Ok(false),
            Some("in_place") => Ok(true),
            Some(_) => Err(self.bad("workspaceMode is copy or in_place")),
        }
    }
}
