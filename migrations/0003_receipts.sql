-- What a command leaves under its key, so that the same command hears the same answer again.

create table leasehold.receipts (
  company_id      uuid        not null,
  key             text        not null,
  day             date        not null,
  body_hash       bytea       not null,
  verdict         text        not null,
  position        bigint      not null,
  first_position  bigint,
  last_position   bigint,
  answer          json        not null,
  recorded_at     timestamptz not null,
  constraint receipts_pkey primary key (company_id, key, day),
  constraint receipts_verdict_check check (verdict in ('accepted', 'refused')),
  constraint receipts_key_check check (octet_length(key) between 1 and 200),
  constraint receipts_body_hash_check check (octet_length(body_hash) = 32)
) partition by range (day);

-- The net under the daily partitions: a command is never lost because nobody made tomorrow.
create table leasehold.receipts_default partition of leasehold.receipts default;

comment on table leasehold.receipts is
  'One row per decision with a key, in daily partitions: the body''s hash, the verdict and the positions, never bodies. Answers are made again from the log.';
comment on column leasehold.receipts.position is 'The log''s end as the answer showed it.';
comment on column leasehold.receipts.first_position is 'The command''s first event; none when it made none.';
comment on column leasehold.receipts.answer is 'Accepted: which aggregate to render. Refused: the refusal with its evidence.';
