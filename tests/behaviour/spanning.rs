//! Spans: kept up beside the appends without a skip, and questions about the past answered from them
//! as from the log itself.

mod anew;
mod ends;
mod history;
mod skipping;
mod verified;

use std::collections::{BTreeMap, BTreeSet};

use leasehold::log::{Recorded, list_events};
use leasehold::read::{
    LeaseFilter, Moment, find_cut, find_usage, find_usage_at, list_agents_held, list_leases_at,
    load_states_at,
};
use leasehold::spans::keep_once;
use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::lease::{Phase, Status};
use leasehold_domain::stream::{Aggregate, AggregateType, StreamId};
use leasehold_domain::time::Timestamp;
use sqlx::{Connection, Executor, PgConnection};
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::lives::Life;
use crate::support::orders::company;

async fn lease_streams(connection: &mut PgConnection, id: CompanyId) -> Vec<StreamId> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select aggregate_id::uuid from leasehold.events
         where company_id = $1 and aggregate_type = 'lease' and sequence = 1",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await
    .unwrap();
    ids.into_iter().map(|id| StreamId { kind: AggregateType::Lease, id }).collect()
}

/// Who held what at a moment, from all events there are.
async fn meant(connection: &mut PgConnection, id: CompanyId, moment: Moment) -> BTreeSet<Uuid> {
    let cut = find_cut(connection, id, moment).await.unwrap();
    let streams = lease_streams(connection, id).await;
    let states = load_states_at(connection, id, &streams, &cut).await.unwrap();
    let is_held = |state: &Aggregate| match state {
        Aggregate::Lease(state) => state.record.as_ref().is_some_and(|r| r.ending().is_none()),
        _ => false,
    };
    states.iter().filter(|(_, state)| is_held(state)).map(|(stream, _)| stream.id).collect()
}

/// The same as it is answered.
async fn answered(
    connection: &mut PgConnection,
    id: CompanyId,
    moment: Moment,
    places: Option<Vec<EnvironmentId>>,
) -> BTreeSet<Uuid> {
    let cut = find_cut(connection, id, moment).await.unwrap();
    let statuses = Some(vec![Status::Active, Status::Retained]);
    let filter = LeaseFilter { statuses, environments: places, ..LeaseFilter::default() };
    let rows = list_leases_at(connection, id, &filter, &cut, usize::MAX).await.unwrap();
    rows.iter().map(|row| row.id).collect()
}

/// Takes up what there is, as a keeper would that has come so far; all of it for -1.
async fn keep_up_to(connection: &mut PgConnection, known: i64) {
    if known < 0 {
        keep_once(connection).await.unwrap();
        return;
    }
    // As if the rest had not been appended yet.
    let aside = format!(
        "alter table leasehold.heads disable trigger all;
         create temporary table ends as select company_id, position from leasehold.heads;
         update leasehold.heads set position = {known} where position > {known}"
    );
    connection.execute(&*aside).await.unwrap();
    keep_once(connection).await.unwrap();
    let back = "update leasehold.heads h set position = ends.position
                from ends where ends.company_id = h.company_id";
    connection.execute(back).await.unwrap();
}

/// Two lives of a company, of which the spans know as much as `known` says, in events.
async fn lived(known: i64) -> (TestDatabase, CompanyId, Vec<Recorded>) {
    let database = TestDatabase::new().await;
    let (dispatcher, lanes) = database.dispatcher();
    let id = company();
    Life::new(&dispatcher, id).round(0).await;
    Life::new(&dispatcher, id).round(1).await;
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    let events = list_events(&mut connection, id, Position(0), 10_000).await.unwrap();
    drop(dispatcher);
    lanes.finish().await;
    keep_up_to(&mut connection, known).await;
    connection.close().await.unwrap();
    (database, id, events)
}

#[tokio::test]
async fn who_held_what_is_answered_from_spans_as_from_the_log_however_far_they_have_come() {
    for known in [-1, 0, 7, 20] {
        let (database, id, events) = lived(known).await;
        let mut pooled = database.pool.acquire().await.unwrap();
        let connection = &mut *pooled;
        let mut most = (Moment::At(Position(0)), BTreeSet::new());
        for event in &events {
            for moment in moments(event) {
                let wanted = meant(connection, id, moment).await;
                let found = answered(connection, id, moment, None).await;
                assert_eq!(found, wanted, "{moment:?}, spans up to {known}");
                if wanted.len() > most.1.len() {
                    most = (moment, wanted);
                }
            }
        }
        assert!(most.1.len() > 1, "at some moment several were held");
        let places = "select distinct environment_id from leasehold.environment_leases";
        let places: Vec<Uuid> =
            sqlx::query_scalar(places).fetch_all(&mut *connection).await.unwrap();
        let mut found = BTreeSet::new();
        for place in places {
            let place = Some(vec![EnvironmentId(place)]);
            found.extend(answered(connection, id, most.0, place).await);
        }
        assert_eq!(found, most.1, "place by place, spans up to {known}");
        drop(pooled);
        database.drop().await;
    }
}

/// The moments that an event can be meant by.
const fn moments(event: &Recorded) -> [Moment; 3] {
    let stored = &event.stored;
    [
        Moment::At(stored.position),
        Moment::Happened(stored.occurred_at),
        Moment::Known(stored.recorded_at),
    ]
}

