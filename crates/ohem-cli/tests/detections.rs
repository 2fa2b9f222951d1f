//! Ground truth and detections in the formats of COCO, PASCAL VOC, YOLO and tables: all give the same RoIs.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

fn ohem(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ohem")).args(arguments).current_dir(folder).output().unwrap()
}

fn stdout_of(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((output.status.code(), said.matches('\n').count()), (Some(2), 1), "{said}");
    said.trim_end().to_owned()
}

/// Image, class and box (corner, width, height) of each object; the pictures have 200 x 100 pixels.
const OBJECTS: [(&str, usize, [u32; 4]); 4] = [
    ("a", 0, [10, 10, 40, 40]),
    ("a", 1, [100, 20, 50, 50]),
    ("b", 0, [20, 20, 60, 60]),
    ("b", 1, [120, 10, 40, 80]),
];
/// The same with a score: a hit, a wrong class, a false positive, a hit, a duplicate. The last object is missed.
const FOUND: [(&str, usize, [u32; 4], f64); 5] = [
    ("a", 0, [10, 10, 40, 32], 0.9),
    ("a", 0, [100, 20, 50, 50], 0.75),
    ("a", 1, [160, 60, 20, 20], 0.5),
    ("b", 0, [20, 20, 60, 60], 0.625),
    ("b", 0, [20, 20, 60, 48], 0.25),
];
const CLASSES: [&str; 2] = ["cat", "dog"];

fn id(image: &str) -> u32 {
    if image == "a" { 7 } else { 9 }
}

/// Ground truth and detections in every format.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["images", "labels", "voc", "found"] {
        fs::create_dir(at(name)).unwrap();
    }
    let images: Vec<_> = ["a", "b"]
        .map(
            |name| json!({ "id": id(name), "file_name": format!("{name}.png"), "width": 200, "height": 100 }),
        )
        .into();
    let categories: Vec<_> = (1..).zip(CLASSES).map(|(id, name)| json!({ "id": id, "name": name })).collect();
    let annotation = |(number, (image, class, bbox)): (usize, (&str, usize, [u32; 4]))| json!({ "id": number, "image_id": id(image), "category_id": class + 1, "bbox": bbox, "iscrowd": 0, "area": bbox[2] * bbox[3] });
    let annotations: Vec<_> = OBJECTS.into_iter().enumerate().map(annotation).collect();
    let dataset = json!({ "images": images, "annotations": annotations, "categories": categories });
    fs::write(at("instances.json"), dataset.to_string()).unwrap();
    let result = |(image, class, bbox, score): (&str, usize, [u32; 4], f64)| json!({ "image_id": id(image), "category_id": class + 1, "bbox": bbox, "score": score });
    fs::write(at("results.json"), Value::from(FOUND.map(result).to_vec()).to_string()).unwrap();
    let (mut truth, mut found) =
        ("filename,xmin,ymin,xmax,ymax,class\n".to_owned(), "image,x,y,w,h,label,confidence\n".to_owned());
    for (image, class, [x, y, w, h]) in OBJECTS {
        truth += &format!("{image}.png,{x},{y},{},{},{}\n", x + w, y + h, CLASSES[class]);
    }
    for (image, class, [x, y, w, h], score) in FOUND {
        found += &format!("{image}.png,{x},{y},{w},{h},{},{score}\n", CLASSES[class]);
    }
    fs::write(at("truth.csv"), truth).unwrap();
    fs::write(at("found.csv"), found).unwrap();
    fs::write(at("labels/classes.txt"), "cat\ndog\n").unwrap();
    for name in ["a", "b"] {
        image::RgbImage::new(200, 100).save(at(&format!("images/{name}.png"))).unwrap();
        let share = |[x, y, w, h]: [u32; 4]| {
            let [x, y, w, h] = [x, y, w, h].map(f64::from);
            format!("{} {} {} {}", (x + w / 2.0) / 200.0, (y + h / 2.0) / 100.0, w / 200.0, h / 100.0)
        };
        let objects = OBJECTS.into_iter().filter(|(image, ..)| *image == name);
        let lines: String =
            objects.clone().map(|(_, class, bbox)| format!("{class} {}\n", share(bbox))).collect();
        fs::write(at(&format!("labels/{name}.txt")), lines).unwrap();
        let voc: String = objects
            .map(|(_, class, [x, y, w, h])| format!("<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object>", CLASSES[class], x + 1, y + 1, x + w, y + h))
            .collect();
        fs::write(at(&format!("voc/{name}.xml")), format!("<annotation><filename>{name}.png</filename><size><width>200</width><height>100</height></size>{voc}</annotation>")).unwrap();
        let lines: String = FOUND
            .into_iter()
            .filter(|(image, ..)| *image == name)
            .map(|(_, class, bbox, score)| format!("{class} {} {score}\n", share(bbox)))
            .collect();
        fs::write(at(&format!("found/{name}.txt")), lines).unwrap();
    }
    folder
}

