//! Reads pictures.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use image::RgbImage;

use super::annotations::{AnnotatedPicture, Annotations};
use super::channels::MAX_PIXELS;
use super::decode::{decode_picture, read_picture};
use super::error::PrepareError;

/// The endings to append to the name of a picture to find its file.
const EXTENSIONS: [&str; 7] = ["", ".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG"];

/// Reads a picture of the table, and checks its size against the table.
pub(crate) fn open(
    folder: &Path,
    picture: &AnnotatedPicture,
    table: &Annotations,
) -> Result<RgbImage, PrepareError> {
    let named = format!("(named in {}, line {})", table.file.display(), picture.line);
    let refuse = |file: &Path, why: &dyn Display| PrepareError::file(file, format!("{why} {named}"));
    let missing = || {
        refuse(
            &folder.join(&picture.name),
            &"picture not found, neither as named nor with .jpg, .jpeg or .png",
        )
    };
    let file = find(folder, &picture.name).ok_or_else(missing)?;
    let size = (u32::from(picture.width), u32::from(picture.height));
    if u64::from(size.0) * u64::from(size.1) > MAX_PIXELS {
        return Err(refuse(&file, &format!("the picture has more than {MAX_PIXELS} pixels, scale it down")));
    }
    let bytes = read_picture(&file).map_err(|error| refuse(&file, &error))?;
    let pixels = decode_picture(&bytes, MAX_PIXELS).map_err(|error| refuse(&file, &error))?;
    let (width, height) = (pixels.width(), pixels.height());
    if (width, height) != size {
        let why =
            format!("the picture has {width} x {height} pixels but the table says {} x {}", size.0, size.1);
        return Err(refuse(&file, &why));
    }
    Ok(pixels.into_rgb8())
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    EXTENSIONS.iter().map(|extension| folder.join(format!("{name}{extension}"))).find(|file| file.is_file())
}
