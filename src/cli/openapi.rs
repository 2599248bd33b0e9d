//! `leasehold openapi`: the document of the HTTP interface.

use super::exit::Failed;
use super::output;
use crate::http;

/// Prints the document as it is served.
pub(super) fn print() -> Result<(), Failed> {
    output::line(http::document().trim_end())
}
