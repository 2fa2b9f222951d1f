//! The bytes of a file, read from several threads.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// The bytes of a file. Cloning is cheap.
#[derive(Clone, Debug)]
pub(in crate::table::formats) enum Input {
    Bytes(Bytes),
    File { file: Arc<Mutex<File>>, length: u64 },
}

impl From<Vec<u8>> for Input {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl Input {
    pub(super) fn file(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self::File { file: Arc::new(Mutex::new(file)), length })
    }
}

impl Length for Input {
    fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { length, .. } => *length,
        }
    }
}

impl ChunkReader for Input {
    type T = BufReader<Part>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::with_capacity(HEADER, Part { input: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start.checked_add(length as u64).filter(|&end| end <= self.len());
        let end = end.ok_or_else(cut_off)?;
        match self {
            Self::Bytes(bytes) => {
                let [start, end] = [start, end].map(|at| usize::try_from(at).unwrap_or(usize::MAX));
                Ok(bytes.slice(start..end))
            }
            Self::File { file, .. } => {
                // A lock, since threads share the position in the file.
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                let mut bytes = Vec::with_capacity(length);
                file.seek(SeekFrom::Start(start))?;
                file.by_ref().take(length as u64).read_to_end(&mut bytes)?;
                if bytes.len() < length {
                    return Err(cut_off());
                }
                Ok(bytes.into())
            }
        }
    }
}

fn cut_off() -> ParquetError {
    ParquetError::EOF("the file is cut off".to_owned())
}

/// Bytes to read at a time of the header of a page, which the library reads byte by byte.
const HEADER: usize = 1 << 9;

/// Reads a file from some byte on.
#[derive(Debug)]
pub(in crate::table::formats) struct Part {
    input: Input,
    at: u64,
}

impl Read for Part {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.input.len().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let length = left.min(out.len());
        let bytes = self.input.get_bytes(self.at, length).map_err(io::Error::other)?;
        out[..length].copy_from_slice(&bytes);
        self.at += length as u64;
        Ok(length)
    }
}
