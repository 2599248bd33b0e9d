//! Leased runs as a user has them: the real program, a ledger, a workspace and a state directory.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use leasehold::dispatch::{Dispatcher, Lanes};
use leasehold::run::MARK_VARIABLE;
use leasehold::sweep::{Settings, Sweeper};
use serde_json::{Value, json};
use sqlx::Row;
use uuid::Uuid;

use crate::support::database::TestDatabase;

const BINARY: &str = env!("CARGO_BIN_EXE_leasehold");

/// A company with a workspace on this machine.
pub(crate) struct Runs {
    pub(crate) database: TestDatabase,
    pub(crate) company: Uuid,
    pub(crate) root: PathBuf,
    /// How programs reach the database, if not straight.
    pub(crate) way: Option<String>,
}

/// A lease as far as runs are concerned.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub(crate) struct Seen {
    pub(crate) id: Uuid,
    pub(crate) status: String,
    pub(crate) phase: String,
    pub(crate) failure_reason: Option<String>,
    pub(crate) cleanup_state: String,
    pub(crate) metadata: Option<Value>,
    pub(crate) replaces_lease_id: Option<Uuid>,
    pub(crate) replaced_by_lease_id: Option<Uuid>,
}

impl Runs {
    pub(crate) async fn new() -> Self {
        Self::on(TestDatabase::new().await)
    }

    /// A company of a ledger.
    pub(crate) fn on(database: TestDatabase) -> Self {
        let root = std::env::temp_dir().join(format!("leasehold-runs-{}", Uuid::now_v7()));
        std::fs::create_dir_all(root.join("work")).unwrap();
        Self { database, company: Uuid::now_v7(), root, way: None }
    }

    /// The program with a subcommand, on this ledger.
    pub(crate) fn program(&self, subcommand: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        let url = self.way.clone().unwrap_or_else(|| self.database.url());
        command.args(subcommand).args(["--database-url", &url]);
        command.args(["--company", &self.company.to_string()]);
        command.env("LEASEHOLD_STATE_DIR", self.root.join("state")).current_dir(&self.root);
        command.env_remove("DATABASE_URL").stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// `leasehold exec … -- sh -c SCRIPT`, with its workspace.
    pub(crate) fn exec(&self, options: &[&str], script: &str) -> Command {
        let mut command = self.program(&["exec"]);
        let work = self.root.join("work");
        command.arg("--workspace").arg(work).args(options).args(["--", "sh", "-c", script]);
        command
    }

    /// Runs it to its end.
    pub(crate) async fn run(&self, options: &[&str], script: &str) -> Output {
        output(self.exec(options, script)).await
    }

    /// An environment, made with what it is to have.
    pub(crate) async fn environment(&self, name: &str, options: &[&str]) -> Uuid {
        let mut command = self.program(&["env", "create", name, "-o", "json"]);
        command.args(options);
        let made = output(command).await;
        assert!(made.status.success(), "{}", told(&made));
        let shown: Value = serde_json::from_slice(&made.stdout).unwrap();
        shown["id"].as_str().unwrap().parse().unwrap()
    }

    /// Every lease, oldest first.
    pub(crate) async fn leases(&self) -> Vec<Seen> {
        sqlx::query_as(
            "select id, status, phase, failure_reason, cleanup_state, metadata,
                    replaces_lease_id, replaced_by_lease_id
             from leasehold.environment_leases order by created_at, id",
        )
        .fetch_all(&self.database.pool)
        .await
        .unwrap()
    }

    /// The names of the log's events, in order.
    pub(crate) async fn events(&self) -> Vec<String> {
        let rows = sqlx::query("select event_type from leasehold.events order by position");
        let rows = rows.fetch_all(&self.database.pool).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// The details of the activity of one kind, in order.
    pub(crate) async fn activity(&self, action: &str) -> Vec<Value> {
        let rows = sqlx::query(
            "select details from leasehold.activity_log where action = $1 order by position",
        );
        let rows = rows.bind(action).fetch_all(&self.database.pool).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Sweeps until a lease is in a phase.
    pub(crate) async fn swept_until(&self, phase: &str) -> Vec<Seen> {
        let (dispatcher, _lanes): (Dispatcher, Lanes) = self.database.dispatcher();
        let settings = Settings::default();
        let mut sweeper = Sweeper::new(dispatcher, &self.database.options, settings);
        for _ in 0..600 {
            let leases = self.leases().await;
            if leases.iter().any(|lease| lease.phase == phase) {
                return leases;
            }
            sweeper.run_once().await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {phase}: {:?}", self.leases().await);
    }

    /// The processes of runs of this company, wherever they are.
    pub(crate) fn processes(&self) -> Vec<String> {
        self.marked().into_iter().map(|(path, _)| path.display().to_string()).collect()
    }

    /// The same, each with the mark that it carries.
    pub(crate) fn marked(&self) -> Vec<(PathBuf, String)> {
        let wanted = format!("{MARK_VARIABLE}={}/", self.company);
        let mark = |path: &Path| {
            let environ = std::fs::read(path.join("environ")).unwrap_or_default();
            let mut variables = environ.split(|byte| *byte == 0);
            let found = variables.find(|one| one.starts_with(wanted.as_bytes()))?;
            Some(String::from_utf8_lossy(found).into_owned())
        };
        let entries = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
        entries.filter_map(|path| mark(&path).map(|mark| (path, mark))).collect()
    }

    /// Waits until no process of a run is left.
    pub(crate) async fn until_nothing_runs(&self) {
        for _ in 0..4_000 {
            if self.processes().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("still there: {:?}", self.processes());
    }

    /// What is left of leases in the state directory.
    pub(crate) fn left(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.root.join("state/leases")).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// What waits in the journal.
    pub(crate) fn journal(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.root.join("state/journal")).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    pub(crate) async fn drop(self) {
        assert_eq!(self.processes(), Vec::<String>::new());
        std::fs::remove_dir_all(&self.root).unwrap();
        self.database.drop().await;
    }
}

/// Runs a program to its end, and the runtime on meanwhile.
pub(crate) async fn output(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// What a program said, for messages.
pub(crate) fn told(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!(
        "{} {}",
        json!({"code": output.status.code(), "out": String::from_utf8_lossy(out)}),
        String::from_utf8_lossy(err)
    )
}
