//! `ohem report`: one file that is whole, loads nothing, and lets no name become HTML. `scripts/report.sh` opens it in a
//! browser.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

fn report(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ohem")).arg("report").args(arguments).output().unwrap()
}

/// The data inside a page.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    let (text, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_page_has_every_roi_and_nothing_from_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    let output = report(&["--html", path.to_str().unwrap()]);
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let page = fs::read_to_string(&path).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    assert!(page.contains("default-src 'none'") && !page.contains("http://") && !page.contains("https://"));
    let data = data(&page);
    let rois = data["rois"].as_array().unwrap();
    assert_eq!((rois.len(), &data["selected"]), (1812, &Value::from(128)));
    // Selected first, by rank; then the others by loss.
    assert!((0..128).all(|rank| rois[rank][5] == rank + 1 && rois[rank][3] == 0));
    let losses: Vec<f64> = rois[128..].iter().map(|roi| roi[4].as_f64().unwrap()).collect();
    assert!(losses.is_sorted_by(|a, b| a >= b));
    assert_eq!(data["images"].as_array().unwrap().len(), 4);
}

#[test]
fn many_rois_are_cut_to_the_hardest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    assert!(report(&["--html", path.to_str().unwrap(), "--max-rois", "200"]).status.success());
    let cut = data(&fs::read_to_string(&path).unwrap());
    assert!(report(&["--html", path.to_str().unwrap()]).status.success());
    let whole = data(&fs::read_to_string(&path).unwrap());
    assert_eq!(cut["rois"].as_array().unwrap()[..], whole["rois"].as_array().unwrap()[..200]);
}

#[test]
fn names_stay_texts() {
    let folder = tempfile::tempdir().unwrap();
    let (table, path) = (folder.path().join("</script><b>.csv"), folder.path().join("report.html"));
    let hostile = "</script><script>alert(1)</script>\u{202e}<!--";
    fs::create_dir_all(table.parent().unwrap()).unwrap();
    fs::write(
        &table,
        format!("image,x1,y1,x2,y2,label,loss\n{hostile},0,0,9,inf,{hostile},1\n{hostile},0,0,9,9,b,nan\n"),
    )
    .unwrap();
    let output =
        report(&[table.to_str().unwrap(), "--html", path.to_str().unwrap(), "--nan", "skip", "--quiet"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = fs::read_to_string(&path).unwrap();
    assert_eq!((page.matches("</script>").count(), page.matches("alert(1)").count()), (2, 2));
    assert!(!page.contains("<script>alert") && !page.contains("<!--") && !page.contains('\u{202e}'));
    let data = data(&page);
    assert!(data["labels"][0][0].as_str().unwrap().starts_with("</script><script>"));
    assert_eq!((&data["rois"][1][4], &data["rois"][0][6][3]), (&Value::from("NaN"), &Value::Null));
}

#[test]
fn photographs_are_inside_and_nothing_read_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    image::RgbImage::from_pixel(640, 480, image::Rgb([200; 3])).save(at("3.png")).unwrap();
    assert!(report(&["--html", &at("report.html"), "--image-dir", &at("")]).status.success());
    let page = fs::read_to_string(at("report.html")).unwrap();
    let photos: Vec<bool> =
        data(&page)["images"].as_array().unwrap().iter().map(|image| image[2].is_string()).collect();
    assert_eq!(photos, [false, false, true, false]);
    let refused = |arguments: &[&str]| {
        let output = report(arguments);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let photo = format!("3={}", at("3.png"));
    assert!(
        refused(&["--html", &at("3.png"), "--image", &photo])
            .ends_with("cannot be both --html and --image\n")
    );
    assert!(refused(&["--format", "csv"]).contains("does not use --format"));
    fs::create_dir(at("none")).unwrap();
    let none = refused(&["--html", &at("report.html"), "--image-dir", &at("none")]);
    assert!(none.contains("no picture of an image of the table, such as "), "{none}");
}
