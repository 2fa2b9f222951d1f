//! Compares the rules of other frameworks with naive implementations.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::run::{Folder, json, run, run_on, selected, stdout_of};

const SHIPPED: &str = include_str!("../../data/bccd_rcnn_rois_early.csv");

/// A row of the built-in table.
struct Roi {
    row: usize,
    corners: [f64; 4],
    positive: bool,
    overlap: f64,
    loss: f64,
}

/// The images of the built-in table, each hardest first.
fn images() -> Vec<Vec<Roi>> {
    let mut images = BTreeMap::<String, Vec<Roi>>::new();
    for (row, line) in SHIPPED.lines().skip(1).enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |column: usize| cells[column].parse::<f64>().unwrap();
        let corners = [1, 2, 3, 4].map(number);
        let (positive, overlap, loss) = (cells[5] != "0", number(6), number(15));
        images.entry(cells[0].to_owned()).or_default().push(Roi { row, corners, positive, overlap, loss });
    }
    let mut images: Vec<_> = images.into_values().collect();
    images.iter_mut().for_each(|rois| rois.sort_by(|a, b| b.loss.total_cmp(&a.loss)));
    images
}

/// What a rule selects of each image, merged hardest first.
fn naive(select: impl Fn(&[Roi]) -> Vec<&Roi>) -> Vec<u64> {
    let images = images();
    let mut hard: Vec<&Roi> = images.iter().flat_map(|rois| select(rois)).collect();
    hard.sort_by(|a, b| b.loss.total_cmp(&a.loss).then(a.row.cmp(&b.row)));
    hard.into_iter().map(|roi| roi.row as u64).collect()
}

/// Mines the built-in table in both precisions, which must select the same.
fn shipped(arguments: &[&str]) -> Value {
    let [single, double] = ["f32", "f64"].map(|precision| -> Value {
        let arguments = [&["--format", "json", "--precision", precision], arguments].concat();
        serde_json::from_str(&stdout_of(run(&arguments))).unwrap()
    });
    assert_eq!(single["selected"], double["selected"]);
    double
}

/// The integer part of a number that is not negative.
#[expect(clippy::cast_possible_truncation, reason = "that is the purpose")]
fn whole(number: f64) -> usize {
    number as usize
}

/// IoU of continuous boxes.
fn iou(a: &Roi, b: &Roi) -> f64 {
    let ([a1, b1, a2, b2], [c1, d1, c2, d2]) = (a.corners, b.corners);
    let inter = (a2.min(c2) - a1.max(c1)).max(0.0) * (b2.min(d2) - b1.max(d1)).max(0.0);
    inter / ((a2 - a1) * (b2 - b1) + (c2 - c1) * (d2 - d1) - inter)
}

/// NMS of TensorFlow over one image, with the number of RoIs visited.
fn nms(rois: &[Roi], most: usize, threshold: f64) -> (Vec<&Roi>, usize) {
    let (mut kept, mut visited) = (Vec::<&Roi>::new(), 0);
    for roi in rois {
        if kept.len() == most {
            break;
        }
        visited += 1;
        if !kept.iter().any(|harder| iou(harder, roi) > threshold) {
            kept.push(roi);
        }
    }
    (kept, visited)
}

#[test]
fn rfcn_takes_the_hardest_of_each_image() {
    for (arguments, quota) in [(&[][..], 128), (&["--per-image", "7"], 7), (&["--per-image", "100000"], 5000)]
    {
        let object = shipped(&[&["--rule", "rfcn"], arguments].concat());
        let expected = naive(|rois| rois.iter().take(quota).collect());
        assert_eq!(selected(&object), expected, "{quota}");
    }
    let object = shipped(&["--rule", "rfcn", "--per-image", "7"]);
    assert_eq!((&object["rule"], &object["per_image"]), (&json!("rfcn"), &json!(7)));
    let seven = json!({ "min": 7, "mean": 7.0, "max": 7 });
    assert_eq!((&object["images"]["all"], &object["images"]["selected"]), (&json!(4), &seven));
    assert_eq!((&object["suppressed"], object.get("batch_size")), (&Value::Null, None));
}

