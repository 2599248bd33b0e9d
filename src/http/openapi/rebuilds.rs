//! What an admin's routes take and show: projections, rebuilds, verifications.

use super::shape::{
    Kind, Shape, free, list, named, number, one_of, text, time, truth, uuid, whole,
};

/// Every schema by its name.
pub(super) fn all() -> Vec<(&'static str, Shape)> {
    vec![
        ("ProjectionList", projections()),
        ("Projection", projection()),
        ("RebuildList", Shape::new("Rebuilds.").must("items", list(named("Rebuild"), ""))),
        ("Rebuild", rebuild()),
        ("StartRebuild", start()),
        ("CancelRebuild", Shape::new("Nothing.").closed()),
        ("StartVerification", start_verification()),
        ("Verification", verification()),
    ]
}

fn number_of(about: &str) -> Kind {
    whole(0, i64::MAX.unsigned_abs(), about)
}

fn projections() -> Shape {
    Shape::new("The projections as they are live.")
        .must("items", list(named("Projection"), ""))
        .must("old", list(text(""), "Tables that were replaced and are still kept."))
}

fn projection() -> Shape {
    Shape::new("A projection as it is live.")
        .must("name", text("Its name, which is that of its table."))
        .must("version", number_of("The version of the fold that made its table."))
        .must("rows", number_of("Its rows, as the database estimates them."))
        .must("bytes", number_of("The table, its indexes and what is stored out of line."))
}

fn start() -> Shape {
    Shape::new("How to rebuild.")
        .maybe("allowDifference", truth("Swap although rows differ; false unless said."))
        .maybe("eventsPerSecondMax", whole(1, u32::MAX.into(), "As fast as it goes if not said."))
        .maybe("wait", truth("Answer when it is over; false unless said."))
        .maybe("actor", named("Actor"))
        .closed()
}

fn rebuild() -> Shape {
    let states = ["loading", "loaded", "differs", "swapped", "cancelled"];
    Shape::new("A rebuild of projections, and how far it is.")
        .must("id", uuid("Its id."))
        .must("projections", list(text(""), "What is rebuilt."))
        .must("state", one_of(states, "Where it stands."))
        .must("askedBy", text("Who asked."))
        .must("actorType", named("ActorType"))
        .must("authenticatedBy", text("The token that really spoke.").or_null())
        .must("startedAt", time("When it began."))
        .must("changedAt", time("When its state last changed."))
        .must("events", number_of("Events of the parts that are loaded."))
        .must("rows", number_of("Rows of the parts that are loaded."))
        .must("verdict", free("What the comparison found.").or_null())
        .must("isRunning", truth("Whether somebody is at it; if not, it was cut off or is over."))
        .must(
            "step",
            text("`loading`, `indexing`, `comparing` or `swapping`: now, or last.").or_null(),
        )
        .must("expectedEvents", number_of("Events that are to be loaded."))
        .must("readEvents", number_of("Events that are loaded or on their way."))
        .must("eventsPerSecond", number("At which rate."))
        .must("secondsLeft", number("How much longer the load takes at this rate.").or_null())
        .must("lag", number_of("Events that are not in its tables yet.").or_null())
}

fn start_verification() -> Shape {
    let about =
        "How many streams the stock reader loads too: a number, or `all`; none if not said.";
    Shape::new("How to verify.").maybe("stock", super::shape::anything(about)).closed()
}

fn verification() -> Shape {
    Shape::new("What a verification found.")
        .must("companies", number_of("Companies with a log."))
        .must("events", number_of("Events that were read."))
        .must("streams", number_of("Streams."))
        .must("rows", free("Rows of each table."))
        .must("receipts", number_of("Receipts that are still kept."))
        .must("stock", number_of("Streams that the stock reader loaded.").or_null())
        .must("failing", number_of("Findings; 0 when all holds."))
        .must("imported", number_of("Findings in imported history, which fail nothing."))
        .must("failingByKind", free("How many of each kind."))
        .must("importedByKind", free("How many of each kind."))
        .must("seconds", number("How long it took."))
        .must("eventsPerSecond", number("At which rate."))
        .must("findings", list(free(""), "The first of each kind, with the evidence."))
}
