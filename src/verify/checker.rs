//! Following the log and holding each event against the one before it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use leasehold_domain::company::Audit;
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::{Aggregate, StreamId};
use leasehold_domain::time::Timestamp;
use leasehold_projections::projection::check;
use serde_json::json;

use super::finding::{Finding, Findings, Kind};
use super::spans::{self, Meant};
use super::sums::Sums;
use crate::history::{Content, Entry, Rendering, Sink, Step};
use crate::log::{Digest, Head, Stored};

/// Every company's head, by company.
pub(super) type Heads = Arc<HashMap<CompanyId, Head>>;

/// The event before, in the same company.
#[derive(Debug, Clone, Copy)]
struct Last {
    company: CompanyId,
    position: Position,
    digest: Digest,
    recorded_at: Timestamp,
}

impl Last {
    const fn before(company: CompanyId) -> Self {
        let digest = Digest([0; 32]);
        Self { company, position: Position(0), digest, recorded_at: Timestamp::EPOCH }
    }
}

/// What the log means, and what is wrong with it.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) meant: Sums,
    pub(super) spans: spans::Sums,
    pub(super) findings: Findings,
    pub(super) streams: u64,
}

impl Log {
    pub(super) fn new(seed: u64) -> Self {
        let (meant, spans) = (Sums::new(seed), spans::Sums::new(seed));
        Self { meant, spans, findings: Findings::default(), streams: 0 }
    }

    /// With a part that was checked.
    pub(super) fn with(mut self, part: Checker) -> Self {
        self.meant.merge(&part.rendering.taking);
        self.spans.merge(part.spans.sums);
        self.findings.merge(part.findings);
        self.streams += part.streams;
        self
    }
}

/// What checks a part of the log.
#[derive(Debug)]
pub(super) struct Checker {
    pub(super) rendering: Rendering<Sums>,
    pub(super) spans: Meant,
    pub(super) findings: Findings,
    pub(super) streams: u64,
    heads: Heads,
    audit: Audit,
    last: Option<Last>,
    /// Streams whose sequences were found to be off: what follows from it is not told again.
    off: HashSet<StreamId>,
    met: HashSet<CompanyId>,
}

impl Checker {
    pub(super) fn new(heads: Heads, sums: Sums, spans: Meant) -> Self {
        Self {
            rendering: Rendering::new(sums),
            spans,
            findings: Findings::default(),
            streams: 0,
            heads,
            audit: Audit::default(),
            last: None,
            off: HashSet::new(),
            met: HashSet::new(),
        }
    }

    /// Heads of companies in a span that no event was met of.
    pub(super) fn check_unmet(&mut self, is_in_span: impl Fn(CompanyId) -> bool) {
        let heads = Arc::clone(&self.heads);
        for head in heads.values().filter(|head| is_in_span(head.company_id)) {
            if head.position > Position(0) && !self.met.contains(&head.company_id) {
                let detail = format!("the head says {}, and there are no events", head.position);
                let at = Position(1);
                self.findings.add(Finding::new(Kind::Head, head.company_id, at, detail));
            }
        }
    }

    fn gap(&mut self, last: &Last, entry: &Entry) {
        let (first, end) = (last.position.plus(1), Position(entry.position.0.saturating_sub(1)));
        let detail = if first == end {
            format!("there is no event at position {first}")
        } else {
            format!("there are no events at positions {first} to {end}")
        };
        let evidence = json!({"from": first, "to": end});
        let finding = Finding::new(Kind::PositionGap, entry.company_id, first, detail);
        self.findings.add(finding.with(evidence));
    }

    fn check_columns(&mut self, step: &Step<'_>) {
        let (stored, event) = (step.stored, &step.content.event);
        // A version that is not the payload's cannot be read.
        if event.name() != stored.event_type {
            let (kind, meant) = (&stored.event_type, event.name());
            let detail = format!("the column says {kind}, the payload {meant}");
            self.findings.add(at(Kind::EventType, stored, step.content, detail));
        }
        if event.at() != stored.occurred_at {
            let detail = format!("it happened at {}, says the payload", event.at());
            self.findings.add(at(Kind::Time, stored, step.content, detail));
        }
        if stored.occurred_at > stored.recorded_at {
            let detail = "it was recorded before it happened".to_owned();
            self.findings.add(at(Kind::Time, stored, step.content, detail));
        }
    }
}

