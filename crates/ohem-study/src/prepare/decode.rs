//! Decodes pictures, with limits.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

/// Maximum number of bytes of a picture's file.
pub const MAX_FILE: u64 = 1 << 28;

/// Maximum number of bytes of what a picture has besides its pixels, such as a colour profile. A longer one is not read.
const MAX_EXTRA: u64 = 1 << 24;

/// Reads the file of a picture.
///
/// # Errors
///
/// If it cannot be read, or is longer than [`MAX_FILE`].
pub fn read_picture(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MAX_FILE {
        true => Err(io::Error::other(format!("the file has more than {MAX_FILE} bytes"))),
        false => Ok(bytes),
    }
}

/// Decodes a JPEG or PNG of at most `max_pixels` pixels. Memory: O(`max_pixels`), whatever the bytes are.
///
/// # Errors
///
/// If it has more pixels, is neither JPEG nor PNG, or is cut off or damaged. The decoder itself fills the part of a JPEG
/// that is missing with grey.
///
/// ```
/// use std::io::Cursor;
///
/// use image::{ImageFormat, RgbImage};
/// use ohem_study::prepare::decode_picture;
///
/// let mut bytes = Cursor::new(Vec::new());
/// RgbImage::from_pixel(64, 48, image::Rgb([200, 30, 60])).write_to(&mut bytes, ImageFormat::Jpeg)?;
/// let bytes = bytes.into_inner();
/// assert_eq!(decode_picture(&bytes, 1 << 20).map(|picture| picture.width()), Ok(64));
/// assert_eq!(decode_picture(&bytes, 1000).unwrap_err(), "the picture has more than 1000 pixels (64 x 48)");
/// let cut = decode_picture(&bytes[..bytes.len() - 20], 1 << 20);
/// assert_eq!(cut.unwrap_err(), "the JPEG is cut off: its end marker is missing");
/// # Ok::<(), image::ImageError>(())
/// ```
pub fn decode_picture(bytes: &[u8], max_pixels: u64) -> Result<DynamicImage, String> {
    let (decoder, _) = decoder(bytes, max_pixels)?;
    DynamicImage::from_decoder(decoder).map_err(|error| error.to_string())
}

/// A picture as it is to be seen.
#[derive(Clone, Debug)]
pub struct Upright {
    /// The picture, turned as its EXIF data say.
    pub picture: DynamicImage,
    /// Whether the file has no orientation, and colours that every program shows: grey, or red, green and blue.
    pub is_plain: bool,
}

/// Decodes a JPEG or PNG, and turns it as its EXIF data say. Otherwise as [`decode_picture`].
///
/// # Errors
///
/// As [`decode_picture`].
///
/// ```
/// use std::io::Cursor;
///
/// use image::{ImageFormat, RgbImage};
/// use ohem_study::prepare::decode_upright;
///
/// let mut bytes = Cursor::new(Vec::new());
/// RgbImage::new(64, 48).write_to(&mut bytes, ImageFormat::Png)?;
/// assert!(decode_upright(bytes.get_ref(), 1 << 20).is_ok_and(|upright| upright.is_plain));
/// # Ok::<(), image::ImageError>(())
/// ```
pub fn decode_upright(bytes: &[u8], max_pixels: u64) -> Result<Upright, String> {
    let (mut decoder, format) = decoder(bytes, max_pixels)?;
    // A picture whose EXIF data cannot be read is shown as it is stored.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let is_plain = orientation == Orientation::NoTransforms
        && !(format == ImageFormat::Jpeg && components(bytes).is_some_and(|count| count > 3));
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| error.to_string())?;
    picture.apply_orientation(orientation);
    Ok(Upright { picture, is_plain })
}

/// Checks a picture, and starts to decode it.
fn decoder(bytes: &[u8], max_pixels: u64) -> Result<(impl ImageDecoder + '_, ImageFormat), String> {
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png)) => format,
        _ => return Err("expected a JPEG or PNG picture".to_owned()),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_EXTRA); // without the pixels, which are counted below
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| error.to_string())?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > max_pixels {
        return Err(format!("the picture has more than {max_pixels} pixels ({width} x {height})"));
    }
    if format == ImageFormat::Jpeg && !has_end(bytes) {
        return Err("the JPEG is cut off: its end marker is missing".to_owned());
    }
    Ok((decoder, format))
}

/// Number of colour components of a JPEG: 1 for grey, 3 for colours, 4 for CMYK.
fn components(jpeg: &[u8]) -> Option<u8> {
    let mut rest = jpeg.get(2..)?; // after the start marker
    loop {
        let at = rest.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xFF))?;
        let (code, after) = (rest[at + 1], &rest[at + 2..]);
        if matches!(code, 0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF) {
            return after.get(7).copied(); // after length, precision, height and width
        }
        let &[high, low, ..] = after else { return None };
        rest = after.get(usize::from(u16::from_be_bytes([high, low])).max(2)..)?;
    }
}

/// Whether a JPEG has an end marker after its scans.
///
/// A marker is a byte 0xFF and a code. The code 0x00 means data, 0xD0 to 0xD7 restart a scan, and 0xD9 ends the picture; most
/// other codes begin a segment with its length.
fn has_end(jpeg: &[u8]) -> bool {
    let mut rest = jpeg.get(2..).unwrap_or_default(); // after the start marker
    while let Some(at) = rest.windows(2).position(|pair| pair[0] == 0xFF && pair[1] != 0xFF) {
        let (code, after) = (rest[at + 1], &rest[at + 2..]);
        rest = match (code, after) {
            (0xD9, _) => return true,
            (0x00 | 0x01 | 0xD0..=0xD8, _) => after,
            (_, &[high, low, ..]) => {
                after.get(usize::from(u16::from_be_bytes([high, low])).max(2)..).unwrap_or_default()
            }
            _ => return false,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_that_of_the_picture() {
        // A segment that has an end marker inside, as a thumbnail does, and data with a stuffed byte and a restart.
        let start = [0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xD9, 1, 2, 0xFF, 0xDA, 0, 3, 9];
        let scan = [7, 0xFF, 0x00, 0xD9, 0xFF, 0xD3, 8];
        let whole = [&start[..], &scan, &[0xFF, 0xFF, 0xD9]].concat();
        assert!(has_end(&whole));
        assert!((0..whole.len()).all(|end| !has_end(&whole[..end])));
    }
}
