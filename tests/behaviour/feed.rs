//! The live feed: every event once and in order, from any position, across reconnects and servers.

use std::time::Instant;

use futures::future::join_all;
use leasehold::http::{Door, Rules, serve};
use leasehold::ledger::{Ledger, Options};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::support::listener::Listener;
use crate::support::server::{Answer, Server};
use crate::support::tokens::{make, secret, with};

async fn listen(server: &Server, path: &str) -> Listener {
    Listener::open(server.request("GET", path)).await
}

async fn create(server: &Server, names: std::ops::Range<u64>) {
    for name in names {
        server.environment(&format!("box {name}"), json!({})).await;
    }
}

#[tokio::test]
async fn a_listener_gets_what_was_and_what_comes_once_and_in_order() {
    let server = Server::start().await;
    create(&server, 0..3).await;
    let mut all = listen(&server, "events/stream").await;
    let mut some = listen(&server, "events/stream?after=2").await;
    let mut new = listen(&server, "events/stream?after=end").await;
    assert_eq!(all.positions(3).await, [1, 2, 3]);
    assert_eq!(some.positions(1).await, [3]);
    create(&server, 3..6).await;
    assert_eq!(all.positions(3).await, [4, 5, 6]);
    assert_eq!(some.positions(3).await, [4, 5, 6]);
    assert_eq!(new.positions(3).await, [4, 5, 6]);
    assert_eq!(all.last_id.as_deref(), Some("1-6"));
    let page = server.get("events?after=5").await.expect(200);
    let mut last = listen(&server, "events/stream?after=1-5").await;
    assert_eq!(last.next().await.unwrap().data, Some(page["items"][0].clone()));
    drop((all, some, new, last));
    server.stop().await;
}

#[tokio::test]
async fn a_listener_that_comes_back_goes_on_where_it_stood_on_whichever_server() {
    let server = Server::start().await;
    let other = Ledger::open(&server.database.options, Options::default()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}", listener.local_addr().unwrap());
    let serving =
        tokio::spawn(serve(listener, Door::new(&other, Rules::default()), std::future::pending()));
    let here = server.path("events/stream");
    let there = here.replace(&server.url, &elsewhere);
    let client = reqwest::Client::new();
    let (writing, heard) = tokio::join!(create(&server, 0..60), async {
        let (mut heard, mut id) = (Vec::new(), None::<String>);
        while heard.len() < 60 {
            let url = if heard.len() % 2 == 0 { &there } else { &here };
            let request = client.get(url);
            let request = match &id {
                Some(id) => request.header("Last-Event-ID", id),
                None => request,
            };
            let mut stream = Listener::open(request).await;
            heard.extend(stream.positions(1 + heard.len() % 5).await);
            id = stream.last_id.clone();
        }
        heard
    });
    let () = writing;
    let wanted: Vec<u64> = (1..=60).collect();
    assert_eq!(heard[..60], wanted);
    serving.abort();
    let _ = serving.await;
    other.close().await;
    server.stop().await;
}

#[tokio::test]
async fn a_filter_leaves_events_out_and_loses_no_place() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({})).await;
    let mut stream = listen(&server, "events/stream?type=LeaseAcquired,Released").await;
    let run = Uuid::now_v7();
    server.lease_of(&environment, run).await;
    server.environment("other", json!({})).await;
    server.post(&format!("runs/{run}/release"), &json!({})).await.expect(200);
    assert_eq!(stream.positions(2).await, [2, 4]);
    let mut none = listen(&server, "events/stream?type=Removed").await;
    create(&server, 0..1).await;
    none.until("1-5").await;
    server.get("events/stream?type=no-name").await.invalid("type", "no name");
    server.get("events/stream?after=1-x").await.invalid("after", "no `id`");
    let request = server.request("GET", "events/stream").header("Last-Event-ID", "x");
    Answer::of(request).await.invalid("Last-Event-ID", "no `id`");
    let request = server.request("GET", "events/stream").header("Accept", "application/json");
    Answer::of(request).await.problem("not_acceptable");
    drop((stream, none));
    server.stop().await;
}

