//! `leasehold env`: the places where runs execute.

mod probe;

use clap::{Args, Subcommand};
use leasehold_domain::company::CommandType;
use leasehold_domain::environment::{Driver, Status};
use leasehold_domain::id::EnvironmentId;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::Global;
use super::commands::{Fill, Keyed, Target, company_of, send};
use super::company::companies;
use super::exit::Failed;
use super::output;
use super::remote::{Remote, maybe};
use super::session::Session;
use crate::read::{self, EnvironmentFilter, Keyset};

const COLUMNS: [&str; 7] =
    ["id", "name", "driver", "status", "capacity", "singleFlight", "updatedAt"];

/// Environments: the places where runs execute.
#[derive(Debug, Args)]
pub(super) struct Env {
    #[command(subcommand)]
    command: EnvCommand,
}

#[derive(Debug, Args)]
struct Properties {
    /// In words.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// active or archived.
    #[arg(long, value_name = "WORD")]
    status: Option<String>,
    /// The driver's settings, a JSON object; secrets as references.
    #[arg(long, value_name = "JSON")]
    config: Option<String>,
    /// Variables for runs, a JSON object; secrets as references.
    #[arg(long, value_name = "JSON")]
    env_vars: Option<String>,
    /// Your own notes, a JSON object.
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,
    /// How many leases it holds at once; `none` for any number.
    #[arg(long, value_name = "N", value_parser = number_or_none)]
    capacity: Option<Value>,
    /// What leases promise that do not promise themselves, in seconds; `none` for no expiry.
    #[arg(long, value_name = "SECONDS", value_parser = number_or_none)]
    default_ttl: Option<Value>,
    /// Whether a workspace has at most one holder here.
    #[arg(long, value_name = "BOOL")]
    single_flight: Option<bool>,
}

#[derive(Debug, Subcommand)]
enum EnvCommand {
    /// Every environment, newest change first.
    List {
        /// Only those with this status.
        #[arg(long, value_name = "WORD")]
        status: Option<Status>,
        /// Only those of this driver.
        #[arg(long, value_name = "WORD")]
        driver: Option<Driver>,
    },
    /// One environment, with who uses it.
    Show {
        /// Its id.
        id: Uuid,
    },
    /// Make an environment.
    Create {
        /// Its name, unique in the company.
        name: String,
        /// local, ssh, sandbox or plugin.
        #[arg(long, value_name = "WORD")]
        driver: String,
        #[command(flatten)]
        properties: Properties,
        #[command(flatten)]
        keyed: Keyed,
    },
    /// Change what is given.
    Update {
        /// Its id.
        id: Uuid,
        /// A new name.
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
        #[command(flatten)]
        properties: Properties,
        #[command(flatten)]
        keyed: Keyed,
    },
    /// Let it take no new leases.
    Archive(One),
    /// Let it take leases again.
    Reactivate(One),
    /// Let it be gone; refused while something hangs on it.
    Remove(One),
    /// Look whether it works; exit code 1 when it does not.
    Probe {
        /// Its id, or its name.
        environment: String,
    },
    /// See to it that the company has its local environment.
    EnsureLocal {
        #[command(flatten)]
        keyed: Keyed,
    },
}

#[derive(Debug, Args)]
struct One {
    /// Its id.
    id: Uuid,
    #[command(flatten)]
    keyed: Keyed,
}

fn number_or_none(text: &str) -> Result<Value, String> {
    if text == "none" {
        return Ok(Value::Null);
    }
    text.parse::<u32>().map(Value::from).map_err(|_| "is a whole number or `none`".to_owned())
}

impl Properties {
    fn fill(&self, fill: Fill) -> Result<Fill, Failed> {
        fill.text("description", self.description.as_deref())
            .text("status", self.status.as_deref())
            .maybe("capacity", self.capacity.clone())
            .maybe("defaultTtlSeconds", self.default_ttl.clone())
            .maybe("singleFlight", self.single_flight.map(Value::from))
            .json("config", self.config.as_deref())?
            .json("envVars", self.env_vars.as_deref())?
            .json("metadata", self.metadata.as_deref())
    }
}

