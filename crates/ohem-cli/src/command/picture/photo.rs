//! Photos to draw RoIs over.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GenericImageView};
use ohem_study::prepare::{decode_upright, read_picture};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::command::args::GivenImage;
use crate::command::failure::Failure;
use crate::command::numbers::plain;
use crate::command::output::{Report, short};
use crate::command::source::Source;
use crate::command::target::FileId;
use crate::command::truth::stem;
use crate::table::RoiTable;

/// Maximum number of pixels of a photo: 67 million.
const MAX_PIXELS: u64 = 1 << 26;

/// Maximum number of photos from a folder.
const MAX_PHOTOS: usize = 100;

/// A photo, ready to be embedded in a drawing.
#[derive(Debug)]
pub(crate) struct Photo {
    /// Width in pixels.
    pub(crate) width: f64,
    /// Height in pixels.
    pub(crate) height: f64,
    /// All bytes of the file, as a data URL.
    pub(crate) link: String,
    /// The file, which no result may overwrite.
    pub(crate) file: Option<FileId>,
}

/// The given photos by image id.
#[derive(Debug)]
pub(crate) struct Photos(HashMap<u32, Photo>);

impl Photos {
    /// Reads the photos that were given by name, and those of the images of some rows from the given folder.
    ///
    /// # Errors
    ///
    /// If a photo cannot be read or is neither JPEG nor PNG, its image is not in the table, or the folder has none of
    /// the photos.
    pub(crate) fn of_report(report: &Report, source: &Source, rows: &[u32]) -> Result<Self, Failure> {
        let mut photos = Self::read(report.table, source, &report.args.image)?;
        let Some(folder) = &report.args.image_dir else { return Ok(photos) };
        let mut is_known = vec![false; report.table.images.texts().len()];
        let images = rows.iter().map(|&row| report.table.images.ids[row as usize]);
        let is_new = |image: &u32| !core::mem::replace(&mut is_known[*image as usize], true);
        let images: Vec<u32> = images.filter(is_new).take(MAX_PHOTOS).collect();
        for &image in &images {
            if let Some(path) = in_folder(folder, report.table.images.text(image))
                && !photos.0.contains_key(&image)
            {
                photos.0.insert(image, Photo::read(&path)?);
            }
        }
        match (photos.0.is_empty(), images.first()) {
            (true, Some(&image)) => {
                let name = short(report.table.images.text(image));
                let problem =
                    format!("no picture of an image of the table, such as {name} with .jpg or .png");
                Err(Failure::input(folder.display(), problem))
            }
            _ => Ok(photos),
        }
    }

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

    /// Checks that the renderer can decode all photos.
    ///
    /// # Errors
    ///
    /// If it cannot.
    pub(super) fn check_renderable(&self) -> Result<(), String> {
        self.0.values().try_for_each(Photo::check_renderable)
    }

    /// Images of another size than the table says, or whose boxes reach beyond them.
    pub(crate) fn sizes_that_differ(&self, table: &RoiTable) -> Vec<String> {
        let mut reached = vec![[0.0_f64; 2]; table.images.texts().len()];
        for ([x1, y1, x2, y2], &image) in table.boxes.iter().zip(&table.images.ids) {
            let [x, y] = &mut reached[image as usize];
            (*x, *y) = (x.max(x1.max(x2)), y.max(y1.max(y2)));
        }
        let mut images: Vec<_> = self.0.iter().collect();
        images.sort_by_key(|(image, _)| **image);
        let differs = |(&image, photo): (&u32, &Photo)| {
            let name = short(table.images.text(image));
            let size = format!("{} x {}", photo.width, photo.height);
            let [x, y] = reached[image as usize];
            match table.sizes.get(image as usize).copied().flatten() {
                Some(stated) if stated != [photo.width, photo.height] => {
                    let [width, height] = stated.map(plain);
                    Some(format!("image {name} is {width} x {height} in the table but {size} in its picture"))
                }
                // A box may end one pixel beyond, or be a little too large.
                None if x > photo.width * 1.02 + 1.0 || y > photo.height * 1.02 + 1.0 => {
                    let (x, y) = (plain(x), plain(y));
                    Some(format!("boxes of image {name} reach to x {x} and y {y} but its picture is {size}"))
                }
                _ => None,
            }
        };
        images.into_iter().filter_map(differs).collect()
    }

    /// The photo of an image.
    pub(crate) fn of(&self, image: u32) -> Option<&Photo> {
        self.0.get(&image)
    }
}

