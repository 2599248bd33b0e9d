-- Text in unique keys is compared byte by byte. A database's own collation asks the C library for
-- each comparison, and an upgrade of that library may order text otherwise: an index that was in
-- order is then not, and a key that is there is not found.

alter table leasehold.events
  alter column aggregate_type type text collate "C",
  alter column aggregate_id type text collate "C";

alter table leasehold.receipts
  alter column key type text collate "C";
