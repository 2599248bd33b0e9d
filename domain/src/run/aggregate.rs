//! The seam to cqrs-es: the stock framework and its readers see this aggregate as we do.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};

use super::{Command, Event, Facts, Refusal, Run, decide};
use crate::stream::AggregateType;
use crate::upcast::newest_version;

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        newest_version(AggregateType::Run, self.name()).to_owned()
    }
}

impl Aggregate for Run {
    const TYPE: &'static str = "run";
    type Command = Command;
    type Event = Event;
    type Error = Refusal;
    type Services = Facts;

    async fn handle(
        &mut self,
        command: Self::Command,
        facts: &Self::Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        for event in decide(self, &command, facts)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        Self::apply(self, &event);
    }
}
