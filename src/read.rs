//! Questions: the SQL that reads the tables, one statement a function.
//!
//! **Claims.** Every statement finds its rows through an index, however many leases there are; a
//! list goes on where its last page ended, whatever was written in between.
//! **Because** a filter picks one of a few static statements, each made for one index, and pages
//! are cut by key and not by offset.
//! **Not** promised: that two pages of a list are of one moment.

mod activity;
mod bind;
mod census;
mod companies;
mod directory;
mod due;
mod environments;
mod gauges;
mod history;
mod leases;
mod page;
mod past;
mod poisoned;
mod readiness;
mod removed;
mod usage;
mod waiting;

pub use activity::{Activity, ActivityFilter, find_position_since, list_activity};
pub use census::{Counted, count_events};
pub use companies::{list_companies, list_company_ids, list_heads};
pub use directory::{
    list_companies_of_environment, list_companies_of_lease, list_companies_of_run,
};
pub use due::{DueLease, count_due, count_due_holders, list_due_leases};
pub use environments::{
    EnvironmentFilter, find_environment, find_environment_by_name, list_environments,
    list_environments_by_id, resolve_environments,
};
pub use gauges::{CleanupGauge, count_cleanups, find_projection_lags};
pub use history::list_lease_history;
pub use leases::{
    CleanupFilter, LeaseFilter, LeaseOrder, Stale, count_open_leases, find_lease, list_cleanups,
    list_companies_to_clean_up, list_leases,
};
pub use page::Keyset;
pub use past::{
    AgentHeld, Cut, Moment, find_cut, find_environment_at, find_lease_at, find_usage_at,
    list_agents_held, list_environments_at, list_leases_at, list_streams_of_run, load_states_at,
    page_leases_at,
};
pub use poisoned::{Poisoned, list_poisoned};
pub use readiness::{Found, Readiness, find_how_it_is, find_newest_migration, readiness};
pub use removed::find_removed_environment;
pub use usage::{Usage, find_usage};
pub use waiting::{Awaited, find_is_free, list_neighbours};
