-- How leases ended, beside who held them: what a question about an environment's past counts, without
-- looking at the leases themselves. Spans are folded anew from the log by whoever keeps them up; until
-- then questions are answered from the leases, as before.

truncate leasehold.lease_spans;
delete from leasehold.projection_checkpoints where projection = 'lease_spans';
delete from leasehold.poisoned where projection = 'lease_spans';

alter table leasehold.lease_spans
  add column outcome text,
  add constraint lease_spans_outcome_check
    check (outcome is null
           or (outcome in ('released', 'expired', 'failed') and to_position is not null));

comment on table leasehold.lease_spans is 'Projection lease_spans, version 2: every time for which a lease took its place, for whom, and how the lease ended.';
comment on column leasehold.lease_spans.outcome is 'How the lease ended with this span; null where it went on.';

-- "How many had ended by then?" Counted in the index alone.
create index lease_spans_ended_idx
  on leasehold.lease_spans (company_id, environment_id, held_to)
  include (outcome)
  where outcome is not null;
create index lease_spans_ended_position_idx
  on leasehold.lease_spans (company_id, environment_id, to_position)
  include (outcome)
  where outcome is not null;

-- "What was not cleaned up then?" Leases of which something was left, and those whose history was
-- imported, by when something happened to them last.
create index environment_leases_unclean_idx
  on leasehold.environment_leases (company_id, environment_id, updated_at)
  include (released_at, cleanup_status, end_cause, id)
  where cleanup_status is not null or end_cause = 'import';