/// What each agent held in a time, from the log: leases, and seconds.
fn held(events: &[Recorded], from: Timestamp, to: Timestamp) -> BTreeMap<Option<Uuid>, (i64, f64)> {
    let mut states: BTreeMap<StreamId, (Aggregate, Timestamp)> = BTreeMap::new();
    let mut held: BTreeMap<Option<Uuid>, (BTreeSet<Uuid>, f64)> = BTreeMap::new();
    let mut count = |state: &Aggregate, since: Timestamp, until: Timestamp| {
        let Aggregate::Lease(state) = state else { return };
        let Some(record) = state.record.as_deref().filter(|r| r.phase() == Phase::Active) else {
            return;
        };
        // What was held for no time that a clock can tell was held all the same.
        if since < to && until > from {
            let agent = held.entry(record.agent_id.map(Into::into)).or_default();
            agent.0.insert(record.id.0);
            let (since, until) = (since.max(from), until.min(to));
            agent.1 += (until.chrono() - since.chrono()).as_seconds_f64();
        }
    };
    for event in events {
        let stored = &event.stored;
        let new = || (Aggregate::new(stored.stream.kind), stored.occurred_at);
        let (state, since) = states.entry(stored.stream).or_insert_with(new);
        count(state, *since, stored.occurred_at);
        state.apply(&event.read().unwrap());
        *since = stored.occurred_at;
    }
    for (state, since) in states.values() {
        count(state, *since, to);
    }
    held.into_iter()
        .map(|(agent, (leases, seconds))| (agent, (i64::try_from(leases.len()).unwrap(), seconds)))
        .collect()
}

#[tokio::test]
async fn what_each_agent_held_is_summed_from_spans_as_from_the_log() {
    for known in [-1, 0, 7, 20] {
        let (database, id, events) = lived(known).await;
        let mut pooled = database.pool.acquire().await.unwrap();
        let connection = &mut *pooled;
        let at = |place: usize| events[place].stored.occurred_at;
        let last = events.len() - 1;
        for (from, to) in [
            (at(0), at(last).plus_seconds(60)),
            (at(last / 3), at(2 * last / 3)),
            (at(last), at(last).plus_seconds(1)),
            (at(0).plus_micros(-1_000_000), at(0)),
        ] {
            let found = list_agents_held(connection, id, (from, to)).await.unwrap().unwrap();
            let wanted = held(&events, from, to);
            assert_eq!(found.len(), wanted.len(), "{from} {to}: {found:?}");
            for row in found {
                let (leases, seconds) = wanted[&row.agent_id];
                assert_eq!(row.leases, leases, "{from} {to}, spans up to {known}");
                assert!((row.held_seconds - seconds).abs() < 0.001, "{from} {to}: {row:?}");
            }
        }
        drop(pooled);
        database.drop().await;
    }
}

/// An environment's leases at a moment by their status, and who of them is active, from a fold of
/// each.
async fn folded(
    connection: &mut PgConnection,
    id: CompanyId,
    place: EnvironmentId,
    moment: Moment,
) -> (BTreeMap<String, i64>, i64) {
    let cut = find_cut(connection, id, moment).await.unwrap();
    let filter = LeaseFilter { environments: Some(vec![place]), ..LeaseFilter::default() };
    let rows = list_leases_at(connection, id, &filter, &cut, usize::MAX).await.unwrap();
    let mut counts: BTreeMap<String, i64> =
        Status::ALL.iter().map(|status| (status.to_string(), 0)).collect();
    for row in &rows {
        *counts.get_mut(row.status.as_ref()).unwrap() += 1;
    }
    let undone = |word: &str| matches!(word, "pending" | "failed");
    let open = rows.iter().filter(|row| row.cleanup_status.as_deref().is_some_and(undone)).count();
    (counts, i64::try_from(open).unwrap())
}

#[tokio::test]
async fn who_used_an_environment_is_counted_as_folding_all_of_its_leases_would() {
    for known in [-1, 0, 7, 20, 40] {
        let (database, id, events) = lived(known).await;
        let mut pooled = database.pool.acquire().await.unwrap();
        let connection = &mut *pooled;
        let places: Vec<Uuid> =
            sqlx::query_scalar("select distinct environment_id from leasehold.environment_leases")
                .fetch_all(&mut *connection)
                .await
                .unwrap();
        let mut met = BTreeSet::new();
        for event in &events {
            for moment in moments(event) {
                for place in places.iter().copied().map(EnvironmentId) {
                    met.extend(used(connection, id, place, moment).await);
                }
            }
        }
        assert!(met.len() > 2, "{met:?}");
        let end = Moment::At(events.last().unwrap().stored.position);
        let cut = find_cut(connection, id, end).await.unwrap();
        for place in places.into_iter().map(EnvironmentId) {
            let then = find_usage_at(connection, id, place, &cut).await.unwrap();
            assert_eq!(find_usage(connection, id, place).await.unwrap(), then, "{known}");
        }
        drop(pooled);
        database.drop().await;
    }
}

/// The usage of an environment is what a fold of its leases gives; which statuses there are.
async fn used(
    connection: &mut PgConnection,
    id: CompanyId,
    place: EnvironmentId,
    moment: Moment,
) -> Vec<String> {
    let wanted = folded(connection, id, place, moment).await;
    let cut = find_cut(connection, id, moment).await.unwrap();
    let Some(usage) = find_usage_at(connection, id, place, &cut).await.unwrap() else {
        return Vec::new();
    };
    let counts = usage.counts.iter();
    let counts = counts.map(|(word, count)| (word.clone(), count.as_i64().unwrap()));
    assert_eq!((counts.collect(), usage.open_cleanups), wanted, "{moment:?}");
    wanted.0.into_iter().filter(|(_, n)| *n > 0).map(|(word, _)| word).collect()
}
