//! Files as streams: a piece at a time, so that a file of any size takes the memory of one piece.

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::fs::File;
use tokio::io::{AsyncRead, ReadBuf};

/// As much as tokio reads from a file at once.
const PIECE: usize = 64 << 10;

pub(crate) struct FileChunks {
    file: File,
    buffer: Box<[u8]>,
}

impl FileChunks {
    /// The file and its length.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, u64)> {
        let file = std::fs::File::open(path)?;
        let length = file.metadata()?.len();
        Ok((Self { file: File::from_std(file), buffer: vec![0; PIECE].into() }, length))
    }
}

impl Stream for FileChunks {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let mut read = ReadBuf::new(&mut this.buffer);
        Poll::Ready(match ready!(Pin::new(&mut this.file).poll_read(context, &mut read)) {
            Ok(()) if read.filled().is_empty() => None,
            Ok(()) => Some(Ok(BytesMut::from(read.filled()).freeze())),
            Err(error) => Some(Err(error)),
        })
    }
}
