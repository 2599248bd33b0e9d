//! Rows in a live Paperclip database, of its first form (environments of a company) or of today's
//! (environments of the installation), seen in one snapshot.
//!
//! **Claims.** All tables are read as they were in one moment, and nothing is written or locked
//! against writers. **Because** one read-only, repeatable-read transaction lasts as long as this.

use std::collections::{BTreeMap, HashMap};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use uuid::Uuid;

use super::{Entry, Handle, SourceError, Table};

/// Rows that are fetched at once.
const PAGE_ROWS: u32 = 2_000;

/// A snapshot of a Paperclip database.
#[derive(Debug)]
pub(super) struct Database {
    connection: PgConnection,
    /// The tables that are there, by the names that statements may use.
    tables: BTreeMap<Table, String>,
    is_begun: bool,
}

impl Database {
    pub(super) async fn open(options: &PgConnectOptions) -> Result<Self, SourceError> {
        let options = options
            .clone()
            .application_name("leasehold import")
            .disable_statement_logging()
            .options([("timezone", "UTC"), ("default_transaction_read_only", "on")]);
        let mut connection = PgConnection::connect_with(&options).await?;
        sqlx::query("begin transaction isolation level repeatable read read only")
            .execute(&mut connection)
            .await?;
        let mut tables = BTreeMap::new();
        for table in Table::ALL {
            match find_table(&mut connection, table).await? {
                Some(name) => {
                    tables.insert(table, name);
                }
                None if table.is_required() => return Err(SourceError::NoTable(table)),
                None => {}
            }
        }
        Ok(Self { connection, tables, is_begun: false })
    }

    pub(super) async fn begin(&mut self, table: Table) -> Result<(), SourceError> {
        if self.is_begun {
            sqlx::query("close leasehold_rows").execute(&mut self.connection).await?;
            self.is_begun = false;
        }
        let Some(name) = self.tables.get(&table) else { return Ok(()) };
        let declare = format!(
            "declare leasehold_rows no scroll cursor for
             select t.id, row_to_json(t)::text
             from {name} as t"
        );
        sqlx::query(&declare).execute(&mut self.connection).await?;
        self.is_begun = true;
        Ok(())
    }

    pub(super) async fn next(&mut self) -> Result<Vec<Entry>, SourceError> {
        if !self.is_begun {
            return Ok(Vec::new());
        }
        let fetch = format!("fetch forward {PAGE_ROWS} from leasehold_rows");
        // A cursor of the same name may be of another table by now: no plan of it is kept.
        let rows: Vec<(Uuid, String)> =
            sqlx::query_as(&fetch).persistent(false).fetch_all(&mut self.connection).await?;
        Ok(rows.into_iter().map(|(id, text)| entry(id, Some(text))).collect())
    }

    pub(super) async fn get(
        &mut self,
        table: Table,
        handles: &[Handle],
    ) -> Result<Vec<Entry>, SourceError> {
        let Some(name) = self.tables.get(&table) else { return Ok(Vec::new()) };
        let ids: Vec<Uuid> = handles
            .iter()
            .filter_map(|handle| match handle {
                Handle::Row(id) => Some(*id),
                Handle::Line { .. } => None,
            })
            .collect();
        let select = format!(
            "select t.id, row_to_json(t)::text
             from {name} as t
             where t.id = any($1)"
        );
        let rows: Vec<(Uuid, String)> =
            sqlx::query_as(&select).bind(&ids).fetch_all(&mut self.connection).await?;
        let mut found: HashMap<Uuid, String> = rows.into_iter().collect();
        Ok(ids.into_iter().map(|id| entry(id, found.remove(&id))).collect())
    }
}

fn entry(id: Uuid, text: Option<String>) -> Entry {
    Entry { handle: Handle::Row(id), text: text.map(String::into_bytes) }
}

/// The table's name, quoted and qualified as far as it must be; none when it is not there.
async fn find_table(
    connection: &mut PgConnection,
    table: Table,
) -> Result<Option<String>, SourceError> {
    let found: Option<(String, bool)> = sqlx::query_as(
        "select to_regclass($1)::text,
                exists (
                  select
                  from pg_catalog.pg_attribute a
                  where a.attrelid = to_regclass($1)
                    and a.attname = 'id'
                    and a.atttypid = 'uuid'::regtype
                    and not a.attisdropped
                )
         where to_regclass($1) is not null",
    )
    .bind(table.name())
    .fetch_optional(connection)
    .await?;
    match found {
        Some((name, true)) => Ok(Some(name)),
        Some((_, false)) if table.is_required() => Err(SourceError::Foreign(table)),
        Some((_, false)) | None => Ok(None),
    }
}
