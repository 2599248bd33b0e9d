//! Runs on every kind of environment, while kill -9 hits whatever takes part: `exec` and its guards,
//! janitors, the server, PostgreSQL and sshd. Nothing is left of them at the end.
//!
//! `LEASEHOLD_RUNS` says how many, `LEASEHOLD_LONG` makes it five hundred. A long one waits until
//! the last lease has ended; a short one is content when what is open has its deadline in the ledger.

mod order;
mod victims;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures::future::join_all;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use tokio::time::sleep;
use uuid::Uuid;

use super::histories::verify;
use crate::support::database::TestDatabase;
use crate::support::everywhere::{EVERYWHERE, Everywhere};
use crate::support::runs::Runs;
use order::{ends, kill_what_is_due, put_in_order};
use victims::Victims;

const AT_ONCE: usize = 5;

/// A number below a bound; no two runs of the test are alike.
fn below(bound: u16) -> u16 {
    let [.., high, low] = *Uuid::now_v7().as_bytes();
    u16::from_be_bytes([high, low]) % bound
}

async fn pause(millis: u16) {
    sleep(Duration::from_millis(below(millis).into())).await;
}

/// How many runs there are, and whether the last lease's end is waited for.
fn extent() -> (u32, bool) {
    let asked = std::env::var("LEASEHOLD_RUNS").ok().and_then(|count| count.parse().ok());
    let long = std::env::var_os("LEASEHOLD_LONG").map(|_| 500);
    asked.or(long).map_or((20, false), |count| (count, true))
}

/// What was killed.
#[derive(Debug, Default)]
struct Killed {
    execs: u32,
    guards: u32,
    janitors: u32,
    servers: u32,
    postgres: u32,
    daemons: u32,
}

impl Killed {
    fn add(&mut self, other: &Self) {
        self.execs += other.execs;
        self.guards += other.guards;
        self.janitors += other.janitors;
        self.servers += other.servers;
        self.postgres += other.postgres;
        self.daemons += other.daemons;
    }
}

/// kill -9, and waits until it is gone.
fn kill_it(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Kills the guard of some run, if there is one at this moment.
fn kill_a_guard(runs: &Runs) -> bool {
    let is_guard = |path: &&String| {
        let line = std::fs::read(format!("{path}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains("__guard")
    };
    let processes = runs.processes();
    let Some(path) = processes.iter().find(is_guard) else { return false };
    let pid = path.rsplit('/').next().unwrap().parse().unwrap();
    kill(Pid::from_raw(pid), Signal::SIGKILL).is_ok()
}

/// `leasehold` with nobody who listens.
fn quiet(mut command: Command) -> Command {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A run whose command leaves a process behind; what was killed of it.
async fn one_run(all: &Everywhere, number: u32) -> Killed {
    let name = EVERYWHERE[number as usize % EVERYWHERE.len()];
    let script = "setsid sleep 600 & sleep 0.2; echo done";
    let command = all.exec(name, &format!("work-{number}"), &["--ttl", "3"], script);
    let mut child = quiet(command).spawn().unwrap();
    pause(900).await;
    let mut killed = Killed::default();
    match below(3) {
        0 => {
            tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
            return killed;
        }
        1 => killed.guards = u32::from(kill_a_guard(&all.runs)),
        _ => {}
    }
    kill_it(&mut child);
    killed.execs = 1;
    killed
}

/// A heartbeat that asks the server for a lease and is gone.
async fn beat(all: &Everywhere, place: Uuid, address: String) {
    let mut body = json!({
        "environmentId": place, "heartbeatRunId": Uuid::now_v7(), "provider": "bubblewrap",
        "ttlSeconds": 2,
    });
    let mut url = format!("{address}/v1/companies/{}/leases", all.runs.company);
    if below(2) == 0 {
        url.push_str("/reserve");
        body["deadlineSeconds"] = json!(2);
    }
    let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
    pause(900).await;
    // A server that is killed meanwhile has granted it or not: either is to be in order.
    let _ = http.post(url).json(&body).send().await;
}

async fn sandboxes(all: &Everywhere) -> Uuid {
    let named = sqlx::query_scalar("select id from leasehold.environments where name = 'sandbox'");
    named.fetch_one(&all.runs.database.pool).await.unwrap()
}

fn a_janitor(all: &Everywhere) -> Child {
    quiet(all.program(&["janitor", "--every", "1", "--reconcile-every", "5"])).spawn().unwrap()
}

#[tokio::test]
async fn of_runs_that_are_killed_everywhere_nothing_is_left() {
    let (count, is_long) = extent();
    let mut victims = Victims::start().await;
    let all = Everywhere::of(Runs::on(TestDatabase::at(victims.options()))).await;
    let place = sandboxes(&all).await;
    let (mut killed, mut janitor) = (Killed::default(), a_janitor(&all));
    for (batch, first) in (0..count).step_by(AT_ONCE).enumerate() {
        let numbers = (first..count).take(AT_ONCE);
        let runs = join_all(numbers.map(|number| one_run(&all, number)));
        let beats = join_all([(); 2].map(|()| beat(&all, place, victims.address())));
        let (runs, _, other) = tokio::join!(runs, beats, victims.kill_one(batch, &all.host));
        runs.into_iter().chain([other]).for_each(|one| killed.add(&one));
        kill_it(&mut janitor);
        killed.janitors += 1;
        janitor = a_janitor(&all);
    }
    kill_it(&mut janitor);
    println!("{count} runs, kill -9 of {killed:?}");
    let rounds = put_in_order(&all, is_long).await;
    let (leases, ends) = (all.runs.leases().await, ends(&all).await);
    let open = leases.iter().filter(|lease| lease.phase != "ended").count();
    println!(
        "in order after {rounds} rounds: {} leases, {open} reserved yet, ended by {ends:?}; \
         {} processes, {} directories and sandboxes, {} mounts left",
        leases.len(),
        all.runs.marked().len(),
        all.left().len(),
        all.mounts().len(),
    );
    verify(victims.url());
    kill_what_is_due(&all);
    let Everywhere { runs, host } = all;
    drop(host);
    runs.until_nothing_runs().await;
    runs.drop().await;
    victims.end().await;
}
