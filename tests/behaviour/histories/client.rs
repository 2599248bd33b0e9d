//! Heartbeats: each holds a few leases, does with them what its dice say, and remembers what it was
//! told. Some forget.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Dice;
use super::provider::Provider;
use crate::support::fleet::Fleet;

/// Leases that a client holds at once.
const HELD_MAX: usize = 3;

/// What all of them know together.
pub(super) struct Shared {
    pub(super) provider: Provider,
    pub(super) places: [Uuid; 2],
    workspaces: [Uuid; 3],
    /// Until when each holder was last told that it has its lease.
    pub(super) promises: Mutex<HashMap<Uuid, DateTime<Utc>>>,
    /// What was kept, for whoever comes.
    kept: Mutex<Vec<Held>>,
    is_finished: AtomicBool,
}

/// A lease, and what its holder knows of it.
#[derive(Debug, Clone)]
struct Held {
    lease: Uuid,
    place: usize,
    workspace: Uuid,
    resource: String,
    fence: u64,
    older_fence: Option<u64>,
}

pub(super) struct Client {
    fleet: Arc<Fleet>,
    shared: Arc<Shared>,
    dice: Dice,
    run: Uuid,
    held: Vec<Held>,
}

impl Shared {
    pub(super) fn new(places: [Uuid; 2]) -> Self {
        Self {
            provider: Provider::default(),
            places,
            workspaces: [(); 3].map(|()| Uuid::now_v7()),
            promises: Mutex::default(),
            kept: Mutex::default(),
            is_finished: AtomicBool::new(false),
        }
    }

    pub(super) fn finish(&self) {
        self.is_finished.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_finished(&self) -> bool {
        self.is_finished.load(Ordering::SeqCst)
    }

    /// Notes what the holder of an open lease was told.
    fn told(&self, lease: &Value) -> Uuid {
        assert_ne!(lease["phase"], "ended", "a lease that is over acts: {lease}");
        let id = lease["id"].as_str().unwrap().parse().unwrap();
        let until = lease["expiresAt"].as_str().or(lease["reservationDeadline"].as_str());
        if let Some(until) = until {
            self.promises.lock().unwrap().insert(id, until.parse().unwrap());
        }
        id
    }
}

fn fence(lease: &Value) -> u64 {
    lease["fence"].as_u64().unwrap()
}

impl Client {
    pub(super) fn new(fleet: &Arc<Fleet>, shared: &Arc<Shared>, dice: Dice) -> Self {
        let (fleet, shared) = (Arc::clone(fleet), Arc::clone(shared));
        Self { fleet, shared, dice, run: Uuid::now_v7(), held: Vec::new() }
    }

    /// Does one thing after the other until it is over, and forgets what it holds.
    pub(super) async fn live(mut self) {
        while !self.fleet.is_over() {
            let is_full = self.held.len() >= HELD_MAX;
            match self.dice.below(16) {
                0..=2 if !is_full => self.acquire().await,
                3..=5 if !is_full => self.reserve().await,
                6 if !is_full => self.take_over("resumesLeaseId").await,
                7 if !is_full => self.take_over("replacesLeaseId").await,
                8 => self.end_run().await,
                _ => self.use_one().await,
            }
            self.dice.pause(80).await;
        }
    }

    /// What an acquisition says of itself.
    fn body(&mut self) -> (usize, Uuid, Value) {
        let place = usize::try_from(self.dice.below(2)).unwrap();
        let workspace = *self.dice.one(&self.shared.workspaces);
        let policy = ["ephemeral", "reuse_by_environment"][place];
        let body = json!({
            "environmentId": self.shared.places[place], "heartbeatRunId": self.run,
            "leasePolicy": policy, "executionWorkspaceId": workspace, "provider": "metal",
            "ttlSeconds": 2 + self.dice.below(2),
        });
        (place, workspace, body)
    }

    fn hold(&mut self, lease: &Value, place: usize, workspace: Uuid, resource: String) {
        let (id, fence) = (self.shared.told(lease), fence(lease));
        // A run may resume what it holds already: what it knew of that is over.
        self.held.retain(|held| held.lease != id);
        let older_fence = None;
        self.held.push(Held { lease: id, place, workspace, resource, fence, older_fence });
    }

    /// The provider first, then the ledger: a refusal has to be cleaned up by hand.
    async fn acquire(&mut self) {
        let (place, workspace, mut body) = self.body();
        let resource = self.shared.provider.make(None);
        body["providerLeaseId"] = json!(resource);
        match self.fleet.post("leases", &body).await {
            (201, lease) => self.hold(&lease, place, workspace, resource),
            (409, problem) => {
                is_full(&problem);
                self.shared.provider.destroy(&resource, Uuid::nil());
            }
            (status, other) => panic!("{status} {other}"),
        }
    }

    /// The ledger first. Whatever happens then, nothing that was made is lost.
    async fn reserve(&mut self) {
        let (place, workspace, mut body) = self.body();
        body["deadlineSeconds"] = json!(2);
        let lease = match self.fleet.post("leases/reserve", &body).await {
            (201, lease) => lease,
            (409, problem) => return is_full(&problem),
            (status, other) => panic!("{status} {other}"),
        };
        let id = self.shared.told(&lease);
        let path = format!("leases/{id}");
        let why = |maybe: bool| json!({"reason": "no quota", "maybeCreated": maybe});
        // Who makes something and never tells makes it in time: else nobody could know of it.
        let is_late = Utc::now() >= self.shared.promises.lock().unwrap()[&id];
        match self.dice.below(8) {
            0 => {}
            1 if !is_late => drop(self.shared.provider.make(Some(id))),
            2 => self.decided(&format!("{path}/abandon"), &why(false)).await,
            3 if !is_late => {
                self.shared.provider.make(Some(id));
                self.decided(&format!("{path}/abandon"), &why(true)).await;
            }
            whim => {
                if whim == 4 {
                    self.dice.pause(4_000).await;
                }
                let resource = self.shared.provider.make(Some(id));
                let body = json!({"providerLeaseId": resource, "fence": lease["fence"]});
                match self.fleet.post(&format!("{path}/activate"), &body).await {
                    (200, lease) => self.hold(&lease, place, workspace, resource),
                    // The janitor knows of it now.
                    (409, problem) => self.was_in_time(id, &problem),
                    (status, other) => panic!("{status} {other}"),
                }
            }
        }
    }

