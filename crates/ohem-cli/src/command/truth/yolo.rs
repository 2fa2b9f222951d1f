//! Labels of YOLO: a text for each image, with a line of class, centre, width and height for each object.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Object, Truth, files};
use crate::command::class_names::ClassNames;

/// A line: the class, the four numbers and, of a detection, the confidence.
pub(crate) struct YoloRow {
    /// The name of the file without its ending.
    pub(crate) image: String,
    pub(crate) size: [f64; 2],
    pub(crate) class: String,
    /// Corners in pixels.
    pub(crate) corners: [f64; 4],
    pub(crate) confidence: Option<f64>,
}

/// Reads the labels of a folder.
pub(super) fn folder(folder: &Path, pictures: Option<&Path>, given: &ClassNames) -> Result<Truth, String> {
    let mut truth = Truth::default();
    if given.is_empty() {
        for (number, name) in class_names(folder).into_iter().enumerate() {
            truth.classes.insert(number.to_string(), name.clone());
            truth.classes.insert(name.clone(), name);
        }
    }
    for (count, row) in folder_rows(folder, pictures)?.into_iter().enumerate() {
        let index = truth.image_or_new(&row.image);
        let class = truth.class(&row.class).to_owned();
        truth.images[index].size = Some(row.size);
        let object = Object { corners: row.corners, class, is_region: false, id: count.to_string() };
        truth.images[index].objects.push(object);
    }
    // Images without objects have an empty text.
    for path in texts(folder)? {
        truth.image_or_new(&path.file_stem().unwrap_or_default().to_string_lossy());
    }
    Ok(truth)
}

fn texts(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut texts = files(folder, "txt")?;
    texts.retain(|path| path.file_name().is_some_and(|name| name != "classes.txt"));
    match texts.is_empty() {
        true => Err("the folder has neither XML of PASCAL VOC nor texts of YOLO".to_owned()),
        false => Ok(texts),
    }
}

/// The names of classes, from `classes.txt` in the folder or beside it.
fn class_names(folder: &Path) -> Vec<String> {
    let candidates = [folder.join("classes.txt"), folder.join("../classes.txt")];
    let text = candidates.iter().find_map(|path| fs::read_to_string(path).ok()).unwrap_or_default();
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// Reads all lines of all texts of a folder.
pub(crate) fn folder_rows(folder: &Path, pictures: Option<&Path>) -> Result<Vec<YoloRow>, String> {
    let mut rows = Vec::new();
    for path in texts(folder)? {
        let image = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).map_err(|error| format!("{image}.txt: {error}"))?;
        if text.trim().is_empty() {
            continue;
        }
        let size = size(folder, pictures, &image)?;
        for (line, number) in text.lines().zip(1..) {
            if !line.trim().is_empty() {
                rows.push(row(line, &image, size).ok_or_else(|| {
                    format!("{image}.txt: line {number}: expected class, x, y, width, height (and confidence), as shares of the picture")
                })?);
            }
        }
    }
    Ok(rows)
}

fn row(line: &str, image: &str, size: [f64; 2]) -> Option<YoloRow> {
    let mut cells = line.split_whitespace();
    let class = cells.next()?.to_owned();
    let numbers: Vec<f64> = cells.map(|cell| cell.parse().ok()).collect::<Option<_>>()?;
    let (&[x, y, width, height], rest) = numbers.split_first_chunk()?;
    let is_share = |number: f64| (-0.5..=1.5).contains(&number);
    if !([x, y, width, height].into_iter().all(is_share) && rest.len() < 2) {
        return None;
    }
    let [wide, high] = size;
    let corners = [
        (x - width / 2.0) * wide,
        (y - height / 2.0) * high,
        (x + width / 2.0) * wide,
        (y + height / 2.0) * high,
    ];
    Some(YoloRow { image: image.to_owned(), size, class, corners, confidence: rest.first().copied() })
}

/// The size of the picture of a text, which its shares need.
fn size(folder: &Path, pictures: Option<&Path>, image: &str) -> Result<[f64; 2], String> {
    let beside = folder.to_string_lossy().replace("labels", "images");
    let folders = pictures
        .map_or_else(|| vec![PathBuf::from(beside), folder.to_owned()], |given| vec![given.to_owned()]);
    for folder in folders {
        for ending in ["jpg", "jpeg", "png", "JPG", "JPEG", "PNG"] {
            let path = folder.join(format!("{image}.{ending}"));
            if path.is_file() {
                let (width, height) =
                    image::image_dimensions(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                return Ok([width.into(), height.into()]);
            }
        }
    }
    Err(format!(
        "{image}.txt: no picture {image}.jpg or .png found, whose size is needed; --image-dir says where"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_become_pixels() {
        let row_of = |line| row(line, "a", [640.0, 480.0]);
        let detection = row_of("2 0.5 0.5 0.25 0.5 0.9").unwrap();
        assert_eq!((detection.corners, detection.confidence), ([240.0, 120.0, 400.0, 360.0], Some(0.9)));
        assert_eq!(row_of("2 0.5 0.5 0.25 0.5").unwrap().confidence, None);
        for wrong in ["2 0.5 0.5 0.25", "2 0.5 0.5 0.25 x", "2 100 50 20 20", "2 0.1 0.1 0.2 0.1 0.2 0.3"] {
            assert!(row_of(wrong).is_none(), "{wrong}");
        }
    }
}