/// A finding at an event, with its stream.
fn at(kind: Kind, stored: &Stored, content: &Content, detail: String) -> Finding {
    let stream = stored.stream;
    let evidence = json!({
        "aggregateType": stream.kind, "aggregateId": stream.id, "sequence": stored.sequence,
        "eventId": stored.event_id,
    });
    let finding = Finding::new(kind, stored.company_id, stored.position, detail);
    Finding { is_imported: content.provenance.imported.is_some(), ..finding.with(evidence) }
}

impl Sink for Checker {
    fn entry(&mut self, entry: &Entry) {
        let last = self.last.filter(|last| last.company == entry.company_id);
        let last = last.unwrap_or_else(|| {
            self.met.insert(entry.company_id);
            Last::before(entry.company_id)
        });
        let (company, position) = (entry.company_id, entry.position);
        if position == last.position.plus(1) {
            if !entry.is_chained.unwrap_or_else(|| entry.follows(last.digest)) {
                let detail = "the digest is not made of the event and the digest before";
                self.findings.add(Finding::new(Kind::Digest, company, position, detail));
            }
        } else {
            self.gap(&last, entry);
        }
        let mut recorded_at = last.recorded_at;
        match &entry.stored {
            Ok(stored) if stored.recorded_at < last.recorded_at && last.position > Position(0) => {
                let detail = format!("the event before was recorded at {}", last.recorded_at);
                self.findings.add(Finding::new(Kind::Time, company, position, detail));
            }
            Ok(stored) => recorded_at = stored.recorded_at,
            Err(_) => {}
        }
        if let Err(error) = &entry.content {
            let detail = format!("it cannot be read: {error}");
            self.findings.add(Finding::new(Kind::Unreadable, company, position, detail));
        }
        self.last = Some(Last { company, position, digest: entry.digest, recorded_at });
    }

    fn before(&mut self, stored: &Stored, state: &Aggregate) {
        self.audit.before(state);
        self.streams += u64::from(state.version() == 0);
        if stored.sequence != state.version() + 1 && self.off.insert(stored.stream) {
            let detail = format!("it has sequence {} after {}", stored.sequence, state.version());
            let (stream, company) = (stored.stream, stored.company_id);
            let evidence = json!({"aggregateType": stream.kind, "aggregateId": stream.id});
            let finding = Finding::new(Kind::Sequence, company, stored.position, detail);
            self.findings.add(finding.with(evidence));
        }
    }

    fn after(&mut self, step: &Step<'_>) {
        self.check_columns(step);
        let stored = step.stored;
        for broken in self.audit.after(stored.stream, step.after, stored.position) {
            let mut finding = at(Kind::Rule, stored, step.content, broken.to_string());
            if let (Some(evidence), Ok(serde_json::Value::Object(more))) =
                (finding.evidence.as_object_mut(), serde_json::to_value(&broken))
            {
                evidence.extend(more);
            }
            self.findings.add(finding);
        }
        self.rendering.after(step);
        self.spans.take(step);
    }

    /// The event itself was found unreadable.
    fn poison(&mut self, _: CompanyId, _: StreamId, _: Position, _: &str) {}

    fn settle(&mut self, company: CompanyId, state: &Aggregate, last: Position) {
        if let Err(untaken) = check(state) {
            let detail = format!("{} cannot take it: {untaken}", untaken.projection);
            self.findings.add(Finding::new(Kind::Unreadable, company, last, detail));
        }
        self.rendering.settle(company, state, last);
    }

    fn unsettle(&mut self, company: CompanyId, state: &Aggregate, last: Position) {
        self.rendering.unsettle(company, state, last);
    }

    fn finish(&mut self, company: CompanyId) {
        self.spans.finish(company, &mut self.findings);
        let last = self.last.take().unwrap_or(Last::before(company));
        (self.audit, self.off) = (Audit::default(), HashSet::new());
        let told = match self.heads.get(&company) {
            None => Some("the company has events and no head".to_owned()),
            Some(head) if head.position != last.position => Some(format!(
                "the head says {}, the last event is {}",
                head.position, last.position
            )),
            Some(head) if head.digest != last.digest => {
                Some("the head's digest is not the last event's".to_owned())
            }
            Some(head) if head.recorded_at != last.recorded_at => {
                Some("the head's time is not the last event's".to_owned())
            }
            Some(_) => None,
        };
        if let Some(detail) = told {
            self.findings.add(Finding::new(Kind::Head, company, last.position, detail));
        }
    }
}
