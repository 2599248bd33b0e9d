//! Which environment a run uses, and which adapters can work where.

use super::Driver;
use crate::word::words;

words! {
    /// By whose word a run's environment was chosen, the strongest first.
    Level {
        /// The execution workspace names it.
        ExecutionWorkspace = "execution_workspace",
        /// The issue names it.
        Issue = "issue",
        /// The project names it.
        Project = "project",
        /// It is the agent's default.
        Agent = "agent",
        /// It is the company's default.
        Company = "company",
        /// Nobody names one: the company's local environment.
        Local = "local",
    }
}

/// The adapters that can start their agent elsewhere; every other one works on this machine alone
/// (Paperclip's list).
const REMOTE_ADAPTERS: [&str; 9] = [
    "claude_local",
    "codex_local",
    "cursor",
    "gemini_local",
    "grok_local",
    "kimi_local",
    "opencode_local",
    "paperclip_runner",
    "pi_local",
];

/// Whether an adapter can work at places of a kind.
#[must_use]
pub fn adapter_can_use(adapter: &str, driver: Driver) -> bool {
    match driver {
        Driver::Local => true,
        Driver::Ssh | Driver::Sandbox | Driver::Plugin => REMOTE_ADAPTERS.contains(&adapter),
    }
}