#[tokio::test]
async fn a_listener_of_all_companies_has_a_cursor_for_each() {
    let server = Server::start().await;
    let companies: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
    let make_in = async |company: Uuid, name: &str| {
        let path = format!("/v1/companies/{company}/environments");
        server.post(&path, &json!({"name": name, "driver": "ssh"})).await.expect(201);
    };
    make_in(companies[0], "a").await;
    make_in(companies[1], "a").await;
    let mut stream = listen(&server, "/v1/events/stream").await;
    stream.positions(2).await;
    make_in(companies[2], "a").await;
    make_in(companies[0], "b").await;
    stream.positions(2).await;
    let id = stream.last_id.clone().unwrap();
    let wanted: Vec<String> =
        companies.iter().zip([2, 1, 1]).map(|(company, n)| format!("{company}:1-{n}")).collect();
    assert_eq!(id, wanted.join(","));
    make_in(companies[1], "b").await;
    let request = server.request("GET", "/v1/events/stream").header("Last-Event-ID", id);
    let mut again = Listener::open(request).await;
    let said = again.next().await.unwrap().data.unwrap();
    assert_eq!((&said["companyId"], &said["position"]), (&json!(companies[1]), &json!(2)));
    drop((stream, again));
    server.stop().await;
}

#[tokio::test]
async fn a_restored_log_is_said_to_be_another_one() {
    let server = Server::start().await;
    create(&server, 0..3).await;
    let mut live = listen(&server, "events/stream").await;
    live.positions(3).await;
    let restore = "update leasehold.heads set epoch = 2 where company_id = $1";
    sqlx::query(restore).bind(server.company).execute(&server.database.pool).await.unwrap();
    for mut stream in [live, listen(&server, "events/stream?after=1-2").await] {
        let said = stream.next().await.unwrap();
        assert_eq!(said.event.as_deref(), Some("epoch"));
        let data = said.data.unwrap();
        assert_eq!((&data["previousEpoch"], &data["epoch"]), (&json!(1), &json!(2)));
        assert_eq!(data["position"], 3);
        assert_eq!(stream.next().await, None);
    }
    let mut sure = listen(&server, "events/stream?after=2").await;
    assert_eq!(sure.positions(1).await, [3]);
    assert_eq!(sure.last_id.as_deref(), Some("2-3"));
    drop(sure);
    server.stop().await;
}

#[tokio::test]
async fn a_stream_ends_with_its_token_and_with_its_server() {
    let server = Server::start().await;
    create(&server, 0..1).await;
    let mut open = listen(&server, "events/stream").await;
    open.positions(1).await;
    let admin = secret(&make(&server, None, "admin", None).await);
    let said = open.next().await.unwrap();
    assert_eq!(said.data.unwrap()["reason"], "unauthenticated", "there are tokens now");
    let auditor = make(&server, Some(&admin), "auditor", Some(server.company)).await;
    let of = |token: &str| server.request("GET", "/v1/events/stream").bearer_auth(token);
    let mut stream = Listener::open(of(&secret(&auditor))).await;
    let mut kept = Listener::open(of(&admin)).await;
    stream.positions(1).await;
    kept.positions(1).await;
    let path = format!("/v1/admin/tokens/{}", auditor["id"].as_str().unwrap());
    with(&server, &admin, ("DELETE", &path, &json!({}))).await.expect(200);
    let said = stream.next().await.unwrap();
    assert_eq!(said.event.as_deref(), Some("end"));
    assert_eq!(said.data.unwrap()["reason"], "unauthenticated");
    let (said, ()) = tokio::join!(kept.next(), server.stop());
    assert_eq!(said.unwrap().data.unwrap()["reason"], "shutting_down");
    assert_eq!(kept.next().await, None);
}

