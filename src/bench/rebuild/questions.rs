//! Questions about the past, one after the other on one connection.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::lease::Status;
use leasehold_domain::time::Timestamp;
use serde::Serialize;
use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use super::{Settings, connect};
use crate::bench::Error;
use crate::bench::lifecycle::Spread;
use crate::bench::workload::Random;
use crate::read::{LeaseFilter, Moment, find_cut, find_usage_at, list_agents_held, list_leases_at};

/// The time that agents' leases are counted over.
const DAY: i64 = 24 * 60 * 60 * 1_000_000;
/// How many are asked first of each kind that do not count.
const FIRST: usize = 10;

/// Holders that are asked for at most.
const HOLDERS: usize = 100;

/// How long answers took.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Questions {
    /// The leases that held an environment at a moment, as it happened.
    pub holders_at: Spread,
    /// Who used an environment at a moment, as it happened.
    pub usage_at: Spread,
    /// Who used an environment when the log was at a position.
    pub usage_at_position: Spread,
    /// How many leases each agent held through a day.
    pub agents_through_day: Spread,
}

/// An environment, and how far its company's history goes.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
struct Place {
    company_id: Uuid,
    id: Uuid,
    created_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    position: i64,
}

struct Asking {
    connection: PgConnection,
    places: Vec<Place>,
    random: Random,
}

pub(super) async fn measure(
    database: &PgConnectOptions,
    settings: &Settings,
) -> Result<Questions, Error> {
    let mut connection = connect(database).await?;
    let places = sqlx::query_as(
        "select e.company_id, e.id, e.created_at, h.recorded_at, h.position
         from leasehold.environments e
         join leasehold.heads h on h.company_id = e.company_id
         order by e.company_id, e.id",
    )
    .fetch_all(&mut connection)
    .await?;
    let mut asking = Asking { connection, places, random: Random(1) };
    let mut all: [Vec<u32>; 4] = Default::default();
    for turn in 0..FIRST + settings.questions {
        let took = [
            asking.holders_at().await?,
            asking.usage_at().await?,
            asking.usage_at_position().await?,
            asking.agents_through_day().await?,
        ];
        if turn >= FIRST {
            for (kind, took) in all.iter_mut().zip(took) {
                kind.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
            }
        }
    }
    let [holders_at, usage_at, usage_at_position, agents_through_day] = all.map(Spread::of);
    Ok(Questions { holders_at, usage_at, usage_at_position, agents_through_day })
}

impl Asking {
    /// An environment, and a moment of its history.
    fn pick(&mut self) -> Result<(Place, Timestamp), Error> {
        let number = usize::try_from(self.random.below(self.places.len() as u64)).unwrap_or(0);
        let place =
            self.places.get(number).copied().ok_or_else(|| Error::unexpected("no place"))?;
        let lasted = (place.recorded_at - place.created_at).num_microseconds().unwrap_or(0);
        let begun = Timestamp::new(place.created_at).map_err(Error::unexpected)?;
        let after = i64::try_from(self.random.below(lasted.max(1).unsigned_abs())).unwrap_or(0);
        Ok((place, begun.plus_micros(after)))
    }

    async fn holders_at(&mut self) -> Result<Duration, Error> {
        let (place, at) = self.pick()?;
        let filter = LeaseFilter {
            environments: Some(vec![EnvironmentId(place.id)]),
            statuses: Some(vec![Status::Active, Status::Retained]),
            ..LeaseFilter::default()
        };
        let (company, begun) = (CompanyId(place.company_id), Instant::now());
        let cut = find_cut(&mut self.connection, company, Moment::Happened(at)).await?;
        list_leases_at(&mut self.connection, company, &filter, &cut, HOLDERS).await?;
        Ok(begun.elapsed())
    }

    async fn usage_at(&mut self) -> Result<Duration, Error> {
        let (place, at) = self.pick()?;
        self.usage(place, Moment::Happened(at)).await
    }

    async fn usage_at_position(&mut self) -> Result<Duration, Error> {
        let (place, _) = self.pick()?;
        let position = 1 + self.random.below(place.position.unsigned_abs());
        self.usage(place, Moment::At(leasehold_domain::fence::Position(position))).await
    }

    async fn usage(&mut self, place: Place, moment: Moment) -> Result<Duration, Error> {
        let (company, id) = (CompanyId(place.company_id), EnvironmentId(place.id));
        let begun = Instant::now();
        let cut = find_cut(&mut self.connection, company, moment).await?;
        find_usage_at(&mut self.connection, company, id, &cut).await?;
        Ok(begun.elapsed())
    }

    async fn agents_through_day(&mut self) -> Result<Duration, Error> {
        let (place, from) = self.pick()?;
        let (company, day) = (CompanyId(place.company_id), (from, from.plus_micros(DAY)));
        let begun = Instant::now();
        let held = list_agents_held(&mut self.connection, company, day).await?;
        held.ok_or_else(|| Error::unexpected("the spans are behind"))?;
        Ok(begun.elapsed())
    }
}
