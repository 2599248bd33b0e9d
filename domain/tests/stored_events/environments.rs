//! The forms in which the events of environments are stored.

use leasehold_domain::environment::{
    Change, Created, Driver, Event, ImportedColumns, OrphanFound, OrphanGone, Probed, ResourceLost,
    Status, Updated,
};
use leasehold_domain::json::JsonObject;
use leasehold_domain::time::Timestamp;

use super::golden;
use crate::support::read::object;
use crate::support::{at, ids, label, name, reason};

golden! {
    Environment, Event:
    Created { "": Box::new(created()), "-minimal": Box::new(barely_created()) }
    Updated {
        "": Box::new(updated()),
        "-minimal": Box::new(barely_updated()),
        "-cleared": Box::new(cleared()),
        "-imported": Box::new(imported()),
    }
    Archived { "": Change { at: at(3) } }
    Reactivated { "": Change { at: at(4) } }
    Removed { "": Change { at: at(5) } }
    Probed { "": probed(Some("unreachable")), "-minimal": probed(None) }
    OrphanFound { "": orphan_found(Some(at(1))), "-minimal": orphan_found(None) }
    OrphanGone {
        "": OrphanGone { at: at(8), provider_lease_id: label("box://7"), was_destroyed: true },
    }
    ResourceLost {
        "": ResourceLost {
            at: at(9),
            lease_id: ids::lease(1),
            provider_lease_id: label("box://7"),
            missed_at: at(3),
        },
    }
}

fn probed(cause: Option<&str>) -> Probed {
    let (ok, summary) = (cause.is_none(), reason("answers within 3 ms"));
    Probed { at: at(6), ok, summary, cause: cause.map(label) }
}

fn orphan_found(since: Option<Timestamp>) -> OrphanFound {
    OrphanFound { at: at(7), provider_lease_id: label("box://7"), lease_id: ids::lease(1), since }
}

fn settings() -> JsonObject {
    let text = r#"{"z":1.10,"a":{"token":{"ref":"vault:1"}},"big":123456789012345678901234567890}"#;
    object(serde_json::from_str(text).unwrap())
}

fn created() -> Created {
    Created {
        at: at(1),
        id: ids::environment(1),
        company_id: ids::company(1),
        name: name("Büro 7 \"east\""),
        description: Some(reason("in the\ncellar")),
        driver: Driver::Sandbox,
        status: Status::Archived,
        config: settings(),
        env_vars: settings(),
        metadata: Some(settings()),
        capacity: Some(3),
        single_flight: true,
        default_ttl_seconds: None,
        source_id: Some(ids::environment(2)),
    }
}

fn barely_created() -> Created {
    Created {
        at: at(1),
        id: ids::environment(1),
        company_id: ids::company(1),
        name: name("box"),
        description: None,
        driver: Driver::Local,
        status: Status::Active,
        config: JsonObject::default(),
        env_vars: JsonObject::default(),
        metadata: None,
        capacity: None,
        single_flight: false,
        default_ttl_seconds: None,
        source_id: None,
    }
}

fn updated() -> Updated {
    Updated {
        at: at(2),
        name: Some(name("crate")),
        driver: Some(Driver::Plugin),
        description: Some(Some(reason("upstairs"))),
        config: Some(settings()),
        env_vars: Some(JsonObject::default()),
        metadata: Some(Some(settings())),
        capacity: Some(Some(4)),
        single_flight: Some(false),
        default_ttl_seconds: None,
        imported: None,
    }
}

fn barely_updated() -> Updated {
    Updated {
        at: at(2),
        name: None,
        driver: None,
        description: None,
        config: None,
        env_vars: None,
        metadata: None,
        capacity: None,
        single_flight: None,
        default_ttl_seconds: None,
        imported: None,
    }
}

/// Null is a value here; that it is told from what is absent is what this form is for.
fn cleared() -> Updated {
    Updated {
        description: Some(None),
        metadata: Some(None),
        capacity: Some(None),
        ..barely_updated()
    }
}

/// What an imported row's events alone would not give.
fn imported() -> Updated {
    let columns = ImportedColumns { created_at: at(1), updated_at: at(2) };
    Updated { imported: Some(columns), ..barely_updated() }
}
