//! A database for one test, on the product's own private PostgreSQL; `TEST_DATABASE_URL` names
//! another server. Each database is a copy of a migrated template, and goes when its test passes.

use std::str::FromStr;
use std::sync::{OnceLock, mpsc};
use std::thread;

use leasehold::database::prepare;
use leasehold::dispatch::{Dispatcher, Lanes, Settings};
use leasehold::pg::{self, Cluster, Mode};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use tokio::sync::OnceCell;
use uuid::Uuid;

static SERVER: OnceLock<PgConnectOptions> = OnceLock::new();
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// A database with the schema in it.
pub(crate) struct TestDatabase {
    pub(crate) options: PgConnectOptions,
    pub(crate) pool: PgPool,
    /// Its name, where it is this one's to drop.
    name: Option<String>,
}

impl TestDatabase {
    pub(crate) async fn new() -> Self {
        let template = TEMPLATE.get_or_init(make_template).await;
        let name = format!("test_{}", Uuid::now_v7().simple());
        // Copying files is the quick way on a server that does not sync.
        execute(&format!("create database {name} template {template} strategy file_copy")).await;
        Self::of(name)
    }

    /// A database without the schema.
    pub(crate) async fn bare() -> Self {
        let name = format!("test_{}", Uuid::now_v7().simple());
        execute(&format!("create database {name}")).await;
        Self::of(name)
    }

    fn of(name: String) -> Self {
        // Not the schema of the user's name: what is unqualified is not the ledger's.
        let options = server().clone().database(&name).options([("search_path", "public")]);
        Self { name: Some(name), ..Self::at(options) }
    }

    /// One that is there, on a server of the test's own.
    pub(crate) fn at(options: PgConnectOptions) -> Self {
        let pool = PgPoolOptions::new().max_connections(8).connect_lazy_with(options.clone());
        Self { options, pool, name: None }
    }

    pub(crate) fn dispatcher(&self) -> (Dispatcher, Lanes) {
        Dispatcher::start(&self.options, Settings::default())
    }

    /// How programs are told of it.
    pub(crate) fn url(&self) -> String {
        use sqlx::ConnectOptions;
        self.options.to_url_lossy().to_string()
    }

    /// Ends the test well: the database goes. One that failed stays, to be looked at.
    pub(crate) async fn drop(self) {
        self.pool.close().await;
        if let Some(name) = self.name {
            execute(&format!("drop database {name} with (force)")).await;
        }
    }
}

async fn execute(statement: &str) {
    let mut admin = PgConnection::connect_with(server()).await.unwrap();
    admin.execute(statement).await.unwrap();
    admin.close().await.unwrap();
}

async fn make_template() -> String {
    let name = format!("template_{}", Uuid::now_v7().simple());
    execute(&format!("create database {name}")).await;
    prepare(&server().clone().database(&name)).await.unwrap();
    name
}

/// The server of this run of the tests.
pub(crate) fn server() -> &'static PgConnectOptions {
    SERVER.get_or_init(|| match std::env::var("TEST_DATABASE_URL") {
        Ok(url) => PgConnectOptions::from_str(&url).unwrap(),
        Err(_) => private_server(),
    })
}

/// An ephemeral cluster that lives in a thread of its own, as long as this process: its supervisor
/// stops it when the process is gone, however that came.
fn private_server() -> PgConnectOptions {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let binary = env!("CARGO_BIN_EXE_leasehold").into();
            let mut settings = pg::Settings::new(Mode::Ephemeral, binary);
            settings.connections_max = 300;
            let cluster = Cluster::start(&settings).await.unwrap();
            tell.send(cluster.connect_options()).unwrap();
            std::future::pending::<()>().await;
            drop(cluster);
        });
    });
    told.recv().unwrap()
}