#[test]
fn tensorflow_suppresses_in_each_image_and_then_takes_negatives_by_a_ratio() {
    for (most, threshold, ratio, least) in
        [(64, 0.7, None, 0), (200, 0.4, Some(1.0), 0), (16, 0.7, Some(0.5), 10), (5000, 0.7, Some(3.0), 0)]
    {
        let limited = |rois: &[Roi]| -> Vec<usize> {
            let kept = nms(rois, most, threshold).0;
            let positives = kept.iter().filter(|roi| roi.positive).count();
            let quota = ratio.map_or(usize::MAX, |ratio| whole(ratio * positives as f64).max(least));
            let mut negatives = 0;
            let stays = |roi: &&&Roi| {
                negatives += usize::from(!roi.positive);
                roi.positive || negatives <= quota
            };
            kept.iter().filter(stays).map(|roi| roi.row).collect()
        };
        let expected = naive(|rois| {
            let rows = limited(rois);
            rois.iter().filter(|roi| rows.contains(&roi.row)).collect()
        });
        let mut arguments = vec!["--rule".to_owned(), "tensorflow".to_owned()];
        arguments.extend([format!("--batch-size={most}"), format!("--iou-threshold={threshold}")]);
        arguments.extend(ratio.map(|ratio| format!("--negatives-per-positive={ratio}")));
        arguments.extend((least > 0).then(|| format!("--min-negatives={least}")));
        let object = shipped(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(selected(&object), expected, "{arguments:?}");
        let parts: Vec<_> =
            images().iter().map(|rois| nms(rois, most, threshold)).map(|(kept, n)| (kept.len(), n)).collect();
        assert_eq!(object["visited"], parts.iter().map(|part| part.1).sum::<usize>());
        assert_eq!(object["suppressed"], parts.iter().map(|part| part.1 - part.0).sum::<usize>());
    }
}

#[test]
fn ssd_takes_all_positives_and_negatives_by_a_ratio() {
    for (ratio, overlap, least) in [(3.0, 0.5, 0), (0.25, 0.3, 0), (0.0, 0.5, 9), (1.5, 0.1, 0)] {
        let expected = naive(|rois| {
            let positives = rois.iter().filter(|roi| roi.positive);
            let quota = whole(ratio * positives.clone().count() as f64).max(least);
            let negatives = rois.iter().filter(|roi| !roi.positive && roi.overlap < overlap);
            positives.chain(negatives.take(quota)).collect()
        });
        let arguments = [
            format!("--negatives-per-positive={ratio}"),
            format!("--neg-overlap={overlap}"),
            format!("--min-negatives={least}"),
        ];
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let object = shipped(&[&["--rule", "ssd"], &arguments[..]].concat());
        assert_eq!(selected(&object), expected, "{arguments:?}");
        assert_eq!(object["foreground"]["all"], object["foreground"]["selected"]);
        assert_eq!((&object["visited"], &object["overlap_column"]), (&Value::Null, &json!("max_overlap")));
    }
    assert_eq!(shipped(&["--rule", "ssd"])["negatives_per_positive"], 3.0);
}

#[test]
fn mmdet_has_a_quota_of_positives_and_one_of_negatives() {
    for (num, part, ratio) in
        [(512, 0.25, None), (100, 0.5, None), (300, 0.1, Some(1.5)), (40, 0.0, Some(3.0))]
    {
        let expected = naive(|rois| {
            let most = whole(num as f64 * part);
            let positives: Vec<_> = rois.iter().filter(|roi| roi.positive).take(most).collect();
            let room = num - positives.len();
            let limit = ratio.map_or(room, |ratio| whole(ratio * positives.len().max(1) as f64).min(room));
            let negatives = rois.iter().filter(|roi| !roi.positive).take(limit);
            positives.into_iter().chain(negatives).collect()
        });
        let mut arguments = vec![format!("--batch-size={num}"), format!("--positive-fraction={part}")];
        arguments.extend(ratio.map(|ratio| format!("--negatives-per-positive={ratio}")));
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let object = shipped(&[&["--rule", "mmdet", "--background", "0"], &arguments[..]].concat());
        assert_eq!(selected(&object), expected, "{arguments:?}");
        assert_eq!(object["suppressed"], Value::Null);
    }
    let usual = shipped(&["--rule", "mmdet", "--background", "0"]);
    assert_eq!((&usual["batch_size"], &usual["positive_fraction"]), (&json!(512), &json!(0.25)));
}

#[test]
fn the_default_rule_has_a_name_and_a_flag_is_short_for_another() {
    let without_time = |arguments: &[&str]| {
        let mut object = shipped(arguments);
        object["seconds"] = Value::Null;
        object
    };
    assert_eq!(without_time(&[]), without_time(&["--rule", "fast-rcnn"]));
    let flag = without_time(&["--no-nms"]);
    assert_eq!((&flag, &flag["rule"]), (&without_time(&["--rule", "no-nms"]), &json!("no-nms")));
}

/// A positive, a negative, an ignored RoI, a negative that overlaps the positive, and another image.
pub(crate) const SMALL: &str = "image,x1,y1,x2,y2,label,loss,iou\n\
                     a,0,0,10,10,2,1,0.9\n\
                     a,50,0,60,10,0,4,0.1\n\
                     a,90,0,99,10,-1,9,0.45\n\
                     a,0,0,10,10,bg,0.5,0.6\n\
                     b,0,0,10,10,0,2,0\n\
                     a,70,0,80,10,0,3,0.2\n";

#[test]
fn labels_below_zero_are_ignored() {
    let tensorflow = json(SMALL, &["--rule", "tensorflow"]);
    assert_eq!(selected(&tensorflow), [1, 5, 4, 0]);
    assert_eq!((&tensorflow["suppressed"], &tensorflow["visited"]), (&json!(1), &json!(5)));
    assert_eq!(tensorflow["neither"], json!({ "all": 1, "selected": 0 }));
    assert_eq!(tensorflow["background"], json!({ "all": 4, "selected": 3 }));
    let compete = json(SMALL, &["--rule", "tensorflow", "--ignored", "compete", "--batch-size", "2"]);
    assert_eq!((selected(&compete), &compete["ignored"]), (vec![2, 1, 4], &json!("compete")));
    let ssd = json(SMALL, &["--rule", "ssd", "--overlap-column", "iou", "--negatives-per-positive", "1"]);
    assert_eq!((selected(&ssd), &ssd["overlap_column"]), (vec![1, 0], &json!("iou")));
    assert_eq!(selected(&json(SMALL, &["--rule", "mmdet"])), [1, 5, 4, 0, 3]);
    for rule in ["fast-rcnn", "no-nms", "rfcn"] {
        let object = json(SMALL, &["--rule", rule]);
        assert_eq!(selected(&object), [1, 5, 4, 0, 3], "{rule}");
        assert_eq!(object["ignored_rois"], json!({ "all": 1, "selected": 0 }), "{rule}");
    }
}

#[test]
fn humans_are_told_the_rule_and_counts_per_image() {
    let arguments = ["-", "--rule", "tensorflow", "--negatives-per-positive", "1", "--min-negatives", "1"];
    let shown = stdout_of(run_on(SMALL.as_bytes(), &arguments));
    let expected = "\
rule         tensorflow: 64 per image by NMS at IoU > 0.7, then 1 negatives per positive (at least 1 per image)
RoIs         6 in 5 groups (image, label)
visited      5, hardest first
suppressed   1 (IoU > 0.7 with a harder RoI of the image)
boxes        continuous, x2 - x1 wide
selected     3
per image    1, 1.5, 2 (min, mean, max)
positives    0, 0.5, 1 (min, mean, max)
negatives    1, 1.0, 1 (min, mean, max)
ignored      1, 0 of them selected
fg : bg      1 : 4 (20.0 %) of all, 1 : 2 (33.3 %) of the selected
";
    assert!(shown.contains(expected), "{shown}");
    let said = |arguments: &[&str], line: &str| {
        let shown = stdout_of(run(arguments));
        assert!(shown.lines().any(|said| said == line), "{shown}");
        assert!(!shown.contains("suppressed") && !shown.contains("ignored "), "{shown}");
    };
    said(&["--rule", "rfcn"], "rule         rfcn: the hardest 128 of each image");
    said(
        &["--rule", "ssd"],
        "rule         ssd: all positives, and 3 negatives per positive of overlap < 0.5",
    );
    said(
        &["--rule", "mmdet", "--background", "0"],
        "rule         mmdet: 512 per image, up to 0.25 of them positive",
    );
}

#[test]
fn csv_and_pictures_follow_the_rule() {
    let folder = Folder::new();
    let picture = folder.name("hard.svg");
    let arguments = ["-", "--rule", "tensorflow", "--negatives-per-positive", "1", "--format", "csv"];
    let csv = stdout_of(run_on(SMALL.as_bytes(), &[&arguments[..], &["--picture", &picture]].concat()));
    let rows = "a,50,0,60,10,0,4,0.1,1,1\na,0,0,10,10,2,1,0.9,0,2\n";
    assert_eq!(csv, format!("image,x1,y1,x2,y2,label,loss,iou,index,rank\n{rows}"));
    let drawing = std::fs::read_to_string(&picture).unwrap();
    assert!(
        drawing.contains("tensorflow: 64 per image by NMS at IoU &gt; 0.7, then 1 negatives per positive")
    );
    assert!(drawing.contains(">image a: 2 selected, 1 suppressed, 2 not selected<"), "{drawing}");
    assert!(drawing.contains(">image b: 0 selected, 0 suppressed, 1 not selected<"));
    stdout_of(run(&["--rule", "rfcn", "--per-image", "10", "--picture", &picture]));
    let drawing = std::fs::read_to_string(&picture).unwrap();
    assert_eq!(drawing.matches(": 10 selected, 0 suppressed, ").count(), 4);
}
