//! Numbers are kept with the digits they were written with, within what every reader can hold.

use leasehold_domain::json::{BadJson, JsonObject};
use leasehold_domain::limits::Limits;
use serde_json::Value;

use crate::support::read::map;

fn stored(number: &str) -> Result<String, BadJson> {
    let value: Value = serde_json::from_str(&format!(r#"{{"n":{number}}}"#)).unwrap();
    let object = JsonObject::new(map(value), &Limits::default())?;
    let text = serde_json::to_string(&object).unwrap();
    Ok(text.trim_start_matches(r#"{"n":"#).trim_end_matches('}').to_owned())
}

#[test]
fn a_number_keeps_its_digits() {
    let long = "1.".to_owned() + &"1234567890".repeat(6);
    let numbers = [
        "0",
        "-0",
        "1.0",
        "1.10",
        "0.1",
        "18446744073709551616",
        "-123456789012345678901234567890",
        "3.141592653589793238462643383279502884197169",
        &long,
    ];
    for number in numbers {
        assert_eq!(stored(number).as_deref(), Ok(number));
    }
}

#[test]
fn an_exponent_is_written_with_its_sign_whatever_it_was_written_with() {
    for (given, kept) in [("1e300", "1e+300"), ("1.50E+7", "1.50e+7"), ("2E-3", "2e-3")] {
        assert_eq!(stored(given).as_deref(), Ok(kept));
    }
}

#[test]
fn a_number_is_within_ten_to_the_three_hundred() {
    for number in ["1e300", "-1e300", "1E300", "1e+300", "9.9e300", "0.001e303", "12e299"] {
        assert!(stored(number).is_ok(), "{number}");
    }
    for number in ["1e301", "-1e301", "10e300", "0.01e303", "1e200000", "1e99999999999999999999"] {
        assert_eq!(stored(number), Err(BadJson::Number), "{number}");
    }
}

#[test]
fn a_number_is_no_smaller_than_ten_to_the_minus_three_hundred() {
    for number in ["1e-300", "-1e-300", "2.5e-300", "123e-302", "0.001e-297"] {
        assert!(stored(number).is_ok(), "{number}");
    }
    for number in ["1e-301", "0.001e-298", "9.9e-301", "1e-200000", "-1e-99999999999999999999"] {
        assert_eq!(stored(number), Err(BadJson::Number), "{number}");
    }
}

#[test]
fn a_number_has_at_most_64_digits() {
    let digits = |count: usize| "1234567890".repeat(7)[..count].to_owned();
    let fraction = |count: usize| format!("1.{}", digits(count - 1));
    for number in [digits(64), format!("-{}", digits(64)), fraction(64), digits(64) + "e100"] {
        assert!(stored(&number).is_ok(), "{number}");
    }
    for small in [
        format!("0.{}", digits(64)),
        format!("-0.000{}", digits(64)),
        "0.".to_owned() + &"0".repeat(100),
    ] {
        assert!(stored(&small).is_ok(), "{small}: zeros in front are no digits");
    }
    for number in [digits(65), format!("-{}", digits(65)), fraction(65), digits(65) + "e-3"] {
        assert_eq!(stored(&number), Err(BadJson::Number), "{number}");
    }
}

#[test]
fn numbers_are_looked_at_wherever_they_stand() {
    for text in [r#"{"a":{"b":1e301}}"#, r#"{"a":[1,[2,1e301]]}"#] {
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(JsonObject::new(map(value), &Limits::default()), Err(BadJson::Number));
    }
}
