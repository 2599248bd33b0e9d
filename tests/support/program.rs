//! The real program, serving, as a user starts it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

const BINARY: &str = env!("CARGO_BIN_EXE_leasehold");

/// A running `leasehold serve`; killed by -9 when it goes out of scope.
pub(crate) struct Program {
    child: Child,
    /// Where it listens, as a URL.
    pub(crate) address: String,
}

impl Program {
    /// Starts it on a database and waits until it listens.
    pub(crate) fn serve(database_url: &str) -> Self {
        Self::start(&["--database-url", database_url])
    }

    /// Starts `leasehold serve` with more arguments and waits until it listens.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(BINARY)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        let address = loop {
            let Some(Ok(line)) = lines.next() else { panic!("serve ended: {said:?}") };
            if let Some((_, address)) = line.split_once("listening on ") {
                break address.to_owned();
            }
            said.push(line);
        };
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// kill -9, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
