//! The sample's history under three versions of a fold, each followed by today's, and back, while
//! readers ask a server all the time: every answer is that of one version, as a whole.
//!
//! A program has one fold. What another one made is put into the live tables by hand, with its
//! version, as a program that had it would have left them.

use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use sqlx::Executor;
use tokio::task::JoinHandle;

use crate::support::database::TestDatabase;
use crate::support::program::Program;

/// What other folds made of the same events, and in which columns that is seen.
const FOLDS: [(i32, &str, &[&str]); 3] = [
    (
        2,
        "update leasehold.environment_leases set provider_lease_id = 'unknown'",
        &["environment_leases.provider_lease_id"],
    ),
    (
        3,
        "update leasehold.environments set description = upper(description);
         update leasehold.activity_log set details = jsonb_build_object('was', details)",
        &["activity_log.details", "environments.description"],
    ),
    (4, "update leasehold.environments set metadata = metadata", &[]),
];

fn run(database: &TestDatabase, arguments: &[&str]) -> Output {
    let url = database.url();
    Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .args(arguments)
        .args(["--database-url", &url, "-o", "json"])
        .output()
        .unwrap()
}

fn done(database: &TestDatabase, arguments: &[&str]) -> Value {
    let output = tokio::task::block_in_place(|| run(database, arguments));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

async fn ask(http: &reqwest::Client, url: &str) -> Value {
    let answer = http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{url}");
    answer.json().await.unwrap()
}

/// Questions about each table, of every company.
async fn questions(database: &TestDatabase, server: &Program) -> Vec<String> {
    let companies: Vec<uuid::Uuid> =
        sqlx::query_scalar("select distinct company_id from leasehold.environments order by 1")
            .fetch_all(&database.pool)
            .await
            .unwrap();
    let of = |id: &uuid::Uuid| {
        ["environments", "leases?limit=200", "activity?limit=200"]
            .map(|what| format!("{}/v1/companies/{id}/{what}", server.address))
    };
    companies.iter().flat_map(of).collect()
}

async fn answers(urls: &[String]) -> Vec<Value> {
    let (http, mut answers) = (reqwest::Client::new(), Vec::new());
    for url in urls {
        answers.push(ask(&http, url).await);
    }
    answers
}

/// Asks again and again: each answer is the one from before or the one from after, and none from
/// before comes once one from after has come. Answers with how many it heard.
fn read(
    urls: Vec<String>,
    before: Vec<Value>,
    after: Vec<Value>,
    over: Arc<AtomicBool>,
) -> JoinHandle<usize> {
    tokio::spawn(async move {
        let (http, mut heard, mut is_after) = (reqwest::Client::new(), 0, false);
        loop {
            let is_last = over.load(Ordering::SeqCst);
            for ((url, before), after) in urls.iter().zip(&before).zip(&after) {
                let answer = ask(&http, url).await;
                assert!(answer == *after || (answer == *before && !is_after), "{url}: {answer}");
                is_after |= answer != *before;
                heard += 1;
            }
            if is_last {
                return heard;
            }
        }
    })
}

/// Does something while readers ask; at its end they hear what is so afterwards.
async fn under_readers(
    database: &TestDatabase,
    urls: &[String],
    (before, after): (&[Value], &[Value]),
    arguments: &[&str],
) -> Value {
    let over = Arc::new(AtomicBool::new(false));
    let readers: Vec<JoinHandle<usize>> = (0..3)
        .map(|_| read(urls.to_vec(), before.to_vec(), after.to_vec(), Arc::clone(&over)))
        .collect();
    let told = done(database, arguments);
    over.store(true, Ordering::SeqCst);
    for reader in readers {
        assert!(reader.await.unwrap() >= urls.len());
    }
    assert_eq!(answers(urls).await, after);
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_hear_one_version_of_a_fold_or_the_other_while_versions_take_turns() {
    let database = TestDatabase::new().await;
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/sample");
    done(&database, &["import", "paperclip", sample]);
    let server = Program::serve(&database.url());
    let urls = questions(&database, &server).await;
    assert_eq!(urls.len(), 12);
    let green = answers(&urls).await;
    for (version, fold, columns) in FOLDS {
        database.pool.execute(fold).await.unwrap();
        let live = "insert into leasehold.projection_versions (name, version, rebuild_id, swapped_at)
                    select name, $1, gen_random_uuid(), now()
                    from unnest(array['environments', 'environment_leases', 'activity_log']) as p (name)
                    on conflict (company_id, name) do update set version = excluded.version";
        sqlx::query(live).bind(version).execute(&database.pool).await.unwrap();
        let blue = answers(&urls).await;
        assert_eq!(blue == green, columns.is_empty());
        let rebuild = &["projections", "rebuild", "--allow-difference"];
        let verdict = under_readers(&database, &urls, (&blue, &green), rebuild).await;
        let differing: Vec<&String> = verdict["differing"].as_object().unwrap().keys().collect();
        assert_eq!(differing, columns, "{verdict}");
        let versions = "select count(*) from leasehold.projection_versions where version = 1";
        let today: i64 = sqlx::query_scalar(versions).fetch_one(&database.pool).await.unwrap();
        assert_eq!(today, 3);
        let back = &["projections", "go-back", "--yes"];
        let refused = tokio::task::block_in_place(|| run(&database, back));
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(4) && said.contains("upgrade_required"), "{said}");
        // To a program that has the other fold, its tables are of its own version.
        let own = "update leasehold.projection_versions set replaced_version = 1";
        database.pool.execute(own).await.unwrap();
        under_readers(&database, &urls, (&green, &blue), back).await;
        under_readers(&database, &urls, (&blue, &green), rebuild).await;
    }
    drop(server);
    super::sound(&database).await;
    database.drop().await;
}
