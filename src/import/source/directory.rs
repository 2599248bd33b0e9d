//! Rows in files: one JSON object a line, a file for each table.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Entry, Handle, SourceError, Table};

/// Longest line that is read; a row of Paperclip's is a few hundred bytes.
const LINE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// A page ends with the line that fills it.
const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// What some editors put in front of a file.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The files of a directory.
#[derive(Debug)]
pub(super) struct Directory {
    files: BTreeMap<Table, Arc<OpenFile>>,
    lines: Option<Lines>,
}

#[derive(Debug)]
struct OpenFile {
    path: PathBuf,
    file: File,
}

impl OpenFile {
    fn explain(&self, source: io::Error) -> SourceError {
        SourceError::Unreadable { path: self.path.clone(), source }
    }
}

impl Directory {
    pub(super) async fn open(path: &Path) -> Result<Self, SourceError> {
        let path = path.to_owned();
        let files = in_background(move || open_all(&path)).await?;
        Ok(Self { files, lines: None })
    }

    pub(super) async fn begin(&mut self, table: Table) -> Result<(), SourceError> {
        let Some(file) = self.files.get(&table).cloned() else {
            self.lines = None;
            return Ok(());
        };
        self.lines = Some(in_background(move || Lines::of(&file)).await?);
        Ok(())
    }

    pub(super) async fn next(&mut self) -> Result<Vec<Entry>, SourceError> {
        let Some(mut lines) = self.lines.take() else { return Ok(Vec::new()) };
        let (lines, page) = in_background(move || {
            let page = lines.page()?;
            Ok((lines, page))
        })
        .await?;
        self.lines = Some(lines);
        Ok(page)
    }

    pub(super) async fn get(
        &mut self,
        table: Table,
        handles: Vec<Handle>,
    ) -> Result<Vec<Entry>, SourceError> {
        let Some(file) = self.files.get(&table).cloned() else { return Ok(Vec::new()) };
        in_background(move || handles.into_iter().map(|handle| again(&file, handle)).collect())
            .await
    }
}

/// Reading a file waits for the disk: not where others wait for the network.
async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        let source = io::Error::other(error);
        Err(SourceError::Unreadable { path: PathBuf::new(), source })
    })
}

fn open_all(directory: &Path) -> Result<BTreeMap<Table, Arc<OpenFile>>, SourceError> {
    let mut files = BTreeMap::new();
    for table in Table::ALL {
        let path = directory.join(table.file());
        match File::open(&path) {
            Ok(file) => {
                files.insert(table, Arc::new(OpenFile { path, file }));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && !table.is_required() => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(SourceError::Missing(path));
            }
            Err(source) => return Err(SourceError::Unreadable { path, source }),
        }
    }
    Ok(files)
}

fn again(file: &OpenFile, handle: Handle) -> Result<Entry, SourceError> {
    let Handle::Line { offset, bytes, .. } = handle else {
        return Ok(Entry { handle, text: None });
    };
    let mut text = vec![0; bytes as usize];
    file.file.read_exact_at(&mut text, offset).map_err(|error| file.explain(error))?;
    Ok(Entry { handle, text: Some(text) })
}

/// Reads an open file from its start, as often as one likes: it is the same file each time.
#[derive(Debug)]
struct Cursor {
    file: Arc<OpenFile>,
    offset: u64,
}

impl io::Read for Cursor {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.file.read_at(buffer, self.offset)?;
        self.offset += read as u64;
        Ok(read)
    }
}

/// Reads a file line by line.
#[derive(Debug)]
struct Lines {
    file: Arc<OpenFile>,
    reader: BufReader<Cursor>,
    offset: u64,
    number: u32,
}

impl Lines {
    fn of(file: &Arc<OpenFile>) -> Result<Self, SourceError> {
        let cursor = Cursor { file: Arc::clone(file), offset: 0 };
        let reader = BufReader::with_capacity(1024 * 1024, cursor);
        let mut lines = Self { file: Arc::clone(file), reader, offset: 0, number: 0 };
        lines.skip_mark().map_err(|error| lines.file.explain(error))?;
        Ok(lines)
    }

    fn skip_mark(&mut self) -> io::Result<()> {
        if self.reader.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
            self.reader.consume(BYTE_ORDER_MARK.len());
            self.offset = BYTE_ORDER_MARK.len() as u64;
        }
        Ok(())
    }

    /// The next lines that have something in them; none at the end of the file.
    fn page(&mut self) -> Result<Vec<Entry>, SourceError> {
        let mut page = Vec::new();
        let mut bytes = 0;
        while bytes < PAGE_BYTES {
            let line = self.line().map_err(|error| self.file.explain(error))?;
            let Some(entry) = line else { break };
            let length = entry.text.as_ref().map_or(0, Vec::len);
            bytes += length.max(1);
            let is_blank = entry.text.as_ref().is_some_and(|text| text.trim_ascii().is_empty());
            if !is_blank {
                page.push(entry);
            }
        }
        Ok(page)
    }

    fn line(&mut self) -> io::Result<Option<Entry>> {
        let mut text = Vec::new();
        let bound = LINE_BYTES_MAX as u64 + 1;
        let read = self.reader.by_ref().take(bound).read_until(b'\n', &mut text)?;
        if read == 0 {
            return Ok(None);
        }
        self.number = self.number.saturating_add(1);
        let offset = self.offset;
        self.offset += read as u64;
        let is_too_long = read > LINE_BYTES_MAX;
        if is_too_long && text.last() != Some(&b'\n') {
            self.offset += self.reader.skip_until(b'\n')? as u64;
        }
        let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let handle = Handle::Line { number: self.number, offset, bytes };
        Ok(Some(Entry { handle, text: Some(text).filter(|_| !is_too_long) }))
    }
}
