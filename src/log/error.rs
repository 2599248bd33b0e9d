//! What a database error means for a writer: by SQLSTATE, never by message.

use thiserror::Error;

/// What is wrong with a database, told so that somebody can act on it.
#[derive(Debug, Error)]
pub enum DatabaseError {
    /// It cannot be reached.
    #[error("the database cannot be reached")]
    Unreachable(#[source] sqlx::Error),
    /// There is no database of that name on the server.
    #[error("the server has no such database; make it first, with createdb or `create database`")]
    Missing(#[source] sqlx::Error),
    /// The server does not let this user in.
    #[error("the server does not let this user in: look at the user, the password and pg_hba.conf")]
    Denied(#[source] sqlx::Error),
    /// Its schema is newer than this program.
    #[error(
        "the database was migrated by a newer version of leasehold (migration {0}); upgrade this program"
    )]
    Newer(i64),
    /// A migration that was applied differs from the one in this program.
    #[error("migration {0} was applied in another form; the database belongs to another build")]
    Foreign(i64),
    /// Its schema is older than this program, and this user may not change that.
    #[error("the schema has to be migrated first, by its owner: start leasehold once as that user")]
    NotMigrated,
    /// The migrations could not be applied.
    #[error("the database could not be migrated")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// A projection's live table was made by a fold that this program has not.
    #[error(
        "the table {name} was made by version {live} of its fold and this program writes version \
         {own}; use the program that made it, or rebuild"
    )]
    OtherFold {
        /// Which projection.
        name: String,
        /// The version of the live table.
        live: i32,
        /// The version that this program writes.
        own: u32,
    },
    /// A setting makes it unfit.
    #[error("the database has {setting} = {value}; leasehold needs {needed}")]
    Setting {
        /// Which setting.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What it has to be.
        needed: &'static str,
    },
    /// Anything else.
    #[error("the database refused")]
    Other(#[from] sqlx::Error),
}

impl DatabaseError {
    /// Why there is no connection.
    #[must_use]
    pub fn of_connecting(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        match code.as_deref() {
            Some("3D000") => Self::Missing(error),
            Some(code) if code.starts_with("28") || code == "42501" => Self::Denied(error),
            Some(_) | None => Self::Unreachable(error),
        }
    }
}

/// How a failed statement is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The connection is gone, or the server is going: what became of the statement is not known.
    Lost,
    /// Some value of the statement cannot be stored; nothing was.
    Unstorable,
    /// There is no room on the disk; nothing was stored.
    Full,
    /// Another writer was in the way; nothing was stored.
    Contended,
    /// The same key was written by another process in the same moment; nothing was stored.
    Duplicate,
    /// The statement itself is at fault; nothing was stored.
    Broken,
}

impl Trouble {
    /// Sorts an error (PostgreSQL's appendix A: error codes).
    #[must_use]
    pub fn of(error: &sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return Self::of_client(error);
        };
        let code = database.code().unwrap_or_default().into_owned();
        match (code.get(..2).unwrap_or_default(), code.as_str()) {
            (_, "53100") => Self::Full,
            // Too many connections, a database that takes none or is gone, a password that was
            // changed, a standby where the primary was: as good as no server.
            (_, "53300" | "55000" | "3D000" | "25006") | ("08" | "28" | "57" | "58" | "XX", _) => {
                Self::Lost
            }
            (_, "23505") => Self::Duplicate,
            ("40", _) | (_, "55P03") => Self::Contended,
            ("22" | "23" | "54", _) => Self::Unstorable,
            _ => Self::Broken,
        }
    }

    /// What did not come from the server: everything but a fault of ours is a lost connection.
    const fn of_client(error: &sqlx::Error) -> Self {
        let is_ours = matches!(
            error,
            sqlx::Error::Decode(_)
                | sqlx::Error::ColumnDecode { .. }
                | sqlx::Error::ColumnNotFound(_)
                | sqlx::Error::ColumnIndexOutOfBounds { .. }
                | sqlx::Error::TypeNotFound { .. }
                | sqlx::Error::RowNotFound
        );
        if matches!(error, sqlx::Error::Encode(_)) {
            Self::Unstorable
        } else if is_ours {
            Self::Broken
        } else {
            Self::Lost
        }
    }
}
