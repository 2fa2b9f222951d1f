//! The names under which people know the columns.

use super::requested::{BoxFormat, Part};

/// The accepted names of an image's column, the first that occurs counts.
const IMAGE: &[&str] = &[
    "image",
    "image_id",
    "images",
    "image_ids",
    "img",
    "img_id",
    "imageid",
    "filename",
    "file_name",
    "image_name",
    "image_path",
    "file",
    "path",
];

const LABEL: &[&str] = &[
    "label",
    "labels",
    "class",
    "class_id",
    "category",
    "category_id",
    "cls",
    "label_id",
    "class_name",
    "category_name",
];

const X1: &[&str] = &["x1", "xmin", "x_min", "left", "bbox_x1"];
const Y1: &[&str] = &["y1", "ymin", "y_min", "top", "bbox_y1"];
const X2: &[&str] = &["x2", "xmax", "x_max", "right", "bbox_x2"];
const Y2: &[&str] = &["y2", "ymax", "y_max", "bottom", "bbox_y2"];
const X: &[&str] = &["x", "left", "xmin", "x_min", "bbox_x", "x1"];
const Y: &[&str] = &["y", "top", "ymin", "y_min", "bbox_y", "y1"];
const CX: &[&str] = &["cx", "xc", "x_center", "x_centre", "center_x", "x", "x1"];
const CY: &[&str] = &["cy", "yc", "y_center", "y_centre", "center_y", "y", "y1"];
const W: &[&str] = &["w", "bbox_w", "box_width", "width", "x2"];
const H: &[&str] = &["h", "bbox_h", "box_height", "height", "y2"];

/// The name of a part in a message and in `--columns`.
pub(super) fn name(part: Part, boxes: BoxFormat) -> &'static str {
    match part {
        Part::Image => "image",
        Part::Label => "label",
        Part::Corner(corner) => corners(boxes)[corner.min(3)],
    }
}

fn corners(boxes: BoxFormat) -> [&'static str; 4] {
    match boxes {
        BoxFormat::Xyxy => ["x1", "y1", "x2", "y2"],
        BoxFormat::Xywh => ["x", "y", "w", "h"],
        BoxFormat::Cxcywh => ["cx", "cy", "w", "h"],
    }
}

/// The accepted names of a part, in order of preference.
pub(super) fn accepted(part: Part, boxes: BoxFormat) -> &'static [&'static str] {
    let corners = match boxes {
        BoxFormat::Xyxy => [X1, Y1, X2, Y2],
        BoxFormat::Xywh => [X, Y, W, H],
        BoxFormat::Cxcywh => [CX, CY, W, H],
    };
    match part {
        Part::Image => IMAGE,
        Part::Label => LABEL,
        Part::Corner(corner) => corners[corner.min(3)],
    }
}

impl Part {
    /// The part of this name, such as `image`, `x1` or `w`.
    ///
    /// ```
    /// use ohem_cli::table::Part;
    ///
    /// assert_eq!((Part::named("x2"), Part::named("h"), Part::named("z")), (Some(Part::Corner(2)), Some(Part::Corner(3)), None));
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "image" => Some(Self::Image),
            "label" => Some(Self::Label),
            "x1" | "x" | "cx" => Some(Self::Corner(0)),
            "y1" | "y" | "cy" => Some(Self::Corner(1)),
            "x2" | "w" => Some(Self::Corner(2)),
            "y2" | "h" => Some(Self::Corner(3)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_found_by_its_own_name_first() {
        for boxes in [BoxFormat::Xyxy, BoxFormat::Xywh, BoxFormat::Cxcywh] {
            let parts = [Part::Image, Part::Label].into_iter().chain((0..4).map(Part::Corner));
            for part in parts {
                assert_eq!(accepted(part, boxes)[0], name(part, boxes));
                assert_eq!(Part::named(name(part, boxes)), Some(part));
            }
        }
    }
}
