//! The forms in which the events of leases are stored.

use leasehold_domain::actor::{Actor, ActorType};
use leasehold_domain::environment::Driver;
use leasehold_domain::fence::{Epoch, Fence, Position};
use leasehold_domain::json::{JsonObject, JsonValue};
use leasehold_domain::lease::{
    Acquired, Amended, Cause, CleanupStatus, Disposition, Due, Ended, Event, Expiry,
    ImportedColumns, MetadataUpdated, Policy, Renewed, Resumed, Retained, Ttl,
};
use leasehold_domain::limits::Limits;

mod cleanups;
mod watched;

use super::golden;
use crate::support::read::object;
use crate::support::{at, ids, label, reason};

golden! {
    Lease, Event:
    LeaseReserved { "": Box::new(reserved()), "-minimal": Box::new(barely_reserved()) }
    LeaseAcquired { "": Box::new(acquired()), "-minimal": Box::new(barely_acquired()) }
    LeaseRenewed { "": Renewed { at: at(2), expiry: promised() } }
    MetadataUpdated {
        "": MetadataUpdated { at: at(3), metadata: Some(notes()) },
        "-minimal": MetadataUpdated { at: at(3), metadata: None },
    }
    Retained { "": retained(), "-minimal": barely_retained() }
    Resumed { "": Box::new(resumed()), "-minimal": Box::new(barely_resumed()) }
    Released { "": Box::new(ended()), "-minimal": Box::new(barely_ended(Cause::Release)) }
    Expired { "": Box::new(ended()), "-minimal": Box::new(barely_ended(Cause::RunRelease)) }
    Failed { "": Box::new(ended()), "-minimal": Box::new(barely_ended(Cause::RunEnd)) }
    Amended { "": Box::new(amended()), "-minimal": Box::new(barely_amended()), "-resource": Box::new(turned_up()) }
    AmnestyGranted { "": watched::amnesty() }
    FenceRefused { "": Box::new(watched::fence_refused()) }
    CleanupRequested { "": cleanups::requested() }
    CleanupClaimed { "": Box::new(cleanups::claimed()) }
    CleanupDeferred { "": Box::new(cleanups::deferred()), "-minimal": Box::new(cleanups::barely_deferred()) }
    CleanupSucceeded { "": Box::new(cleanups::succeeded()), "-minimal": Box::new(cleanups::barely_succeeded()) }
    CleanupFailed { "": Box::new(cleanups::failed()), "-minimal": Box::new(cleanups::barely_failed()) }
    CleanupBlocked { "": Box::new(cleanups::blocked()) }
}

fn notes() -> JsonObject {
    let text = r#"{"z":[1.10,null,true],"a":{"ü":"\u2028\"\\\n"},"far":1e300,"near":-1E-300}"#;
    object(serde_json::from_str(text).unwrap())
}

const fn fence(position: u64) -> Fence {
    Fence::of(Epoch(1), Position(position))
}

fn promised() -> Expiry {
    Expiry { expires_at: at(61), ttl_seconds: Some(60) }
}

fn agent() -> Actor {
    Actor {
        kind: ActorType::Agent,
        id: label("agent-7"),
        agent_id: Some(ids::agent(7)),
        run_id: Some(ids::run(1)),
        responsible_user_id: Some(label("ada")),
    }
}

