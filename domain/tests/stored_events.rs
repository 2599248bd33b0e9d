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
use leasehold_domain::upcast::upcasters;
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
                file: {
                    let kind = leasehold_domain::stream::AggregateType::$kind;
                    let version = leasehold_domain::upcast::newest_version(kind, name);
                    format!("{name}-{version}{form}.json")
                },
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

/// Files of earlier forms: kind, name, version, file, and the file of what they are read as but for
/// the times that nobody had told.
const OLDER: [(AggregateType, &str, &str, &str, &str); 2] = [
    (AggregateType::Run, "RunEnded", "1.0", "RunEnded-1.0.json", "RunEnded-1.1.json"),
    (
        AggregateType::Run,
        "RunEnded",
        "1.0",
        "RunEnded-1.0-minimal.json",
        "RunEnded-1.1-minimal.json",
    ),
];

#[test]
fn an_earlier_form_is_read_as_the_newest_by_us_and_by_the_stock_reader() {
    for (kind, name, version, older, newest) in OLDER {
        let read = |file: &str| std::fs::read_to_string(folder(kind).join(file)).unwrap();
        let mut wanted: Value = serde_json::from_str(&read(newest)).unwrap();
        wanted[name]["endedAt"] = wanted[name]["at"].clone();
        let wanted = Event::from_payload(kind, &wanted.to_string()).unwrap();
        assert_eq!(Event::read(kind, name, version, &read(older)).unwrap(), wanted, "{older}");
        let mut stored = SerializedEvent::new(
            "id".to_owned(),
            1,
            kind.to_string(),
            name.to_owned(),
            version.to_owned(),
            serde_json::from_str(&read(older)).unwrap(),
            json!({}),
        );
        for upcaster in upcasters(kind) {
            assert!(upcaster.can_upcast(name, version));
            stored = upcaster.upcast(stored);
        }
        let Event::Run(wanted) = wanted else { panic!("{older}") };
        assert_eq!(EventEnvelope::<Run>::try_from(stored).unwrap().payload, wanted);
    }
}

#[test]
fn a_version_that_nobody_knows_is_not_read() {
    for golden in every_form() {
        let name = golden.event.name();
        for version in ["0.9", "1.2", "2.0", ""] {
            let read = Event::read(golden.kind, name, version, &text(&golden));
            let told = read.unwrap_err().to_string();
            assert_eq!(told, format!("version {version} of {name} is not known"));
        }
        let read = Event::read(golden.kind, name, golden.event.version(), &text(&golden));
        assert_eq!(read.unwrap(), golden.event);
    }
}

#[test]
fn no_file_is_left_over() {
    for kind in AggregateType::ALL {
        let entries = std::fs::read_dir(folder(*kind)).unwrap();
        let found: BTreeSet<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let forms = every_form().into_iter().filter(|golden| golden.kind == *kind);
        let older = OLDER.iter().filter(|older| older.0 == *kind).map(|older| older.3.to_owned());
        assert_eq!(found, forms.map(|golden| golden.file).chain(older).collect::<BTreeSet<_>>());
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
