-- Who may come in. A token itself is nowhere: only the sha256 of its 256 random bits is kept, which
-- is enough to know it by and useless to whoever reads this table.

create table leasehold.tokens (
  id            uuid        not null,
  company_id    uuid        not null,
  name          text        not null,
  role          text        not null,
  hash          bytea       not null,
  created_at    timestamptz not null,
  created_by    text        not null,
  expires_at    timestamptz,
  revoked_at    timestamptz,
  revoked_by    text,
  last_used_at  timestamptz,
  constraint tokens_pkey primary key (company_id, id),
  constraint tokens_hash_key unique (hash, company_id),
  constraint tokens_role_check check (role in ('heartbeat', 'auditor', 'admin')),
  constraint tokens_hash_check check (octet_length(hash) = 32)
);

comment on table leasehold.tokens is 'Tokens, revoked and expired ones too: who was let in, by whom, until when.';
comment on column leasehold.tokens.company_id is 'The one company that it opens; the nil UUID for all of them.';
comment on column leasehold.tokens.hash is 'sha256 over the token as it was shown, once.';
comment on column leasehold.tokens.last_used_at is 'Behind by a minute at most.';

-- A row is history: it may be marked, never removed.
create trigger tokens_never_removed
  before delete on leasehold.tokens
  for each row execute function leasehold.refuse_change();
create trigger tokens_never_truncated
  before truncate on leasehold.tokens
  for each statement execute function leasehold.refuse_change();
alter table leasehold.tokens enable always trigger tokens_never_removed;
alter table leasehold.tokens enable always trigger tokens_never_truncated;

do $$
begin
  if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_writer') then
    grant select, insert, update on leasehold.tokens to leasehold_writer;
  end if;
  if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_reader') then
    -- All but the hash.
    grant select (id, company_id, name, role, created_at, created_by, expires_at, revoked_at,
                  revoked_by, last_used_at)
      on leasehold.tokens to leasehold_reader;
  end if;
end
$$;
