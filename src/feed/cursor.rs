//! Where a listener stands: an epoch and a position, of one company or of each.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use leasehold_domain::fence::{Epoch, Position};
use leasehold_domain::id::CompanyId;
use uuid::Uuid;

/// After which event of one company. Without an epoch, that of the log as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The epoch that the position is of, where known.
    pub epoch: Option<Epoch>,
    /// The last event that was seen; 0 for none.
    pub position: Position,
}

/// Where to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start<C> {
    /// After what was seen.
    After(C),
    /// With what comes next.
    End,
}

/// A cursor that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.epoch {
            Some(epoch) => write!(f, "{epoch}-{}", self.position),
            None => write!(f, "{}", self.position),
        }
    }
}

impl FromStr for Cursor {
    type Err = BadCursor;

    /// `EPOCH-POSITION` as it stands in an `id`, or a position.
    fn from_str(text: &str) -> Result<Self, BadCursor> {
        match text.split_once('-') {
            Some((epoch, position)) => {
                let (epoch, position) = (Some(Epoch(number(epoch)?)), Position(number(position)?));
                Ok(Self { epoch, position })
            }
            None => Ok(Self { epoch: None, position: Position(number(text)?) }),
        }
    }
}

fn number(text: &str) -> Result<u64, BadCursor> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: Option<u64> = text.parse().ok().filter(|_| is_plain);
    number.filter(|number| i64::try_from(*number).is_ok()).ok_or(BadCursor)
}

/// One cursor for each company: `COMPANY:EPOCH-POSITION`, separated by commas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursors(pub BTreeMap<CompanyId, Cursor>);

impl fmt::Display for Cursors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (company, cursor)) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma}{company}:{cursor}")?;
        }
        Ok(())
    }
}

impl FromStr for Cursors {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let one = |text: &str| {
            let (company, cursor) = text.split_once(':').ok_or(BadCursor)?;
            let company = Uuid::try_parse(company).map_err(|_| BadCursor)?;
            Ok((CompanyId(company), cursor.parse()?))
        };
        let texts = text.split(',').filter(|text| !text.is_empty());
        texts.map(one).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_back_as_they_are_written() {
        for text in ["1-42", "0", "9-9223372036854775807"] {
            assert_eq!(
                text.parse::<Cursor>().map(|cursor| cursor.to_string()),
                Ok(text.to_owned())
            );
        }
        for text in ["", "-1", "1-", "-", "1-2-3", "x", "+1", "9223372036854775808", "1 2"] {
            assert_eq!(text.parse::<Cursor>(), Err(BadCursor), "{text}");
        }
        let both = format!("{}:1-2,{}:7", Uuid::nil(), Uuid::max());
        assert_eq!(both.parse::<Cursors>().map(|cursors| cursors.to_string()), Ok(both));
        assert_eq!("".parse(), Ok(Cursors::default()));
        assert_eq!("1-2".parse::<Cursors>(), Err(BadCursor));
    }
}
