//! What holds for any sequence of commands, however they follow and collide.

mod audit;
mod intents;
mod invariants;
mod memory;
mod merge_patch;
mod reach;
mod repetition;
mod script;
mod time;

use proptest::test_runner::Config;

/// How often each law is tried; what is found is shown, and kept as a test of its own.
fn cases(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}
