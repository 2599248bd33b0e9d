//! The forms in which events and activity leave: lines of JSON, CSV, `CloudEvents`.

use std::io::{self, Write};

use leasehold_domain::fence::Epoch;
use leasehold_domain::operation::{Form, Told};
use serde_json::{Value, json};

use crate::log::Recorded;
use crate::read::Activity;

/// The columns of events, in the order of the contract.
const EVENT_COLUMNS: [&str; 14] = [
    "companyId",
    "position",
    "epoch",
    "eventId",
    "aggregateType",
    "aggregateId",
    "sequence",
    "eventType",
    "eventVersion",
    "payload",
    "metadata",
    "occurredAt",
    "recordedAt",
    "digest",
];
/// The columns of activity, in the order of the contract.
const ACTIVITY_COLUMNS: [&str; 16] = [
    "id",
    "companyId",
    "actorType",
    "actorId",
    "agentId",
    "runId",
    "responsibleUserId",
    "authenticatedBy",
    "action",
    "entityType",
    "entityId",
    "details",
    "bookkeeping",
    "position",
    "createdAt",
    "correlationId",
];

/// Records on their way out.
pub(super) struct Writing<'w, W> {
    to: &'w mut W,
    form: Form,
    columns: &'static [&'static str],
    records: u64,
    line: Vec<u8>,
}

impl<'w, W: Write> Writing<'w, W> {
    pub(super) fn begin(to: &'w mut W, what: Told, form: Form) -> io::Result<Self> {
        let columns: &[&str] = match what {
            Told::Events => &EVENT_COLUMNS,
            Told::Activity => &ACTIVITY_COLUMNS,
        };
        if form == Form::Csv {
            writeln!(to, "{}", columns.join(","))?;
        }
        Ok(Self { to, form, columns, records: 0, line: Vec::new() })
    }

    pub(super) fn event(&mut self, event: &Recorded, epoch: Epoch) -> io::Result<()> {
        let shown = event.to_json(epoch)?;
        match self.form {
            Form::Jsonl => self.write(shown.get()),
            Form::Csv => self.write_csv(&serde_json::from_str(shown.get())?),
            Form::Cloudevents => self.write(&event_as_cloud_event(event, epoch)?.to_string()),
        }
    }

    pub(super) fn activity(&mut self, row: &Activity) -> io::Result<()> {
        match self.form {
            Form::Jsonl => self.write(&json!(row).to_string()),
            Form::Csv => self.write_csv(&json!(row)),
            Form::Cloudevents => self.write(&activity_as_cloud_event(row).to_string()),
        }
    }

    /// How many were written.
    pub(super) fn end(self) -> io::Result<u64> {
        self.to.flush()?;
        Ok(self.records)
    }

    fn write_csv(&mut self, record: &Value) -> io::Result<()> {
        let cells = self.columns.iter().map(|column| quoted(&cell(record.get(*column))));
        let line = cells.collect::<Vec<_>>().join(",");
        self.write(&line)
    }

    /// A line, in one piece.
    fn write(&mut self, line: &str) -> io::Result<()> {
        self.records += 1;
        self.line.clear();
        self.line.extend_from_slice(line.as_bytes());
        self.line.push(b'\n');
        self.to.write_all(&self.line)
    }
}

/// Attributes have lower-case names there, and numbers of 32 bits: ours are texts.
fn event_as_cloud_event(event: &Recorded, epoch: Epoch) -> serde_json::Result<Value> {
    let stored = &event.stored;
    let payload: Value = serde_json::from_str(&stored.payload)?;
    let metadata: Value = serde_json::from_str(&stored.metadata)?;
    Ok(json!({
        "specversion": "1.0",
        "id": stored.event_id,
        "source": format!("urn:leasehold:company:{}", stored.company_id),
        "type": format!("leasehold.{}.{}", stored.stream.kind, stored.event_type),
        "subject": format!("{}/{}", stored.stream.kind, stored.stream.id),
        "time": stored.occurred_at,
        "datacontenttype": "application/json",
        "position": stored.position.0.to_string(),
        "epoch": epoch.0.to_string(),
        "sequence": stored.sequence.to_string(),
        "eventversion": stored.event_version,
        "recordedat": stored.recorded_at,
        "digest": event.digest.to_hex(),
        "data": {"payload": payload, "metadata": metadata},
    }))
}

fn activity_as_cloud_event(activity: &Activity) -> Value {
    let (shown, row) = (json!(activity), &activity.row);
    json!({
        "specversion": "1.0",
        "id": row.id,
        "source": format!("urn:leasehold:company:{}", row.company_id),
        "type": format!("leasehold.activity.{}", row.action),
        "subject": format!("{}/{}", row.entity_type, row.entity_id),
        "time": shown["createdAt"],
        "datacontenttype": "application/json",
        "position": row.position.to_string(),
        "data": shown,
    })
}

/// A value in a cell: texts as they are, nothing for null, JSON for the rest.
pub(crate) fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// A CSV field: quoted when it has to be (RFC 4180).
pub(crate) fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
