//! The messages of `docs/plugins.md`: JSON-RPC 2.0, one object a line.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::run::driver::{Fault, FaultKind, Held, Mark, Place};

/// The one version there is.
pub(super) const PROTOCOL_VERSION: u64 = 1;

/// What a plugin says of itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Hello {
    pub(super) protocol_version: u64,
    pub(super) name: String,
    pub(super) version: String,
    #[serde(default)]
    pub(super) capabilities: Able,
}

/// What it can do beside probe, acquire, execute and destroy, which each can.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(super) struct Able {
    pub(super) realize: bool,
    pub(super) sync: bool,
    pub(super) provision: bool,
    pub(super) resume: bool,
    pub(super) list: bool,
    pub(super) confine_network: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct ProbeAnswer {
    pub(super) summary: String,
    #[serde(default)]
    pub(super) facts: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AcquireAnswer {
    pub(super) provider_lease_id: String,
    #[serde(default)]
    pub(super) metadata: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub(super) enum ResumeAnswer {
    Here(AcquireAnswer),
    Gone,
}

#[derive(Debug, Deserialize)]
pub(super) struct RealizeAnswer {
    pub(super) cwd: String,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) username: Option<String>,
    #[serde(default)]
    pub(super) record: Map<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SyncAnswer {
    pub(super) entries: u64,
    pub(super) bytes: u64,
    pub(super) skipped: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExecuteAnswer {
    pub(super) exit_code: Option<u8>,
    pub(super) signal: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EndAnswer {
    pub(super) was_there: bool,
    #[serde(default)]
    pub(super) processes_ended: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct ListAnswer {
    pub(super) complete: bool,
    pub(super) items: Vec<ListItem>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListItem {
    pub(super) provider_lease_id: String,
    pub(super) mark: String,
    pub(super) since: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) metadata: Map<String, Value>,
}

/// A line from a plugin.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub(super) jsonrpc: String,
    pub(super) id: Option<u64>,
    pub(super) method: Option<String>,
    pub(super) params: Option<OutputParams>,
    pub(super) result: Option<Value>,
    pub(super) error: Option<ErrorObject>,
}

/// Output of a command, as it comes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OutputParams {
    pub(super) execution_id: String,
    pub(super) stream: String,
    text: Option<String>,
    base64: Option<String>,
}

impl OutputParams {
    /// What was said; `None` for what is no base64.
    pub(super) fn bytes(self) -> Option<Vec<u8>> {
        match (self.text, self.base64) {
            (Some(text), _) => Some(text.into_bytes()),
            (None, Some(encoded)) => STANDARD.decode(encoded).ok(),
            (None, None) => Some(Vec::new()),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ErrorObject {
    code: i64,
    message: String,
    #[serde(default)]
    data: ErrorData,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ErrorData {
    kind: Option<String>,
    may_have_created: bool,
}

/// JSON-RPC's own code for a method that is not there.
const METHOD_NOT_FOUND: i64 = -32601;
/// A message is for people.
const MESSAGE_LETTERS_MAX: usize = 500;

impl ErrorObject {
    /// As a fault, in the plugin's own words.
    pub(super) fn fault(self) -> Fault {
        let kind = match (self.code, self.data.kind.as_deref()) {
            (METHOD_NOT_FOUND, _) | (_, Some("unsupported")) => FaultKind::Unsupported,
            (_, Some("bad_config")) => FaultKind::BadConfig,
            (_, Some("missing")) => FaultKind::Missing,
            (_, Some("unreachable")) => FaultKind::Unreachable,
            (_, Some("denied")) => FaultKind::Denied,
            (_, Some("timed_out")) => FaultKind::TimedOut,
            (_, Some("gone")) => FaultKind::Gone,
            (_, Some("elsewhere")) => FaultKind::Elsewhere,
            _ => FaultKind::System,
        };
        let said: String = self.message.chars().take(MESSAGE_LETTERS_MAX).collect();
        let fault = Fault::new(kind, said);
        if self.data.may_have_created { fault.after_creating() } else { fault }
    }
}

/// What each request is about.
pub(super) fn about(place: &Place, driver: &str, config: Value) -> Map<String, Value> {
    let about = json!({
        "driverKey": driver,
        "companyId": place.company_id.to_string(),
        "environmentId": place.environment_id.to_string(),
        "environmentName": place.name,
    });
    let mut about = about.as_object().cloned().unwrap_or_default();
    about.insert("config".to_owned(), config);
    about
}

/// And which lease.
pub(super) fn marked(mut about: Map<String, Value>, mark: &Mark) -> Map<String, Value> {
    about.insert("mark".to_owned(), mark.to_string().into());
    about.insert("leaseId".to_owned(), mark.lease_id.to_string().into());
    about
}

/// And which resource.
pub(super) fn held(about: Map<String, Value>, held: &Held) -> Map<String, Value> {
    let mut about = marked(about, &held.mark);
    let id = Some(&held.provider_lease_id).filter(|id| !id.is_empty());
    about.insert("providerLeaseId".to_owned(), json!(id));
    about.insert("metadata".to_owned(), Value::Object(held.metadata.clone()));
    about
}
