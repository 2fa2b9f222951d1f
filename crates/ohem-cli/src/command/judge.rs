//! Labels and losses of detections, from ground truth.
//!
//! A file of detections has one score for each box, after NMS, so losses are approximate:
//!
//! | kind | meaning | label | loss |
//! |---|---|---|---|
//! | `hit` | the first detection of an object of its class, IoU at least 0.5 | the object's | -ln(score) + 1 - IoU |
//! | `wrong class` | on an object of another class, IoU at least 0.5 | the object's | -ln(1 - score) |
//! | `misplaced` | on an object of its class, IoU from 0.1 to 0.5 | background | -ln(1 - score) |
//! | `duplicate` | on an object that a better detection has hit | background | -ln(1 - score) |
//! | `false positive` | on nothing | background | -ln(1 - score) |
//! | `missed` | an object that nothing hits; its own box | the object's | -ln(lowest score of the file) |
//!
//! A detection that hits nothing and lies by at least half in a crowd or a difficult object is ignored.

use std::path::Path;

use ohem_std::{BBox, Convention};

use crate::command::failure::Failure;
use crate::command::source::Source;
use crate::command::truth::{Object, Truth, folder_rows};
use crate::table::{BoxFormat, Layout, LossSource, RequestedColumns, RoiTable};

/// A detection.
#[derive(Clone, Debug)]
pub(crate) struct Detection {
    pub(crate) corners: [f64; 4],
    pub(crate) class: String,
    pub(crate) score: f64,
}

/// A detection or a missed object, with its loss.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub(crate) image: usize,
    pub(crate) corners: [f64; 4],
    pub(crate) label: String,
    pub(crate) kind: &'static str,
    pub(crate) loss: f64,
    pub(crate) score: Option<f64>,
    pub(crate) predicted: Option<String>,
    /// IoU with the object that decided the kind; 0 for none.
    pub(crate) iou: f64,
}

/// IoU from which a detection is on an object, and that from which it is near one.
const ON: f64 = 0.5;
const NEAR: f64 = 0.1;
/// The names of columns of scores.
const SCORES: [&str; 6] = ["score", "confidence", "conf", "prob", "probability", "scores"];
/// Bounds of the score that stands for "not found".
const FLOOR: [f64; 2] = [1e-3, 0.5];

/// IoU of two continuous boxes.
pub(crate) fn iou(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    BBox::from(*a).iou(&BBox::from(*b), Convention::Continuous)
}

/// Share of a box that lies in another one.
fn share_inside(a: &[f64; 4], region: &[f64; 4]) -> f64 {
    let width = (a[2].min(region[2]) - a[0].max(region[0])).max(0.0);
    let height = (a[3].min(region[3]) - a[1].max(region[1])).max(0.0);
    let area = (a[2] - a[0]) * (a[3] - a[1]);
    if area > 0.0 { width * height / area } else { 0.0 }
}

/// Reads detections: results of COCO, a table with scores, or a folder of YOLO. Returns those of each image.
///
/// # Errors
///
/// If they cannot be read, or name an image that the ground truth lacks.
pub(crate) fn detections(
    source: &Source,
    layout: &Layout,
    truth: &Truth,
    pictures: Option<&Path>,
) -> Result<Vec<Vec<Detection>>, Failure> {
    let refuse = |why: String| Failure::input(source, why);
    let mut images = vec![Vec::new(); truth.images.len()];
    let mut add = |image: &str, corners, label: &str, score: f64| {
        let index =
            truth.image(image).ok_or_else(|| refuse(format!("the ground truth has no image {image}")))?;
        if !(0.0..=1.0).contains(&score) {
            return Err(refuse(format!("expected scores from 0 to 1, found {score}")));
        }
        images[index].push(Detection { corners, class: truth.class(label).to_owned(), score });
        Ok(())
    };
    if let Source::File(path) = source
        && path.is_dir()
    {
        for row in folder_rows(path, pictures).map_err(refuse)? {
            let score = row
                .confidence
                .ok_or_else(|| refuse(format!("{}.txt: a line has no confidence", row.image)))?;
            add(&row.image, row.corners, &row.class, score)?;
        }
    } else {
        let table = table(source, layout)?;
        for row in 0..table.len() {
            add(table.images.of(row), table.boxes.at(row), table.labels.of(row), table.losses.at(row))?;
        }
    }
    // Best first, as files may be in any order.
    images.iter_mut().for_each(|found| found.sort_by(|a, b| b.score.total_cmp(&a.score)));
    Ok(images)
}

/// Reads a table of detections. Results of COCO have boxes as corner, width and height.
fn table(source: &Source, layout: &Layout) -> Result<RoiTable, Failure> {
    let boxes = if source.is_coco_results() { BoxFormat::Xywh } else { layout.boxes };
    let requested = |score| RequestedColumns {
        loss: LossSource::Columns(vec![(score, 1.0)]),
        overlap: None,
        layout: Layout { boxes, ..layout.clone() },
    };
    let mut tried = SCORES.iter().map(|score| source.table(&requested(score)));
    let first = tried.next().expect("there are names");
    match first {
        Err(Failure::Input(why)) if why.contains("missing column: score;") => {
            tried.find(Result::is_ok).unwrap_or(Err(Failure::Input(why)))
        }
        other => other,
    }
}

