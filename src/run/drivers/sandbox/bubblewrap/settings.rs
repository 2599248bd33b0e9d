//! What an environment asks of a sandbox, each with what it is when nobody asks.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::run::driver::{Fault, FaultKind, Place};

/// The settings of one sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Settings {
    /// Whether it is in this machine's network; otherwise it has none but its own loopback.
    pub(super) has_network: bool,
    /// Of all its processes together where control groups can be made, else of each.
    pub(super) memory_bytes_max: Option<u64>,
    pub(super) processes_max: Option<u64>,
    /// For one command.
    pub(super) time_limit_for: Option<Duration>,
    /// Paths of this machine that it sees beside the system's, unchangeable.
    pub(super) read_only_paths: Vec<PathBuf>,
}

impl Settings {
    pub(super) fn read(place: &Place) -> Result<Self, Fault> {
        let mib = |count: u64| count.saturating_mul(1 << 20);
        Ok(Self {
            has_network: has_network(place)?,
            memory_bytes_max: number(place, "memoryMb")?.map(mib),
            processes_max: number(place, "processesMax")?,
            time_limit_for: number(place, "timeLimitSeconds")?.map(Duration::from_secs),
            read_only_paths: read_only_paths(place)?,
        })
    }
}

fn bad(place: &Place, why: &str) -> Fault {
    let message = format!("the settings of environment {:?}: {why}", place.name);
    Fault::new(FaultKind::BadConfig, message)
}

/// All or nothing: names and addresses cannot be told apart by a namespace.
fn has_network(place: &Place) -> Result<bool, Fault> {
    let allowed = match place.config.get("networkEgress") {
        None | Some(Value::Null) => return Ok(false),
        Some(Value::Bool(wanted)) => return Ok(*wanted),
        Some(Value::String(word)) if word == "none" => return Ok(false),
        Some(Value::String(word)) if word == "all" => return Ok(true),
        Some(Value::Object(rules)) if rules.len() == 1 => rules.get("allow"),
        Some(_) => None,
    };
    match allowed {
        Some(Value::Array(names)) if names.is_empty() => Ok(false),
        Some(Value::Array(names)) if names.iter().any(|name| name == "*") => Ok(true),
        Some(Value::Array(_)) => {
            let message = "bubblewrap gives a sandbox the whole network or none, and not a list";
            Err(Fault::new(FaultKind::Unsupported, message))
        }
        _ => Err(bad(place, "networkEgress is all, none or {\"allow\": [\"*\"]}")),
    }
}

fn number(place: &Place, field: &str) -> Result<Option<u64>, Fault> {
    match place.config.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let number = value.as_u64().filter(|number| *number > 0);
            let why = || bad(place, &format!("{field} is a whole number above 0"));
            number.map(Some).ok_or_else(why)
        }
    }
}

fn read_only_paths(place: &Place) -> Result<Vec<PathBuf>, Fault> {
    let paths = match place.config.get("readOnlyPaths") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(paths)) => paths,
        Some(_) => return Err(bad(place, "readOnlyPaths is a list")),
    };
    let absolute = |path: &Value| {
        let path = path.as_str().filter(|path| path.starts_with('/') && !path.contains('\0'));
        path.map(PathBuf::from).ok_or_else(|| bad(place, "readOnlyPaths are absolute paths"))
    };
    paths.iter().map(absolute).collect()
}
