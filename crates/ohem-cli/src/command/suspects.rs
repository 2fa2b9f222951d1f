//! `ohem suspects`: finds likely errors of ground truth, from the detections of a trained model.
//!
//! A confident detection and the ground truth disagree in one of these ways; the suspicion, from 0 to 1, is
//!
//! | kind | evidence | suspicion |
//! |---|---|---|
//! | `label` | a detection of another class on the object (IoU at least 0.5) | its score minus that of the object's own class |
//! | `missing` | a detection on no object (IoU below 0.3) | its score |
//! | `box` | a detection of the object's class near it (IoU from 0.1 to 0.6), and none on it | its score times (1 - IoU) |
//! | `spurious` | no detection near the object (IoU at least 0.1) | half, as models miss objects, too |
//!
//! An object or a detection is listed once, by its highest suspicion.

pub(crate) mod args;

use ohem_std::Convention;

use crate::command::atomic_file::{self, AtomicFile};
use crate::command::failure::Failure;
use crate::command::judge::{self, Detection, iou};
use crate::command::numbers::{amount, count, plain};
use crate::command::output::export::{self, Exported};
use crate::command::output::short;
use crate::command::source::Source;
use crate::command::truth::{Object, Truth};
use args::{SuspectsArgs, SuspectsFormat};

/// Bounds of IoU: of being on an object, near it, on no object, and placed well.
const ON: f64 = 0.5;
const NEAR: f64 = 0.1;
const OFF: f64 = 0.3;
const PLACED: f64 = 0.6;
/// The suspicion of an object that nothing is near.
const SPURIOUS: f64 = 0.5;

/// A likely error.
#[derive(Clone, Debug)]
struct Suspect {
    image: usize,
    /// The object, or the detection of an object that is missing.
    corners: [f64; 4],
    kind: &'static str,
    /// The class in the ground truth; `None` if the object is missing.
    class: Option<String>,
    /// The class that the model sees; `None` if it sees nothing.
    seen: Option<String>,
    suspicion: f64,
    /// The annotation.
    id: Option<String>,
}

/// Runs `ohem suspects`.
///
/// # Errors
///
/// If the detections or the ground truth are wrong, or the result cannot be written.
pub(crate) fn run(args: &SuspectsArgs) -> Result<(), Failure> {
    let truth = Truth::read(&args.ground_truth, args.image_dir.as_deref(), &args.classes)?;
    let source = Source::named(Some(&args.detections));
    let layout = args.layout(Convention::Continuous == Convention::Pixel);
    let detections = judge::detections(&source, &layout, &truth, args.image_dir.as_deref())?;
    let mut suspects = find(&truth, &detections);
    // Stable, so that equal suspicions stay in the order of the files.
    suspects.sort_by(|a, b| b.suspicion.total_cmp(&a.suspicion));
    let found = suspects.len();
    suspects.truncate(args.limit);
    let result = match args.format {
        SuspectsFormat::Table => table(&truth, &suspects, found),
        SuspectsFormat::Csv => csv_text(&truth, &suspects),
        SuspectsFormat::Json => json(&truth, &suspects),
        SuspectsFormat::Coco => export::coco(&exported(&truth, &suspects)),
        SuspectsFormat::LabelStudio => export::label_studio(&exported(&truth, &suspects))
            .map_err(|why| Failure::input("label-studio", why))?,
    };
    atomic_file::publish(vec![AtomicFile::new(args.output.as_deref(), &result)?])
}

