//! The forms in which the events of operations are stored.

use std::collections::BTreeMap;

use leasehold_domain::operation::{
    Cancelled, Event, ExportFinished, ExportStarted, Form, RebuildJudged, RebuildStarted,
    RebuildSwapped, Redriven, Told,
};

use super::golden;
use crate::support::{at, ids, label};

golden! {
    Operation, Event:
    RebuildStarted {
        "": RebuildStarted {
            at: at(1),
            id: ids::operation(1),
            projections: vec![label("environments"), label("activity_log")],
        },
    }
    RebuildJudged {
        "": RebuildJudged {
            at: at(2),
            compared: BTreeMap::from([("environments".to_owned(), 7)]),
            differing: BTreeMap::from([("environments.description".to_owned(), 1)]),
            is_accepted: false,
        },
    }
    RebuildSwapped {
        "": RebuildSwapped {
            at: at(3),
            versions: BTreeMap::from([("environments".to_owned(), 1)]),
        },
    }
    Cancelled { "": Cancelled { at: at(4) } }
    ExportStarted { "": Box::new(exported()), "-minimal": Box::new(barely_exported()) }
    ExportFinished {
        "": ExportFinished { at: at(6), records: 3, bytes: 1_000, sha256: "00ff".to_owned() },
    }
    Redriven {
        "": Redriven {
            at: at(7),
            id: ids::operation(3),
            projections: vec![label("environments")],
            taken: 2,
            left: 1,
        },
    }
}

fn exported() -> ExportStarted {
    ExportStarted {
        at: at(5),
        id: ids::operation(2),
        what: Told::Activity,
        form: Form::Cloudevents,
        of_company: Some(ids::company(1)),
        filter: BTreeMap::from([("action".to_owned(), "environment.created".to_owned())]),
    }
}

fn barely_exported() -> ExportStarted {
    ExportStarted {
        what: Told::Events,
        form: Form::Csv,
        of_company: None,
        filter: BTreeMap::new(),
        ..exported()
    }
}
