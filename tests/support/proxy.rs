//! A way to the database that can be cut at the worst moment.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};

/// When the connection is cut that sends what the proxy was told to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The server never gets it.
    Before,
    /// The server has all of it, and has not answered.
    Between,
    /// The server has answered, and nobody heard it.
    After,
}

#[derive(Debug, Default)]
struct Orders {
    armed: Mutex<Option<(Cut, Vec<u8>)>>,
    cuts: AtomicUsize,
}

/// Listens in front of a server on a Unix socket.
#[derive(Debug)]
pub(crate) struct Proxy {
    pub(crate) options: PgConnectOptions,
    orders: Arc<Orders>,
}

/// What ends a message of the extended protocol: Sync.
const SYNC: &[u8] = b"S\0\0\0\x04";

impl Proxy {
    /// None when the server has no Unix socket.
    pub(crate) async fn before(server: &PgConnectOptions) -> Option<Self> {
        let directory = server.get_socket()?;
        let socket = directory.join(format!(".s.PGSQL.{}", server.get_port()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let options = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(listener.local_addr().unwrap().port())
            .ssl_mode(PgSslMode::Disable)
            .username(server.get_username())
            .database(server.get_database().unwrap());
        let orders = Arc::new(Orders::default());
        tokio::spawn(listen(listener, socket, Arc::clone(&orders)));
        Some(Self { options, orders })
    }

    /// Cuts the next connection that sends these bytes, once.
    pub(crate) fn arm(&self, cut: Cut, at: &str) {
        *self.orders.armed.lock().unwrap() = Some((cut, at.as_bytes().to_vec()));
    }

    /// How often it was cut.
    pub(crate) fn cuts(&self) -> usize {
        self.orders.cuts.load(Ordering::SeqCst)
    }
}

impl Orders {
    /// Whether this is what was looked for; then it is not looked for any more.
    fn strike(&self, sent: &[u8]) -> Option<Cut> {
        let mut armed = self.armed.lock().unwrap();
        let (cut, bytes) = armed.as_ref()?;
        let cut = sent.windows(bytes.len()).any(|part| part == bytes).then_some(*cut)?;
        *armed = None;
        self.cuts.fetch_add(1, Ordering::SeqCst);
        Some(cut)
    }
}

async fn listen(listener: TcpListener, socket: PathBuf, orders: Arc<Orders>) {
    while let Ok((client, _)) = listener.accept().await {
        let Ok(server) = UnixStream::connect(&socket).await else { continue };
        let orders = Arc::clone(&orders);
        tokio::spawn(async move {
            let _ = carry(client, server, &orders).await;
        });
    }
}

/// Carries bytes both ways until one side ends, or the connection is cut.
async fn carry(
    mut client: TcpStream,
    mut server: UnixStream,
    orders: &Orders,
) -> std::io::Result<()> {
    let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let mut length = read?;
                let cut = orders.strike(&asked[..length]);
                if length == 0 || cut == Some(Cut::Before) {
                    return Ok(());
                }
                server.write_all(&asked[..length]).await?;
                if let Some(cut) = cut {
                    while !asked[..length].ends_with(SYNC) {
                        length = client.read(&mut asked).await?;
                        server.write_all(&asked[..length]).await?;
                    }
                    if cut == Cut::After {
                        server.readable().await?;
                    }
                    return Ok(());
                }
            }
            read = server.read(&mut answered) => {
                let length = read?;
                if length == 0 {
                    return Ok(());
                }
                client.write_all(&answered[..length]).await?;
            }
        }
    }
}