/// The picture of an image in a folder: its name, or that with another ending.
fn in_folder(folder: &Path, image: &str) -> Option<PathBuf> {
    let file = image.rsplit(['/', '\\']).next().unwrap_or(image);
    let endings = ["", ".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG"];
    let names =
        endings.iter().flat_map(|ending| [format!("{file}{ending}"), format!("{}{ending}", stem(file))]);
    names.map(|name| folder.join(name)).find(|path| path.is_file())
}

fn image_id(table: &RoiTable, source: &Source, id: &str) -> Result<u32, Failure> {
    let known = || table.images.texts().take(8).map(short).collect::<Vec<_>>().join(", ");
    let more = if table.images.texts().len() > 8 { ", ..." } else { "" };
    let problem = || format!("--image {}: the table has no such image, only {}{more}", short(id), known());
    table.images.id(id).ok_or_else(|| Failure::input(source, problem()))
}

impl Photo {
    /// Reads a photo.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or decoded, has too many pixels, or is neither JPEG nor PNG.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let refuse = |problem: &str| Failure::input(path.display(), problem);
        let bytes = read_picture(path).map_err(|error| refuse(&error.to_string()))?;
        let photo = Self::new(&bytes).map_err(|problem| refuse(&problem))?;
        Ok(Self { file: FileId::of(path), ..photo })
    }

    fn new(bytes: &[u8]) -> Result<Self, String> {
        // Programs that show the drawing leave out a photo that they cannot decode, and say nothing.
        let upright = decode_upright(bytes, MAX_PIXELS)?;
        let (width, height) = upright.picture.dimensions();
        // They differ in how they show a photo that is turned, or that is not in shades of red, green and blue.
        let copy = if upright.is_plain { None } else { Some(encoded(&upright.picture)?) };
        let bytes = copy.as_deref().unwrap_or(bytes);
        let kind = if bytes.starts_with(b"\x89PNG") { "png" } else { "jpeg" };
        let link = format!("data:image/{kind};base64,{}", STANDARD.encode(bytes));
        Ok(Self { width: f64::from(width), height: f64::from(height), link, file: None })
    }

    /// Checks that the renderer can decode the photo, too: it knows fewer kinds of JPEG.
    ///
    /// # Errors
    ///
    /// If it cannot.
    pub(crate) fn check_renderable(&self) -> Result<(), String> {
        let bytes =
            self.link.split_once(',').and_then(|(_, data)| STANDARD.decode(data).ok()).unwrap_or_default();
        if renders(&bytes, &self.link) {
            Ok(())
        } else {
            Err("this kind of picture cannot be drawn".to_owned())
        }
    }
}

/// Encodes a picture as it is to be seen.
fn encoded(picture: &DynamicImage) -> Result<Vec<u8>, String> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    picture.to_rgb8().write_with_encoder(encoder).map_err(|error| error.to_string())?;
    Ok(bytes.into_inner())
}

fn renders(bytes: &[u8], link: &str) -> bool {
    if bytes.starts_with(b"\x89PNG") {
        return Pixmap::decode_png(bytes).is_ok();
    }
    // A JPEG covers a pixel completely.
    let svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><image width="1" height="1" preserveAspectRatio="none" href="{link}"/></svg>"#
    );
    let (tree, pixel) = (Tree::from_str(&svg, &Options::default()), Pixmap::new(1, 1));
    let (Ok(tree), Some(mut pixel)) = (tree, pixel) else { return false };
    resvg::render(&tree, Transform::identity(), &mut pixel.as_mut());
    pixel.pixels()[0].alpha() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(format: image::ImageFormat) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let grey = image::RgbImage::from_pixel(3, 2, image::Rgb([90; 3]));
        grey.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_photo_has_a_size_and_a_data_url() {
        for (format, link) in [
            (image::ImageFormat::Png, "data:image/png;base64,iVBORw0KGgo"),
            (image::ImageFormat::Jpeg, "data:image/jpeg;base64,/9j/"),
        ] {
            let photo = Photo::new(&encoded(format)).unwrap();
            assert_eq!((photo.width, photo.height), (3.0, 2.0));
            assert!(photo.link.starts_with(link) && photo.check_renderable().is_ok());
        }
    }

    #[test]
    fn other_files_are_refused() {
        for bytes in [&b"GIF89a\x01\0\x01\0"[..], b"", b"text"] {
            assert_eq!(Photo::new(bytes).unwrap_err(), "expected a JPEG or PNG picture");
        }
        for format in [image::ImageFormat::Png, image::ImageFormat::Jpeg] {
            let whole = encoded(format);
            assert!((8..whole.len() - 12).all(|end| Photo::new(&whole[..end]).is_err()), "{format:?}");
        }
        let unknown =
            Photo { width: 1.0, height: 1.0, link: "data:image/jpeg;base64,AAAA".to_owned(), file: None };
        assert!(unknown.check_renderable().is_err());
    }
}
