//! A plugin's process: started when it is needed, asked over its standard streams, ended with us.
//!
//! **Claims**: a question is answered, refused or failed within its time, whatever the plugin does;
//! one that prints what is no message, that says too much on a line, or that does not answer is
//! ended with its whole tree, and the next question starts it anew. **Because** one task reads all
//! that it says and fails whoever waits when that ends, and a [guard](crate::run::guard) stands
//! above it. **Not**: that a question was not acted upon because it was not answered.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::desk::{Desk, END_WITHIN, read};
use super::message::{Hello, OutputParams, PROTOCOL_VERSION};
use crate::run::driver::{Fault, FaultKind, Streams};
use crate::run::guard::{Guardable, Guarded};

const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// What a plugin has no business with: the ledger's own settings and keys.
const WITHHELD: [&str; 4] = ["DATABASE_URL", "LEASEHOLD_", "PG", "TEST_DATABASE_URL"];

/// A plugin that has said hello.
#[derive(Debug)]
pub(super) struct Running {
    /// For messages.
    pub(super) shown: String,
    pub(super) hello: Hello,
    writer: tokio::sync::Mutex<Sender>,
    desk: Arc<Desk>,
    next_id: AtomicU64,
}

impl Running {
    /// Starts a program and greets it; `guard` is `leasehold` itself.
    pub(super) async fn start(guard: &Path, program: &Path, shown: &str) -> Result<Self, Fault> {
        let failed = |error| Fault::system(format!("{shown} cannot be started"), error);
        let (input, to_input) = io::pipe().map_err(failed)?;
        let (output, to_output) = io::pipe().map_err(failed)?;
        let stderr = File::open("/dev/null").map_err(failed)?;
        let streams =
            Streams { stdin: input.into(), stdout: to_output.into(), stderr: stderr.into() };
        let guardable = Guardable {
            command: vec![program.as_os_str().to_owned()],
            variables: withheld(),
            inherits_variables: true,
            cwd: Some("/".into()),
            streams,
        };
        let guarded = Guarded::start(guard, guardable).map_err(failed)?;
        let desk = Arc::new(Desk::default());
        let output = Receiver::from_owned_fd(output.into()).map_err(failed)?;
        tokio::spawn(read(guarded, output, Arc::clone(&desk)));
        let writer = Sender::from_owned_fd(to_input.into()).map_err(failed)?;
        let hello = Hello {
            protocol_version: 0,
            name: String::new(),
            version: String::new(),
            capabilities: super::message::Able::default(),
        };
        let running = Self {
            shown: shown.to_owned(),
            hello,
            writer: tokio::sync::Mutex::new(writer),
            desk,
            next_id: AtomicU64::new(1),
        };
        running.greet().await
    }

    async fn greet(mut self) -> Result<Self, Fault> {
        let own = json!({
            "protocolVersion": PROTOCOL_VERSION,
            "client": {"name": "leasehold", "version": env!("CARGO_PKG_VERSION")},
        });
        let own = own.as_object().cloned().unwrap_or_default();
        let said = self.ask("initialize", own, Some(HELLO_WITHIN)).await?;
        self.hello = self.read("initialize", said)?;
        let version = self.hello.protocol_version;
        if version != PROTOCOL_VERSION {
            let message = format!(
                "{} speaks version {version} of the protocol, and this program {PROTOCOL_VERSION}",
                self.shown
            );
            return Err(Fault::new(FaultKind::Unsupported, message));
        }
        Ok(self)
    }

    /// Whether it can still be asked.
    pub(super) fn is_there(&self) -> bool {
        self.desk.waiting().over.is_none()
    }

    /// Asks and waits for the answer; one that takes too long ends the plugin.
    pub(super) async fn ask(
        &self,
        method: &str,
        params: Map<String, Value>,
        within: Option<Duration>,
    ) -> Result<Value, Fault> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        self.desk.waiting().answers.insert(id, answer);
        let forget = Forget { desk: &self.desk, id };
        let line = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let asking = async {
            if self.write(&line).await.is_err() {
                // It has gone: the reader knows why.
                self.desk.end.notify_one();
            }
            if let Some(why) = self.desk.waiting().over.clone() {
                return Err(self.ended(method, &why));
            }
            match answered.await {
                Ok(Err(fault)) => Err(Fault { message: self.about(method, &fault), ..fault }),
                Ok(answer) => answer,
                Err(_) => {
                    let why = self.desk.waiting().over.clone();
                    Err(self.ended(method, why.as_deref().unwrap_or("it ended")))
                }
            }
        };
        let said = match within {
            Some(within) => timeout(within, asking).await.unwrap_or_else(|_| {
                self.desk.end.notify_one();
                let within = within.as_secs();
                let message = format!("{} did not answer {method} within {within} s", self.shown);
                Err(Fault::new(FaultKind::TimedOut, message).after_creating())
            }),
            None => asking.await,
        };
        drop(forget);
        said
    }

    /// Says something that has no answer.
    pub(super) async fn tell(&self, method: &str, params: Value) {
        let line = json!({"jsonrpc": "2.0", "method": method, "params": params});
        // Who does not hear it has ended, and what waits for an answer learns that.
        let _ = timeout(END_WITHIN, self.write(&line)).await;
    }

    /// Output of one execution comes here from now on, until the receiver is dropped.
    pub(super) fn listen(&self, execution: &str) -> mpsc::Receiver<OutputParams> {
        let (output, outputs) = mpsc::channel(16);
        self.desk.waiting().outputs.insert(execution.to_owned(), output);
        outputs
    }

    /// No more of it; whether anybody was still listening.
    pub(super) fn hush(&self, execution: &str) -> bool {
        self.desk.waiting().outputs.remove(execution).is_some()
    }

    /// Ends the plugin; the next question starts another one.
    pub(super) fn end(&self) {
        self.desk.end.notify_one();
    }

    /// An answer in the shape that the protocol gives it.
    pub(super) fn read<T: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        said: Value,
    ) -> Result<T, Fault> {
        serde_json::from_value(said).map_err(|_| {
            let message =
                format!("{} answered {method} in another shape than the protocol's", self.shown);
            Fault::new(FaultKind::Broken, message).after_creating()
        })
    }

    fn ended(&self, method: &str, why: &str) -> Fault {
        let message = format!("{} did not answer {method}: {why}", self.shown);
        Fault::new(FaultKind::Broken, message).after_creating()
    }

    fn about(&self, method: &str, fault: &Fault) -> String {
        format!("{} refused {method}: {}", self.shown, fault.message)
    }

    async fn write(&self, line: &Value) -> io::Result<()> {
        let text = format!("{line}\n");
        self.writer.lock().await.write_all(text.as_bytes()).await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.desk.end.notify_one();
    }
}

/// A question that nobody waits for any more takes no room.
struct Forget<'a> {
    desk: &'a Desk,
    id: u64,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.desk.waiting().answers.remove(&self.id);
    }
}

fn withheld() -> BTreeMap<String, Option<String>> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let is_withheld = |name: &String| WITHHELD.iter().any(|start| name.starts_with(start));
    names.filter(is_withheld).map(|name| (name, None)).collect()
}
