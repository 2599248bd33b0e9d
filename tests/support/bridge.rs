//! A way to the database that can be cut for a while, so that a test sees what users see when their
//! server is gone: broken connections, then refused ones.

use std::net::SocketAddr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

/// A port that leads to a database, until it is cut.
pub(crate) struct Bridge {
    database: PgConnectOptions,
    address: SocketAddr,
    carrying: JoinHandle<()>,
}

impl Bridge {
    pub(crate) async fn to(database: &PgConnectOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let carrying = tokio::spawn(carry(listener, database.clone()));
        Self { database: database.clone(), address, carrying }
    }

    /// How the database is reached over it.
    pub(crate) fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.address.port())
            .username(self.database.get_username())
            .database(self.database.get_database().unwrap())
            .ssl_mode(PgSslMode::Disable)
    }

    /// Breaks every connection and refuses new ones.
    pub(crate) async fn cut(&mut self) {
        self.carrying.abort();
        let _ = (&mut self.carrying).await;
    }

    /// Lets connections in again.
    pub(crate) async fn mend(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.carrying = tokio::spawn(carry(listener, self.database.clone()));
    }
}

async fn carry(listener: TcpListener, database: PgConnectOptions) {
    // Dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    loop {
        let (near, _) = listener.accept().await.unwrap();
        let (socket, port) = (database.get_socket().cloned(), database.get_port());
        let host = database.get_host().to_owned();
        connections.spawn(async move {
            match socket {
                Some(path) => {
                    let path = path.join(format!(".s.PGSQL.{port}"));
                    join(near, UnixStream::connect(path).await.unwrap()).await;
                }
                None => join(near, TcpStream::connect((host, port)).await.unwrap()).await,
            }
        });
    }
}

async fn join(mut near: TcpStream, mut far: impl AsyncRead + AsyncWrite + Unpin) {
    let _ = copy_bidirectional(&mut near, &mut far).await;
}
