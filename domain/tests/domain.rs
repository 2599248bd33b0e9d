//! What the domain promises: each command's rules, whole lives, laws, and what is stored for ever.
//!
//! `rules` has a file per command, `scenarios` tell lives as scripts, `laws` hold for any sequence
//! of commands, `reading` is about bodies, `stored_events` and `words` keep what is written once.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]

mod laws;
mod model;
mod reading;
mod rules;
mod scenarios;
mod stored_events;
mod support;
mod words;