    /// Goes on with a lease that somebody kept, or with its resource under a new one.
    async fn take_over(&mut self, how: &str) {
        let kept = self.shared.kept.lock().unwrap().clone();
        if kept.is_empty() {
            return;
        }
        let Held { lease: from, place, workspace, resource, fence: older, .. } =
            self.dice.one(&kept).clone();
        let mut body = json!({
            "environmentId": self.shared.places[place], "heartbeatRunId": self.run,
            "leasePolicy": "reuse_by_environment", "executionWorkspaceId": workspace,
            "provider": "metal", "providerLeaseId": resource, "ttlSeconds": 2,
        });
        body[how] = json!(from);
        match self.fleet.post("leases", &body).await {
            (201, lease) => {
                self.hold(&lease, place, workspace, resource);
                let held = self.held.last_mut().unwrap();
                held.older_fence = (held.lease == from).then_some(older);
                assert!(held.fence > older, "a fence that does not rise: {lease}");
            }
            (409, _) => {}
            (status, other) => panic!("{status} {other}"),
        }
    }

    async fn end_run(&mut self) {
        let outcome = *self.dice.one(&["succeeded", "failed", "cancelled", "interrupted"]);
        let path = format!("runs/{}/end", self.run);
        let (status, answer) = self.fleet.post(&path, &json!({"outcome": outcome})).await;
        assert_eq!(status, 200, "{answer}");
        let (.., body) = self.body();
        let (status, late) = self.fleet.post("leases", &body).await;
        assert_eq!((status, &late["code"]), (409, &json!("run_ended")), "{late}");
        self.run = Uuid::now_v7();
        self.held.clear();
    }

    async fn use_one(&mut self) {
        if self.held.is_empty() {
            return;
        }
        let number = usize::try_from(self.dice.below(self.held.len() as u64)).unwrap();
        let held = self.held.swap_remove(number);
        let path = format!("leases/{}", held.lease);
        match self.dice.below(8) {
            0 => {}
            1 => self.release(&held, &path).await,
            2 if held.place == 1 => self.retain(held, &path).await,
            3 if held.older_fence.is_some() => {
                let body = json!({"ttlSeconds": 2, "fence": held.older_fence});
                let (status, late) = self.fleet.post(&format!("{path}/renew"), &body).await;
                assert_eq!((status, &late["code"]), (409, &json!("stale_fence")), "{late}");
                self.held.push(held);
            }
            _ => {
                let body = json!({"ttlSeconds": 2, "fence": held.fence});
                match self.fleet.post(&format!("{path}/renew"), &body).await {
                    (200, lease) => {
                        self.shared.told(&lease);
                        self.held.push(held);
                    }
                    (409, problem) => self.was_in_time(held.lease, &problem),
                    (status, other) => panic!("{status} {other}"),
                }
            }
        }
    }

    async fn release(&mut self, held: &Held, path: &str) {
        let (status, says, wish) = match self.dice.below(4) {
            0 => ("failed", None, None),
            1 => ("released", Some("failed"), None),
            2 => {
                // The driver first.
                self.shared.provider.destroy(&held.resource, held.lease);
                ("released", Some("success"), Some("destroy"))
            }
            _ => ("released", None, None),
        };
        let body = json!({
            "status": status, "cleanupStatus": says, "providerResourceDisposition": wish,
            "fence": held.fence,
        });
        self.decided(&format!("{path}/release"), &body).await;
    }

    async fn retain(&mut self, held: Held, path: &str) {
        let until = Utc::now() + chrono::TimeDelta::milliseconds(1_500);
        let until = (self.dice.below(2) == 0).then_some(until);
        let body = json!({"fence": held.fence, "retainUntil": until});
        if let (200, lease) = self.fleet.post(&format!("{path}/retain"), &body).await {
            assert_eq!(lease["phase"], "retained");
            self.shared.kept.lock().unwrap().push(held);
        }
    }

    /// A command that may come too late.
    async fn decided(&self, path: &str, body: &Value) {
        let (status, answer) = self.fleet.post(path, body).await;
        assert!(status == 200 || status == 409, "{path}: {status} {answer}");
    }

    /// Whoever is refused because its lease is over had its time.
    fn was_in_time(&self, lease: Uuid, problem: &Value) {
        let code = problem["code"].as_str().unwrap();
        assert!(["lease_ended", "reservation_expired"].contains(&code), "{problem}");
        let until = self.shared.promises.lock().unwrap()[&lease];
        let ended: DateTime<Utc> = problem["endedAt"].as_str().unwrap().parse().unwrap();
        assert!(ended >= until, "{lease} was promised until {until}: {problem}");
    }
}

fn is_full(problem: &Value) {
    let code = problem["code"].as_str().unwrap();
    assert!(["capacity_exhausted", "workspace_held"].contains(&code), "{problem}");
}
