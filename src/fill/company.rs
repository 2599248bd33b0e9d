//! One company's made history: commands decided in memory, their events and rows ready to be sent.

use leasehold_domain::actor::Actor;
use leasehold_domain::company::{Answer, Command, CommandType, Company, Decided, Facts, plan};
use leasehold_domain::fence::{Fence, Position};
use leasehold_domain::fields::Fields;
use leasehold_domain::limits::Limits;
use leasehold_domain::stream::StreamId;
use leasehold_projections::projection::INLINE;
use leasehold_projections::tuple::Tuple;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::script::{Going, Lives};
use crate::history::{Content, Load, Rendering, Row, Sink as _, Step, Taking, write};
use crate::log::{Head, Metadata, Provenance, Recorded};

/// The rows on their way, for each of the [`INLINE`] tables.
#[derive(Debug)]
pub(super) struct Loads {
    pub(super) loads: Vec<Load>,
}

impl Taking for Loads {
    fn add(&mut self, row: &Row<'_>) {
        if let Some(load) = self.loads.get_mut(row.table) {
            load.add(row.tuple);
        }
    }

    /// What is settled here has no event to come.
    fn remove(&mut self, _: &Row<'_>) {}
}

/// A company that is being filled.
pub(super) struct Filling {
    pub(super) head: Head,
    pub(super) events: Load,
    pub(super) rendering: Rendering<Loads>,
    pub(super) going: Going,
    company: Company,
    actor: Actor,
    step: i64,
    tuple: Tuple,
}

impl Filling {
    /// A company whose events are `step` microseconds apart.
    pub(super) fn new(head: Head, step: i64, lives: Lives) -> Self {
        let loads = INLINE.iter().map(|_| Load::default()).collect();
        Self {
            head,
            events: Load::default(),
            rendering: Rendering::new(Loads { loads }),
            going: Going::new(lives),
            company: Company::new(head.company_id),
            actor: Actor::system("heartbeat"),
            step,
            tuple: Tuple::default(),
        }
    }

    /// Lives on until so many events are there or so many bytes wait; settles what is open at last.
    pub(super) fn live_until(&mut self, events: u64, waiting_max: usize) {
        while self.head.position.0 < events && self.events.len() < waiting_max {
            self.live();
        }
        if self.head.position.0 >= events {
            self.settle_all();
        }
    }

    /// Decides a command and puts what happened on its way; none when it is refused.
    pub(super) fn tell(&mut self, kind: CommandType, body: Map<String, Value>) -> Option<Answer> {
        let limits = Limits::default();
        let command = Fields::read(body, &limits, |fields| Command::read(kind, fields)).ok()?;
        let facts = Facts {
            now: self.head.recorded_at.plus_micros(self.step),
            actor: self.actor.clone(),
            epoch: self.head.epoch,
            next: self.head.position.plus(1),
            new_id: Uuid::now_v7(),
            limits,
        };
        let decision = plan(&self.company, &command, &facts).ok()?;
        let key = Uuid::now_v7().to_string();
        for decided in decision.events {
            self.push(decided, &facts, &key)?;
        }
        self.company.keep();
        Some(decision.answer)
    }

    /// The fence of what happened last.
    pub(super) fn last_fence(&self) -> Fence {
        Fence::of(self.head.epoch, self.head.position)
    }

    fn push(&mut self, decided: Decided, facts: &Facts, key: &str) -> Option<()> {
        let Decided { stream, event, .. } = decided;
        let token = "token heartbeat";
        let metadata = Metadata::decided(&self.actor, Some(token), key);
        let after = self.company.apply(stream, &event);
        let now = facts.now;
        let recorded = self.head.record(stream, &event, after.version(), &metadata, now).ok()?;
        let (actor, authenticated_by) = (self.actor.clone(), Some(token.to_owned()));
        let provenance = Provenance { actor, authenticated_by, imported: None };
        let content = Content { event, provenance };
        let Recorded { stored, digest } = &recorded;
        self.rendering.after(&Step { stored, digest: *digest, content: &content, after });
        write(&recorded, &mut self.tuple);
        self.events.add(self.tuple.as_bytes());
        Some(())
    }

    /// Nothing more will happen to a stream.
    pub(super) fn settle(&mut self, stream: StreamId) {
        if let Some(state) = self.company.get(stream) {
            self.rendering.settle(self.head.company_id, state, Position(0));
        }
        self.company.evict(|kept, _| kept != stream);
    }

    /// Nothing more will happen at all.
    pub(super) fn settle_all(&mut self) {
        let mut streams = Vec::new();
        self.company.evict(|stream, _| {
            streams.push(stream);
            true
        });
        for stream in streams {
            self.settle(stream);
        }
    }
}
