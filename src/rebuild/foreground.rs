//! How long the statements last that lanes have in hand, in whichever process they are: while a
//! rebuild works, and while it rests, which is how it would be without it.

use sqlx::PgConnection;

/// Looks between two changes of the share: what changed has to be seen first.
const LOOKS_PER_CHANGE: u32 = 15;
/// The share of the time that is worked, in thousandths: all of it where nobody writes; the first and
/// the bounds where somebody does; how much more is tried at once.
pub(super) const ALL: u32 = 1_000;
pub(super) const FIRST: u32 = 200;
const BOUNDS: (u32, u32) = (150, 500);
const MORE: u32 = 25;

/// How long lanes' statements last on average, in seconds, as they were met.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// While the rebuild rests, and while it works.
    resting: Option<f64>,
    working: Option<f64>,
    looks: u32,
}

impl Seen {
    /// Adds what one look has met.
    pub(super) fn add(&mut self, is_working: bool, longest: f64) {
        let average = if is_working { &mut self.working } else { &mut self.resting };
        let before = average.unwrap_or(longest);
        *average = Some(before + (longest - before) / 16.0);
        self.looks += 1;
    }

    /// Whether lanes take half as long again, and a millisecond, while the rebuild works; none before
    /// both were seen.
    fn suffers(&self) -> Option<bool> {
        Some(self.working? > 1.5 * self.resting? + 0.001)
    }

    /// The share after the one that is.
    pub(super) fn next(&mut self, share: u32) -> u32 {
        if share == ALL {
            return FIRST;
        }
        if self.looks < LOOKS_PER_CHANGE {
            return share;
        }
        self.looks = 0;
        let (least, most) = BOUNDS;
        match self.suffers() {
            Some(true) => (share / 2).max(least),
            Some(false) => (share + MORE).min(most),
            None => share,
        }
    }
}

/// How long the longest statement lasts that a lane has in hand, in seconds; none when no lane has
/// done anything for a second.
pub(super) async fn look_at_lanes(connection: &mut PgConnection) -> sqlx::Result<Option<f64>> {
    sqlx::query_scalar(
        "select max(case when state = 'active'
                    then extract(epoch from clock_timestamp() - query_start) else 0 end)::float8
         from pg_catalog.pg_stat_activity
         where datname = current_database()
           and application_name like 'leasehold lane %'
           and (state = 'active' or state_change > clock_timestamp() - interval '1 s')",
    )
    .fetch_one(connection)
    .await
}

#[cfg(test)]
mod tests {
    use super::{ALL, BOUNDS, FIRST, LOOKS_PER_CHANGE, Seen};

    fn looked(seen: &mut Seen, working: f64, share: u32) -> u32 {
        for turn in 0..LOOKS_PER_CHANGE {
            seen.add(turn % 2 == 0, if turn % 2 == 0 { working } else { 0.004 });
        }
        seen.next(share)
    }

    #[test]
    fn the_share_grows_while_nobody_suffers_and_is_halved_when_somebody_does() {
        let mut seen = Seen::default();
        let mut share = seen.next(ALL);
        assert_eq!(share, FIRST);
        for _ in 0..100 {
            share = looked(&mut seen, 0.005, share);
        }
        assert_eq!(share, BOUNDS.1);
        let halved: Vec<u32> = (0..8)
            .map(|_| {
                share = looked(&mut seen, 0.050, share);
                share
            })
            .collect();
        assert_eq!(halved, [250, 150, 150, 150, 150, 150, 150, 150]);
    }

    #[test]
    fn nothing_changes_before_lanes_were_met_at_work_and_at_rest() {
        let mut seen = Seen::default();
        for _ in 0..LOOKS_PER_CHANGE {
            seen.add(true, 1.0);
        }
        assert_eq!(seen.next(FIRST), FIRST);
    }
}