fn acquired() -> Acquired {
    let egress = serde_json::from_str(r#"["example.org",443]"#).unwrap();
    Acquired {
        at: at(1),
        id: ids::lease(1),
        company_id: ids::company(1),
        environment_id: ids::environment(1),
        driver: Driver::Sandbox,
        execution_workspace_id: Some(ids::workspace(1)),
        issue_id: Some(ids::issue(1)),
        heartbeat_run_id: Some(ids::run(1)),
        agent_id: Some(ids::agent(1)),
        lease_policy: Policy::ReuseByExecutionWorkspace,
        provider: Some(label("daytona")),
        provider_lease_id: Some(label("sbx-1")),
        expiry: Some(promised()),
        metadata: Some(notes()),
        network_egress: Some(JsonValue::new(egress, &Limits::default()).unwrap()),
        fence: fence(7),
        replaces_lease_id: Some(ids::lease(2)),
        deadline: None,
        due: None,
    }
}

fn barely_acquired() -> Acquired {
    Acquired {
        at: at(1),
        id: ids::lease(1),
        company_id: ids::company(1),
        environment_id: ids::environment(1),
        driver: Driver::Local,
        execution_workspace_id: None,
        issue_id: None,
        heartbeat_run_id: None,
        agent_id: None,
        lease_policy: Policy::Ephemeral,
        provider: None,
        provider_lease_id: None,
        expiry: None,
        metadata: None,
        network_egress: None,
        fence: fence(8),
        replaces_lease_id: None,
        deadline: None,
        due: None,
    }
}

fn reserved() -> Acquired {
    Acquired {
        expiry: None,
        deadline: Some(at(300)),
        due: Some(Due::TtlSeconds(Ttl(60))),
        ..acquired()
    }
}

fn barely_reserved() -> Acquired {
    Acquired { deadline: Some(at(300)), ..barely_acquired() }
}

fn retained() -> Retained {
    Retained {
        at: at(4),
        failure_reason: Some(reason("tests failed")),
        cleanup_status: Some(CleanupStatus::Pending),
        retain_until: Some(at(3_600)),
        provider_resource_disposition: Some(Disposition::StopAndRetain),
    }
}

fn barely_retained() -> Retained {
    Retained {
        at: at(4),
        failure_reason: None,
        cleanup_status: None,
        retain_until: None,
        provider_resource_disposition: None,
    }
}

fn resumed() -> Resumed {
    Resumed {
        at: at(5),
        heartbeat_run_id: ids::run(2),
        agent_id: Some(ids::agent(2)),
        issue_id: Some(ids::issue(2)),
        expiry: Some(Expiry { expires_at: at(99), ttl_seconds: None }),
        metadata: Some(notes()),
        fence: fence(9),
    }
}

fn barely_resumed() -> Resumed {
    Resumed {
        at: at(5),
        heartbeat_run_id: ids::run(2),
        agent_id: None,
        issue_id: None,
        expiry: None,
        metadata: None,
        fence: fence(9),
    }
}

fn ended() -> Ended {
    Ended {
        at: at(6),
        by: agent(),
        cause: Cause::HandOff,
        failure_reason: Some(reason("out of memory")),
        cleanup_status: Some(CleanupStatus::Failed),
        provider_resource_disposition: Some(Disposition::Destroy),
        remote_execution_termination: Some(notes()),
        replaced_by_lease_id: Some(ids::lease(3)),
    }
}

fn barely_ended(cause: Cause) -> Ended {
    Ended {
        at: at(6),
        by: Actor::system("heartbeat"),
        cause,
        failure_reason: None,
        cleanup_status: None,
        provider_resource_disposition: None,
        remote_execution_termination: None,
        replaced_by_lease_id: None,
    }
}

fn amended() -> Amended {
    Amended {
        at: at(7),
        failure_reason: Some(reason("told late")),
        cleanup_status: Some(CleanupStatus::Success),
        remote_execution_termination: Some(notes()),
        replaced_by_lease_id: Some(ids::lease(3)),
        provider_lease_id: None,
        imported: Some(Box::new(ImportedColumns {
            acquired_at: at(-9),
            last_used_at: at(-8),
            expires_at: Some(at(-7)),
            released_at: Some(at(-6)),
            failure_reason: Some(reason("told there")),
            cleanup_status: Some(CleanupStatus::Failed),
            created_at: at(-5),
            updated_at: at(-4),
            source_status: Some(label("zombie")),
        })),
    }
}

fn turned_up() -> Amended {
    Amended { provider_lease_id: Some(label("sbx-9")), ..barely_amended() }
}

fn barely_amended() -> Amended {
    Amended {
        at: at(7),
        failure_reason: None,
        cleanup_status: None,
        remote_execution_termination: None,
        replaced_by_lease_id: None,
        provider_lease_id: None,
        imported: None,
    }
}
