//! An event that no program of ours wrote, in a chain of digests that is sound.

use leasehold::log::{Digest, Head, Recorded, Stored, list_events, load_heads};
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Appends an event of that name and payload to a stream that has events; gives back its position.
pub(crate) async fn forge(pool: &PgPool, stream: Uuid, name: &str, payload: &str) -> i64 {
    let mut transaction = pool.begin().await.unwrap();
    let last = last_event(&mut transaction, stream).await;
    let head = load_heads(&mut transaction, &[last.company_id.0]).await.unwrap().remove(0);
    let forged = Stored {
        position: head.position.plus(1),
        event_id: Uuid::now_v7(),
        sequence: last.sequence + 1,
        event_type: name.to_owned(),
        event_version: "1.0".to_owned(),
        payload: payload.to_owned(),
        metadata: r#"{"actorType": "system", "actorId": "forger"}"#.to_owned(),
        occurred_at: head.recorded_at,
        recorded_at: head.recorded_at,
        ..last
    };
    append(&mut transaction, &head, &forged).await;
    transaction.commit().await.unwrap();
    i64::try_from(forged.position.0).unwrap()
}

async fn last_event(connection: &mut PgConnection, stream: Uuid) -> Stored {
    let company: Uuid = sqlx::query_scalar(
        "select company_id from leasehold.events where aggregate_id = $1 limit 1",
    )
    .bind(stream.to_string())
    .fetch_one(&mut *connection)
    .await
    .unwrap();
    let events = list_events(connection, CompanyId(company), Position(0), 10_000).await.unwrap();
    let of_stream = |event: &Recorded| event.stored.stream.id == stream;
    events.into_iter().rfind(of_stream).unwrap().stored
}

async fn append(connection: &mut PgConnection, head: &Head, event: &Stored) {
    let Digest(digest) = head.digest.after(event);
    sqlx::query(
        "with moved as (
           update leasehold.heads set position = $2, digest = $3 where company_id = $1
         )
         insert into leasehold.events (position, sequence, occurred_at, recorded_at, company_id,
           event_id, aggregate_type, aggregate_id, event_type, event_version, payload, metadata,
           digest)
         select $2, $4, recorded_at, recorded_at, company_id, $5, $6, $7, $8, $9, $10::json,
                $11::json, $3
         from leasehold.heads
         where company_id = $1",
    )
    .bind(event.company_id.0)
    .bind(i64::try_from(event.position.0).unwrap())
    .bind(digest.as_slice())
    .bind(i64::try_from(event.sequence).unwrap())
    .bind(event.event_id)
    .bind(event.stream.kind.as_str())
    .bind(event.stream.id.to_string())
    .bind(&event.event_type)
    .bind(&event.event_version)
    .bind(&event.payload)
    .bind(&event.metadata)
    .execute(connection)
    .await
    .unwrap();
}
