//! What is stored for ever: a file of JSON for each event in each of its versions and forms.
//!
//! A payload is compared with its file byte for byte, and the file is read back to an equal event,
//! by our reader and by the stock one. A file is never edited after it was released: an event that
//! is to look otherwise gets another version, and an upcaster for this one.

mod environments;
mod leases;
mod operations;
mod runs;

use std::collections::BTreeSet;
use std::path::PathBuf;

use cqrs_es::persist::SerializedEvent;
use cqrs_es::{Aggregate, DomainEvent, EventEnvelope};
use leasehold_domain::environment::Environment;
use leasehold_domain::lease::Lease;
use leasehold_domain::operation::Operation;
use leasehold_domain::run::Run;
use leasehold_domain::stream::{AggregateType, Event};
use serde_json::{Value, json};

/// An event in one of its forms, and the file that keeps it.
struct Golden {
    kind: AggregateType,
    file: String,
    event: Event,
}

/// Lists the forms of every variant of an event; one that is left out does not compile.
macro_rules! golden {
    ($kind:ident, $event:ident: $($variant:ident { $($form:literal: $value:expr),+ $(,)? })+) => {
        pub(super) fn all() -> Vec<crate::stored_events::Golden> {
            const _: fn(&$event) = |event| match event { $($event::$variant(_) => {}),+ };
            let forms = vec![$($(
                (stringify!($variant), $form, $event::$variant($value))
            ),+),+];
            forms.into_iter().map(|(name, form, event)| crate::stored_events::Golden {
                kind: leasehold_domain::stream::AggregateType::$kind,
                file: format!("{name}-1.0{form}.json"),
                event: leasehold_domain::stream::Event::$kind(event),
            }).collect()
        }
    };
}
use golden;

fn every_form() -> Vec<Golden> {
    let mut all = environments::all();
    all.extend(leases::all());
    all.extend(runs::all());
    all.extend(operations::all());
    all
}

fn folder(kind: AggregateType) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/stored_events").join(kind.as_str())
}

fn text(golden: &Golden) -> String {
    let path = folder(golden.kind).join(&golden.file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn an_event_is_stored_byte_for_byte_as_its_file_has_it() {
    for golden in every_form() {
        let payload = golden.event.to_payload().unwrap();
        assert_eq!(format!("{payload}\n"), text(&golden), "{}", golden.file);
    }
}

#[test]
fn what_is_stored_is_read_back_as_the_same_event() {
    for golden in every_form() {
        let read = Event::from_payload(golden.kind, &text(&golden)).unwrap();
        assert_eq!(read, golden.event, "{}", golden.file);
    }
}

#[test]
fn an_event_knows_its_stored_name_and_version() {
    for golden in every_form() {
        let (name, version) = (golden.event.name(), golden.event.version());
        assert!(golden.file.starts_with(&format!("{name}-{version}")), "{}", golden.file);
        let payload: Value = serde_json::from_str(&text(&golden)).unwrap();
        let tags: Vec<_> = payload.as_object().unwrap().keys().collect();
        assert_eq!(tags, [name], "the payload is tagged from outside");
        assert_eq!(payload[name]["at"], json!(golden.event.at()));
    }
}

#[test]
fn no_file_is_left_over() {
    for kind in AggregateType::ALL {
        let entries = std::fs::read_dir(folder(*kind)).unwrap();
        let found: BTreeSet<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let forms = every_form().into_iter().filter(|golden| golden.kind == *kind);
        assert_eq!(found, forms.map(|golden| golden.file).collect::<BTreeSet<_>>());
    }
}

/// Reads a stored payload as the event stores of cqrs-es do: through a `Value`.
fn stock<A: Aggregate>(golden: &Golden, event: &A::Event)
where
    A::Event: PartialEq,
{
    assert_eq!(A::TYPE, golden.kind.as_str());
    let stored = SerializedEvent::new(
        "id".to_owned(),
        1,
        A::TYPE.to_owned(),
        event.event_type(),
        event.event_version(),
        serde_json::from_str(&text(golden)).unwrap(),
        json!({"actorType": "system"}),
    );
    assert_eq!(stored.event_type, golden.event.name());
    assert_eq!(stored.event_version, golden.event.version());
    let envelope = EventEnvelope::<A>::try_from(stored).unwrap();
    assert!(envelope.payload == *event, "{}", golden.file);
    let written = serde_json::to_string(&envelope.payload).unwrap();
    assert_eq!(format!("{written}\n"), text(golden), "digits and order are kept");
}

#[test]
fn the_stock_reader_understands_what_is_stored() {
    for golden in every_form() {
        match &golden.event {
            Event::Environment(event) => stock::<Environment>(&golden, event),
            Event::Lease(event) => stock::<Lease>(&golden, event),
            Event::Run(event) => stock::<Run>(&golden, event),
            Event::Operation(event) => stock::<Operation>(&golden, event),
        }
    }
}

#[test]
fn a_payload_of_another_kind_or_name_is_not_read() {
    for golden in every_form() {
        for kind in AggregateType::ALL.iter().filter(|kind| **kind != golden.kind) {
            assert!(Event::from_payload(*kind, &text(&golden)).is_err(), "{}", golden.file);
        }
    }
    let unknown = r#"{"Exploded":{"at":"2026-03-02T09:00:00.000000Z"}}"#;
    for kind in AggregateType::ALL {
        assert!(Event::from_payload(*kind, unknown).is_err());
    }
}
