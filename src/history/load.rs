//! Filling tables in bulk, from tuples that are made already.

use sqlx::PgConnection;

/// What COPY's binary format begins with: the signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with.
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();

/// Rows on their way into one table.
#[derive(Debug, Default)]
pub(crate) struct Load {
    bytes: Vec<u8>,
}

impl Load {
    /// Adds a row.
    pub(crate) fn add(&mut self, tuple: &[u8]) {
        if self.bytes.is_empty() {
            self.bytes.extend(HEADER);
        }
        self.bytes.extend(tuple);
    }

    /// How many bytes wait.
    pub(crate) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Sends what waits into a table of schema `leasehold`.
    pub(crate) async fn send(
        &mut self,
        connection: &mut PgConnection,
        table: &str,
        columns: &[&str],
    ) -> sqlx::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        self.bytes.extend(TRAILER);
        let columns = columns.join(", ");
        let statement = format!("copy leasehold.{table} ({columns}) from stdin (format binary)");
        let mut copy = connection.copy_in_raw(&statement).await?;
        copy.send(self.bytes.as_slice()).await?;
        copy.finish().await?;
        self.bytes.clear();
        Ok(())
    }
}
