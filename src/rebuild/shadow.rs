//! The shadow tables: made like the live ones, indexed after the load, named `…_shadow`; what they
//! replace is kept as `…_old`.

use leasehold_projections::projection::{INLINE, Projection};
use sqlx::{Executor, PgConnection};
use uuid::Uuid;

use super::throttle::Worker;
use super::way::forget_positions;

/// Columns of which statistics are gathered at once where somebody writes.
const COLUMNS_ANALYZED: usize = 6;

/// The name of a projection's shadow table.
pub(super) fn shadow(projection: &Projection) -> String {
    format!("{}_shadow", projection.name)
}

/// Makes an empty shadow table without indexes, with the live one's rights.
pub(super) async fn make(
    connection: &mut PgConnection,
    projection: &Projection,
) -> sqlx::Result<()> {
    let (name, shadow) = (projection.name, shadow(projection));
    for statement in [
        format!("drop table if exists leasehold.{shadow}"),
        format!(
            "create table leasehold.{shadow} (
               like leasehold.{name}
                 including comments including constraints including defaults including storage
             ) with (autovacuum_enabled = off)"
        ),
    ] {
        sqlx::query(&statement).execute(&mut *connection).await?;
    }
    let mut rights = list_grants(connection, name).await?;
    rights.extend(list_guards(connection, name).await?);
    for right in rights {
        sqlx::query(&right.replace("{table}", &shadow)).execute(&mut *connection).await?;
    }
    Ok(())
}

/// A table's row-level security and its policies, as statements for `{table}`. Who reads at the
/// database would see every company's rows in a table that was swapped in without them.
async fn list_guards(connection: &mut PgConnection, name: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select 'alter table leasehold.{table} enable row level security'
         from pg_catalog.pg_class c
         where c.oid = ('leasehold.' || $1)::regclass
           and c.relrowsecurity
         union all
         select 'alter table leasehold.{table} force row level security'
         from pg_catalog.pg_class c
         where c.oid = ('leasehold.' || $1)::regclass
           and c.relforcerowsecurity
         union all
         select format('create policy %I on leasehold.{table} as %s for %s to %s',
                       p.policyname, p.permissive, p.cmd,
                       (select string_agg(format('%I', r.name), ', ')
                        from unnest(p.roles) as r (name)))
                || coalesce(' using (' || p.qual || ')', '')
                || coalesce(' with check (' || p.with_check || ')', '')
         from pg_catalog.pg_policies p
         where p.schemaname = 'leasehold'
           and p.tablename = $1",
    )
    .bind(name)
    .fetch_all(connection)
    .await
}

/// The rights that others have on a table, as statements for `{table}`.
async fn list_grants(connection: &mut PgConnection, name: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select format('grant %s on leasehold.{table} to %I', right_of.privilege_type, r.rolname)
         from pg_catalog.pg_class c
         cross join lateral aclexplode(c.relacl) as right_of
         join pg_catalog.pg_roles r on r.oid = right_of.grantee
         where c.oid = ('leasehold.' || $1)::regclass
           and right_of.grantee <> c.relowner",
    )
    .bind(name)
    .fetch_all(connection)
    .await
}

/// Takes out rows that later events made again, and gives the table those of the live one's indexes
/// that it has not, in the order in which those were made. Each is there as a whole or not at all.
pub(super) async fn index(
    connection: &mut PgConnection,
    projection: &Projection,
    rebuild: Uuid,
    worker: &mut Worker,
) -> sqlx::Result<()> {
    let shadow = shadow(projection);
    if projection.columns.contains(&"version") {
        let stale = format!(
            "delete from leasehold.{shadow} s
             using leasehold.rebuild_stale d
             where d.rebuild_id = $1
               and d.company_id = s.company_id
               and d.id = s.id
               and d.version = s.version"
        );
        sqlx::query(&stale).bind(rebuild).execute(&mut *connection).await?;
    }
    let made = list_indexes(connection, &shadow).await?;
    for index in list_indexes(connection, projection.name).await? {
        let name = format!("{}_shadow", index.name);
        if made.iter().any(|made| made.name == name) || !worker.is_wanted() {
            continue;
        }
        worker.rest().await;
        worker.tune(connection).await?;
        connection.execute(&*index.statement(&name, &shadow)).await?;
    }
    analyze(connection, projection, worker).await
}

