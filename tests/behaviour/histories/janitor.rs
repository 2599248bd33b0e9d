//! Janitors: most finish what they claim, some fail, put off, come late or die of it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use super::Dice;
use super::client::Shared;
use crate::support::fleet::Fleet;

/// How long a claim lasts, in seconds.
const CLAIM_TTL: u64 = 2;

pub(super) struct Janitor {
    name: String,
    fleet: Arc<Fleet>,
    shared: Arc<Shared>,
    dice: Dice,
}

impl Janitor {
    pub(super) fn new(number: u64, fleet: &Arc<Fleet>, shared: &Arc<Shared>, dice: Dice) -> Self {
        let (fleet, shared) = (Arc::clone(fleet), Arc::clone(shared));
        Self { name: format!("janitor-{number}"), fleet, shared, dice }
    }

    /// Claims and cleans up until nothing is left to be done.
    pub(super) async fn work(mut self) {
        while !self.shared.is_finished() {
            let body = json!({"owner": self.name, "limit": 3, "ttlSeconds": CLAIM_TTL});
            let (status, claimed) = self.fleet.post("cleanups/claim", &body).await;
            assert_eq!(status, 200, "{claimed}");
            for item in claimed["items"].as_array().unwrap() {
                self.clean_up(item).await;
            }
            self.dice.pause(100).await;
        }
    }

    async fn clean_up(&mut self, item: &Value) {
        let path = format!("cleanups/{}", item["leaseId"].as_str().unwrap());
        let fence = item["claimFence"].clone();
        // What is left to the end is only finished, so that there is one.
        let whim = if self.fleet.is_over() { 9 } else { self.dice.below(20) };
        let (step, body) = match whim {
            0 => ("fail", json!({"claimFence": fence, "kind": "quota"})),
            1 => ("defer", json!({"claimFence": fence, "seconds": 1})),
            2 => return,
            whim => {
                if whim == 3 {
                    sleep(Duration::from_secs(CLAIM_TTL)).await;
                }
                self.destroy(item);
                ("succeed", json!({"claimFence": fence, "proof": {"by": self.name}}))
            }
        };
        let (status, answer) = self.fleet.post(&format!("{path}/{step}"), &body).await;
        let is_late = status == 409 && answer["code"] == "cleanup_not_claimed";
        assert!(status == 200 || is_late, "{step}: {status} {answer}");
    }

    fn destroy(&self, item: &Value) {
        let lease: Uuid = item["leaseId"].as_str().unwrap().parse().unwrap();
        match item["providerLeaseId"].as_str() {
            Some(id) => self.shared.provider.destroy(id, lease),
            None => self.shared.provider.destroy_labelled(lease),
        }
    }
}
