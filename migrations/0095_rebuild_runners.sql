-- A part of the log is loaded in several transactions where somebody writes. Whoever takes a rebuild up
-- takes its parts: one that lost the connection that says that it runs, and does not know it yet, loads
-- nothing into the tables of the one that came after it.

alter table leasehold.rebuild_spans add column runner uuid;

comment on column leasehold.rebuild_spans.runner is 'Whoever loads it: another one for each time that the rebuild is taken up.';
