//! Two servers behind a plain TCP balancer, one of them killed again and again. Callers that repeat
//! under the same key notice nothing, nothing is done twice, and the feed leaves nothing out.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use futures::future::join_all;
use leasehold::verify::read_again;
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::listener::Listener;
use crate::support::program::Program;

const CLIENTS: usize = 8;

/// Where the servers listen at the moment.
type Servers = Arc<RwLock<Vec<SocketAddr>>>;

fn is_long() -> bool {
    std::env::var_os("LEASEHOLD_LONG").is_some()
}

fn address(program: &Program) -> SocketAddr {
    program.address.strip_prefix("http://").unwrap().parse().unwrap()
}

/// Hands each connection to the next server that takes it, and looks into none.
async fn balance(listener: TcpListener, servers: Servers) {
    for turn in 0_usize.. {
        let (mut near, _) = listener.accept().await.unwrap();
        let servers = servers.read().unwrap().clone();
        tokio::spawn(async move {
            for number in 0..servers.len() {
                let server = servers[(turn + number) % servers.len()];
                if let Ok(mut far) = TcpStream::connect(server).await {
                    let _ = copy_bidirectional(&mut near, &mut far).await;
                    return;
                }
            }
        });
    }
}

/// A client as the contract wants it.
struct Caller {
    http: Client,
    url: String,
    is_over: AtomicBool,
    repeats: AtomicUsize,
}

impl Caller {
    /// Posts a command until it is answered, always under the same key. Whatever is not to be
    /// repeated ends the test.
    async fn post(&self, path: &str, key: &str, body: &Value) -> Value {
        loop {
            let request = self.http.post(format!("{}/v1{path}", self.url));
            if let Ok(answer) = request.header("idempotency-key", key).json(body).send().await {
                let status = answer.status();
                match answer.json::<Value>().await {
                    Ok(answer) if status.is_success() => return answer,
                    Ok(problem) => assert_eq!(problem["retry"], "same_key", "{status}: {problem}"),
                    // The answer broke off.
                    Err(_) => {}
                }
            }
            self.repeats.fetch_add(1, Ordering::SeqCst);
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Acquires and releases until it is over: the keys that were answered.
    async fn work(&self, company: Uuid, environment: &str) -> HashSet<String> {
        let mut keys = HashSet::new();
        while !self.is_over.load(Ordering::SeqCst) {
            let leases = format!("/companies/{company}/leases");
            let (acquire, release) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
            let body = json!({"environmentId": environment, "heartbeatRunId": Uuid::now_v7()});
            let held = self.post(&leases, &acquire, &body).await;
            let path = format!("{leases}/{}/release", held["id"].as_str().unwrap());
            let ended = self.post(&path, &release, &json!({})).await;
            assert_eq!((&ended["id"], &ended["status"]), (&held["id"], &json!("released")));
            keys.extend([acquire, release]);
        }
        keys
    }

    /// Listens from the beginning, coming back with the last id, until it is over and all is heard.
    async fn listen(&self, company: Uuid, last: &AtomicUsize) -> (Vec<u64>, usize) {
        let url = format!("{}/v1/companies/{company}/events/stream", self.url);
        let (mut heard, mut id, mut times) = (Vec::new(), None::<String>, 0);
        loop {
            let request = self.http.get(&url);
            let request = match &id {
                Some(id) => request.header("last-event-id", id),
                None => request,
            };
            let Some(mut stream) = Listener::try_open(request).await else { continue };
            times += 1;
            while let Some(said) = stream.next().await {
                let Some(position) = said.data.as_ref().and_then(|data| data["position"].as_u64())
                else {
                    break;
                };
                heard.push(position);
                if position == last.load(Ordering::SeqCst) as u64 {
                    return (heard, times);
                }
            }
            id = stream.last_id.or(id);
        }
    }
}

/// Kills one of two servers, leaves the other alone for a while, and starts a new one.
async fn kill_in_turn(
    mut programs: Vec<Program>,
    servers: &Servers,
    url: &str,
    times: usize,
) -> Vec<Program> {
    let pause = Duration::from_millis(if is_long() { 2_000 } else { 300 });
    for turn in 0..times {
        sleep(pause).await;
        let killed = &mut programs[turn % 2];
        killed.kill();
        sleep(pause / 2).await;
        *killed = Program::serve(url);
        servers.write().unwrap()[turn % 2] = address(killed);
    }
    programs
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_behind_a_balancer_is_not_noticed() {
    let times = if is_long() { 60 } else { 6 };
    let database = TestDatabase::new().await;
    let url = database.url();
    let programs = vec![Program::serve(&url), Program::serve(&url)];
    let servers: Servers = Arc::new(RwLock::new(programs.iter().map(address).collect()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let front = format!("http://{}", listener.local_addr().unwrap());
    let balancing = tokio::spawn(balance(listener, Arc::clone(&servers)));
    let (is_over, repeats) = (AtomicBool::new(false), AtomicUsize::new(0));
    let caller = Caller { http: Client::new(), url: front, is_over, repeats };
    let company = Uuid::now_v7();
    let places = format!("/companies/{company}/environments");
    let made = caller.post(&places, "make", &json!({"name": "box", "driver": "ssh"})).await;
    let environment = made["id"].as_str().unwrap();
    let last = AtomicUsize::new(usize::MAX);
    let writing = async {
        let clients = (0..CLIENTS).map(|_| caller.work(company, environment));
        let (keys, programs) = tokio::join!(join_all(clients), async {
            let programs = kill_in_turn(programs, &servers, &url, times).await;
            caller.is_over.store(true, Ordering::SeqCst);
            programs
        });
        let keys: HashSet<String> = keys.into_iter().flatten().collect();
        // One more event, which ends the listening.
        last.store(keys.len() + 2, Ordering::SeqCst);
        caller.post(&places, "last", &json!({"name": "last", "driver": "ssh"})).await;
        (keys, programs)
    };
    let ((keys, programs), (heard, times_heard)) =
        tokio::join!(writing, caller.listen(company, &last));
    let repeats = caller.repeats.load(Ordering::SeqCst);
    println!("{times} kills, {} commands, {repeats} repeats, {times_heard} streams", keys.len());
    assert!(repeats > 0, "no kill was noticed by any client");
    assert!(times_heard > 1, "the feed was never cut");
    assert_eq!(heard, (1..=keys.len() as u64 + 2).collect::<Vec<_>>(), "the feed");
    is_done_once(&database.pool, &keys).await;
    balancing.abort();
    drop(programs);
    database.drop().await;
}

/// What was answered stands in the log, each command once, and nothing else does.
async fn is_done_once(pool: &PgPool, keys: &HashSet<String>) {
    let stored = "select metadata ->> 'key' from leasehold.events where aggregate_type = 'lease'";
    let stored: Vec<String> = sqlx::query_scalar(stored).fetch_all(pool).await.unwrap();
    assert_eq!(stored.len(), keys.len(), "something was done twice, or nobody was told of it");
    assert_eq!(&stored.into_iter().collect::<HashSet<_>>(), keys);
    assert_eq!(read_again(pool).await.unwrap().differing, 0);
}
