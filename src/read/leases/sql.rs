//! The statements that find leases: one for each index, all with the same parameters, so that the
//! same filter means the same whichever way is taken.
//!
//! A filter that is not asked is null. Only what the index has already narrowed is filtered so; a
//! list of a company's whole history by agent, provider or policy walks the company's index.
//!
//! The filters stand inside a `coalesce`, where the planner does not look: it would multiply a
//! dozen guesses, expect next to nothing to be left, and fetch and sort everything to find it.

use super::LeaseOrder;

/// What every statement shows.
macro_rules! columns {
    () => {
        "l.id, l.company_id, l.environment_id, l.execution_workspace_id, l.issue_id,
         l.heartbeat_run_id, l.status, l.lease_policy, l.provider, l.provider_lease_id,
         l.acquired_at, l.last_used_at, l.expires_at, l.released_at, l.failure_reason,
         l.cleanup_status, l.metadata, l.created_at, l.updated_at, l.agent_id, l.phase, l.fence,
         l.expiry_mode, l.ttl_seconds, l.cleanup_state, l.ended_by, l.end_cause,
         l.replaces_lease_id, l.replaced_by_lease_id, l.retain_until, l.source_status, l.version,
         l.reservation_deadline, l.due_at, l.cleanup_due_at, l.cleanup"
    };
}

/// The filters: $5 to $16.
macro_rules! matching {
    () => {
        "
           and coalesce(
             ($5::text[] is null or l.status = any($5))
             and ($6::text[] is null or l.phase = any($6))
             and ($7::boolean is null
                  or (l.status in ('active', 'retained')
                      or coalesce(l.cleanup_status in ('pending', 'failed'), false)) = $7)
             and ($8::uuid[] is null or l.environment_id = any($8))
             and ($9::uuid[] is null or l.heartbeat_run_id = any($9))
             and ($10::uuid[] is null or l.issue_id = any($10))
             and ($11::uuid[] is null or l.agent_id = any($11))
             and ($12::uuid[] is null or l.execution_workspace_id = any($12))
             and ($13::text[] is null or l.provider = any($13))
             and ($14::text[] is null or l.provider_lease_id = any($14))
             and ($15::text[] is null or l.lease_policy = any($15))
             and ($16::text[] is null or l.cleanup_status = any($16)),
             false)
         "
    };
}

/// A statement whose index finds few rows, of any company, to be put in order afterwards.
macro_rules! list_where {
    ($found:literal, $at:literal) => {
        concat!(
            "select ",
            columns!(),
            "
         from leasehold.environment_leases l
         where l.company_id = any($1::uuid[])
           and (",
            $at,
            ", l.id) < ($2::timestamptz, $3::uuid)
           and ",
            $found,
            matching!(),
            "order by ",
            $at,
            " desc, l.id desc
         limit $4::bigint"
        )
    };
}

/// The same rows in each of the two orders.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ordered {
    by_acquired: &'static str,
    by_last_used: &'static str,
}

impl Ordered {
    pub(super) const fn by(self, order: LeaseOrder) -> &'static str {
        match order {
            LeaseOrder::Acquired => self.by_acquired,
            LeaseOrder::LastUsed => self.by_last_used,
        }
    }
}

macro_rules! ordered {
    ($found:literal) => {
        Ordered {
            by_acquired: list_where!($found, "l.acquired_at"),
            by_last_used: list_where!($found, "l.last_used_at"),
        }
    };
}

/// A statement whose index has the order of the list: the newest of each company, merged.
macro_rules! list_newest {
    ($places:literal, $found:literal, $at:literal) => {
        concat!(
            "select ",
            columns!(),
            "
         from ",
            $places,
            "
         cross join lateral (
           select ",
            columns!(),
            "
           from leasehold.environment_leases l
           where l.company_id = c.company_id
             and ",
            $found,
            "(",
            $at,
            ", l.id) < ($2::timestamptz, $3::uuid)",
            matching!(),
            "order by ",
            $at,
            " desc, l.id desc
           limit $4::bigint
         ) as l
         order by ",
            $at,
            " desc, l.id desc
         limit $4::bigint"
        )
    };
}

/// One lease, by `environment_leases_pkey`.
pub(super) const FIND: &str = concat!(
    "select ",
    columns!(),
    "
         from leasehold.environment_leases l
         where l.id = $2
           and l.company_id = $1"
);

/// By `environment_leases_run_idx`.
pub(super) const LIST_OF_RUNS: Ordered =
    ordered!("l.heartbeat_run_id = any($9) and l.heartbeat_run_id is not null");

/// By `environment_leases_provider_idx`.
pub(super) const LIST_OF_PROVIDER_LEASES: Ordered =
    ordered!("l.provider_lease_id = any($14) and l.provider_lease_id is not null");

/// By `environment_leases_workspace_idx`.
pub(super) const LIST_OF_WORKSPACES: Ordered =
    ordered!("l.execution_workspace_id = any($12) and l.execution_workspace_id is not null");

/// By `environment_leases_issue_idx`.
pub(super) const LIST_OF_ISSUES: Ordered =
    ordered!("l.issue_id = any($10) and l.issue_id is not null");

/// By `environment_leases_open_idx`.
pub(super) const LIST_OPEN: Ordered =
    ordered!("(l.status in ('active', 'retained') or l.cleanup_status in ('pending', 'failed'))");

/// By `environment_leases_open_idx`; whether a run has ended by `activity_log_ended_run_idx`.
pub(super) const LIST_STALE: Ordered = ordered!(
    "(l.status in ('active', 'retained') or l.cleanup_status in ('pending', 'failed'))
           and l.status = 'active'
           and (($17::boolean
                 and exists (
                   select
                   from leasehold.activity_log a
                   where a.company_id = l.company_id
                     and a.entity_id = l.heartbeat_run_id::text
                     and a.action = 'heartbeat_run.ended'
                 ))
                or ($18::boolean and l.expires_at < now())
                or l.last_used_at < now() - make_interval(secs => $19::double precision))"
);

/// By `environment_leases_environment_idx`, whose order it has.
pub(super) const LIST_OF_ENVIRONMENTS: &str = list_newest!(
    "unnest($1::uuid[]) as c (company_id)
         cross join unnest($8::uuid[]) as e (environment_id)",
    "l.environment_id = e.environment_id and ",
    "l.last_used_at"
);

/// By `environment_leases_acquired_idx`, whose order it has.
pub(super) const LIST_OF_COMPANIES: &str =
    list_newest!("unnest($1::uuid[]) as c (company_id)", "", "l.acquired_at");

/// By `environment_leases_cleanup_idx`, whose order it has: the earliest of each company, merged.
pub(super) const LIST_CLEANUPS: &str = concat!(
    "select ",
    columns!(),
    "
         from unnest($1::uuid[]) as c (company_id)
         cross join lateral (
           select ",
    columns!(),
    "
           from leasehold.environment_leases l
           where l.company_id = c.company_id
             and l.cleanup_due_at is not null
             and (l.cleanup_due_at, l.id) > ($2::timestamptz, $3::uuid)
             and coalesce(
               ($5::text[] is null or l.cleanup_state = any($5))
               and ($6::uuid[] is null or l.environment_id = any($6))
               and ($7::text[] is null or l.provider = any($7)),
               false)
           order by l.cleanup_due_at, l.id
           limit $4::bigint
         ) as l
         order by l.cleanup_due_at, l.id
         limit $4::bigint"
);
