//! A `plugin` environment's settings: which program, which of its drivers, and what that is told.
//!
//! A program is named, never given: it lies in a directory of the operator's, so that who may make
//! environments may not thereby run anything on the machines that serve them.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;
use serde_json::{Map, Value};

use crate::run::driver::{Fault, FaultKind, Place};
use crate::run::secret;

/// A shorter value is found in too many answers by chance.
const SECRET_BYTES_MIN: usize = 8;

/// The settings of one environment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Config {
    /// The program's file name.
    pub(super) plugin: String,
    /// Which of the program's drivers.
    pub(super) driver: String,
    given: Map<String, Value>,
}

/// What a plugin is told, and what must not come back from it.
#[derive(Default)]
pub(super) struct Told {
    pub(super) config: Value,
    secrets: Vec<String>,
}

impl Config {
    pub(super) fn read(place: &Place) -> Result<Self, Fault> {
        let bad = |why: &str| {
            let message = format!("the settings of environment {:?}: {why}", place.name);
            Fault::new(FaultKind::BadConfig, message)
        };
        let name = |field: &str| match place.config.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(name)) if is_name(name) => Ok(Some(name.clone())),
            Some(_) => Err(bad(&format!("{field} consists of letters, digits and . _ -"))),
        };
        let given = match place.config.get("driverConfig") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(given)) => given.clone(),
            Some(_) => return Err(bad("driverConfig is an object")),
        };
        Ok(Self {
            plugin: name("pluginKey")?.ok_or_else(|| bad("pluginKey is missing"))?,
            driver: name("driverKey")?.unwrap_or_else(|| "default".to_owned()),
            given,
        })
    }

    /// The driver's settings, with the secrets that they refer to.
    pub(super) fn tell(&self) -> Result<Told, Fault> {
        let mut told = Told::default();
        let config =
            resolved(&Value::Object(self.given.clone()), "driverConfig", &mut told.secrets)?;
        Ok(Told { config, ..told })
    }
}

impl Told {
    /// Whether a text has one of the secrets in it.
    pub(super) fn is_betrayed_by(&self, text: &str) -> bool {
        self.secrets.iter().any(|secret| text.contains(secret.as_str()))
    }
}

fn resolved(value: &Value, name: &str, secrets: &mut Vec<String>) -> Result<Value, Fault> {
    let is_reference = |object: &Map<String, Value>| {
        object.contains_key("fromEnv") || object.contains_key("fromFile")
    };
    Ok(match value {
        Value::Object(object) if is_reference(object) => {
            let secret = secret::resolve(name, value)?;
            if secret.len() >= SECRET_BYTES_MIN {
                secrets.push(secret.clone());
            }
            Value::String(secret)
        }
        Value::Object(object) => {
            let one =
                |(key, value): (&String, &Value)| Ok((key.clone(), resolved(value, key, secrets)?));
            Value::Object(object.iter().map(one).collect::<Result<_, Fault>>()?)
        }
        Value::Array(items) => {
            let items = items.iter().map(|item| resolved(item, name, secrets));
            Value::Array(items.collect::<Result<_, Fault>>()?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    })
}

fn is_name(name: &str) -> bool {
    let is_known = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    !name.is_empty()
        && name.len() <= 100
        && !name.starts_with(['.', '-'])
        && name.chars().all(is_known)
}

/// The program of that name, when nobody but root and this user could have put it there.
pub(super) fn find_program(directory: &Path, plugin: &str) -> Result<PathBuf, Fault> {
    let path = directory.join(plugin);
    let missing = || {
        let message = format!("there is no plugin {plugin} in {}", directory.display());
        Fault::new(FaultKind::Unsupported, message)
    };
    let file = fs::metadata(&path).map_err(|_| missing())?;
    if !file.is_file() || file.mode() & 0o111 == 0 {
        return Err(missing());
    }
    let directory = fs::metadata(directory).map_err(|_| missing())?;
    let is_safe = |found: &fs::Metadata| {
        found.mode() & 0o022 == 0 && [0, geteuid().as_raw()].contains(&found.uid())
    };
    if !is_safe(&file) || !is_safe(&directory) {
        let message = format!("others may change {} or its directory", path.display());
        return Err(Fault::new(FaultKind::Denied, message));
    }
    Ok(path)
}
