//! How the server listens, shares and stops.

use std::net::SocketAddr;

use leasehold::http::check_listen;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::support::server::Server;

#[test]
fn without_tokens_only_this_machine_is_listened_to() {
    for address in ["127.0.0.1:5327", "127.8.8.8:1", "[::1]:5327", "[::ffff:127.0.0.1]:5327"] {
        assert!(check_listen(address.parse().unwrap(), false).is_ok(), "{address}");
    }
    for address in ["0.0.0.0:5327", "192.168.1.5:5327", "[::]:5327", "[::ffff:10.0.0.1]:5327"] {
        let address: SocketAddr = address.parse().unwrap();
        let refused = check_listen(address, false).unwrap_err().to_string();
        assert!(refused.contains(&address.to_string()) && refused.contains("127.0.0.1:5327"));
        assert!(refused.contains("leasehold token create"), "{refused}");
        assert!(check_listen(address, true).is_ok());
    }
}

#[tokio::test]
async fn stopping_does_not_wait_for_idle_connections() {
    let server = Server::start().await;
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    server.get("leases").await.expect(200);
    let idle = TcpStream::connect(&address).await.unwrap();
    let mut kept = TcpStream::connect(&address).await.unwrap();
    kept.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut answer = [0; 512];
    let read = kept.read(&mut answer).await.unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 200"));
    let stopping = std::time::Instant::now();
    server.stop().await;
    assert!(stopping.elapsed().as_secs() < 5, "an idle connection held the server up");
    drop((idle, kept));
}

#[tokio::test]
async fn half_a_request_holds_the_server_up_for_its_grace_alone() {
    let server = Server::start().await;
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let path = format!("/v1/companies/{}/environments/ensure-local", server.company);
    let mut half_headers = TcpStream::connect(&address).await.unwrap();
    half_headers.write_all(b"POST /v1/leases HTTP/1.1\r\nHost:").await.unwrap();
    let mut half_body = TcpStream::connect(&address).await.unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{");
    half_body.write_all(head.as_bytes()).await.unwrap();
    server.get("leases").await.expect(200);
    let stopping = std::time::Instant::now();
    server.stop().await;
    assert!((4..9).contains(&stopping.elapsed().as_secs()), "{:?}", stopping.elapsed());
    drop((half_headers, half_body));
}

#[tokio::test]
async fn a_request_in_hand_is_finished_before_the_server_stops() {
    let server = Server::start().await;
    let path = server.path("environments/ensure-local");
    let asking = tokio::spawn(async move { reqwest::Client::new().post(path).send().await });
    // The company's log begins with the answer's event, so the request is in hand or done by then.
    server.get("events?minPosition=1").await.expect(200);
    server.stop().await;
    assert_eq!(asking.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn many_callers_of_one_place_get_one_holder() {
    let server = Server::start().await;
    let environment = server.environment("box", json!({"capacity": 1})).await;
    let ask = async || {
        let body = json!({"environmentId": environment, "heartbeatRunId": Uuid::now_v7()});
        server.post("leases", &body).await
    };
    let answers = futures::future::join_all((0..50).map(|_| ask())).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for refused in answers.into_iter().filter(|answer| answer.status != 201) {
        assert_eq!(refused.problem("capacity_exhausted")["retry"], "new_key");
    }
    server.stop().await;
}

/// Whoever begins a body and sends nothing more is told so, and holds nothing of the server.
#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).await.unwrap();
    let path = server.path("environments").replace(&server.url, "");
    let begun = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\nConnection: close\r\n\r\n{{\"na"
    );
    stream.write_all(begun.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("nothing of the body came for 10 s"), "{answer}");
    server.stop().await;
}

/// Whoever sends a head byte by byte is cut off; whoever asks nothing for as long is not.
#[tokio::test]
async fn a_head_that_does_not_end_is_not_waited_for() {
    let server = Server::start().await;
    let address = server.url.strip_prefix("http://").unwrap();
    let mut patient = TcpStream::connect(address).await.unwrap();
    let ask = async |stream: &mut TcpStream| {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut answer = [0; 512];
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200"));
    };
    ask(&mut patient).await;
    let mut slow = TcpStream::connect(address).await.unwrap();
    ask(&mut slow).await;
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
    let (mut reading, mut writing) = slow.split();
    let dripping = async {
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        std::future::pending::<()>().await;
    };
    let mut said = Vec::new();
    tokio::select! {
        // With bytes on their way the close may be a reset.
        _ = reading.read_to_end(&mut said) => {}
        () = dripping => {}
    }
    assert_eq!(String::from_utf8_lossy(&said), "");
    ask(&mut patient).await;
    server.stop().await;
}

/// What is no request yet has no problem to be told: the documented statuses, and no body.
#[tokio::test]
async fn heads_over_their_limits_are_answered_without_a_body() {
    let server = Server::start().await;
    let address = server.url.strip_prefix("http://").unwrap();
    let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(65_535));
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-Many: x\r\n".repeat(100));
    for (head, status) in [(&*long, "414"), (&many, "431"), ("GET / HTTP/9.9\r\n\r\n", "400")] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert!(answer.contains("content-length: 0") && answer.ends_with("\r\n\r\n"), "{answer}");
    }
    server.stop().await;
}
