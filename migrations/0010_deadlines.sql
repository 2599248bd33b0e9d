-- What falls due without anybody asking, and the queue of cleanups: columns of the rows that exist.

alter table leasehold.environments
  add column default_ttl_seconds integer;

alter table leasehold.environment_leases
  add column reservation_deadline timestamptz,
  add column due_at               timestamptz,
  add column cleanup_due_at       timestamptz,
  add column cleanup              jsonb;

-- "What is due now, of any company?": the sweeper's question. It takes the place of the index of
-- expiries, so that a renewal still moves one index entry; a provider's word is in none.
drop index leasehold.environment_leases_expiry_idx;
create index environment_leases_due_idx
  on leasehold.environment_leases (due_at)
  where due_at is not null;

-- "Which cleanups of this company wait, oldest first?": the janitor's list, and what a claim offers.
create index environment_leases_cleanup_idx
  on leasehold.environment_leases (company_id, cleanup_due_at, id)
  where cleanup_due_at is not null;

-- "Which companies have cleanups to claim now?": a janitor of the whole installation.
create index environment_leases_cleanup_due_idx
  on leasehold.environment_leases (cleanup_due_at, company_id)
  where cleanup_due_at is not null;

comment on column leasehold.environments.default_ttl_seconds is 'The promise of a lease that comes without one; null for no expiry.';
comment on column leasehold.environment_leases.phase is 'reserved, active, retained or ended.';
comment on column leasehold.environment_leases.reservation_deadline is 'Until when it is only reserved.';
comment on column leasehold.environment_leases.due_at is 'When the sweeper has to look at it: its expiry, its deadline, a claim that lapses, a cleanup that takes too long.';
comment on column leasehold.environment_leases.cleanup_due_at is 'From when on a janitor may claim its cleanup; null when nothing is to be done.';
comment on column leasehold.environment_leases.cleanup is 'The cleanup in full: state, reason, attempts, claim, failure, proof.';