/// Finds the kind, label and loss of each detection, and the missed objects.
pub(crate) fn judge(truth: &Truth, detections: &[Vec<Detection>]) -> Vec<Judged> {
    let lowest =
        detections.iter().flatten().map(|detection| detection.score).fold(FLOOR[1], f64::min).max(FLOOR[0]);
    let mut judged = Vec::new();
    for (image, (found, true_image)) in detections.iter().zip(&truth.images).enumerate() {
        let mut is_hit = vec![false; true_image.objects.len()];
        for detection in found {
            judged.extend(one(image, detection, &true_image.objects, &mut is_hit));
        }
        let missed =
            true_image.objects.iter().zip(&is_hit).filter(|(object, is_hit)| !**is_hit && !object.is_region);
        judged.extend(missed.map(|(object, _)| Judged {
            image,
            corners: object.corners,
            label: object.class.clone(),
            kind: "missed",
            loss: -lowest.ln(),
            score: None,
            predicted: None,
            iou: 0.0,
        }));
    }
    judged
}

/// Judges a detection; `None` if it is ignored.
fn one(image: usize, detection: &Detection, objects: &[Object], is_hit: &mut [bool]) -> Option<Judged> {
    let Detection { corners, class, score } = detection;
    let best = |wanted: &dyn Fn(usize) -> bool| {
        let found =
            (0..objects.len()).filter(|&at| wanted(at)).map(|at| (at, iou(corners, &objects[at].corners)));
        found.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).unwrap_or((0, 0.0))
    };
    let is_object = |at: usize| !objects[at].is_region;
    let is_of_class = |at: usize| is_object(at) && objects[at].class == *class;
    let free = best(&|at| is_of_class(at) && !is_hit[at]);
    let (taken, other) =
        (best(&|at| is_of_class(at) && is_hit[at]), best(&|at| is_object(at) && objects[at].class != *class));
    let background = || "background".to_owned();
    let false_loss = -(1.0 - score).max(f64::EPSILON).ln();
    let regions = objects.iter().filter(|object| object.is_region);
    let (kind, label, loss, iou) = if free.1 >= ON {
        is_hit[free.0] = true;
        ("hit", class.clone(), -score.max(f64::EPSILON).ln() + 1.0 - free.1, free.1)
    } else if regions.into_iter().any(|region| share_inside(corners, &region.corners) >= ON) {
        return None;
    } else if taken.1 >= ON {
        ("duplicate", background(), false_loss, taken.1)
    } else if other.1 >= ON {
        ("wrong class", objects[other.0].class.clone(), false_loss, other.1)
    } else if free.1 >= NEAR {
        ("misplaced", background(), false_loss, free.1)
    } else {
        ("false positive", background(), false_loss, 0.0)
    };
    let (score, predicted) = (Some(*score), Some(class.clone()));
    Some(Judged { image, corners: *corners, label, kind, loss, score, predicted, iou })
}

/// The judged detections as a table to mine.
pub(crate) fn as_table(truth: &Truth, judged: &[Judged]) -> Vec<u8> {
    let mut text = csv::Writer::from_writer(Vec::new());
    let header = [
        "image",
        "x1",
        "y1",
        "x2",
        "y2",
        "label",
        "loss",
        "kind",
        "score",
        "predicted",
        "iou",
        "image_width",
        "image_height",
    ];
    let mut write = |row: &[String]| text.write_record(row).expect("writing to memory cannot fail");
    write(&header.map(str::to_owned));
    for roi in judged {
        let image = &truth.images[roi.image];
        let size =
            image.size.map_or([String::new(), String::new()], |size| size.map(|side| side.to_string()));
        let [x1, y1, x2, y2] = roi.corners.map(|corner| corner.to_string());
        let score = roi.score.map_or_else(String::new, |score| score.to_string());
        let predicted = roi.predicted.clone().unwrap_or_default();
        let [width, height] = size;
        let (loss, iou) = (roi.loss.to_string(), roi.iou.to_string());
        write(&[
            image.name.clone(),
            x1,
            y1,
            x2,
            y2,
            roi.label.clone(),
            loss,
            roi.kind.to_owned(),
            score,
            predicted,
            iou,
            width,
            height,
        ]);
    }
    text.into_inner().expect("writing to memory cannot fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(corners: [f64; 4], class: &str) -> Object {
        Object { corners, class: class.to_owned(), is_region: false, id: "0".to_owned() }
    }

    fn detection(corners: [f64; 4], class: &str, score: f64) -> Detection {
        Detection { corners, class: class.to_owned(), score }
    }

    #[test]
    fn each_kind_has_its_label_and_loss() {
        let crowd = Object { is_region: true, ..object([200.0, 0.0, 300.0, 100.0], "cat") };
        let objects =
            vec![object([0.0, 0.0, 10.0, 10.0], "cat"), object([50.0, 0.0, 60.0, 10.0], "dog"), crowd];
        let mut is_hit = vec![false; 3];
        let mut said = |corners, class, score| {
            one(0, &detection(corners, class, score), &objects, &mut is_hit)
                .map(|judged| (judged.kind, judged.label, judged.loss))
        };
        let background = || "background".to_owned();
        assert_eq!(
            said([0.0, 0.0, 10.0, 8.0], "cat", 0.9),
            Some(("hit", "cat".into(), -(0.9_f64.ln()) + 1.0 - 0.8))
        );
        let wrong = -(1.0_f64 - 0.75).ln();
        assert_eq!(said([0.0, 0.0, 10.0, 10.0], "cat", 0.75), Some(("duplicate", background(), wrong)));
        assert_eq!(said([50.0, 0.0, 60.0, 10.0], "cat", 0.75), Some(("wrong class", "dog".into(), wrong)));
        assert_eq!(said([56.0, 0.0, 66.0, 10.0], "dog", 0.75), Some(("misplaced", background(), wrong)));
        assert_eq!(
            said([90.0, 90.0, 99.0, 99.0], "dog", 0.75),
            Some(("false positive", background(), wrong))
        );
        assert_eq!(said([210.0, 10.0, 220.0, 20.0], "dog", 0.75), None);
        assert_eq!(is_hit, [true, false, false]);
    }
}
