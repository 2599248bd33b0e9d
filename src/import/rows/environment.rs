//! A row of `environments`.

use leasehold_domain::environment::{Driver, Status};
use leasehold_domain::fields::Fields;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::json::JsonObject;
use leasehold_domain::text::{Name, Reason};
use leasehold_domain::time::Timestamp;

use super::Readable;
use super::field::{optional_text, required_text};

/// An environment as Paperclip has it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::import) struct Environment {
    pub(in crate::import) id: EnvironmentId,
    /// In the first form alone; today's belong to the whole installation.
    pub(in crate::import) company_id: Option<CompanyId>,
    pub(in crate::import) name: Name,
    pub(in crate::import) description: Option<Reason>,
    pub(in crate::import) driver: Driver,
    pub(in crate::import) status: Status,
    pub(in crate::import) config: JsonObject,
    pub(in crate::import) env_vars: JsonObject,
    pub(in crate::import) metadata: Option<JsonObject>,
    pub(in crate::import) created_at: Timestamp,
    pub(in crate::import) updated_at: Timestamp,
}

impl Readable for Environment {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "company_id",
        "name",
        "description",
        "driver",
        "status",
        "config",
        "env_vars",
        "metadata",
        "created_at",
        "updated_at",
    ];

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let id = fields.required("id");
        let company_id = fields.optional("company_id");
        let name = required_text(fields, "name");
        let description = optional_text(fields, "description");
        let driver = fields.required("driver");
        let status = fields.required("status");
        let config = fields.required("config");
        // The first form had none.
        let env_vars = fields.optional("env_vars").unwrap_or_default();
        let metadata = fields.optional("metadata");
        let created_at = fields.required("created_at");
        let updated_at = fields.required("updated_at");
        Some(Self {
            id: id?,
            company_id,
            name: name?,
            description,
            driver: driver?,
            status: status?,
            config: config?,
            env_vars,
            metadata,
            created_at: created_at?,
            updated_at: updated_at?,
        })
    }
}
