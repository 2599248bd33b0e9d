//! The workspace over the connection: packed here and unpacked there by tar, and the other way.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
use tokio::task::spawn_blocking;

use super::connection::{Connection, cannot_start};
use super::quote::quoted;
use crate::run::driver::{Fault, FaultKind};
use crate::run::drivers::workspace::{Bounds, Manifest, SyncFault, Unpacked, pack, prune, unpack};

/// How much of what tar has to say is kept.
const SAID_BYTES_MAX: u64 = 4096;

/// Sends the directory `root` into `work`, which is empty.
pub(super) async fn send(
    connection: &Connection,
    root: PathBuf,
    work: &str,
) -> Result<Manifest, Fault> {
    let mut client = connection.client(&format!("exec tar -xof - -C {}", quoted(work)), "ERROR");
    client.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = start(&mut client)?;
    let stdin = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe);
    let stdin = stdin.map_err(io::Error::from).and_then(tokio::process::ChildStdin::into_owned_fd);
    let stdin = File::from(stdin.map_err(|error| Fault::system("the stream", error))?);
    let packing = spawn_blocking(move || {
        let mut buffered = io::BufWriter::with_capacity(256 << 10, stdin);
        let packed = pack(&root, &mut buffered, &Bounds::default())?;
        buffered.flush().map_err(|source| SyncFault::Stream { source })?;
        Ok(packed)
    });
    let (ended, packed) = tokio::join!(end(child, connection), joined(packing));
    // Who ended early says more than the pipe that broke by it.
    match (ended, packed) {
        (Ok(()), packed) => packed.map_err(fault),
        (Err(_), Err(own)) if !matches!(own, SyncFault::Stream { .. }) => Err(fault(own)),
        (Err(fault), _) => Err(fault),
    }
}

/// Brings `work` back into the directory `root`, from which `sent` had gone.
pub(super) async fn fetch(
    connection: &Connection,
    work: &str,
    root: PathBuf,
    sent: Manifest,
) -> Result<Unpacked, Fault> {
    let mut client = connection.client(&format!("exec tar -cf - -C {} .", quoted(work)), "ERROR");
    client.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = start(&mut client)?;
    let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe);
    let stdout =
        stdout.map_err(io::Error::from).and_then(tokio::process::ChildStdout::into_owned_fd);
    let stdout = File::from(stdout.map_err(|error| Fault::system("the stream", error))?);
    let (into, was_sent) = (root.clone(), sent.clone());
    let unpacking = spawn_blocking(move || {
        let mut buffered = io::BufReader::with_capacity(256 << 10, stdout);
        let unpacked = unpack(&mut buffered, &into, &was_sent, &Bounds::default())?;
        // To its end: tar would take a pipe that is closed on its padding for a failure.
        io::copy(&mut buffered, &mut io::sink()).map_err(|source| SyncFault::Stream { source })?;
        Ok(unpacked)
    });
    let (ended, unpacked) = tokio::join!(end(child, connection), joined(unpacking));
    let unpacked = match (ended, unpacked) {
        (Ok(()), unpacked) => unpacked.map_err(fault)?,
        (Err(_), Err(own)) if !matches!(own, SyncFault::Stream { .. }) => return Err(fault(own)),
        (Err(fault), _) => return Err(fault),
    };
    let seen = unpacked.seen.clone();
    joined(spawn_blocking(move || prune(&root, &sent, &seen))).await.map_err(fault)?;
    Ok(unpacked)
}

fn start(client: &mut Command) -> Result<Child, Fault> {
    client.spawn().map_err(|error| cannot_start(&error))
}

async fn end(mut child: Child, connection: &Connection) -> Result<(), Fault> {
    let mut stderr = Vec::new();
    if let Some(mut stream) = child.stderr.take() {
        let _ = (&mut stream).take(SAID_BYTES_MAX).read_to_end(&mut stderr).await;
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    }
    let status = child.wait().await.map_err(|error| Fault::system("ssh", error))?;
    connection.check(&std::process::Output { status, stdout: Vec::new(), stderr })
}

async fn joined<T>(task: tokio::task::JoinHandle<Result<T, SyncFault>>) -> Result<T, SyncFault> {
    let done = task.await;
    done.unwrap_or_else(|error| Err(SyncFault::Stream { source: io::Error::other(error) }))
}

/// Of the workspace here, or of the stream.
pub(super) fn fault(fault: SyncFault) -> Fault {
    let kind = match fault {
        SyncFault::Unreadable { .. }
        | SyncFault::Unwritable { .. }
        | SyncFault::Full { .. }
        | SyncFault::Changed { .. } => FaultKind::System,
        SyncFault::TooLarge { .. } | SyncFault::TooMany { .. } => FaultKind::BadConfig,
        SyncFault::Outside { .. } | SyncFault::Stream { .. } => FaultKind::Broken,
    };
    let message = fault.to_string();
    Fault { source: Some(Box::new(fault)), ..Fault::new(kind, message) }
}
