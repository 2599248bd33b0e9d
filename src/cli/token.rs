//! `leasehold token`: who may come in over HTTP.

use chrono::{TimeDelta, Utc};
use clap::{Args, Subcommand, ValueEnum};
use hyper::Method;
use leasehold_domain::text::Label;
use leasehold_domain::time::Timestamp;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::Global;
use super::commands::person;
use super::exit::Failed;
use super::output::{self, note};
use super::remote::{Remote, maybe};
use super::session::Session;
use crate::log::read_clock;
use crate::tokens::{self, DAYS_DEFAULT, New, Role, Secret};

const COLUMNS: [&str; 7] =
    ["id", "name", "role", "companyId", "expiresAt", "revokedAt", "lastUsedAt"];
/// Tokens listed at once.
const PAGE: i64 = 1_000;
/// Longest life in days: ten years.
const DAYS_MAX: u32 = 3_660;

/// Tokens: who may come in over HTTP, as what, and to which company.
#[derive(Debug, Args)]
pub(super) struct Token {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make one; it is shown once. With --company for that one alone, else for all.
    Create(Create),
    /// Those that there are, revoked and expired ones too.
    List,
    /// Let one open nothing any more, within a second.
    Revoke {
        /// The token's id.
        id: Uuid,
    },
}

#[derive(Debug, Args)]
struct Create {
    /// What it may do.
    #[arg(long, value_enum, value_name = "ROLE")]
    role: Word,
    /// What to call it by.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// How long it lasts.
    #[arg(long, default_value_t = DAYS_DEFAULT, value_name = "DAYS",
          value_parser = clap::value_parser!(u32).range(1..=i64::from(DAYS_MAX)))]
    days: u32,
    /// It never expires.
    #[arg(long, conflicts_with = "days")]
    forever: bool,
}

/// A role as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Word {
    /// Dispatch commands and ask questions.
    Heartbeat,
    /// Ask questions.
    Auditor,
    /// Everything, tokens too.
    Admin,
}

impl From<Word> for Role {
    fn from(word: Word) -> Self {
        match word {
            Word::Heartbeat => Self::Heartbeat,
            Word::Auditor => Self::Auditor,
            Word::Admin => Self::Admin,
        }
    }
}

impl Token {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        if let Some(remote) = Remote::of(global)? {
            return self.act_through(global, &remote).await;
        }
        let session = Session::open(global).await?;
        let done = self.act(global, &session.ledger.keepers).await;
        session.close().await?;
        done
    }

    async fn act(&self, global: &Global, keepers: &PgPool) -> Result<(), Failed> {
        match &self.action {
            Action::Create(create) => create.run(global, keepers).await,
            Action::List => list(global, keepers).await,
            Action::Revoke { id } => revoke(global, keepers, *id).await,
        }
    }
}

impl Token {
    /// The same through a server, which makes the secret.
    async fn act_through(&self, global: &Global, remote: &Remote) -> Result<(), Failed> {
        let path = "/v1/admin/tokens";
        match &self.action {
            Action::Create(create) => {
                let made = remote.call(Method::POST, path, &create.to_body(global)).await?;
                note("this is the only time that the secret is shown");
                output::one(global.output, &made)
            }
            Action::List => {
                let company = global.company.map(|company| company.to_string());
                let query = maybe([("companyId", company)]);
                let rows = remote.list(path, &query, usize::MAX).await?;
                output::list(global.output, &COLUMNS, &rows)
            }
            Action::Revoke { id } => {
                let path = format!("{path}/{id}");
                let revoked = remote.call(Method::DELETE, &path, &json!({})).await?;
                output::one(global.output, &revoked)
            }
        }
    }
}

impl Create {
    fn to_body(&self, global: &Global) -> Value {
        let role = Role::from(self.role).as_str();
        let mut body = json!({"name": self.name, "role": role, "companyId": global.company});
        if self.forever {
            body["expiresAt"] = Value::Null;
        } else if self.days != DAYS_DEFAULT {
            body["expiresAt"] = json!(Utc::now() + TimeDelta::days(self.days.into()));
        }
        body
    }

    async fn run(&self, global: &Global, keepers: &PgPool) -> Result<(), Failed> {
        let name = Label::new(self.name.as_str());
        let name = name.map_err(|bad| Failed::usage(format!("--name {bad}")))?;
        let mut keeper = keepers.acquire().await?;
        let now = Timestamp::new(read_clock(&mut keeper).await?);
        let now = now.map_err(|error| Failed::error(error.to_string()))?;
        let expires_at = (!self.forever).then(|| now.plus_seconds(self.days * 24 * 3_600));
        let created_by = person().id.to_string();
        let role = self.role.into();
        let new = New { company: global.company, name, role, expires_at, created_by };
        let secret = Secret::make();
        let secret = secret.map_err(|error| Failed::error(format!("no randomness: {error}")))?;
        let token = tokens::create(&mut keeper, &new, secret.hash()).await?;
        note("this is the only time that the secret is shown");
        let mut shown = json!(token);
        shown["secret"] = secret.reveal().into();
        output::one(global.output, &shown)
    }
}

async fn list(global: &Global, keepers: &PgPool) -> Result<(), Failed> {
    let mut keeper = keepers.acquire().await?;
    let (mut shown, mut after) = (Vec::new(), Uuid::nil());
    loop {
        let page = tokens::list(&mut keeper, global.company, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        shown.extend(page.iter().map(|token| json!(token)));
    }
    output::list(global.output, &COLUMNS, &shown)
}

async fn revoke(global: &Global, keepers: &PgPool, id: Uuid) -> Result<(), Failed> {
    let by = person().id.to_string();
    let revoked = tokens::revoke(&mut *keepers.acquire().await?, global.company, id, &by).await?;
    let none = || Failed::not_found(format!("there is no token {id}"));
    let shown: Value = json!(revoked.ok_or_else(none)?);
    output::one(global.output, &shown)
}