impl Env {
    /// Whether it answers for a moment of the past.
    pub(super) const fn looks_back(&self) -> bool {
        matches!(self.command, EnvCommand::List { .. } | EnvCommand::Show { .. })
    }

    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let (kind, target, keyed, fill) = match self.command {
            EnvCommand::List { status, driver } => return list(global, status, driver).await,
            EnvCommand::Show { id } => return show(global, id).await,
            EnvCommand::Probe { environment } => return probe::probe(global, &environment).await,
            EnvCommand::Create { name, driver, properties, keyed } => {
                let fill = Fill::default().set("name", name).set("driver", driver);
                let fill = properties.fill(fill)?;
                (CommandType::CreateEnvironment, Target::First, keyed, fill)
            }
            EnvCommand::Update { id, name, properties, keyed } => {
                let fill = properties.fill(of(id).text("name", name.as_deref()))?;
                (CommandType::UpdateEnvironment, Target::Environment(id), keyed, fill)
            }
            EnvCommand::Archive(one) => one.into_command(CommandType::ArchiveEnvironment),
            EnvCommand::Reactivate(one) => one.into_command(CommandType::ReactivateEnvironment),
            EnvCommand::Remove(one) => {
                output::confirm(global, &format!("Remove environment {}?", one.id))?;
                one.into_command(CommandType::RemoveEnvironment)
            }
            EnvCommand::EnsureLocal { keyed } => {
                let kind = CommandType::EnsureLocalEnvironment;
                (kind, Target::First, keyed, Fill::default())
            }
        };
        send(global, &keyed, kind, target, fill).await
    }
}

impl One {
    fn into_command(self, kind: CommandType) -> (CommandType, Target, Keyed, Fill) {
        (kind, Target::Environment(self.id), self.keyed, of(self.id))
    }
}

fn of(id: Uuid) -> Fill {
    Fill::default().id("environmentId", Some(id))
}

async fn list(
    global: &Global,
    status: Option<Status>,
    driver: Option<Driver>,
) -> Result<(), Failed> {
    if let Some(remote) = Remote::of(global)? {
        let mut query = maybe([
            ("status", status.map(|status| status.to_string())),
            ("driver", driver.map(|driver| driver.to_string())),
        ]);
        query.extend(global.moment_query());
        let rows = remote.list(&remote.path("environments"), &query, usize::MAX).await?;
        return output::list(global.output, &COLUMNS, &rows);
    }
    let session = Session::open(global).await?;
    let statuses = status.map(|status| vec![status]);
    let filter = EnvironmentFilter { statuses, drivers: driver.map(|driver| vec![driver]) };
    let rows = list_all(&session.ledger.readers, global, &filter).await;
    session.close().await?;
    output::list(global.output, &COLUMNS, &rows?)
}

async fn list_all(
    pool: &PgPool,
    global: &Global,
    filter: &EnvironmentFilter,
) -> Result<Vec<Value>, Failed> {
    let companies = companies(pool, global).await?;
    let connection = &mut *pool.acquire().await?;
    if let Some(moment) = global.moment() {
        let mut rows = Vec::new();
        for company in companies {
            let cut = read::find_cut(connection, company, moment).await?;
            let found = read::list_environments_at(connection, company, filter, &cut).await?;
            rows.extend(found.iter().map(|row| json!(row)));
        }
        return Ok(rows);
    }
    let companies: Vec<Uuid> = companies.iter().map(|id| id.0).collect();
    let (mut rows, mut after) = (Vec::new(), Keyset::START);
    loop {
        let page = read::list_environments(connection, &companies, filter, after, 500).await?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = Keyset { at: last.updated_at, id: last.id };
        rows.extend(page.iter().map(|row| json!(row)));
    }
}

async fn show(global: &Global, id: Uuid) -> Result<(), Failed> {
    if let Some(remote) = Remote::of(global)? {
        let (path, moment) = (remote.path(&format!("environments/{id}")), global.moment_query());
        let mut shown = remote.get(&path, &moment).await?;
        shown["usage"] = remote.get(&format!("{path}/usage"), &moment).await?;
        return output::one(global.output, &shown);
    }
    let session = Session::open(global).await?;
    let shown = find(&session.ledger.readers, global, EnvironmentId(id)).await;
    session.close().await?;
    output::one(global.output, &shown?)
}

async fn find(pool: &PgPool, global: &Global, id: EnvironmentId) -> Result<Value, Failed> {
    let company = company_of(pool, global, Target::Environment(id.0)).await?;
    let connection = &mut *pool.acquire().await?;
    let missing = || Failed::not_found(format!("there is no environment {id}"));
    let (row, usage) = if let Some(moment) = global.moment() {
        let cut = read::find_cut(connection, company, moment).await?;
        let row = read::find_environment_at(connection, company, id, &cut).await?;
        let row = row.ok_or_else(missing)?;
        let id = EnvironmentId(row.id);
        (row, read::find_usage_at(connection, company, id, &cut).await?)
    } else {
        let row = read::find_environment(connection, company, id).await?;
        let row = row.ok_or_else(missing)?;
        let id = EnvironmentId(row.id);
        (row, read::find_usage(connection, company, id).await?)
    };
    let mut shown = json!(row);
    shown["usage"] = json!(usage);
    Ok(shown)
}