/// Thirty-two clients make environments in companies; says how many a second.
async fn write(server: &Server, companies: &[Uuid], each: usize) -> f64 {
    let since = Instant::now();
    join_all((0..32).map(|writer: usize| async move {
        let company = companies[writer % companies.len()];
        for number in 0..each {
            let path = format!("/v1/companies/{company}/environments");
            let body = json!({"name": format!("{writer} {number}"), "driver": "ssh"});
            server.post(&path, &body).await.expect(201);
        }
    }))
    .await;
    f64::from(u32::try_from(32 * each).unwrap()) / since.elapsed().as_secs_f64()
}

/// Many listeners of several companies while clients write: each hears all of its company's, once
/// and in order.
#[tokio::test(flavor = "multi_thread")]
async fn every_one_of_many_listeners_hears_all_of_its_company() {
    let server = Server::start().await;
    let long = std::env::var_os("LEASEHOLD_LONG").is_some();
    let (companies, listeners, each) = if long { (200, 2_000, 200) } else { (8, 160, 20) };
    let companies: Vec<Uuid> = (0..companies).map(|_| Uuid::now_v7()).collect();
    let unheard: Vec<Uuid> = (0..companies.len()).map(|_| Uuid::now_v7()).collect();
    write(&server, &unheard, each / 4).await;
    let unheard: Vec<Uuid> = (0..companies.len()).map(|_| Uuid::now_v7()).collect();
    let alone = write(&server, &unheard, each).await;
    let streams =
        join_all((0..listeners).map(|n| listen_in(&server, companies[n % companies.len()]))).await;
    let wanted = |n: usize| {
        let writers = (0..32).filter(|writer| writer % companies.len() == n % companies.len());
        (1..).take(writers.count() * each).collect::<Vec<u64>>()
    };
    let hearing = streams.into_iter().enumerate().map(|(n, mut stream)| {
        let wanted = wanted(n);
        tokio::spawn(async move { stream.positions(wanted.len()).await == wanted })
    });
    let (together, heard) =
        tokio::join!(write(&server, &companies, each), join_all(hearing.collect::<Vec<_>>()));
    assert_eq!(heard.len(), listeners);
    assert!(heard.into_iter().all(Result::unwrap), "somebody missed something");
    println!("{alone:.0} commands a second alone, {together:.0} with {listeners} listeners");
    server.stop().await;
}

async fn listen_in(server: &Server, company: Uuid) -> Listener {
    listen(server, &format!("/v1/companies/{company}/events/stream")).await
}

/// A reader that takes nothing is sent away, and the others notice nothing of it.
#[tokio::test]
async fn a_reader_that_takes_nothing_is_sent_away_with_a_reason() {
    let server = Server::start().await;
    let large = json!({"text": "x".repeat(60_000)});
    let filling = async {
        for number in 0..200 {
            let with = json!({"metadata": large, "config": large, "envVars": large});
            server.environment(&format!("box {number}"), with).await;
        }
    };
    filling.await;
    let mut slow = listen(&server, "events/stream").await;
    let is_cut = async || {
        let counted = server.get("/metrics").await.expect(200);
        counted.as_str().unwrap().contains("cut_total{reason=\"slow_reader\"}")
    };
    while !is_cut().await {
        tokio::task::yield_now().await;
    }
    let mut last = None;
    while let Some(said) = slow.next().await {
        last = Some(said);
    }
    let last = last.unwrap();
    assert_eq!(last.event.as_deref(), Some("end"), "{last:?}");
    assert_eq!(last.data.unwrap()["reason"], "slow_reader");
    let seen: u64 = slow.last_id.unwrap().split_once('-').unwrap().1.parse().unwrap();
    assert!(seen < 200, "it got all {seen}");
    let mut again = listen(&server, &format!("events/stream?after={seen}")).await;
    assert_eq!(again.positions(1).await, [seen + 1]);
    let _: Value = server.get("leases").await.expect(200);
    drop(again);
    server.stop().await;
}
