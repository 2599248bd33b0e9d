//! Ids that are told apart at a glance: the kind in front, the number at the end.

use leasehold_domain::id::{
    AgentId, CompanyId, EnvironmentId, IssueId, LeaseId, OperationId, RunId, WorkspaceId,
};
use uuid::Uuid;

const fn numbered(kind: u128, number: u32) -> Uuid {
    Uuid::from_u128((kind << 112) | (7 << 76) | (2 << 62) | number as u128)
}

pub(crate) const fn company(number: u32) -> CompanyId {
    CompanyId(numbered(0xc0, number))
}

pub(crate) const fn environment(number: u32) -> EnvironmentId {
    EnvironmentId(numbered(0xe0, number))
}

pub(crate) const fn lease(number: u32) -> LeaseId {
    LeaseId(numbered(0x1e, number))
}

pub(crate) const fn run(number: u32) -> RunId {
    RunId(numbered(0x40, number))
}

pub(crate) const fn issue(number: u32) -> IssueId {
    IssueId(numbered(0x15, number))
}

pub(crate) const fn workspace(number: u32) -> WorkspaceId {
    WorkspaceId(numbered(0x30, number))
}

pub(crate) const fn agent(number: u32) -> AgentId {
    AgentId(numbered(0xa6, number))
}

pub(crate) const fn operation(number: u32) -> OperationId {
    OperationId(numbered(0x09, number))
}

/// The id of what the command that takes a position may create.
pub(crate) const fn made_at(position: u64) -> Uuid {
    Uuid::from_u128((0xd0 << 112) | (7 << 76) | (2 << 62) | position as u128)
}
