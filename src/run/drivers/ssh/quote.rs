//! Words for a shell on the other side.

/// A text as one word that any POSIX shell reads as itself; csh and fish too, without newlines.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// `name='value'` and a newline: an assignment of a script.
pub(super) fn assigned(name: &str, value: &str) -> String {
    format!("{name}={}\n", quoted(value))
}
