//! Where a plugin's answers are waited for, and the one task that hands them over.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::unix::pipe::Receiver;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::timeout;

use super::message::{Line, OutputParams};
use crate::run::driver::Fault;
use crate::run::guard::Guarded;

/// One line of a plugin's.
const LINE_BYTES_MAX: usize = 1 << 20;
/// How long one that is ended may take.
pub(super) const END_WITHIN: Duration = Duration::from_secs(5);

/// Where the reader hands things over.
#[derive(Debug, Default)]
pub(super) struct Desk {
    waiting: Mutex<Waiting>,
    /// Told to end the plugin.
    pub(super) end: Notify,
}

#[derive(Debug, Default)]
pub(super) struct Waiting {
    pub(super) answers: HashMap<u64, oneshot::Sender<Result<Value, Fault>>>,
    pub(super) outputs: HashMap<String, mpsc::Sender<OutputParams>>,
    /// Why there will be no more answers.
    pub(super) over: Option<String>,
}

impl Desk {
    pub(super) fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads all that a plugin says until it ends or is to be ended; then nobody waits for it any more.
pub(super) async fn read(mut guarded: Guarded, output: Receiver, desk: Arc<Desk>) {
    let mut reader = BufReader::with_capacity(64 << 10, output);
    let mut line = Vec::new();
    let why = loop {
        line.clear();
        let read = tokio::select! {
            read = read_line(&mut reader, &mut line) => read,
            () = desk.end.notified() => break "it was ended".to_owned(),
        };
        match read {
            Ok(true) => {}
            Ok(false) => break "it ended".to_owned(),
            Err(error) => break error.to_string(),
        }
        if let Err(why) = hand_over(&desk, &line).await {
            break why.to_owned();
        }
    };
    guarded.kill();
    let ended = timeout(END_WITHIN, guarded.wait()).await;
    let why = match ended {
        Ok(Ok(ended)) if why == "it ended" => format!("it ended with {}", ended.exit_code()),
        Ok(Err(fault)) if why == "it ended" => fault.message,
        _ => why,
    };
    let mut waiting = desk.waiting();
    waiting.over = Some(why);
    // Whoever waits finds the reason where it was just put.
    waiting.answers.clear();
    waiting.outputs.clear();
}

/// One line into the buffer; false at the end of all.
async fn read_line(reader: &mut BufReader<Receiver>, line: &mut Vec<u8>) -> io::Result<bool> {
    loop {
        let there = reader.fill_buf().await?;
        if there.is_empty() {
            return Ok(false);
        }
        let end = there.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(there.len(), |end| end + 1);
        line.extend_from_slice(&there[..taken]);
        reader.consume(taken);
        if line.len() > LINE_BYTES_MAX {
            let message = format!("it wrote a line of more than {LINE_BYTES_MAX} bytes");
            return Err(io::Error::other(message));
        }
        if end.is_some() {
            return Ok(true);
        }
    }
}

async fn hand_over(desk: &Desk, line: &[u8]) -> Result<(), &'static str> {
    let line: Line =
        serde_json::from_slice(line).map_err(|_| "it wrote a line that is no message")?;
    if line.jsonrpc != "2.0" {
        return Err("it wrote a line that is no message");
    }
    match (line.id, line.method.as_deref(), line.params) {
        (Some(id), None, _) => {
            let answer = match (line.result, line.error) {
                (_, Some(error)) => Err(error.fault()),
                (result, None) => Ok(result.unwrap_or(Value::Null)),
            };
            // An answer that comes too late is nobody's.
            if let Some(waiting) = desk.waiting().answers.remove(&id) {
                let _ = waiting.send(answer);
            }
        }
        (None, Some("output"), Some(output)) => {
            let to = desk.waiting().outputs.get(&output.execution_id).cloned();
            if let Some(to) = to {
                let _ = to.send(output).await;
            }
        }
        _ => return Err("it wrote a message that the protocol does not have"),
    }
    Ok(())
}