/// Finds all likely errors.
fn find(truth: &Truth, detections: &[Vec<Detection>]) -> Vec<Suspect> {
    let mut suspects = Vec::new();
    for (image, (found, of_image)) in detections.iter().zip(&truth.images).enumerate() {
        let objects = &of_image.objects;
        suspects.extend(
            objects
                .iter()
                .filter(|object| !object.is_region)
                .filter_map(|object| of_object(image, object, found)),
        );
        let is_free = |detection: &&Detection| {
            objects.iter().all(|object| {
                let overlap = iou(&detection.corners, &object.corners);
                overlap < NEAR || overlap < OFF && !explains(detection, object, found)
            })
        };
        suspects.extend(distinct(found.iter().filter(is_free)).into_iter().map(|detection| Suspect {
            image,
            corners: detection.corners,
            kind: "missing",
            class: None,
            seen: Some(detection.class.clone()),
            suspicion: detection.score,
            id: None,
        }));
    }
    suspects
}

/// Whether a detection near an object is a sign that the object's box is misplaced, and not of another object.
fn explains(detection: &Detection, object: &Object, found: &[Detection]) -> bool {
    let is_placed =
        |other: &Detection| other.class == object.class && iou(&other.corners, &object.corners) >= PLACED;
    detection.class == object.class && !found.iter().any(is_placed)
}

/// Detections that do not overlap a better one, of whatever class: each may be an object.
fn distinct<'a>(found: impl Iterator<Item = &'a Detection>) -> Vec<&'a Detection> {
    let mut kept: Vec<&Detection> = Vec::new();
    for detection in found {
        if kept.iter().all(|better| iou(&better.corners, &detection.corners) < ON) {
            kept.push(detection);
        }
    }
    kept
}

/// The strongest evidence against an object.
fn of_object(image: usize, object: &Object, found: &[Detection]) -> Option<Suspect> {
    let with_iou = || found.iter().map(|detection| (detection, iou(&detection.corners, &object.corners)));
    let highest = |is: &dyn Fn(&Detection, f64) -> bool| {
        with_iou()
            .filter(|(detection, iou)| is(detection, *iou))
            .max_by(|a, b| a.0.score.total_cmp(&b.0.score))
    };
    let is_own = |detection: &Detection| detection.class == object.class;
    let own = highest(&|detection, iou| is_own(detection) && iou >= ON).map_or(0.0, |(own, _)| own.score);
    let label = highest(&|detection, iou| !is_own(detection) && iou >= ON)
        .map(|(other, _)| ("label", Some(other.class.clone()), (other.score - own).max(0.0)));
    let is_placed = with_iou().any(|(detection, iou)| is_own(detection) && iou >= PLACED);
    let placed = highest(&|detection, iou| !is_placed && is_own(detection) && iou >= NEAR)
        .map(|(near, iou)| ("box", Some(near.class.clone()), near.score * (1.0 - iou)));
    let is_alone = with_iou().all(|(_, iou)| iou < NEAR);
    let spurious = is_alone.then_some(("spurious", None, SPURIOUS));
    let strongest = [label, placed, spurious].into_iter().flatten().max_by(|a, b| a.2.total_cmp(&b.2));
    let (kind, seen, suspicion) = strongest.filter(|(.., suspicion)| *suspicion > 0.0)?;
    let (class, id) = (Some(object.class.clone()), Some(object.id.clone()));
    Some(Suspect { image, corners: object.corners, kind, class, seen, suspicion, id })
}

fn table(truth: &Truth, suspects: &[Suspect], found: usize) -> Vec<u8> {
    let mut text = format!(
        "{:>4}  {:>9}  {:<9}{:<26}{:<34}{}\n",
        "rank", "suspicion", "error", "image", "ground truth, seen", "box"
    );
    for (rank, suspect) in (1..).zip(suspects) {
        let class = |class: &Option<String>| class.as_deref().map_or_else(|| "nothing".to_owned(), short);
        let seen = format!("{}, {}", class(&suspect.class), class(&suspect.seen));
        let corners = suspect.corners.map(plain).join(" ");
        let (suspicion, image) = (amount(suspect.suspicion, 3), short(&truth.images[suspect.image].name));
        text += &format!("{rank:>4}  {suspicion:>9}  {:<9}{image:<26}{seen:<34}{corners}\n", suspect.kind);
    }
    text += &format!("\n{} suspects in {} images", count(found), count(truth.images.len()));
    if found > suspects.len() {
        text += &format!("; --limit shows more than {}", count(suspects.len()));
    }
    (text + "\n").into_bytes()
}

