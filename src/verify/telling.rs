//! A report as one object.

use serde_json::{Map, Value, json};

use super::work::Report;

impl Report {
    /// What was read and what was found, without the findings one by one.
    #[must_use]
    pub fn summary(&self) -> Value {
        let rows: Map<String, Value> =
            self.rows.iter().map(|(table, rows)| ((*table).to_owned(), json!(rows))).collect();
        let seconds = self.took.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = (self.events as f64 / seconds.max(0.001)).round();
        json!({
            "companies": self.companies,
            "events": self.events,
            "streams": self.streams,
            "rows": rows,
            "receipts": self.receipts,
            "stock": self.stock,
            "failing": self.findings.failing(),
            "imported": self.findings.imported(),
            "failingByKind": self.findings.counts(false),
            "importedByKind": self.findings.counts(true),
            "seconds": (seconds * 1000.0).round() / 1000.0,
            "eventsPerSecond": rate,
        })
    }

    /// All of it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut all = self.summary();
        if let Value::Object(all) = &mut all {
            let findings = self.findings.named().iter().map(|found| json!(found)).collect();
            all.insert("findings".to_owned(), Value::Array(findings));
        }
        all
    }
}
