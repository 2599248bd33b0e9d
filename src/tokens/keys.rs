//! What a server knows of tokens: looked up when they come, believed for a moment.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::PgPool;
use tokio::time::Instant;

use super::bucket::Bucket;
use super::{FRESH_FOR, Secret, Token, table};

/// Most tokens, known or unknown, that are remembered at once.
const REMEMBERED_MAX: usize = 10_000;
/// After so long the use of a token is noted again.
const NOTED_EVERY: Duration = Duration::from_mins(1);

/// What somebody came in by and stays by: a token, or that there are none.
#[derive(Debug, Clone)]
pub struct Pass {
    keys: Arc<Keys>,
    hash: Option<[u8; 32]>,
}

impl Pass {
    /// A pass by a token, or by none.
    #[must_use]
    pub const fn new(keys: Arc<Keys>, hash: Option<[u8; 32]>) -> Self {
        Self { keys, hash }
    }

    /// The hash of the token; none where there are no tokens.
    #[must_use]
    pub const fn hash(&self) -> Option<[u8; 32]> {
        self.hash
    }

    /// Whether it would still be let in. Counts for no rate.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_good(&self) -> sqlx::Result<bool> {
        let Some(hash) = self.hash else {
            return Ok(!self.keys.are_needed().await?);
        };
        let is_granted = |seen: &Seen| matches!(seen.admission, Admission::Granted(_));
        if let Some(seen) = lock(&self.keys.seen).get(&hash).filter(|seen| is_fresh(seen.at)) {
            return Ok(is_granted(seen));
        }
        let now = Instant::now();
        let admission = self.keys.look_up(hash).await?;
        let is_good = matches!(admission, Admission::Granted(_));
        self.keys.remember(hash, admission, now);
        Ok(is_good)
    }
}

/// What became of a token at the door.
#[derive(Debug, Clone)]
pub enum Admission {
    /// It opens.
    Granted(Arc<Token>),
    /// Nobody knows it.
    Unknown,
    /// It was revoked.
    Revoked,
    /// It has expired.
    Expired,
    /// It opens, but asks too much; again after so long.
    Hasty(Duration),
}

#[derive(Debug)]
struct Seen {
    admission: Admission,
    /// None when it is believed no more.
    at: Option<Instant>,
    noted_at: Option<Instant>,
    bucket: Bucket,
}

/// The tokens that a server has seen.
#[derive(Debug)]
pub struct Keys {
    database: PgPool,
    per_second: Option<u32>,
    seen: Mutex<HashMap<[u8; 32], Seen>>,
    are_needed: AtomicBool,
    looked_at: Mutex<Option<Instant>>,
}

impl Keys {
    /// Keys of a database that can be written to, with a bound for each token's requests a second.
    #[must_use]
    pub fn new(database: PgPool, per_second: Option<u32>) -> Self {
        Self {
            database,
            per_second,
            seen: Mutex::default(),
            are_needed: AtomicBool::new(false),
            looked_at: Mutex::default(),
        }
    }

    /// The database that they are in.
    #[must_use]
    pub const fn database(&self) -> &PgPool {
        &self.database
    }

    /// Whether nobody comes in without a token: from the first one on.
    ///
    /// # Errors
    /// The database's.
    pub async fn are_needed(&self) -> sqlx::Result<bool> {
        if self.are_needed.load(Ordering::Acquire) {
            return Ok(true);
        }
        if is_fresh(*lock(&self.looked_at)) {
            return Ok(false);
        }
        let now = Instant::now();
        let found = table::has_any(&mut *self.database.acquire().await?).await?;
        if found {
            self.are_needed.store(true, Ordering::Release);
        }
        *lock(&self.looked_at) = Some(now);
        Ok(found)
    }

    /// What a token opens.
    ///
    /// # Errors
    /// The database's: what is not known is not let in.
    pub async fn admit(&self, secret: &Secret) -> sqlx::Result<Admission> {
        let hash = secret.hash();
        if let Some(admission) = self.remembered(hash) {
            return Ok(admission);
        }
        let now = Instant::now();
        let admission = self.look_up(hash).await?;
        self.remember(hash, admission.clone(), now);
        Ok(self.remembered(hash).unwrap_or(admission))
    }

    async fn look_up(&self, hash: [u8; 32]) -> sqlx::Result<Admission> {
        let found = table::find(&mut *self.database.acquire().await?, hash).await?;
        Ok(match found {
            None => Admission::Unknown,
            Some((token, _)) if token.revoked_at.is_some() => Admission::Revoked,
            Some((_, true)) => Admission::Expired,
            Some((token, false)) => Admission::Granted(Arc::new(token)),
        })
    }

    /// Forgets what is believed: a change of this server's own counts at once.
    pub fn forget(&self) {
        lock(&self.seen).values_mut().for_each(|seen| seen.at = None);
        *lock(&self.looked_at) = None;
    }

    fn remembered(&self, hash: [u8; 32]) -> Option<Admission> {
        let mut seen = lock(&self.seen);
        let known = seen.get_mut(&hash).filter(|known| is_fresh(known.at))?;
        Some(self.taken(known))
    }

    fn remember(&self, hash: [u8; 32], admission: Admission, at: Instant) {
        let mut seen = lock(&self.seen);
        if seen.len() >= REMEMBERED_MAX {
            seen.retain(|_, seen| is_fresh(seen.at));
        }
        if seen.len() >= REMEMBERED_MAX {
            seen.clear();
        }
        let bucket = Bucket::full(self.per_second.unwrap_or(1), at);
        let fresh = || Seen { admission: admission.clone(), at: Some(at), noted_at: None, bucket };
        let known = seen.entry(hash).or_insert_with(fresh);
        (known.admission, known.at) = (admission, Some(at));
        self.note(known);
    }

    /// Takes from the bucket of one that is granted.
    fn taken(&self, seen: &mut Seen) -> Admission {
        if let (Admission::Granted(_), Some(per_second)) = (&seen.admission, self.per_second)
            && let Err(wait) = seen.bucket.take(per_second, Instant::now())
        {
            return Admission::Hasty(wait);
        }
        seen.admission.clone()
    }

    /// Notes, beside the request, that a token is used.
    fn note(&self, seen: &mut Seen) {
        let Admission::Granted(token) = &seen.admission else { return };
        if seen.noted_at.is_some_and(|at| at.elapsed() < NOTED_EVERY) {
            return;
        }
        seen.noted_at = Some(Instant::now());
        let (database, id) = (self.database.clone(), token.id);
        tokio::spawn(async move {
            let noted = async { table::touch(&mut *database.acquire().await?, id).await };
            if let Err(error) = noted.await {
                tracing::debug!(%error, "the use of a token was not noted");
            }
        });
    }
}

fn is_fresh(at: Option<Instant>) -> bool {
    at.is_some_and(|at| at.elapsed() < FRESH_FOR)
}

/// A lock that is held for a few instructions, in which nothing can panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
