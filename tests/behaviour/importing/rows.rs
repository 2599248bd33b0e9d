//! Rows as Paperclip has them, and a directory of files to put them in.

use std::path::{Path, PathBuf};

use leasehold::import::{Source, Table};
use serde_json::{Value, json};
use uuid::Uuid;

/// Files for the three tables that an import needs; gone with this value.
pub(super) struct Files {
    path: PathBuf,
}

impl Files {
    pub(super) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("paperclip-{}", Uuid::now_v7()));
        std::fs::create_dir(&path).unwrap();
        let files = Self { path };
        for table in [Table::Environments, Table::Leases, Table::Activity] {
            files.text(table, "");
        }
        files
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a text where a table's rows stand.
    pub(super) fn text(&self, table: Table, text: &str) {
        std::fs::write(self.path.join(table.file()), text).unwrap();
    }

    /// Puts rows into a table, one a line.
    pub(super) fn rows(self, table: Table, rows: &[Value]) -> Self {
        let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
        self.text(table, &lines.join("\n"));
        self
    }

    pub(super) async fn open(&self) -> Source {
        Source::directory(&self.path).await.unwrap()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// An id that is told apart by its kind and its number.
fn id(kind: u128, number: u32) -> Uuid {
    Uuid::from_u128(kind << 96 | 0x7000_8000_0000_0000_0000 | u128::from(number))
}

pub(super) fn company(number: u32) -> Uuid {
    id(0xc0, number)
}

pub(super) fn environment_id(number: u32) -> Uuid {
    id(0xe0, number)
}

pub(super) fn lease_id(number: u32) -> Uuid {
    id(0x1e, number)
}

pub(super) fn activity_id(number: u32) -> Uuid {
    id(0xac, number)
}

pub(super) fn run(number: u32) -> Uuid {
    id(0x40, number)
}

/// Some seconds past two o'clock.
pub(super) fn at(seconds: u32) -> String {
    format!("2026-03-02T02:{:02}:{:02}.5+00:00", seconds / 60, seconds % 60)
}

/// A row with other values in some of its columns.
pub(super) fn with(mut row: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    row.as_object_mut().unwrap().extend(changes);
    row
}

/// An environment of the whole installation.
pub(super) fn environment(number: u32) -> Value {
    json!({
        "id": environment_id(number), "name": format!("box {number}"), "description": null,
        "driver": "ssh", "status": "active", "config": {"host": "h"}, "env_vars": {},
        "metadata": null, "created_at": at(0), "updated_at": at(0),
    })
}

/// An active lease of a company on an environment.
pub(super) fn lease(number: u32, company_number: u32, environment: u32) -> Value {
    json!({
        "id": lease_id(number), "company_id": company(company_number),
        "environment_id": environment_id(environment), "execution_workspace_id": null,
        "issue_id": null, "heartbeat_run_id": run(number), "status": "active",
        "lease_policy": "ephemeral", "provider": "ssh", "provider_lease_id": null,
        "acquired_at": at(number), "last_used_at": at(number), "expires_at": null,
        "released_at": null, "failure_reason": null, "cleanup_status": null,
        "metadata": {"driver": "ssh"}, "created_at": at(number), "updated_at": at(number),
    })
}

/// What makes a lease one that is over since an instant.
pub(super) fn over(status: &str, seconds: u32) -> Value {
    let end = at(seconds);
    json!({"status": status, "released_at": end, "last_used_at": end, "updated_at": end})
}

/// An activity row about a lease.
pub(super) fn activity(number: u32, company_number: u32, action: &str, lease: u32) -> Value {
    json!({
        "id": activity_id(number), "company_id": company(company_number), "actor_type": "agent",
        "actor_id": "a-1", "action": action, "entity_type": "environment_lease",
        "entity_id": lease_id(lease), "agent_id": null, "run_id": run(lease),
        "responsible_user_id": "owner", "details": {"status": "released"},
        "created_at": at(number),
    })
}

/// What makes an activity row one about an environment.
pub(super) fn about_environment(number: u32) -> Value {
    json!({"entity_type": "environment", "entity_id": environment_id(number), "run_id": null})
}