/// Kind, label and loss of each RoI, hardest first.
fn mined(folder: &Path, detections: &str, truth: &str, more: &[&str]) -> Vec<(String, String, f64)> {
    let arguments = [
        &["mine", detections, "--ground-truth", truth, "--format", "csv", "--no-nms", "--precision", "f64"],
        more,
    ]
    .concat();
    let csv = stdout_of(ohem(&arguments, folder));
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (kind, label, loss) = (column("kind"), column("label"), column("loss"));
    reader
        .records()
        .map(|row| row.unwrap())
        .map(|row| (row[kind].to_owned(), row[label].to_owned(), row[loss].parse().unwrap()))
        .collect()
}

#[test]
fn every_format_gives_the_same_rois() {
    let folder = folder();
    let not = |score: f64| -(1.0 - score).ln();
    // The lowest score of the file is 0.25, and the second object of each image is not found.
    let mut expected = [
        ("hit", "cat", -0.9_f64.ln() + 1.0 - 0.8),
        ("wrong class", "dog", not(0.75)),
        ("false positive", "background", not(0.5)),
        ("missed", "dog", -0.25_f64.ln()),
        ("hit", "cat", -0.625_f64.ln()),
        ("duplicate", "background", not(0.25)),
        ("missed", "dog", -0.25_f64.ln()),
    ];
    expected.sort_by(|a, b| b.2.total_cmp(&a.2));
    let yolo = ["--image-dir", "images"];
    for (detections, more) in
        [("results.json", &[][..]), ("found.csv", &["--box-format", "xywh"]), ("found", &yolo)]
    {
        for truth in ["instances.json", "voc", "truth.csv", "labels"] {
            if detections == "found" && truth != "labels" || truth == "labels" && detections == "results.json"
            {
                continue; // numbers of classes that only YOLO knows, and ids of images that only COCO has
            }
            if detections == "results.json" && truth != "instances.json" {
                continue;
            }
            let more = if truth == "labels" { [more, &yolo].concat() } else { more.to_vec() };
            let more: Vec<&str> = if detections == "found" { yolo.to_vec() } else { more };
            let found = mined(folder.path(), detections, truth, &more);
            let mut found = found;
            found.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0).reverse()));
            for ((kind, label, loss), wanted) in found.iter().zip(expected) {
                assert_eq!((kind.as_str(), label.as_str()), (wanted.0, wanted.1), "{detections} {truth}");
                assert!((loss - wanted.2).abs() < 1e-9, "{detections} {truth} {kind}: {loss} {}", wanted.2);
            }
            assert_eq!(found.len(), expected.len());
        }
    }
}

