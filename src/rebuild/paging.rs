//! A table in pages, in the order of its primary key.

use leasehold_projections::projection::Projection;
use sqlx::PgConnection;

use super::shadow::shadow;

/// Rows of a page.
const ROWS: i64 = 1_000;

/// A primary key's two columns as text.
type Place = (String, String);

/// From one place to another, or to the table's end: all of it unless told otherwise.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    /// Excluded.
    after: Option<Place>,
    /// Included.
    up_to: Option<Place>,
}

impl Page {
    /// Lets the page end after so many rows of the shadow table, if there are more.
    pub(super) async fn end_at(
        &mut self,
        connection: &mut PgConnection,
        projection: &Projection,
    ) -> sqlx::Result<()> {
        let ((one, _), (two, _)) = key(projection);
        let (shadow, range) = (shadow(projection), self.condition(projection));
        // By the columns, not by the words for them, whose order is another and has no index.
        let last = format!(
            "select s.{one}::text, s.{two}::text
             from leasehold.{shadow} s
             where {range}
             order by s.{one}, s.{two}
             offset {ROWS}
             limit 1"
        );
        self.up_to = sqlx::query_as(&last).fetch_optional(connection).await?;
        Ok(())
    }

    /// The page after this one, which has no end yet.
    pub(super) fn next(self) -> Option<Self> {
        self.up_to.map(|last| Self { after: Some(last), up_to: None })
    }

    /// What is true of the rows before it, as `t.company_id` and `t.key`; none when there are none.
    pub(super) fn past(&self, projection: &Projection) -> Option<String> {
        let ((one, one_type), (two, two_type)) = key(projection);
        let named = |column: &str| if column == "company_id" { "t.company_id" } else { "t.key" };
        let (one, two) = (named(one), named(two));
        let (a, b) = self.after.as_ref()?;
        Some(format!("({one}, {two}) <= ('{a}'::{one_type}, '{b}'::{two_type})"))
    }

    /// What is true of its rows. Places are the database's own words for ids and numbers.
    pub(super) fn condition(&self, projection: &Projection) -> String {
        let ((one, one_type), (two, two_type)) = key(projection);
        let bound = |place: &Option<Place>, than: &str| {
            let place = place.as_ref();
            place.map(|(a, b)| {
                format!("({one}, {two}) {than} ('{a}'::{one_type}, '{b}'::{two_type})")
            })
        };
        let bounds: Vec<String> =
            [bound(&self.after, ">"), bound(&self.up_to, "<=")].into_iter().flatten().collect();
        if bounds.is_empty() { "true".to_owned() } else { bounds.join(" and ") }
    }
}

/// How many pages the shadow table was when its statistics were gathered, about.
pub(super) async fn count_pages(
    connection: &mut PgConnection,
    projection: &Projection,
) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "select greatest(c.reltuples, 0)::bigint / $2
         from pg_catalog.pg_class c
         where c.oid = ('leasehold.' || $1)::regclass",
    )
    .bind(shadow(projection))
    .bind(ROWS)
    .fetch_one(connection)
    .await
}

/// The columns of a projection's primary key, with their types.
fn key(projection: &Projection) -> ((&'static str, &'static str), (&'static str, &'static str)) {
    if projection.key == "id" {
        (("id", "uuid"), ("company_id", "uuid"))
    } else {
        (("company_id", "uuid"), (projection.key, "bigint"))
    }
}
