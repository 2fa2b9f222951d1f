//! Ground truth: the objects of each image, from COCO, PASCAL VOC, YOLO or a table.

mod coco;
mod table;
mod voc;
mod yolo;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::command::class_names::ClassNames;
use crate::command::failure::Failure;
use crate::table::FileKind;
pub(crate) use yolo::folder_rows;

/// The objects of all images.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    /// The images, in the order of the files.
    pub(crate) images: Vec<TrueImage>,
    /// The name of each class by all that files call it: its number and its name.
    classes: HashMap<String, String>,
    /// The index of each image by all that files call it: its id, its file, and the file without its ending.
    by_name: HashMap<String, usize>,
}

/// An image with its objects.
#[derive(Debug, Default)]
pub(crate) struct TrueImage {
    /// The image's file or, if that is unknown, its id.
    pub(crate) name: String,
    /// Width and height, if known.
    pub(crate) size: Option<[f64; 2]>,
    pub(crate) objects: Vec<Object>,
}

/// An object, or a region whose detections do not count.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object {
    /// Corners; continuous, so that a width is `x2 - x1`.
    pub(crate) corners: [f64; 4],
    pub(crate) class: String,
    /// Whether detections in it do not count: a crowd, or an object that is difficult.
    pub(crate) is_region: bool,
    /// The id of the annotation, or where it is.
    pub(crate) id: String,
}

impl Truth {
    /// Reads ground truth. A folder holds XML of PASCAL VOC or texts of YOLO, whose pictures are in `pictures`.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or an object has no box or no class.
    pub(crate) fn read(path: &Path, pictures: Option<&Path>, classes: &[String]) -> Result<Self, Failure> {
        let refuse = |why: String| Failure::input(path.display(), why);
        let is_yolo = path.is_dir() && !has(path, "xml");
        let names = ClassNames::new(classes, u64::from(!is_yolo))?;
        let truth = if is_yolo {
            yolo::folder(path, pictures, &names)
        } else if path.is_dir() {
            voc::folder(path)
        } else {
            let bytes = fs::read(path).map_err(|error| refuse(error.to_string()))?;
            match FileKind::of(&bytes) {
                FileKind::JsonObject => coco::read(&bytes),
                FileKind::Xml => voc::file(&bytes, path),
                _ => table::read(bytes),
            }
        };
        let mut truth = truth.map_err(refuse)?;
        truth.name_classes(&names)?;
        truth.check().map_err(refuse)?;
        Ok(truth)
    }

    /// Gives classes that are numbers their names. Numbers that already have one keep it.
    fn name_classes(&mut self, names: &ClassNames) -> Result<(), Failure> {
        for object in self.images.iter_mut().flat_map(|image| &mut image.objects) {
            if let Some(name) = names.of(&object.class)? {
                object.class = name.to_owned();
            }
        }
        for (number, name) in names.iter() {
            self.classes.entry(number.to_string()).or_insert_with(|| name.to_owned());
            self.classes.entry(name.to_owned()).or_insert_with(|| name.to_owned());
        }
        Ok(())
    }

    /// Refuses objects with invalid boxes: their RoIs would count as background.
    fn check(&self) -> Result<(), String> {
        for image in &self.images {
            for object in &image.objects {
                let [x1, y1, x2, y2] = object.corners;
                if !(x1 < x2 && y1 < y2 && (x2 - x1).is_finite() && (y2 - y1).is_finite()) {
                    return Err(format!(
                        "annotation {} of image {}: [{x1}, {y1}, {x2}, {y2}] is not a box",
                        object.id, image.name
                    ));
                }
            }
        }
        Ok(())
    }

    /// The index of an image by its id or file.
    pub(crate) fn image(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).or_else(|| self.by_name.get(stem(name))).copied()
    }

    /// The name of a class by its number or name.
    pub(crate) fn class<'a>(&'a self, label: &'a str) -> &'a str {
        let whole = label.strip_suffix(".0").unwrap_or(label);
        self.classes.get(whole).map_or(label, String::as_str)
    }

    /// The index of an image, which is added if the name is new.
    fn image_or_new(&mut self, name: &str) -> usize {
        if let Some(found) = self.image(name) {
            return found;
        }
        let index = self.images.len();
        self.images.push(TrueImage { name: name.to_owned(), ..TrueImage::default() });
        self.by_name.insert(name.to_owned(), index);
        self.by_name.entry(stem(name).to_owned()).or_insert(index);
        index
    }
}

/// The name of a file without its folder and ending.
pub(crate) fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let ending = |ending: &str| {
        ["jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff"]
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    };
    match file.rsplit_once('.') {
        Some((stem, end)) if ending(end) => stem,
        _ => file,
    }
}

/// The files of a folder with an ending, by name.
fn files(folder: &Path, ending: &str) -> Result<Vec<std::path::PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let paths = entries.map(|entry| Ok(entry.map_err(|error| error.to_string())?.path()));
    let mut paths: Vec<_> = paths.collect::<Result<_, String>>()?;
    paths.retain(|path| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending)));
    paths.sort();
    Ok(paths)
}

fn has(folder: &Path, ending: &str) -> bool {
    files(folder, ending).is_ok_and(|files| !files.is_empty())
}