/// Gathers statistics: all at once, or of a few columns at a time and from fewer rows where somebody
/// writes; what the table is given in its life has more of them gathered.
async fn analyze(
    connection: &mut PgConnection,
    projection: &Projection,
    worker: &mut Worker,
) -> sqlx::Result<()> {
    let shadow = shadow(projection);
    for columns in projection.columns.chunks(COLUMNS_ANALYZED) {
        worker.rest().await;
        worker.tune(connection).await?;
        if !worker.is_held() {
            return connection.execute(&*format!("analyze leasehold.{shadow}")).await.map(|_| ());
        }
        let columns = columns.join(", ");
        connection.execute(&*format!("analyze leasehold.{shadow} ({columns})")).await?;
    }
    Ok(())
}

/// An index, as it is made again.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Index {
    pub(super) name: String,
    pub(crate) using: String,
    pub(crate) is_unique: bool,
    pub(super) is_primary: bool,
}

impl Index {
    /// What makes it on another table. Statements that are sent together are one transaction.
    fn statement(&self, name: &str, table: &str) -> String {
        let unique = if self.is_unique { "unique " } else { "" };
        let made = format!("create {unique}index {name} on leasehold.{table} using {}", self.using);
        if !self.is_primary {
            return made;
        }
        format!(
            "{made};
             alter table leasehold.{table} add constraint {name} primary key using index {name}"
        )
    }
}

/// A table's indexes in the order in which they were made.
pub(crate) async fn list_indexes(
    connection: &mut PgConnection,
    table: &str,
) -> sqlx::Result<Vec<Index>> {
    sqlx::query_as(
        "select c.relname::text as name,
                split_part(pg_catalog.pg_get_indexdef(i.indexrelid), ' USING ', 2) as using,
                i.indisunique as is_unique,
                i.indisprimary as is_primary
         from pg_catalog.pg_index i
         join pg_catalog.pg_class c on c.oid = i.indexrelid
         where i.indrelid = ('leasehold.' || $1)::regclass
         order by i.indexrelid",
    )
    .bind(table)
    .fetch_all(connection)
    .await
}

/// Drops the shadow tables of some projections.
pub(super) async fn drop_shadows(
    connection: &mut PgConnection,
    projections: &[&'static Projection],
) -> sqlx::Result<()> {
    for projection in projections {
        let drop = format!("drop table if exists leasehold.{}", shadow(projection));
        sqlx::query(&drop).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The tables that were replaced and are still kept.
///
/// # Errors
/// The database's.
pub async fn list_old(connection: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let names: Vec<String> = INLINE.iter().map(|known| format!("{}_old", known.name)).collect();
    sqlx::query_scalar(
        "select c.relname::text
         from pg_catalog.pg_class c
         join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'leasehold'
           and c.relname = any($1)
         order by c.relname",
    )
    .bind(names)
    .fetch_all(connection)
    .await
}

/// Drops the tables that were replaced; answers with their names.
///
/// # Errors
/// The database's.
pub async fn drop_old(connection: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let names = list_old(connection).await?;
    for name in &names {
        sqlx::query(&format!("drop table leasehold.{name}")).execute(&mut *connection).await?;
    }
    forget_positions(connection).await?;
    Ok(names)
}

/// Drops what earlier swaps of some projections replaced: their names are needed again.
pub(super) async fn drop_old_of(
    connection: &mut PgConnection,
    projections: &[&'static Projection],
) -> sqlx::Result<()> {
    for projection in projections {
        let drop = format!("drop table if exists leasehold.{}_old", projection.name);
        sqlx::query(&drop).execute(&mut *connection).await?;
    }
    Ok(())
}
