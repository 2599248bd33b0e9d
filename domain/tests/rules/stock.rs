//! Environments under the stock framework: it decides and folds them as the plans do.

use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use leasehold_domain::environment::{
    Change, Command, Create, Driver, Environment, Event, Facts, Refusal, Status, Update, Updated,
};
use leasehold_domain::json::JsonObject;

use crate::support::{at, ids, name};

fn facts() -> Facts {
    Facts { now: at(30), company_id: ids::company(1), environment_id: ids::environment(1) }
}

fn given(events: Vec<Event>) -> AggregateTestExecutor<Environment> {
    TestFramework::<Environment>::with(facts()).given(events)
}

fn create() -> Create {
    Create {
        name: name("box"),
        driver: Driver::Ssh,
        description: None,
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

/// An environment that was created just now.
async fn created() -> Vec<Event> {
    let creation = given(Vec::new()).when_async(Command::Create(create())).await;
    creation.inspect_result().unwrap()
}

fn change() -> Change {
    Change { at: at(30) }
}

#[tokio::test]
async fn a_life_of_an_environment_is_decided_event_by_event() {
    let mut life = created().await;
    assert_eq!(life.iter().map(Event::name).collect::<Vec<_>>(), ["Created"]);
    let rename = Update { name: Some(name("crate")), ..Update::default() };
    let renamed = Updated { name: Some(name("crate")), ..Updated::nothing(at(30)) };
    let steps = [
        (Command::Update(rename), Event::Updated(Box::new(renamed))),
        (Command::Archive, Event::Archived(change())),
        (Command::Reactivate, Event::Reactivated(change())),
        (Command::Remove, Event::Removed(change())),
    ];
    for (command, event) in steps {
        given(life.clone()).when_async(command).await.then_expect_events(vec![event.clone()]);
        life.push(event);
    }
}

#[tokio::test]
async fn what_is_not_there_yet_or_any_more_is_refused() {
    let mut removed = created().await;
    removed.push(Event::Removed(change()));
    for life in [Vec::new(), removed] {
        let commands = [Command::Update(Update::default()), Command::Archive, Command::Reactivate];
        for command in commands.into_iter().chain([Command::Remove]) {
            let environment_id = ids::environment(1);
            let refused = given(life.clone()).when_async(command).await;
            refused.then_expect_error(Refusal::EnvironmentNotFound { environment_id });
        }
    }
}
