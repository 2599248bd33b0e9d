//! `leasehold db backup` and `db restore`: the private PostgreSQL's ledger in one file, and back.

use std::path::{Path, PathBuf};

use serde_json::json;
use sqlx::{Connection, PgConnection};

use super::Global;
use super::exit::{Failed, Kind};
use super::output::{self, note};
use crate::database::prepare;
use crate::log::list_heads;
use crate::pg::{Cluster, backup};

/// Writes the ledger, as it is at one moment, into a file; commands go on meanwhile.
pub(super) async fn back_up(global: &Global, cluster: Cluster, file: &Path) -> Result<(), Failed> {
    if file.exists() {
        let message = format!("{} is there already: a backup replaces nothing", file.display());
        return Err(Failed::new(Kind::Refused, message));
    }
    prepare(&cluster.connect_options()).await?;
    // Under another name until it is whole: a backup that was cut off is none.
    let partial = PathBuf::from(format!("{}.partial", file.display()));
    run(&cluster, "pg_dump", &backup::dump_arguments(&cluster.url(), &partial)).await?;
    tokio::fs::rename(&partial, file).await?;
    let bytes = tokio::fs::metadata(file).await?.len();
    cluster.stop().await?;
    output::one(global.output, &json!({"file": file, "bytes": bytes}))
}

/// Brings a backup into an empty private PostgreSQL, under a new epoch.
pub(super) async fn restore(global: &Global, cluster: Cluster, file: &Path) -> Result<(), Failed> {
    if !file.exists() {
        return Err(Failed::not_found(format!("there is no file {}", file.display())));
    }
    let mut connection = PgConnection::connect_with(&cluster.connect_options()).await?;
    if backup::has_ledger(&mut connection).await? {
        let message = "there is a ledger already: restore into an empty --data-dir";
        return Err(Failed::new(Kind::Refused, message));
    }
    backup::make_roles(&mut connection).await?;
    run(&cluster, "pg_restore", &backup::restore_arguments(&cluster.url(), file)).await?;
    // Positions and fences that were given after the backup are never given again.
    backup::raise_epochs(&mut connection).await?;
    let heads = list_heads(&mut connection).await?;
    connection.close().await?;
    prepare(&cluster.connect_options()).await?;
    cluster.stop().await?;
    note("restored under a new epoch; `leasehold verify` says whether it is whole");
    let heads: Vec<_> = heads
        .iter()
        .map(|head| {
            json!({"companyId": head.company_id, "position": head.position, "epoch": head.epoch})
        })
        .collect();
    output::list(global.output, &["companyId", "position", "epoch"], &heads)
}

async fn run(cluster: &Cluster, program: &str, arguments: &[String]) -> Result<(), Failed> {
    let path = cluster.bin_dir().join(program);
    let output = tokio::process::Command::new(&path)
        .args(arguments)
        .output()
        .await
        .map_err(|error| Failed::error(format!("cannot run {}: {error}", path.display())))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failed::error(format!("{program} ended with {}: {}", output.status, said.trim())))
}
