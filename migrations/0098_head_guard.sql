-- A head's epoch and company are looked at where a statement names them. A trigger's condition is read
-- anew from its text in every statement, and the one that appends changes neither.

drop trigger heads_never_retreat on leasehold.heads;
create trigger heads_never_retreat
  before update on leasehold.heads
  for each row
  when (new.position < old.position or new.recorded_at < old.recorded_at)
  execute function leasehold.refuse_retreat();
create trigger heads_keep_epoch_and_company
  before update of epoch, company_id on leasehold.heads
  for each row
  when (new.epoch < old.epoch or new.company_id <> old.company_id)
  execute function leasehold.refuse_retreat();
alter table leasehold.heads enable always trigger heads_never_retreat;
alter table leasehold.heads enable always trigger heads_keep_epoch_and_company;
