-- The ledger's own tables without what a decision costs: the same columns, checks and indexes, no
-- heads, no receipts. The rows come from one real cycle, which is copied with other ids.

create schema bare;

create table bare.events (like leasehold.events including all);
create table bare.environment_leases (like leasehold.environment_leases including all);
create table bare.activity_log (like leasehold.activity_log including all);

create table bare.sample_event (like leasehold.events);
create table bare.sample_lease (like leasehold.environment_leases);
create table bare.sample_activity (like leasehold.activity_log);
