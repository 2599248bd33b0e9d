//! The table of tokens.

use leasehold_domain::id::CompanyId;
use leasehold_domain::text::Label;
use leasehold_domain::time::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row};
use uuid::Uuid;

use super::{Role, Token};

/// The installation itself: a token under it opens all companies.
const ALL: Uuid = Uuid::nil();

impl FromRow<'_, PgRow> for Token {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let company_id: Uuid = row.try_get("company_id")?;
        let role: &str = row.try_get("role")?;
        let time = |column: &str| -> sqlx::Result<Option<Timestamp>> {
            row.try_get::<Option<_>, _>(column)?.map(read_time).transpose()
        };
        Ok(Self {
            id: row.try_get("id")?,
            company_id: Some(company_id).filter(|id| *id != ALL).map(CompanyId),
            name: row.try_get("name")?,
            role: Role::find(role).ok_or_else(|| decode(format!("no role `{role}`")))?,
            created_at: read_time(row.try_get("created_at")?)?,
            created_by: row.try_get("created_by")?,
            expires_at: time("expires_at")?,
            revoked_at: time("revoked_at")?,
            revoked_by: row.try_get("revoked_by")?,
            last_used_at: time("last_used_at")?,
        })
    }
}

fn read_time(time: chrono::DateTime<chrono::Utc>) -> sqlx::Result<Timestamp> {
    Timestamp::new(time).map_err(decode)
}

fn decode(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

/// A token that is to be.
#[derive(Debug, Clone)]
pub struct New {
    /// The one company that it opens; none for all.
    pub company: Option<CompanyId>,
    /// What people call it by.
    pub name: Label,
    /// What it may do.
    pub role: Role,
    /// When it ceases to open anything; none for never.
    pub expires_at: Option<Timestamp>,
    /// Who makes it.
    pub created_by: String,
}

/// Stores a token by its hash.
///
/// # Errors
/// The database's.
pub async fn create(
    connection: &mut PgConnection,
    new: &New,
    hash: [u8; 32],
) -> sqlx::Result<Token> {
    sqlx::query_as(
        "insert into leasehold.tokens
           (id, company_id, name, role, hash, created_at, created_by, expires_at)
         values ($1, $2, $3, $4, $5, now(), $6, $7)
         returning id, company_id, name, role, created_at, created_by, expires_at, revoked_at,
                   revoked_by, last_used_at",
    )
    .bind(Uuid::now_v7())
    .bind(new.company.map_or(ALL, Uuid::from))
    .bind(new.name.as_str())
    .bind(new.role.as_str())
    .bind(hash)
    .bind(&new.created_by)
    .bind(new.expires_at.map(Timestamp::chrono))
    .fetch_one(connection)
    .await
}

/// Tokens after an id, oldest first: of one company, or all.
///
/// # Errors
/// The database's.
pub async fn list(
    connection: &mut PgConnection,
    company: Option<CompanyId>,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Token>> {
    sqlx::query_as(
        "select id, company_id, name, role, created_at, created_by, expires_at, revoked_at,
                revoked_by, last_used_at
         from leasehold.tokens
         where ($1::uuid is null or company_id = $1)
           and id > $2
         order by id
         limit $3",
    )
    .bind(company.map(Uuid::from))
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await
}

/// Revokes a token; one that is revoked already stays as it is. None when there is no such token
/// of the company.
///
/// # Errors
/// The database's.
pub async fn revoke(
    connection: &mut PgConnection,
    company: Option<CompanyId>,
    id: Uuid,
    by: &str,
) -> sqlx::Result<Option<Token>> {
    sqlx::query_as(
        "update leasehold.tokens
         set revoked_at = coalesce(revoked_at, now()), revoked_by = coalesce(revoked_by, $3)
         where ($1::uuid is null or company_id = $1)
           and id = $2
         returning id, company_id, name, role, created_at, created_by, expires_at, revoked_at,
                   revoked_by, last_used_at",
    )
    .bind(company.map(Uuid::from))
    .bind(id)
    .bind(by)
    .fetch_optional(connection)
    .await
}

/// Whether there ever was a token.
///
/// # Errors
/// The database's.
pub async fn has_any(connection: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from leasehold.tokens)").fetch_one(connection).await
}

/// The token with a hash, and whether it has expired by the database's clock.
pub(super) async fn find(
    connection: &mut PgConnection,
    hash: [u8; 32],
) -> sqlx::Result<Option<(Token, bool)>> {
    let row = sqlx::query(
        "select id, company_id, name, role, created_at, created_by, expires_at, revoked_at,
                revoked_by, last_used_at, coalesce(expires_at <= now(), false) as is_expired
         from leasehold.tokens
         where hash = $1",
    )
    .bind(hash)
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok((Token::from_row(&row)?, row.try_get("is_expired")?))).transpose()
}

/// Notes that a token is used, once a minute.
pub(super) async fn touch(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<()> {
    sqlx::query(
        "update leasehold.tokens
         set last_used_at = now()
         where id = $1
           and (last_used_at is null or last_used_at < now() - interval '1 minute')",
    )
    .bind(id)
    .execute(connection)
    .await
    .map(|_| ())
}
