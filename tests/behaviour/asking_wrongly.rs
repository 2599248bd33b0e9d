//! What is asked wrongly on the command line: said in a word, before anything is looked at.

use std::process::Command;

#[test]
fn a_wrong_value_is_told_with_what_it_should_be() {
    for (asked, wrong) in [
        (["env", "show", "nope"], "'nope' for '<ID>': is not a UUID"),
        (["lease", "list", "--run=7"], "'7' for '--run <ID>': is not a UUID"),
        (["lease", "list", "--company=x"], "'x' for '--company <ID>': is not a UUID"),
        (["env", "list", "--at=yesterday"], "is not an ISO 8601 time with an offset"),
        (["activity", "--limit", "many"], "'many' for '--limit <N>': invalid digit"),
    ] {
        // No database there: nothing is asked of it.
        let output = Command::new(env!("CARGO_BIN_EXE_leasehold"))
            .args(asked)
            .args(["--database-url", "postgres://127.0.0.1:1/none"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.contains(wrong)), (Some(2), true), "{said}");
    }
}