/// Numbers of classes in any ground truth and detections.
#[test]
fn classes_that_are_numbers_get_names() {
    let folder = folder();
    let numbered = |name: &str, from: &str| {
        let text = fs::read_to_string(folder.path().join(from)).unwrap();
        let text = text.replace("cat", "1").replace("dog", "2").replace("background", "0");
        fs::write(folder.path().join(name), text).unwrap();
    };
    numbered("numbers.csv", "truth.csv");
    numbered("found-numbers.csv", "found.csv");
    let named = ["--box-format", "xywh", "--classes", "cat,dog"];
    let plain = &named[..2];
    let expected = mined(folder.path(), "found.csv", "truth.csv", plain);
    assert_eq!(mined(folder.path(), "found-numbers.csv", "numbers.csv", &named), expected);
    let said = refused(&ohem(
        &["suspects", "found-numbers.csv", "-g", "numbers.csv", "--box-format", "xywh", "--classes", "cat"],
        folder.path(),
    ));
    assert!(said.contains("--classes: label 2 has no name, only 1 to 1"), "{said}");
    // The names of YOLO count from 0, and replace those of classes.txt.
    let yolo = [plain, &["--image-dir", "images", "--classes", "kitten,puppy"]].concat();
    let renamed: Vec<_> = expected
        .iter()
        .map(|(kind, label, loss)| {
            (kind.clone(), label.replace("cat", "kitten").replace("dog", "puppy"), *loss)
        })
        .collect();
    let kitten = fs::read_to_string(folder.path().join("found.csv")).unwrap();
    fs::write(folder.path().join("kitten.csv"), kitten.replace("cat", "kitten").replace("dog", "puppy"))
        .unwrap();
    let found = mined(folder.path(), "kitten.csv", "labels", &yolo);
    let labels = |rois: &[(String, String, f64)]| {
        let mut labels: Vec<_> = rois.iter().map(|(kind, label, _)| (kind.clone(), label.clone())).collect();
        labels.sort();
        labels
    };
    assert_eq!(labels(&found), labels(&renamed));
}

#[test]
fn what_is_approximate_is_told() {
    let folder = folder();
    let output = ohem(
        &["mine", "results.json", "--ground-truth", "instances.json", "--format", "json"],
        folder.path(),
    );
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(said.starts_with("warning: losses are approximate: a detection has one score"), "{said}");
    let object: Value = serde_json::from_str(&stdout_of(output)).unwrap();
    assert!(object["warnings"][0].as_str().unwrap().starts_with("losses are approximate"));
}

#[test]
fn ground_truth_with_an_invalid_box_is_named() {
    let folder = folder();
    fs::write(folder.path().join("truth.csv"), "image,x1,y1,x2,y2,label\na.png,65535,10,189,60,cat\n")
        .unwrap();
    for command in ["mine", "suspects"] {
        let said = refused(&ohem(
            &[command, "found.csv", "--box-format", "xywh", "--ground-truth", "truth.csv"],
            folder.path(),
        ));
        assert_eq!(
            said,
            "error: truth.csv: annotation line 2 of image a.png: [65535, 10, 189, 60] is not a box"
        );
    }
}

#[test]
fn wrong_inputs_are_named() {
    let folder = folder();
    let said = |detections: &str, truth: &str| {
        refused(&ohem(&["mine", detections, "--ground-truth", truth], folder.path()))
    };
    fs::write(folder.path().join("other.csv"), "image,x1,y1,x2,y2,label,score\nc.png,0,0,9,9,cat,0.5\n")
        .unwrap();
    assert!(said("other.csv", "instances.json").ends_with("other.csv: the ground truth has no image c.png"));
    fs::write(folder.path().join("high.csv"), "image,x1,y1,x2,y2,label,score\na.png,0,0,9,9,cat,50\n")
        .unwrap();
    assert!(said("high.csv", "instances.json").ends_with("expected scores from 0 to 1, found 50"));
    fs::write(folder.path().join("none.csv"), "image,x1,y1,x2,y2,label\na.png,0,0,9,9,cat\n").unwrap();
    assert!(said("none.csv", "instances.json").contains("missing column: score; "));
    assert!(said("results.json", "images").contains("neither XML of PASCAL VOC nor texts of YOLO"));
    let size = refused(&ohem(
        &["mine", "found.csv", "--ground-truth", "labels", "--image-dir", "voc"],
        folder.path(),
    ));
    assert!(size.contains("a.txt: no picture a.jpg or .png found"), "{size}");
}

