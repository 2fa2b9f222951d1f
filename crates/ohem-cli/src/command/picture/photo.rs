//! Photos to draw RoIs over.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use imagesize::ImageType;

use crate::command::args::GivenImage;
use crate::command::failure::Failure;
use crate::command::source::Source;
use crate::table::RoiTable;

/// A photo, ready to be embedded in a drawing.
#[derive(Debug)]
pub(crate) struct Photo {
    /// Width in pixels.
    pub(crate) width: f64,
    /// Height in pixels.
    pub(crate) height: f64,
    /// All bytes of the file, as a data URL.
    pub(crate) link: String,
}

/// The given photos by image id.
#[derive(Debug)]
pub(super) struct Photos(HashMap<u32, Photo>);

impl Photos {
    /// Reads the given photos.
    ///
    /// # Errors
    ///
    /// If a photo cannot be read or is neither JPEG nor PNG, or its image is not in the table.
    pub(super) fn read(table: &RoiTable, source: &Source, given: &[GivenImage]) -> Result<Self, Failure> {
        let mut photos = HashMap::new();
        for image in given {
            photos.insert(image_id(table, source, &image.id)?, Photo::read(&image.path)?);
        }
        Ok(Self(photos))
    }

    /// The photo of an image.
    pub(super) fn of(&self, image: u32) -> Option<&Photo> {
        self.0.get(&image)
    }
}

fn image_id(table: &RoiTable, source: &Source, id: &str) -> Result<u32, Failure> {
    let known = || table.images.texts().take(8).collect::<Vec<_>>().join(", ");
    let more = if table.images.texts().len() > 8 { ", ..." } else { "" };
    let problem = || format!("--image {id}: the table has no such image, only {}{more}", known());
    table.images.id(id).ok_or_else(|| Failure::input(source, problem()))
}

impl Photo {
    /// Reads a photo.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is neither JPEG nor PNG.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let refuse = |problem: &str| Failure::input(path.display(), problem);
        let bytes = fs::read(path).map_err(|error| refuse(&error.to_string()))?;
        Self::new(Cow::Owned(bytes)).ok_or_else(|| refuse("expected a JPEG or PNG picture"))
    }

    fn new(bytes: Cow<'_, [u8]>) -> Option<Self> {
        let kind = match imagesize::image_type(&bytes).ok()? {
            ImageType::Jpeg => "jpeg",
            ImageType::Png => "png",
            _ => return None,
        };
        let size = imagesize::blob_size(&bytes).ok().filter(|size| size.width > 0 && size.height > 0)?;
        let link = format!("data:image/{kind};base64,{}", STANDARD.encode(bytes));
        Some(Self { width: size.width as f64, height: size.height as f64, link })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The start of a PNG file: signature and size.
    const GREY_3_BY_2: &[u8] =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\0\0\0\0\xb8\x1f\x39\xc6";

    #[test]
    fn a_photo_has_a_size_and_a_data_url() {
        let photo = Photo::new(Cow::Borrowed(GREY_3_BY_2)).unwrap();
        assert_eq!((photo.width, photo.height), (3.0, 2.0));
        assert!(photo.link.starts_with("data:image/png;base64,iVBORw0KGgo"));
    }

    #[test]
    fn other_files_are_refused() {
        assert!(Photo::new(Cow::Borrowed(b"GIF89a\x01\0\x01\0")).is_none());
        assert!(Photo::new(Cow::Borrowed(b"")).is_none());
    }
}
