//! Compares the selection with that of a naive implementation.

use serde_json::Value;

use crate::run::{run, selected, stdout_of};

const SHIPPED: &str = include_str!("../../data/bccd_rcnn_rois_early.csv");

/// The mined columns of a row: image and label, corners, loss.
struct Roi<F> {
    group: (String, String),
    corners: [F; 4],
    loss: F,
}

/// What the naive implementation selects, and how many RoIs it visits until the batch is full.
struct Naive {
    selected: Vec<u64>,
    visited: usize,
}

/// Options: pixel convention, at-or-above, threshold, batch size.
type Rules = (bool, bool, Option<f64>, usize);

macro_rules! naive {
    ($name:ident, $float:ident, $round:expr) => {
        /// Sorts all RoIs, and compares each with all that were selected.
        fn $name((pixel, at, threshold, batch): Rules) -> Naive {
            let round: fn(f64) -> $float = $round;
            let rois = rois(round);
            let pad = if pixel { 1.0 } else { 0.0 };
            let overlap = |a: &[$float; 4], b: &[$float; 4]| -> $float {
                let width = (a[2].min(b[2]) - a[0].max(b[0]) + pad).max(0.0);
                let height = (a[3].min(b[3]) - a[1].max(b[1]) + pad).max(0.0);
                let area = |c: &[$float; 4]| (c[2] - c[0] + pad) * (c[3] - c[1] + pad);
                let inter = width * height;
                let union = area(a) + area(b) - inter;
                if union > 0.0 { inter / union } else { 0.0 }
            };
            let hit = |a: &Roi<$float>, b: &Roi<$float>| {
                let iou = overlap(&a.corners, &b.corners);
                let above = |t: $float| if at { iou >= t } else { iou > t };
                a.group == b.group && threshold.is_some_and(|t| above(round(t)))
            };
            let mut order: Vec<usize> = (0..rois.len()).collect();
            order.sort_by(|&a, &b| rois[b].loss.partial_cmp(&rois[a].loss).unwrap().then(a.cmp(&b)));
            let (mut kept, mut visited) = (Vec::<usize>::new(), 0);
            for index in order {
                if kept.len() == batch {
                    break;
                }
                visited += 1;
                if !kept.iter().any(|&harder| hit(&rois[harder], &rois[index])) {
                    kept.push(index);
                }
            }
            Naive { selected: kept.into_iter().map(|index| index as u64).collect(), visited }
        }
    };
}

#[expect(clippy::cast_possible_truncation, reason = "rounding to the nearest is the purpose")]
fn narrow(x: f64) -> f32 {
    x as f32
}

naive!(naive_f32, f32, narrow);
naive!(naive_f64, f64, |x| x);

fn rois<F>(round: fn(f64) -> F) -> Vec<Roi<F>> {
    let mut lines = SHIPPED.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let column = |name: &str| header.iter().position(|&column| column == name).unwrap();
    let [image, label, loss] = ["image_id", "label", "loss"].map(column);
    let corners = ["x1", "y1", "x2", "y2"].map(column);
    let roi = |cells: Vec<&str>| Roi {
        group: (cells[image].to_owned(), cells[label].to_owned()),
        corners: corners.map(|column| round(cells[column].parse().unwrap())),
        loss: round(cells[loss].parse().unwrap()),
    };
    lines.map(roi).collect()
}

/// Mines the built-in table with the command and the same options.
fn command((pixel, at, threshold, batch): Rules, precision: &str) -> Value {
    let (batch, threshold) = (batch.to_string(), threshold.map(|t| t.to_string()));
    let convention = if pixel { "pixel" } else { "continuous" };
    let suppress = if at { "at-or-above" } else { "above" };
    let nms = threshold.as_ref().map_or(vec!["--no-nms"], |t| vec!["--iou-threshold", t]);
    let rest = [
        "--suppress",
        suppress,
        "--convention",
        convention,
        "--batch-size",
        &batch,
        "--precision",
        precision,
    ];
    serde_json::from_str(&stdout_of(run(&[&["--format", "json"], &nms[..], &rest].concat()))).unwrap()
}

#[test]
fn the_selection_is_the_naive_one_under_all_rules() {
    let mut seen = Vec::new();
    for threshold in [Some(0.7), Some(0.5), Some(0.3), None] {
        for (pixel, at) in [(true, false), (false, false), (true, true)] {
            for batch in [0, 1, 16, 128, 5000] {
                let rules = (pixel, at, threshold, batch);
                for (precision, naive) in [("f32", naive_f32(rules)), ("f64", naive_f64(rules))] {
                    let object = command(rules, precision);
                    assert_eq!(selected(&object), naive.selected, "{rules:?} {precision}");
                    assert_eq!(object["visited"], naive.visited, "{rules:?} {precision}");
                    assert_eq!(object["suppressed"], naive.visited - naive.selected.len());
                    seen.push((batch, naive.selected));
                }
            }
        }
    }
    // The options matter on this table, or the comparison would prove little.
    seen.retain(|(batch, _)| *batch == 128);
    seen.sort();
    seen.dedup();
    assert!(seen.len() >= 6, "{} different selections", seen.len());
}

#[test]
fn without_nms_the_hardest_are_selected() {
    let object = command((true, false, None, 128), "f32");
    let mut losses: Vec<f64> = rois(|loss| loss).into_iter().map(|roi| roi.loss).collect();
    losses.sort_by(|a, b| b.total_cmp(a));
    let shown: Vec<f64> =
        object["losses"].as_array().unwrap().iter().map(|loss| loss.as_f64().unwrap()).collect();
    assert_eq!(shown, losses[..128]);
    assert_eq!((&object["suppressed"], &object["nms_threshold"]), (&Value::from(0), &Value::Null));
}
