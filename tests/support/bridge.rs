//! A way to the database that can be cut for a while, so that a test sees what users see when their
//! server is gone: broken connections, then refused ones.

use std::io;
use std::net::SocketAddr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

/// A port that leads to a database, until it is cut.
pub(crate) struct Bridge {
    database: PgConnectOptions,
    address: SocketAddr,
    /// Bound and not listening: while the way is cut nobody else gets the port, and who asks there is
    /// refused.
    _reserved: TcpSocket,
    carrying: JoinHandle<()>,
}

impl Bridge {
    pub(crate) fn to(database: &PgConnectOptions) -> Self {
        let reserved = bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = reserved.local_addr().unwrap();
        let carrying = tokio::spawn(carry(listen(address), database.clone()));
        Self { database: database.clone(), address, _reserved: reserved, carrying }
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
    pub(crate) fn mend(&mut self) {
        self.carrying = tokio::spawn(carry(listen(self.address), self.database.clone()));
    }
}

/// A socket that shares its port with others of the same kind.
fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn listen(address: SocketAddr) -> TcpListener {
    bind(address).and_then(|socket| socket.listen(128)).unwrap()
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
