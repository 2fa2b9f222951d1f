//! Pictures from their files.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageDecoder, RgbImage};

use crate::channels::LARGEST;
use crate::{Annotated, Annotations, Error};

/// What may follow the name of a picture.
const ENDINGS: [&str; 7] = ["", ".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG"];

/// Reads a picture of the table, and checks that it is of the size that the table says.
pub(crate) fn open(folder: &Path, picture: &Annotated, table: &Annotations) -> Result<RgbImage, Error> {
    let named = format!("(named in {}, line {})", table.file.display(), picture.line);
    let refuse = |file: &Path, why: &dyn Display| Error::file(file, format!("{why} {named}"));
    let missing = || refuse(&folder.join(&picture.name), &"no such picture, nor with .jpg, .jpeg or .png");
    let file = find(folder, &picture.name).ok_or_else(missing)?;
    let size = (u32::from(picture.width), u32::from(picture.height));
    if u64::from(size.0) * u64::from(size.1) > LARGEST {
        return Err(refuse(&file, &format!("more than {LARGEST} pixels: make it smaller")));
    }
    let reader = image::ImageReader::open(&file).and_then(image::ImageReader::with_guessed_format);
    let decoder = reader.map_err(|error| refuse(&file, &error))?.into_decoder();
    let decoder = decoder.map_err(|error| refuse(&file, &error))?;
    let (width, height) = decoder.dimensions();
    if (width, height) != size {
        let why = format!("{width} x {height} pixels, but {} x {} in the table", size.0, size.1);
        return Err(refuse(&file, &why));
    }
    let pixels = DynamicImage::from_decoder(decoder).map_err(|error| refuse(&file, &error))?;
    Ok(pixels.into_rgb8())
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    ENDINGS.iter().map(|ending| folder.join(format!("{name}{ending}"))).find(|file| file.is_file())
}
