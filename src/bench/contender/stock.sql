-- postgres-es's own tables, from its init.sql, and the table of one view.

create schema stock;

create table stock.events (
  aggregate_type  text                         not null,
  aggregate_id    text                         not null,
  sequence        bigint check (sequence >= 0) not null,
  event_type      text                         not null,
  event_version   text                         not null,
  payload         json                         not null,
  metadata        json                         not null,
  primary key (aggregate_type, aggregate_id, sequence)
);

create table stock.lease_view (
  view_id  text                        not null,
  version  bigint check (version >= 0) not null,
  payload  json                        not null,
  primary key (view_id)
);
