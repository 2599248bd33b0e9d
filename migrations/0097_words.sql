-- What a column of the tables that every command writes may say, said by its type. PostgreSQL reads a
-- table's checks anew from their text in every statement, which was a fifth of what a single command
-- cost it; those of a type are read once by a connection. The same is refused as before.
--
-- A type gets its check last: a column that changes to a type without one is not written anew, and
-- what is there has been checked when it was written.

create domain leasehold.digest as bytea;
create domain leasehold.epoch as bigint;
create domain leasehold.head_position as bigint;
create domain leasehold.log_position as bigint;
create domain leasehold.stream_sequence as bigint;
create domain leasehold.command_key as text;
create domain leasehold.verdict as text;
create domain leasehold.lease_status as text;
create domain leasehold.cleanup_status as text;
create domain leasehold.actor_type as text;

-- A column that a trigger looks at cannot change its type.
drop trigger heads_never_retreat on leasehold.heads;

alter table leasehold.heads
  drop constraint heads_position_check,
  drop constraint heads_epoch_check,
  drop constraint heads_digest_check,
  alter column position type leasehold.head_position,
  alter column epoch type leasehold.epoch,
  alter column digest type leasehold.digest;

create trigger heads_never_retreat
  before update on leasehold.heads
  for each row
  when (new.position < old.position or new.epoch < old.epoch
        or new.recorded_at < old.recorded_at or new.company_id <> old.company_id)
  execute function leasehold.refuse_retreat();
alter table leasehold.heads enable always trigger heads_never_retreat;

alter table leasehold.events
  drop constraint events_position_check,
  drop constraint events_sequence_check,
  drop constraint events_digest_check,
  alter column position type leasehold.log_position,
  alter column sequence type leasehold.stream_sequence,
  alter column digest type leasehold.digest;

alter table leasehold.receipts
  drop constraint receipts_verdict_check,
  drop constraint receipts_key_check,
  drop constraint receipts_body_hash_check,
  alter column verdict type leasehold.verdict,
  alter column key type leasehold.command_key collate "C",
  alter column body_hash type leasehold.digest;

-- With the live tables what a rebuild keeps of the ones before, and what one is making: whoever goes
-- back to those or goes on with these swaps in the same types.
do $$
declare
  suffix text;
begin
  foreach suffix in array array['', '_old', '_shadow'] loop
    execute format(
      'alter table if exists leasehold.%I
         drop constraint if exists environment_leases_status_check,
         drop constraint if exists environment_leases_cleanup_check,
         alter column status type leasehold.lease_status,
         alter column cleanup_status type leasehold.cleanup_status',
      'environment_leases' || suffix);
    execute format(
      'alter table if exists leasehold.%I
         drop constraint if exists activity_log_actor_type_check,
         alter column actor_type type leasehold.actor_type',
      'activity_log' || suffix);
  end loop;
end
$$;

alter domain leasehold.digest
  add constraint digest_check check (octet_length(value) = 32) not valid;
alter domain leasehold.epoch
  add constraint epoch_check check (value >= 1) not valid;
alter domain leasehold.head_position
  add constraint head_position_check check (value >= 0) not valid;
alter domain leasehold.log_position
  add constraint log_position_check check (value >= 1 and value < 1099511627776) not valid;
alter domain leasehold.stream_sequence
  add constraint stream_sequence_check check (value >= 1 and value < 2147483648) not valid;
alter domain leasehold.command_key
  add constraint command_key_check check (octet_length(value) between 1 and 200) not valid;
alter domain leasehold.verdict
  add constraint verdict_check check (value in ('accepted', 'refused')) not valid;
alter domain leasehold.lease_status
  add constraint lease_status_check
    check (value in ('active', 'released', 'expired', 'failed', 'retained')) not valid;
alter domain leasehold.cleanup_status
  add constraint cleanup_status_check check (value in ('pending', 'success', 'failed')) not valid;
alter domain leasehold.actor_type
  add constraint actor_type_check check (value in ('agent', 'user', 'system')) not valid;
