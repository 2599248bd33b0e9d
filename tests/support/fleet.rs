//! Clients of several servers: a command goes to one of them, and to another when that does not
//! answer, until it is decided.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, RwLock};
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
    /// What was answered in the place of a decision, and how often.
    interrupted: Mutex<BTreeMap<String, u64>>,
}

impl Fleet {
    pub(crate) fn on(servers: &[Program; 2]) -> Self {
        let http = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        let addresses = RwLock::new([servers[0].address.clone(), servers[1].address.clone()]);
        let (is_over, interrupted) = (AtomicBool::new(false), Mutex::default());
        Self { addresses, company: Uuid::now_v7(), is_over, http, interrupted }
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

    /// What was answered in the place of a decision, by code, and how often; `none` for no answer.
    pub(crate) fn interrupted(&self) -> BTreeMap<String, u64> {
        self.interrupted.lock().unwrap().clone()
    }

    /// Posts a command to one server, and to the other when that does not answer, under one key.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.post_in(self.company, path, body).await
    }

    /// The same of another company.
    pub(crate) async fn post_in(&self, company: Uuid, path: &str, body: &Value) -> (u16, Value) {
        let key = Uuid::now_v7().to_string();
        let mut turn = usize::from(key.as_bytes()[35] % 2);
        loop {
            let address = self.addresses.read().unwrap()[turn % 2].clone();
            turn += 1;
            let url = format!("{address}/v1/companies/{company}/{path}");
            let request = self.http.post(url).header("idempotency-key", &key).json(body);
            let mut code = "none".to_owned();
            if let Ok(answer) = request.send().await {
                let status = answer.status().as_u16();
                match answer.json::<Value>().await {
                    Ok(body) if status < 500 => return (status, body),
                    Ok(problem) => problem["code"].as_str().unwrap_or("?").clone_into(&mut code),
                    Err(_) => {}
                }
            }
            *self.interrupted.lock().unwrap().entry(code).or_default() += 1;
            sleep(Duration::from_millis(20)).await;
        }
    }
}