fn csv_text(truth: &Truth, suspects: &[Suspect]) -> Vec<u8> {
    let mut text = csv::Writer::from_writer(Vec::new());
    let mut write = |row: [String; 11]| text.write_record(row).expect("writing to memory cannot fail");
    write(
        ["rank", "suspicion", "error", "image", "x1", "y1", "x2", "y2", "label", "seen", "annotation"]
            .map(str::to_owned),
    );
    for (rank, suspect) in (1..).zip(suspects) {
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        let [x1, y1, x2, y2] = suspect.corners.map(|corner| corner.to_string());
        let image = truth.images[suspect.image].name.clone();
        let (rank, suspicion, kind) =
            (i32::to_string(&rank), suspect.suspicion.to_string(), suspect.kind.to_owned());
        write([
            rank,
            suspicion,
            kind,
            image,
            x1,
            y1,
            x2,
            y2,
            or_empty(&suspect.class),
            or_empty(&suspect.seen),
            or_empty(&suspect.id),
        ]);
    }
    text.into_inner().expect("writing to memory cannot fail")
}

fn json(truth: &Truth, suspects: &[Suspect]) -> Vec<u8> {
    let object = |suspect: &Suspect| {
        serde_json::json!({
            "image": truth.images[suspect.image].name,
            "error": suspect.kind,
            "suspicion": suspect.suspicion,
            "box": suspect.corners,
            "label": suspect.class,
            "seen": suspect.seen,
            "annotation": suspect.id,
        })
    };
    let objects: Vec<_> = suspects.iter().map(object).collect();
    crate::command::output::json::escaped(&format!("{}\n", serde_json::Value::from(objects))).into_bytes()
}

fn exported<'a>(truth: &'a Truth, suspects: &'a [Suspect]) -> Vec<Exported<'a>> {
    let one = |suspect: &'a Suspect| Exported {
        image: &truth.images[suspect.image].name,
        size: truth.images[suspect.image].size,
        corners: suspect.corners,
        label: suspect.class.as_deref().or(suspect.seen.as_deref()).unwrap_or_default(),
        score: suspect.suspicion,
        note: suspect.kind,
    };
    suspects.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detection(corners: [f64; 4], class: &str, score: f64) -> Detection {
        Detection { corners, class: class.to_owned(), score }
    }

    #[test]
    fn each_error_has_its_evidence() {
        let object =
            Object { corners: [0.0, 0.0, 10.0, 10.0], class: "cat".into(), is_region: false, id: "7".into() };
        let said = |found: &[Detection]| {
            of_object(0, &object, found).map(|suspect| (suspect.kind, suspect.suspicion))
        };
        let on = [0.0, 0.0, 10.0, 9.0];
        assert_eq!(said(&[detection(on, "cat", 0.75)]), None);
        assert_eq!(said(&[detection(on, "dog", 0.75), detection(on, "cat", 0.25)]), Some(("label", 0.5)));
        assert_eq!(said(&[detection([0.0, 0.0, 10.0, 5.0], "cat", 0.5)]), Some(("box", 0.25)));
        assert_eq!(said(&[detection([50.0, 0.0, 60.0, 5.0], "cat", 0.5)]), Some(("spurious", 0.5)));
    }

    #[test]
    fn detections_of_one_object_are_one_suspect() {
        let found = [
            detection([0.0, 0.0, 10.0, 10.0], "cat", 0.9),
            detection([0.0, 0.0, 10.0, 9.0], "dog", 0.5),
            detection([50.0, 0.0, 60.0, 9.0], "dog", 0.4),
        ];
        assert_eq!(distinct(found.iter()).len(), 2);
    }
}
