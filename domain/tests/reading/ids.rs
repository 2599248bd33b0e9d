//! Reading ids: UUIDs as text, in whatever way they are written.

use leasehold_domain::company::{Command, CommandType};
use leasehold_domain::id::{EnvironmentId, LeaseId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::ids;
use crate::support::read::{faults, read};

#[test]
fn what_is_no_uuid_is_refused() {
    for text in ["", "1", "box", "00000000-0000-0000-0000-00000000000", "g".repeat(32).as_str()] {
        let body = json!({"environmentId": text});
        assert_eq!(faults(CommandType::RemoveEnvironment, body), ["environmentId is not a UUID"]);
    }
}

#[test]
fn an_id_is_a_string() {
    for value in [json!(1), json!(true), json!({}), json!([])] {
        let body = json!({"environmentId": value});
        let expected = ["environmentId is not a string"];
        assert_eq!(faults(CommandType::RemoveEnvironment, body), expected);
    }
}

#[test]
fn an_id_is_the_same_however_it_is_written() {
    let id = ids::environment(7);
    let hyphens = id.0.hyphenated().to_string();
    let forms: [Value; 4] = [
        json!(hyphens),
        json!(hyphens.to_uppercase()),
        json!(id.0.simple().to_string()),
        json!(id.0.urn().to_string()),
    ];
    for form in forms {
        let command = read(CommandType::RemoveEnvironment, json!({"environmentId": form}));
        assert_eq!(command, Ok(Command::RemoveEnvironment(id)));
    }
}

#[test]
fn an_id_is_shown_and_stored_in_lower_case_with_hyphens() {
    let text = "0192f0c4-7f5a-7b3e-8000-abcdefabcdef";
    let id: LeaseId = text.to_uppercase().parse().unwrap();
    assert_eq!((id.to_string().as_str(), json!(id)), (text, json!(text)));
    assert_eq!(Uuid::from(id), id.0);
    assert!("lease".parse::<EnvironmentId>().is_err());
}
