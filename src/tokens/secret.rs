//! The token itself: `lhd_`, 256 random bits and eight check digits, so that a scanner finds one
//! that leaked and a typing error is told from a wrong token without asking anybody.

use sha2::{Digest as _, Sha256};

const PREFIX: &str = "lhd_";
const SECRET_DIGITS: usize = 64;
const CHECK_DIGITS: usize = 8;

/// A token as its holder has it. It is never printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("lhd_…")
    }
}

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// The system's, when it has no randomness to give.
    pub fn make() -> Result<Self, getrandom::Error> {
        let mut bits = [0; SECRET_DIGITS / 2];
        getrandom::fill(&mut bits)?;
        let body = format!("{PREFIX}{}", hex(&bits));
        let check = check_digits(&body);
        Ok(Self(body + &check))
    }

    /// Reads one; none when it cannot be one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let body = text.get(..PREFIX.len() + SECRET_DIGITS)?;
        let digits = body.strip_prefix(PREFIX)?;
        let is_hex = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let is_whole = text.get(body.len()..) == Some(&check_digits(body));
        (is_hex && is_whole).then(|| Self(text.to_owned()))
    }

    /// What is stored of it. So many random bits need no slow hash.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// The token, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

fn check_digits(body: &str) -> String {
    let mut digits = hex(&Sha256::digest(format!("leasehold token {body}")));
    digits.truncate(CHECK_DIGITS);
    digits
}

fn hex(bytes: &[u8]) -> String {
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16));
    bytes.iter().flat_map(digits).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_no_typing_error_is() {
        let secret = Secret::make().ok();
        let text = secret.as_ref().map_or("", Secret::reveal).to_owned();
        assert_eq!(text.len(), 76);
        assert_eq!(Secret::read(&text), secret);
        assert_ne!(secret, Secret::make().ok());
        assert_eq!(format!("{secret:?}"), "Some(lhd_…)");
        for place in 0..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[place] = if wrong[place] == b'7' { b'8' } else { b'7' };
            let wrong = String::from_utf8(wrong).unwrap_or_default();
            assert_eq!(Secret::read(&wrong), None, "{wrong}");
        }
        for wrong in ["", "lhd_", &text[..75], &format!("{text}0"), &text.to_uppercase()] {
            assert_eq!(Secret::read(wrong), None);
        }
    }
}
