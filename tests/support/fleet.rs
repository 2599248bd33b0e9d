//! Clients of several servers: a command goes to one of them, and to another when that does not
//! answer, until it is decided.

use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Client;
use serde_json::Value;
use tokio::time::sleep;
use uuid::Uuid;

use super::program::Program;

/// What the clients share.
pub(crate) struct Fleet {
    addresses: RwLock<[String; 2]>,
    pub(crate) company: Uuid,
    is_over: AtomicBool,
    http: Client,
}

impl Fleet {
    pub(crate) fn on(servers: &[Program; 2]) -> Self {
        let http = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        let addresses = RwLock::new([servers[0].address.clone(), servers[1].address.clone()]);
        Self { addresses, company: Uuid::now_v7(), is_over: AtomicBool::new(false), http }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    /// A server came back, elsewhere.
    pub(crate) fn moved(&self, number: usize, to: &Program) {
        self.addresses.write().unwrap()[number].clone_from(&to.address);
    }

    /// Posts a command to one server, and to the other when that does not answer, under one key.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let key = Uuid::now_v7().to_string();
        let mut turn = usize::from(key.as_bytes()[35] % 2);
        loop {
            let address = self.addresses.read().unwrap()[turn % 2].clone();
            turn += 1;
            let url = format!("{address}/v1/companies/{}/{path}", self.company);
            let request = self.http.post(url).header("idempotency-key", &key).json(body);
            if let Ok(answer) = request.send().await
                && answer.status().as_u16() < 500
            {
                let status = answer.status().as_u16();
                if let Ok(body) = answer.json().await {
                    return (status, body);
                }
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}
