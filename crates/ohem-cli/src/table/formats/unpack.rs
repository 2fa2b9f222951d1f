//! Unpacks gzip, with a limit.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

/// Maximum number of bytes that a packed file may have when it is unpacked: 4 GiB.
pub const MAX_UNPACKED: u64 = 1 << 32;

/// The bytes of a file, unpacked if they are gzipped.
pub(super) fn unpacked(bytes: Cow<'static, [u8]>) -> Result<Cow<'static, [u8]>, String> {
    if !bytes.starts_with(b"\x1f\x8b") {
        return Ok(bytes);
    }
    let unpacked = limited(MultiGzDecoder::new(&*bytes), MAX_UNPACKED);
    unpacked.map(Cow::Owned).map_err(|why| format!("gzip: {why}"))
}

/// Reads to the end, unless that is too far.
pub(super) fn limited(from: impl Read, max: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    from.take(max + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    match bytes.len() as u64 > max {
        true => Err(format!("the file has more than {max} bytes when it is unpacked")),
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn gzip_is_unpacked_within_limits() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(&[b'a'; 1000]).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(*unpacked(packed.clone().into()).unwrap(), [b'a'; 1000]);
        let cut = unpacked(packed[..packed.len() - 9].to_vec().into()).unwrap_err();
        assert!(cut.starts_with("gzip: "), "{cut}");
        let limit = limited(MultiGzDecoder::new(&*packed), 999).unwrap_err();
        assert_eq!(limit, "the file has more than 999 bytes when it is unpacked");
        assert_eq!(*unpacked(b"plain".into()).unwrap(), *b"plain");
    }
}
