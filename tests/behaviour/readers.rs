//! Who reads at the database itself sees the companies that he was given.

use leasehold_domain::id::CompanyId;
use sqlx::{Connection, Executor, PgConnection};
use uuid::Uuid;

use crate::support::database::TestDatabase;
use crate::support::lives::Life;
use crate::support::orders::company;

const TABLES: [&str; 6] =
    ["heads", "events", "receipts", "environments", "environment_leases", "activity_log"];

/// The companies of which a connection sees rows in a table.
async fn seen(connection: &mut PgConnection, table: &str) -> Vec<Uuid> {
    let asked = format!("select distinct company_id from leasehold.{table} order by 1");
    sqlx::query_scalar(&asked).fetch_all(connection).await.unwrap()
}

#[tokio::test]
async fn a_reader_sees_the_companies_that_he_was_given_and_no_other() {
    let database = TestDatabase::new().await;
    let (dispatcher, lanes) = database.dispatcher();
    let mut companies: Vec<CompanyId> = (0..3).map(|_| company()).collect();
    companies.sort();
    for company in &companies {
        Life::new(&dispatcher, *company).round(1).await;
    }
    drop(dispatcher);
    lanes.finish().await;
    let reader = format!("reader_{}", Uuid::now_v7().simple());
    let make = format!("create role {reader} login in role leasehold_reader");
    database.pool.execute(&*make).await.unwrap();
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    // Nobody but the superuser can log in here: he takes the reader's place in the session.
    let give = async |company: Uuid| {
        sqlx::query("insert into leasehold.reader_companies values ($1, $2::name)")
            .bind(company)
            .bind(&reader)
            .execute(&database.pool)
            .await
            .unwrap();
    };
    connection.execute(&*format!("set session authorization {reader}")).await.unwrap();
    for table in TABLES {
        assert_eq!(seen(&mut connection, table).await, Vec::<Uuid>::new(), "{table}");
    }
    give(companies[1].0).await;
    for table in TABLES {
        assert_eq!(seen(&mut connection, table).await, [companies[1].0], "{table}");
    }
    connection.execute("set role leasehold_reader").await.unwrap();
    assert_eq!(seen(&mut connection, "events").await, [companies[1].0]);
    connection.execute("reset role").await.unwrap();
    give(Uuid::nil()).await;
    let all: Vec<Uuid> = companies.iter().map(|company| company.0).collect();
    assert_eq!(seen(&mut connection, "events").await, all);
    connection.close().await.unwrap();
    database.pool.execute(&*format!("drop role {reader}")).await.unwrap();
    database.drop().await;
}
