//! The rows that the log means, written by the same functions that write them inline.

use std::sync::LazyLock;

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::{Aggregate, StreamId};
use leasehold_projections::activity_log::{ActivityRow, Envelope, PROJECTION as ACTIVITY_LOG};
use leasehold_projections::projection::{INLINE, Projection, Untaken, write_row};
use leasehold_projections::tuple::{Row as _, Tuple};
use uuid::Uuid;

use super::entry::Entry;
use super::fold::{Sink, Step};
use super::tuples::fields;
use crate::log::{Poison, Stored, projections_of};

/// What tells a table's rows apart: the company, and the id or the position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) company: Uuid,
    /// The row's id; its position as a number for tables that are told apart by it.
    pub(crate) place: Uuid,
}

impl Key {
    /// Its bytes, for hashing.
    pub(crate) fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(self.company.as_bytes());
        bytes[16..].copy_from_slice(self.place.as_bytes());
        bytes
    }
}

/// A row of one of the [`INLINE`] tables.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'r> {
    /// Which of them.
    pub(crate) table: usize,
    pub(crate) key: Key,
    /// The row as COPY has it.
    pub(crate) tuple: &'r [u8],
    /// The last event that made it so; none for a row that was read from its table.
    pub(crate) position: Option<Position>,
}

impl<'r> Row<'r> {
    /// A row as it was read from its table; none when it has no key.
    pub(crate) fn read(table: usize, tuple: &'r [u8]) -> Option<Self> {
        let key = key_of(table, tuple)?;
        Some(Self { table, key, tuple, position: None })
    }
}

/// Where the columns of a table's key stand: the company, and the one that tells its rows apart.
static KEY_COLUMNS: LazyLock<[Option<(usize, usize)>; INLINE.len()]> = LazyLock::new(|| {
    INLINE.map(|projection| {
        let place = |name| projection.columns.iter().position(|column| *column == name);
        Some((place("company_id")?, place(projection.key)?))
    })
});

fn key_of(table: usize, tuple: &[u8]) -> Option<Key> {
    let (company_at, place_at) = KEY_COLUMNS.get(table).copied().flatten()?;
    let (mut company, mut place) = (None, None);
    for (at, value) in fields(tuple).enumerate().take(company_at.max(place_at) + 1) {
        if at == company_at {
            company = value.and_then(|value| Uuid::from_slice(value).ok());
        } else if at == place_at {
            place = value.and_then(placed);
        }
    }
    Some(Key { company: company?, place: place? })
}

/// A uuid, or a bigint as one.
fn placed(value: &[u8]) -> Option<Uuid> {
    let number = || Some(u128::from(u64::from_be_bytes(*value.first_chunk()?)));
    Uuid::from_slice(value).ok().or_else(|| number().map(Uuid::from_u128))
}

/// Whoever takes the rows.
pub(crate) trait Taking: Send + 'static {
    /// A row that the log means.
    fn add(&mut self, row: &Row<'_>);
    /// A row that was added, and that the log does not mean any more.
    fn remove(&mut self, row: &Row<'_>);
    /// An aggregate that a projection cannot take; whoever only compares finds its row differing.
    fn poison(&mut self, _: Poison) {}
    /// All of a company has been added.
    fn finish(&mut self, _: CompanyId) {}
}

/// Makes rows of what is followed.
#[derive(Debug)]
pub(crate) struct Rendering<T> {
    pub(crate) taking: T,
    tuple: Tuple,
    activity_log: usize,
}

impl<T: Taking> Rendering<T> {
    pub(crate) fn new(taking: T) -> Self {
        Self { taking, tuple: Tuple::default(), activity_log: number(&ACTIVITY_LOG) }
    }
}

/// The row of an aggregate as it is.
fn state_row<'t>(
    tuple: &'t mut Tuple,
    company: CompanyId,
    state: &Aggregate,
    last: Position,
) -> Result<Option<Row<'t>>, Untaken> {
    let Some(projection) = write_row(state, tuple)? else { return Ok(None) };
    let tuple = tuple.as_bytes();
    let table = number(projection);
    let Some(Key { place, .. }) = key_of(table, tuple) else { return Ok(None) };
    let key = Key { company: company.0, place };
    Ok(Some(Row { table, key, tuple, position: Some(last) }))
}

/// Which of the [`INLINE`] projections it is.
pub(crate) fn number(projection: &Projection) -> usize {
    INLINE.iter().position(|known| known.name == projection.name).unwrap_or_default()
}

impl<T: Taking> Sink for Rendering<T> {
    fn entry(&mut self, _: &Entry) {}

    fn before(&mut self, _: &Stored, _: &Aggregate) {}

    fn after(&mut self, step: &Step<'_>) {
        let (stored, provenance) = (step.stored, &step.content.provenance);
        let envelope = Envelope {
            event_id: stored.event_id,
            company_id: stored.company_id,
            position: stored.position,
            stream: stored.stream,
            actor: &provenance.actor,
            authenticated_by: provenance.authenticated_by.as_deref(),
            imported: provenance.imported.as_ref(),
        };
        if let Some(row) = ActivityRow::of(&step.content.event, step.after, &envelope) {
            row.write(&mut self.tuple);
            let place = Uuid::from_u128(u128::from(stored.position.0));
            self.taking.add(&Row {
                table: self.activity_log,
                key: Key { company: stored.company_id.0, place },
                tuple: self.tuple.as_bytes(),
                position: Some(stored.position),
            });
        }
    }

    fn poison(&mut self, company: CompanyId, stream: StreamId, at: Position, error: &str) {
        for projection in projections_of(stream.kind).iter().copied() {
            let error = error.to_owned();
            self.taking.poison(Poison { company, projection, stream, position: at, error });
        }
    }

    fn settle(&mut self, company: CompanyId, state: &Aggregate, last: Position) {
        let Self { taking, tuple, .. } = self;
        match state_row(tuple, company, state, last) {
            Ok(Some(row)) => taking.add(&row),
            Ok(None) => {}
            Err(untaken) => {
                let (projection, error) = (untaken.projection, untaken.to_string());
                if let Some(stream) = state.id() {
                    taking.poison(Poison { company, projection, stream, position: last, error });
                }
            }
        }
    }

    fn unsettle(&mut self, company: CompanyId, state: &Aggregate, last: Position) {
        let Self { taking, tuple, .. } = self;
        if let Ok(Some(row)) = state_row(tuple, company, state, last) {
            taking.remove(&row);
        }
    }

    fn finish(&mut self, company: CompanyId) {
        self.taking.finish(company);
    }
}
