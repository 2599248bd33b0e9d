-- Which fold made the tables that a rebuild replaced: only a program that has it may go back to them,
-- because it is that program's fold that catches up with what has happened since.

alter table leasehold.projection_versions
  add column replaced_version int;

comment on column leasehold.projection_versions.replaced_version is 'The version of the tables that the rebuild replaced; null where that was before it was kept.';
