//! `ohem study` as humans and programs run it, on the built-in RoIs.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn study(arguments: &[&str], results: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ohem"));
    command.arg("study").args(arguments).arg("--results").arg(results).output().expect("the command starts")
}

fn stdout_of(output: Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && complaint.is_empty(), "{complaint}");
    String::from_utf8(output.stdout).expect("it writes UTF-8")
}

/// The error of a command that ended with exit code 2.
fn refused(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = study(arguments, folder.path());
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn objects_table_and_figures() {
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("runs");
    let short = ["--seeds", "1", "--epochs", "2", "--samplers", "random-0.1,ohem"];

    let objects: Value =
        serde_json::from_str(&stdout_of(study(&[&short[..], &["--format", "json"]].concat(), &results)))
            .unwrap();
    let objects = objects.as_array().unwrap();
    let keys = |object: &Value| {
        (object["sampler"].as_str().unwrap().to_owned(), object["seed"].as_u64(), object["epoch"].as_u64())
    };
    let order: Vec<_> = objects.iter().map(keys).collect();
    let expected = [("ohem", 1), ("ohem", 2), ("random-0.1", 1), ("random-0.1", 2)];
    assert_eq!(order, expected.map(|(sampler, epoch)| (sampler.to_owned(), Some(0), Some(epoch))));
    let ohem = &objects[1];
    assert!(ohem["loss"].as_f64() < objects[0]["loss"].as_f64());
    assert!((0.0..1.0).contains(&ohem["map"].as_f64().unwrap()));
    assert_eq!(ohem["ap"].as_object().unwrap().keys().collect::<Vec<_>>(), ["RBC", "WBC", "Platelets"]);
    assert_eq!(ohem["back_propagated"], 2 * 19 * 64);

    // The runs are stored by now, so nothing is trained again.
    let table = stdout_of(study(&short, &results));
    let shown = format!("  {:.3}  ", ohem["loss"].as_f64().unwrap());
    assert!(!table.contains('±'), "one seed has no spread: {table}");
    assert!(table.lines().any(|line| line.starts_with("ohem ") && line.contains(&shown)), "{table}");
    let figures = folder.path().join("figures");
    stdout_of(study(&[&short[..], &["--figures", figures.to_str().unwrap()]].concat(), &results));
    for name in ["loss-by-epoch", "loss-by-rois", "map-by-epoch", "hardest"] {
        assert!(fs::read_to_string(figures.join(name).with_extension("svg")).unwrap().contains("<svg"));
        assert!(fs::read(figures.join(name).with_extension("png")).unwrap().starts_with(b"\x89PNG"));
    }
    assert_eq!(fs::read_dir(&results).unwrap().count(), 2);
}

/// What a study of one short run writes with these names of classes.
fn with_classes(names: &str, format: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let short =
        ["--seeds", "1", "--epochs", "1", "--samplers", "all", "--classes", names, "--format", format];
    stdout_of(study(&short, &folder.path().join("runs")))
}

#[test]
fn every_class_has_an_entry_whatever_it_is_called() {
    let objects: Value = serde_json::from_str(&with_classes("cell,cell,red", "json")).unwrap();
    let ap = objects[0]["ap"].as_object().unwrap();
    assert_eq!(ap.keys().collect::<Vec<_>>(), ["cell (label 1)", "cell (label 2)", "red"]);
}

#[test]
fn hostile_names_of_classes_and_folders_are_escaped() {
    let hostile = "\u{1b}[2J\u{202e}\u{2028}";
    let is_clean =
        |text: &str| !text.chars().any(|c| c.is_control() && c != '\n' || "\u{202e}\u{2028}".contains(c));
    let names = format!("a{hostile},b,{}", "long ".repeat(1000));
    let table = with_classes(&names, "table");
    assert!(is_clean(&table) && table.contains("AP a\\u{1b}[2J\\u{202e}\\u{2028}"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() < 200), "{table}");
    let json = with_classes(&names, "json");
    assert!(is_clean(&json), "{json}");
    let objects: Value = serde_json::from_str(&json).unwrap();
    assert!(objects[0]["ap"].as_object().unwrap().contains_key(&format!("a{hostile}")));
    let said = refused(&[hostile]);
    assert!(is_clean(&said) && said.starts_with("error: \\u{1b}[2J\\u{202e}\\u{2028}: "), "{said}");
}

#[test]
fn a_figure_does_not_overwrite_the_picture_it_is_drawn_over() {
    let folder = tempfile::tempdir().unwrap();
    let name = include_str!("../data/bccd_head/ground_truth.csv")
        .lines()
        .find_map(|line| line.strip_prefix("test,0,")?.split(',').next())
        .unwrap();
    let picture = folder.path().join("hardest.png");
    image::RgbImage::from_pixel(640, 480, image::Rgb([200; 3])).save(&picture).unwrap();
    fs::hard_link(&picture, folder.path().join(format!("{name}.png"))).unwrap();
    let before = fs::read(&picture).unwrap();
    let path = folder.path().to_str().unwrap();
    let short = ["--seeds", "1", "--epochs", "1", "--samplers", "all", "--figures", path, "--images", path];
    let output = study(&short, &folder.path().join("runs"));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.ends_with("hardest.png: cannot be both a figure and the picture\n"), "{said}");
    assert_eq!(fs::read(&picture).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "no figure appears");
}

#[test]
fn ticks_of_epochs_are_whole_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let figures = folder.path().join("figures");
    let short =
        ["--seeds", "1", "--epochs", "3", "--samplers", "ohem", "--figures", figures.to_str().unwrap()];
    stdout_of(study(&short, &folder.path().join("runs")));
    let svg = fs::read_to_string(figures.join("loss-by-epoch.svg")).unwrap();
    assert!(svg.contains("@media (prefers-color-scheme:dark)") && svg.contains("stroke-dasharray:"), "{svg}");
    // The curve has its name at its end, and a marker at each epoch and at the name.
    assert_eq!((svg.matches("\nOHEM\n").count(), svg.matches("<circle").count()), (1, 4), "{svg}");
    let texts = svg.split("</text>").filter_map(|part| part.rsplit('>').next()).map(str::trim);
    let whole: Vec<&str> = texts.filter(|text| text.parse::<u32>().is_ok()).collect();
    assert_eq!(whole, ["1", "2", "3"], "{svg}");
}

#[test]
fn invalid_arguments_are_refused() {
    let unknown = refused(&["--pictured", "10"]);
    assert_eq!(unknown, "error: --pictured: there are 10 test images, numbered from 0, found 10\n");
    assert!(refused(&["nowhere"]).starts_with("error: nowhere: train_images.npy: "));
    assert!(refused(&["--samplers", "random"]).contains("unknown sampler \"random\""));
    assert!(refused(&["--seeds", "0"]).contains("--seeds"));
    assert!(refused(&["--format", "csv"]).contains("[possible values: table, json]"));
    let named = refused(&["--classes", "a,b"]);
    assert_eq!(
        named,
        "error: bccd_head, 19 + 10 images (built into ohem): 3 classes but --classes has 2 names\n"
    );
    let absent = refused(&["--figures", "target/none", "--images", "nowhere"]);
    assert!(absent.starts_with("error: nowhere/BloodImage_"), "{absent}");
}