#[test]
fn suspects_are_found_and_exported() {
    let folder = folder();
    let run = |arguments: &[&str]| {
        stdout_of(ohem(
            &[&["suspects", "results.json", "-g", "instances.json"], arguments].concat(),
            folder.path(),
        ))
    };
    let objects: Value = serde_json::from_str(&run(&["--format", "json"])).unwrap();
    let kinds: Vec<_> = objects
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["error"].as_str().unwrap(), one["suspicion"].as_f64().unwrap()))
        .collect();
    assert_eq!(kinds, [("label", 0.75), ("missing", 0.5), ("spurious", 0.5)]);
    assert_eq!(
        (&objects[0]["label"], &objects[0]["seen"], &objects[0]["annotation"]),
        (&json!("dog"), &json!("cat"), &json!("1"))
    );
    assert!(run(&[]).contains("3 suspects in 2 images"));
    assert!(run(&["-n", "1"]).contains("--limit shows more than 1"));
    assert_eq!(run(&["--format", "csv"]).lines().count(), 4);
    let coco: Value = serde_json::from_str(&run(&["--format", "coco"])).unwrap();
    assert_eq!(
        (coco["annotations"].as_array().unwrap().len(), &coco["images"][0]["file_name"]),
        (3, &json!("a.png"))
    );
    let tasks: Value = serde_json::from_str(&run(&["--format", "label-studio"])).unwrap();
    assert_eq!(tasks[0]["predictions"][0]["result"][0]["value"]["x"], json!(50.0));
    // The command reads its own export.
    fs::write(folder.path().join("again.json"), coco.to_string()).unwrap();
    stdout_of(ohem(&["mine", "found.csv", "--box-format", "xywh", "-g", "again.json", "-q"], folder.path()));
}

#[test]
fn the_selected_are_exported_too() {
    let folder = folder();
    let run = |format: &str| {
        stdout_of(ohem(
            &["mine", "results.json", "-g", "instances.json", "-q", "-f", format, "--batch-size", "3"],
            folder.path(),
        ))
    };
    let coco: Value = serde_json::from_str(&run("coco")).unwrap();
    assert_eq!(coco["annotations"].as_array().unwrap().len(), 3);
    let tasks: Value = serde_json::from_str(&run("label-studio")).unwrap();
    let results: usize = tasks
        .as_array()
        .unwrap()
        .iter()
        .map(|task| task["predictions"][0]["result"].as_array().unwrap().len())
        .sum();
    assert_eq!(results, 3);
    // A table without sizes cannot become tasks.
    let said = refused(&ohem(&["mine", "-f", "label-studio"], folder.path()));
    assert!(said.contains("the size of image 0 is unknown"), "{said}");
}

#[test]
fn completions_and_man_pages_are_made() {
    let folder = tempfile::tempdir().unwrap();
    for (shell, word) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef ohem"),
        ("fish", "complete -c ohem"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let text = stdout_of(ohem(&["completions", shell], folder.path()));
        assert!(text.contains(word) && text.contains("box-format"), "{shell}");
    }
    let man = stdout_of(ohem(&["man", "mine"], folder.path()));
    assert!(man.contains(".TH ohem-mine 1") && man.contains("batch\\-size"), "{man}");
    assert!(stdout_of(ohem(&["man"], folder.path())).contains(".TH ohem 1"));
    assert!(refused(&ohem(&["man", "none"], folder.path())).ends_with("there is no subcommand none"));
}
