//! A server for a bench: this program again, in a process of its own.

use std::process::Stdio;

use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::bench::Error;

/// A running server; killed when it is let go.
pub(in crate::bench) struct Served {
    pub(in crate::bench) port: u16,
    pub(in crate::bench) process: u32,
    _child: Child,
}

impl Served {
    pub(in crate::bench) async fn start(database: &PgConnectOptions) -> Result<Self, Error> {
        let program = std::env::current_exe().map_err(Error::unexpected)?;
        let mut child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--requests-per-second", "0"])
            .env("DATABASE_URL", database.to_url_lossy().as_str())
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(Error::unexpected)?;
        let none = || Error::unexpected("the server did not start");
        let mut said = BufReader::new(child.stderr.take().ok_or_else(none)?).lines();
        let port = loop {
            let line = said.next_line().await.map_err(Error::unexpected)?.ok_or_else(none)?;
            if let Some((_, port)) = line.split_once("listening on http://127.0.0.1:") {
                break port.parse().map_err(Error::unexpected)?;
            }
        };
        // What it says later must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
        let process = child.id().ok_or_else(none)?;
        Ok(Self { port, process, _child: child })
    }
}
