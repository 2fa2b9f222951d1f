//! Ground truth of COCO: one JSON object with `images`, `annotations` and `categories`.

use serde::Deserialize;
use serde_json::Value;

use super::{Object, TrueImage, Truth, stem};

#[derive(Deserialize)]
struct Dataset {
    #[serde(default)]
    images: Vec<Image>,
    #[serde(default)]
    annotations: Vec<Annotation>,
    #[serde(default)]
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Image {
    id: Value,
    file_name: Option<String>,
    width: Option<f64>,
    height: Option<f64>,
}

#[derive(Deserialize)]
struct Annotation {
    id: Option<Value>,
    image_id: Value,
    category_id: Value,
    bbox: Option<[f64; 4]>,
    #[serde(default)]
    iscrowd: u8,
}

#[derive(Deserialize)]
struct Category {
    id: Value,
    name: String,
}

/// Reads a dataset. Annotations without a box, such as captions, are left out.
pub(super) fn read(bytes: &[u8]) -> Result<Truth, String> {
    let dataset: Dataset = serde_json::from_slice(bytes).map_err(|error| format!("COCO: {error}"))?;
    if dataset.images.is_empty() && dataset.annotations.is_empty() {
        return Err("the JSON object has neither images nor annotations of COCO".to_owned());
    }
    let mut truth = Truth::default();
    for Category { id, name } in dataset.categories {
        truth.classes.insert(text(&id), name.clone());
        truth.classes.insert(name.clone(), name);
    }
    for Image { id, file_name, width, height } in dataset.images {
        let index = truth.images.len();
        let name = file_name.unwrap_or_else(|| text(&id));
        truth.by_name.insert(text(&id), index);
        truth.by_name.entry(stem(&name).to_owned()).or_insert(index);
        truth.by_name.insert(name.clone(), index);
        let size = width.zip(height).map(|(width, height)| [width, height]);
        truth.images.push(TrueImage { name, size, objects: Vec::new() });
    }
    for (at, annotation) in dataset.annotations.into_iter().enumerate() {
        let Some([x, y, width, height]) = annotation.bbox else { continue };
        let image = text(&annotation.image_id);
        let index = *truth
            .by_name
            .get(&image)
            .ok_or_else(|| format!("annotation {at}: no image has the id {image}"))?;
        let class = truth.class(&text(&annotation.category_id)).to_owned();
        let id = annotation.id.map_or_else(|| at.to_string(), |id| text(&id));
        let (corners, is_region) = ([x, y, x + width, y + height], annotation.iscrowd != 0);
        truth.images[index].objects.push(Object { corners, class, is_region, id });
    }
    Ok(truth)
}

/// A number or a text as text.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_and_classes_have_numbers_and_names() {
        let text = br#"{"images": [{"id": 7, "file_name": "a/b.jpg", "width": 64, "height": 48}],
            "categories": [{"id": 3, "name": "cat"}],
            "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [1, 2, 3, 4], "iscrowd": 1},
                            {"image_id": 7, "category_id": 9, "bbox": [0, 0, 1, 1]}]}"#;
        let truth = read(text).unwrap();
        assert_eq!(
            ["7", "a/b.jpg", "b", "b.png", "c"].map(|name| truth.image(name)),
            [Some(0), Some(0), Some(0), Some(0), None]
        );
        assert_eq!(["3", "3.0", "cat", "9"].map(|label| truth.class(label)), ["cat", "cat", "cat", "9"]);
        let expected =
            Object { corners: [1.0, 2.0, 4.0, 6.0], class: "cat".into(), is_region: true, id: "1".into() };
        assert_eq!((&truth.images[0].objects[0], truth.images[0].size), (&expected, Some([64.0, 48.0])));
        assert!(
            read(br#"{"annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]}]}"#).is_err()
        );
        assert!(read(b"{}").is_err());
    }
}
