//! A command's streams, handed on to a client. Not handed down: the connection's process would set
//! them to non-blocking for everybody who shares them, and a terminal would stop a client that
//! reads from it in the background.

use std::fs::File;
use std::io::{self, IsTerminal, PipeReader, PipeWriter, Read, Write};
use std::thread;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::run::driver::{Fault, Streams};

/// How long output that has arrived may take to be taken, once there is no more of it.
const DRAIN_FOR: Duration = Duration::from_secs(10);

/// The same streams, with a pipe in place of a terminal to read from.
pub(super) fn without_terminal(streams: Streams) -> io::Result<Streams> {
    if !streams.stdin.is_terminal() {
        return Ok(streams);
    }
    let (input, to_input) = io::pipe()?;
    feed(streams.stdin.into(), to_input)?;
    Ok(Streams { stdin: input.into(), ..streams })
}

/// Three streams on their way.
pub(super) struct Relay {
    outputs: [oneshot::Receiver<()>; 2],
}

impl Relay {
    /// Puts pipes into the command and begins to copy.
    pub(super) fn between(streams: Streams, command: &mut Command) -> Result<Self, Fault> {
        let failed = |error| Fault::system("a command's streams", error);
        let ((input, to_input), (stdout, to_stdout), (stderr, to_stderr)) =
            (io::pipe().map_err(failed)?, io::pipe().map_err(failed)?, io::pipe().map_err(failed)?);
        command.stdin(input).stdout(to_stdout).stderr(to_stderr);
        feed(streams.stdin.into(), to_input).map_err(failed)?;
        let stdout = carry(stdout, streams.stdout.into()).map_err(failed)?;
        let stderr = carry(stderr, streams.stderr.into()).map_err(failed)?;
        Ok(Self { outputs: [stdout, stderr] })
    }

    /// When all that was said has been handed on.
    pub(super) async fn drained(self) {
        for output in self.outputs {
            let _ = timeout(DRAIN_FOR, output).await;
        }
    }
}

/// A thread of its own, which nobody waits for: a read from a terminal may never return.
fn feed(mut from: File, mut to: PipeWriter) -> io::Result<()> {
    let copy = move || {
        // A command that does not read ends this by closing its end.
        let _ = pass(&mut from, &mut to);
    };
    thread::Builder::new().name("feed".to_owned()).spawn(copy).map(drop)
}

fn carry(mut from: PipeReader, mut to: File) -> io::Result<oneshot::Receiver<()>> {
    let (done, is_done) = oneshot::channel();
    let copy = move || {
        if pass(&mut from, &mut to).is_err() {
            // Nobody reads it any more, and the command may go on.
            let _ = io::copy(&mut from, &mut io::sink());
        }
        let _ = done.send(());
    };
    thread::Builder::new().name("carry".to_owned()).spawn(copy)?;
    Ok(is_done)
}

/// As soon as something is there, it goes on.
fn pass(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; 32 << 10];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => to.write_all(&buffer[..read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
