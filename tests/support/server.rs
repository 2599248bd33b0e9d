//! A server for one test: its own database, its own port, and a client that says what it got.

use std::time::Duration;

use leasehold::http::{Door, Rules, serve};
use leasehold::ledger::{Ledger, Options};
use leasehold::sweep::{Progress, Settings, Sweeper};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::support::bridge::Bridge;
use crate::support::database::TestDatabase;
use crate::support::document::{self, Seen};

/// A server with one company in mind.
pub(crate) struct Server {
    pub(crate) database: TestDatabase,
    pub(crate) url: String,
    pub(crate) company: Uuid,
    client: Client,
    ledger: Ledger,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let (client, request) = request.build_split();
        let request = request.unwrap();
        let (method, path) = (request.method().to_string(), request.url().path().to_owned());
        let response = client.execute(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        };
        let answer = Self { status, headers, body };
        if method != "HEAD" {
            let media_type = answer.header("content-type").unwrap_or_default();
            let (method, path, body) = (&*method, &*path, &answer.body);
            document::check(&Seen { method, path, status, media_type, body });
        }
        answer
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body of an answer that has to have this status.
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The body of a problem, which has to be one in every respect.
    pub(crate) fn problem(self, code: &str) -> Value {
        assert_eq!(self.body["code"], code, "{}", self.body);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(self.body["status"], self.status);
        assert_eq!(self.body["type"], format!("urn:leasehold:problem:{code}"));
        assert!(self.body["title"].is_string() && self.body["detail"].is_string());
        assert!(matches!(self.body["retry"].as_str(), Some("no" | "same_key" | "new_key")));
        let key = self.body.get("key").expect("a problem has a key, if only null");
        assert_eq!(key.as_str(), self.header("leasehold-key"));
        self.body
    }

    /// The only fault of an invalid request.
    pub(crate) fn invalid(self, field: &str, message: &str) {
        let status = self.status;
        let body = self.problem("invalid_request");
        assert_eq!(status, 400);
        assert_eq!(body["errors"][0]["field"], field, "{body}");
        let said = body["errors"][0]["message"].as_str().unwrap();
        assert!(said.contains(message), "{said}");
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(Rules::default()).await
    }

    /// A server that keeps its door in a way of its own.
    pub(crate) async fn start_with(rules: Rules) -> Self {
        let database = TestDatabase::new().await;
        let options = database.options.clone();
        Self::start_on(database, &options, rules).await
    }

    /// A server that reaches its database by a way that can be cut.
    pub(crate) async fn start_beyond_a_bridge() -> (Self, Bridge) {
        let database = TestDatabase::new().await;
        let bridge = Bridge::to(&database.options);
        (Self::start_on(database, &bridge.options(), Rules::default()).await, bridge)
    }

    async fn start_on(database: TestDatabase, options: &PgConnectOptions, rules: Rules) -> Self {
        let ledger = Ledger::open(options, Options::default()).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let door = Door::new(&ledger, rules);
        let serving = tokio::spawn(serve(listener, door, async {
            let _ = stopped.await;
        }));
        let client = Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        Self { database, url, company: Uuid::now_v7(), client, ledger, stop, serving }
    }

    /// Stops as users do, and lets the database go.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        self.serving.await.unwrap();
        self.ledger.close().await;
        self.database.drop().await;
    }

    /// How many companies somebody waits for.
    pub(crate) fn watched_companies(&self) -> usize {
        self.ledger.dispatcher.wake().watched_companies()
    }

    /// Ends what has fallen due by now, as the sweeper of a server does.
    pub(crate) async fn sweep(&self) -> Progress {
        let (dispatcher, settings) = (self.ledger.dispatcher.clone(), Settings::default());
        let mut sweeper = Sweeper::new(dispatcher, &self.database.options, settings);
        let mut connection = self.database.pool.acquire().await.unwrap();
        // Whoever swept before has given its term back.
        sqlx::query("update leasehold.sweepers set until = now() - interval '1 second'")
            .execute(&mut *connection)
            .await
            .unwrap();
        sweeper.run_once().await.unwrap()
    }

    /// Asks until the answer is as it should be, and sweeps meanwhile.
    pub(crate) async fn swept_until(&self, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..2_000 {
            self.sweep().await;
            let body = self.get(path).await.expect(200);
            if is_so(&body) {
                return body;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("never: {}", self.get(path).await.body);
    }

    /// A path under the company, or, when it begins with a slash, as it is.
    pub(crate) fn path(&self, path: &str) -> String {
        if path.starts_with('/') {
            return format!("{}{path}", self.url);
        }
        format!("{}/v1/companies/{}/{path}", self.url, self.company)
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), self.path(path))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request("GET", path)).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(method, path).json(body)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body).await
    }

    pub(crate) async fn keyed(&self, key: &str, path: &str, body: &Value) -> Answer {
        Answer::of(self.request("POST", path).header("Idempotency-Key", key).json(body)).await
    }

    /// An environment, made with what else it is to have.
    pub(crate) async fn environment(&self, name: &str, mut with: Value) -> String {
        with["name"] = name.into();
        if with.get("driver").is_none() {
            with["driver"] = "ssh".into();
        }
        id(&self.post("environments", &with).await.expect(201))
    }

    /// A lease, acquired with what else it is to have.
    pub(crate) async fn lease(&self, environment: &str, mut with: Value) -> Value {
        with["environmentId"] = environment.into();
        self.post("leases", &with).await.expect(201)
    }

    /// A lease of a run.
    pub(crate) async fn lease_of(&self, environment: &str, run: Uuid) -> Value {
        self.lease(environment, json!({"heartbeatRunId": run})).await
    }
}

/// The id of what an answer shows.
pub(crate) fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

/// The ids of a page's items, in order.
pub(crate) fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(id).collect()
}

/// Follows a list to its end by cursors; `path` ends so that a parameter can be added.
pub(crate) async fn all_pages(server: &Server, path: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("{path}{cursor}")).await.expect(200);
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}
