//! What figures are held against, and how that is shown.

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

/// What is wanted, and what was measured.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bar {
    /// Of what.
    pub name: String,
    /// Below this.
    pub wanted: String,
    /// What it is.
    pub measured: String,
    /// Whether that is enough.
    pub holds: bool,
}

/// The bars as a table for people.
pub(super) fn table(bars: &[Bar]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["", "wanted", "measured", ""]);
    for bar in bars {
        let holds = if bar.holds { "holds" } else { "does NOT hold" };
        table.add_row([&bar.name, &bar.wanted, &bar.measured, holds]);
    }
    table
}
