//! Boxes for other tools: datasets of COCO, and tasks for Label Studio.

use ohem_std::Convention;
use serde_json::{Value, json};

use super::json::escaped;
use super::report::Report;

/// A box to export.
#[derive(Clone, Debug)]
pub(crate) struct Exported<'a> {
    /// The image's file or id.
    pub(crate) image: &'a str,
    /// Its width and height, if known.
    pub(crate) size: Option<[f64; 2]>,
    /// Continuous corners.
    pub(crate) corners: [f64; 4],
    pub(crate) label: &'a str,
    /// A loss or a suspicion.
    pub(crate) score: f64,
    /// A remark.
    pub(crate) note: &'a str,
}

/// The selected RoIs, hardest first.
pub(crate) fn of_report<'a>(report: &'a Report<'_>) -> Vec<Exported<'a>> {
    let table = report.table;
    let pad = if report.rule.convention() == Convention::Pixel { 1.0 } else { 0.0 };
    let one = |&index: &u32| {
        let [x1, y1, x2, y2] = table.boxes.at(index as usize);
        Exported {
            image: table.images.of(index as usize),
            size: table.sizes[table.images.ids[index as usize] as usize],
            corners: [x1, y1, x2 + pad, y2 + pad],
            label: table.labels.of(index as usize),
            score: table.losses.at(index as usize),
            note: "hard",
        }
    };
    report.mined.selected.iter().map(one).collect()
}

/// Numbers texts in the order in which they first appear.
fn numbered<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut known = std::collections::HashSet::new();
    texts.filter(|text| known.insert(*text)).collect()
}

fn number(texts: &[&str], text: &str) -> usize {
    texts.iter().position(|other| *other == text).map_or(0, |at| at + 1)
}

/// Writes a dataset of COCO: images, categories, and an annotation for each box, in order.
pub(crate) fn coco(boxes: &[Exported<'_>]) -> Vec<u8> {
    let (images, labels) =
        (numbered(boxes.iter().map(|one| one.image)), numbered(boxes.iter().map(|one| one.label)));
    let image = |name: &&str| {
        let size = boxes.iter().find(|one| one.image == *name).and_then(|one| one.size);
        let mut image = json!({ "id": number(&images, name), "file_name": name });
        if let Some([width, height]) = size {
            image["width"] = json!(width);
            image["height"] = json!(height);
        }
        image
    };
    let annotation = |(id, one): (usize, &Exported<'_>)| {
        let [x1, y1, x2, y2] = one.corners;
        json!({
            "id": id, "image_id": number(&images, one.image), "category_id": number(&labels, one.label),
            "bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1), "iscrowd": 0,
            "score": one.score, "note": one.note,
        })
    };
    let dataset = json!({
        "images": images.iter().map(image).collect::<Vec<_>>(),
        "categories": labels.iter().map(|name| json!({ "id": number(&labels, name), "name": name })).collect::<Vec<_>>(),
        "annotations": (1..).zip(boxes).map(annotation).collect::<Vec<_>>(),
    });
    escaped(&format!("{dataset}\n")).into_bytes()
}

/// Writes a task for each image, with its boxes as predictions.
///
/// # Errors
///
/// If the size of an image is unknown: Label Studio has boxes in per cent of it.
pub(crate) fn label_studio(boxes: &[Exported<'_>]) -> Result<Vec<u8>, String> {
    let task = |name: &str| {
        let of_image: Vec<_> = boxes.iter().filter(|one| one.image == name).collect();
        let results = of_image.iter().map(|one| result(one)).collect::<Result<Vec<Value>, _>>()?;
        let score = of_image.iter().map(|one| one.score).fold(f64::NEG_INFINITY, f64::max);
        Ok::<Value, String>(json!({
            "data": { "image": format!("/data/local-files/?d={name}") },
            "predictions": [{ "model_version": "ohem", "score": score, "result": results }],
        }))
    };
    let tasks =
        numbered(boxes.iter().map(|one| one.image)).into_iter().map(task).collect::<Result<Vec<_>, _>>()?;
    Ok(escaped(&format!("{}\n", Value::from(tasks))).into_bytes())
}

fn result(one: &Exported<'_>) -> Result<Value, String> {
    let unknown = || {
        format!(
            "the size of image {} is unknown; a table needs the columns image_width and image_height",
            one.image
        )
    };
    let [width, height] = one.size.ok_or_else(unknown)?;
    let [x1, y1, x2, y2] = one.corners;
    let value = json!({
        "x": 100.0 * x1 / width, "y": 100.0 * y1 / height,
        "width": 100.0 * (x2 - x1) / width, "height": 100.0 * (y2 - y1) / height,
        "rotation": 0, "rectanglelabels": [one.label],
    });
    Ok(json!({
        "type": "rectanglelabels", "from_name": "label", "to_name": "image",
        "original_width": width, "original_height": height, "value": value, "score": one.score,
        "meta": { "text": [one.note] },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxes() -> [Exported<'static>; 2] {
        let first = Exported {
            image: "a.jpg",
            size: Some([200.0, 100.0]),
            corners: [20.0, 10.0, 60.0, 60.0],
            label: "cat",
            score: 0.5,
            note: "label",
        };
        [first.clone(), Exported { image: "b.jpg", size: None, label: "dog", ..first }]
    }

    #[test]
    fn coco_has_images_categories_and_boxes_by_width() {
        let dataset: Value = serde_json::from_slice(&coco(&boxes())).unwrap();
        assert_eq!(
            dataset["images"],
            json!([{ "id": 1, "file_name": "a.jpg", "width": 200.0, "height": 100.0 }, { "id": 2, "file_name": "b.jpg" }])
        );
        assert_eq!(
            (&dataset["annotations"][0]["bbox"], &dataset["annotations"][1]["category_id"]),
            (&json!([20.0, 10.0, 40.0, 50.0]), &json!(2))
        );
    }

    #[test]
    fn label_studio_has_boxes_in_per_cent() {
        let tasks: Value = serde_json::from_slice(&label_studio(&boxes()[..1]).unwrap()).unwrap();
        let value = &tasks[0]["predictions"][0]["result"][0]["value"];
        assert_eq!(
            (&value["x"], &value["width"], &value["height"]),
            (&json!(10.0), &json!(20.0), &json!(50.0))
        );
        assert!(label_studio(&boxes()).unwrap_err().starts_with("the size of image b.jpg is unknown"));
    }
}
