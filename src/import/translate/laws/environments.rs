//! Random environments, with random activity about them.

use leasehold_domain::environment::{Driver, Status};
use leasehold_domain::id::EnvironmentId;
use leasehold_domain::json::JsonObject;
use leasehold_domain::stream::Aggregate;
use leasehold_domain::text::{Name, Reason};
use leasehold_projections::environments::EnvironmentRow;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{activities, company, folded, instants, some_details, stands_once};
use crate::import::rows::{Activity, Environment};
use crate::import::translate::environment;

const ACTIONS: &[&str] = &[
    "environment.created",
    "environment.updated",
    "environment.probed",
    "environment.managed_stock_updated",
];

fn environments() -> impl Strategy<Value = Environment> {
    let words = (select(Driver::ALL), select(Status::ALL));
    let notes = JsonObject::default().with("labels", json!(["fast"]));
    (words, option::of(Just("")), option::of(Just(notes)), [instants(), instants()]).prop_map(
        |((driver, status), description, metadata, [created_at, updated_at])| Environment {
            id: EnvironmentId(Uuid::from_u128(7)),
            company_id: None,
            name: Name::new("box").unwrap(),
            description: description.map(|text| Reason::kept(text).unwrap()),
            driver,
            status,
            config: JsonObject::default(),
            env_vars: JsonObject::default(),
            metadata,
            created_at,
            updated_at,
        },
    )
}

fn said() -> impl Strategy<Value = Vec<Activity>> {
    let updated = json!({"changedFields": ["status"], "status": "archived"});
    activities(ACTIONS, prop_oneof![some_details(), Just(updated)])
}

fn expected(row: &Environment, shown: &EnvironmentRow) -> EnvironmentRow {
    EnvironmentRow {
        name: row.name.to_string(),
        description: row.description.as_ref().map(ToString::to_string),
        driver: row.driver.to_string(),
        status: row.status.to_string(),
        config: json!({}),
        env_vars: json!({}),
        metadata: row.metadata.as_ref().map(|notes| Value::Object(notes.to_map())),
        created_at: row.created_at.chrono(),
        updated_at: row.updated_at.chrono(),
        ..shown.clone()
    }
}

proptest! {
    #[test]
    fn an_environment_folds_to_its_row_and_shows_its_activity(
        row in environments(),
        said in said(),
        is_copy in any::<bool>(),
    ) {
        let id = EnvironmentId(Uuid::from_u128(if is_copy { 8 } else { 7 }));
        let import = environment(&row, (company(), id), said.clone());
        let (state, activity) = folded(&import);
        let Aggregate::Environment(state) = state else { panic!("no environment") };
        let shown = EnvironmentRow::of(&state).unwrap();
        assert_eq!(shown, expected(&row, &shown));
        assert_eq!(shown.source_id, is_copy.then_some(row.id.0));
        let about = |said: Activity| Activity { about: id.0, ..said };
        stands_once(&activity, &said.into_iter().map(about).collect::<Vec<_>>());
    }
}
