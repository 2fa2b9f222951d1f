//! What the command draws.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::run::{Folder, HEADER, refused, run, run_on, selected, stdout_of};

const SHIPPED: &str = include_str!("../../data/bccd_rcnn_rois_early.csv");
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The picture that the command draws of a table.
fn drawn(table: &str, name: &str, arguments: &[&str]) -> Vec<u8> {
    let folder = Folder::new();
    let picture = folder.name(name);
    stdout_of(run_on(table.as_bytes(), &[&["-", "--quiet", "--picture", &picture], arguments].concat()));
    assert_eq!(folder.files(), [name]);
    std::fs::read(folder.path(name)).unwrap()
}

fn svg(table: &str, arguments: &[&str]) -> String {
    String::from_utf8(drawn(table, "hard.svg", arguments)).unwrap()
}

/// Width and height of a PNG.
fn size(png: &[u8]) -> (u32, u32) {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((&png[..8], &png[12..16]), (PNG, &b"IHDR"[..]));
    (number(16), number(20))
}

/// The captions of the built-in table, counted from the rows and the order of their losses.
fn captions() -> Vec<String> {
    let object: Value = serde_json::from_str(&stdout_of(run(&["--format", "json"]))).unwrap();
    let selected = selected(&object);
    let rows: Vec<(&str, f64)> = SHIPPED
        .lines()
        .skip(1)
        .map(|row| (row.split(',').next().unwrap(), row.rsplit(',').next().unwrap().parse().unwrap()))
        .collect();
    let cut = rows[usize::try_from(*selected.last().unwrap()).unwrap()].1;
    let mut counts = BTreeMap::<&str, [usize; 3]>::new();
    for (index, (image, loss)) in (0..).zip(&rows) {
        let kind = if selected.contains(&index) {
            0
        } else if *loss > cut {
            1
        } else {
            2
        };
        counts.entry(image).or_default()[kind] += 1;
    }
    let caption = |(image, [selected, suppressed, easier]): (&&str, &[usize; 3])| {
        format!("image {image}: {selected} selected, {suppressed} suppressed, {easier} easier<")
    };
    counts.iter().map(caption).collect()
}

#[test]
fn an_svg_shows_every_image_and_the_outcomes_of_its_rois() {
    let folder = Folder::new();
    let picture = folder.name("hard.svg");
    let shown = stdout_of(run(&["--picture", &picture]));
    let drawing = std::fs::read_to_string(&picture).unwrap();
    assert!(drawing.starts_with("<svg") && drawing.ends_with("</svg>\n"));
    let captions = captions();
    assert_eq!(captions.len(), 4);
    for caption in captions {
        assert!(drawing.contains(&caption), "{caption}");
    }
    assert!(drawing.contains(">ohem: 128 of 1,812 RoIs, hardest first<"));
    assert!(drawing.contains(">cut 0.8358<") && shown.contains("cut          0.83582"));
    assert_eq!(drawing.matches("<title>").count() + drawing.matches("<title>\n").count() - 1, 128);
}

#[test]
fn a_png_is_the_same_in_pixels() {
    let table = format!("{HEADER}a,0,0,99,99,1,2\na,10,10,60,60,0,1\n");
    let png = drawn(&table, "hard.PNG", &[]);
    let (width, height) = size(&png);
    assert_eq!(width, 1920);
    assert!(height > 900 && png.len() > 20_000, "{height} {}", png.len());
}

#[test]
fn a_blank_canvas_has_the_selected_in_the_colours_of_their_labels() {
    let rows = "a,0,0,99,99,cat,3\na,0,0,99,98,cat,2\na,0,0,50,50,background,1\na,60,60,80,80,cat,0.5\n";
    let drawing = svg(&format!("{HEADER}{rows}"), &["--batch-size", "2"]);
    assert!(drawing.contains(">image a: 2 selected, 1 suppressed, 1 easier<"), "{drawing}");
    let thick = |colour: &str| drawing.matches(&format!("stroke=\"{colour}\" stroke-width=\"2.4\"")).count();
    assert_eq!((thick("#009E73"), thick("#0072B2")), (1, 1)); // "cat" always has the second colour
    assert_eq!(drawing.matches("<image").count(), 0);
    assert!(drawing.contains(">cat<") && drawing.contains(">background<"));
    assert!(drawing.contains("rank 1, row 0: label cat, loss 3.00000"));
}

/// The colour of the thick box of a row.
fn colour(drawing: &str, row: usize) -> &str {
    let (before, _) = drawing.split_once(&format!(", row {row}: ")).unwrap();
    let (_, colour) = before.rsplit_once("stroke=\"#").unwrap();
    &colour[..6]
}

#[test]
fn a_class_keeps_its_colour_from_run_to_run() {
    let row = |at: usize, label: &str, loss: usize| format!("a,{at}0,0,{at}9,9,{label},{loss}\n");
    let of = |labels: &[&str], losses: &[usize]| {
        let rows = labels.iter().zip(losses).enumerate().map(|(at, (label, &loss))| row(at, label, loss));
        svg(&format!("{HEADER}{}", rows.collect::<String>()), &[])
    };
    let first = of(&["RBC", "WBC", "Platelets", "1", "2"], &[1, 2, 3, 4, 5]);
    let later = of(&["2", "1", "Platelets", "WBC", "RBC"], &[1, 9, 3, 4, 5]);
    let colours: Vec<&str> = (0..5).map(|row| colour(&first, row)).collect();
    assert_eq!(colours, (0..5).map(|row| colour(&later, 4 - row)).collect::<Vec<_>>());
    let distinct: std::collections::BTreeSet<_> = colours.iter().collect();
    assert_eq!(distinct.len(), 5, "{colours:?}");
    // Without the others, a number keeps it, too.
    assert_eq!([colour(&of(&["2"], &[1]), 0), colour(&of(&["1"], &[1]), 0)], ["009E73", "D55E00"]);
}

/// Frames of the tags: left, top, right, bottom.
fn tags(drawing: &str) -> Vec<[f64; 4]> {
    let rectangles =
        drawing.split("<rect").filter(|part| part.contains("rx=\"2\"") && part.contains("stroke=\"#fff\""));
    let number = |part: &str, name: &str| -> f64 {
        let (_, value) = part.split_once(&format!(" {name}=\"")).unwrap();
        value.split_once('"').unwrap().0.parse().unwrap()
    };
    let frame = |part: &str| {
        let [x, y, width, height] = ["x", "y", "width", "height"].map(|name| number(part, name));
        [x, y, x + width, y + height]
    };
    rectangles.map(frame).collect()
}

#[test]
fn tags_have_the_ranks_of_the_table_and_do_not_cover_each_other() {
    // A crowd: boxes that nearly coincide, of labels that do not suppress each other.
    let row = |at: u32| format!("a,{at},{at},{},{},{at},{}\n", at + 40, at + 30, f64::from(at) / 2.0);
    let table = format!("{HEADER}{}", (0..60).map(row).collect::<String>());
    let drawing = svg(&table, &["--no-nms", "--background", "none"]);
    assert!(
        drawing.contains(">#1 · 29.5<") && drawing.contains(">#2<") && drawing.contains(">#3<"),
        "{drawing}"
    );
    assert!(drawing.contains("rank 2, row 58: label 58, loss 29.0000"), "{drawing}");
    let tags = tags(&drawing);
    assert_eq!(tags.len(), 8);
    for (nth, a) in tags.iter().enumerate() {
        for b in &tags[nth + 1..] {
            let apart =
                a[2] <= b[0] + 0.11 || b[2] <= a[0] + 0.11 || a[3] <= b[1] + 0.11 || b[3] <= a[1] + 0.11;
            assert!(apart, "{a:?} {b:?}");
        }
    }
    // The rank is that of the table.
    let shown = stdout_of(run_on(table.as_bytes(), &["-", "-q", "--no-nms", "--background", "none"]));
    assert!(shown.lines().any(|line| line.trim_start().starts_with("2   58 ")), "{shown}");
}

#[test]
fn of_a_crowd_only_the_hardest_are_drawn() {
    let row = |at: u32| format!("a,{at}0,0,{at}9,9,1,{at}\n");
    let table = format!("{HEADER}{}", (0..30).map(row).collect::<String>());
    let drawing = svg(&table, &["--max-drawn", "3"]);
    assert_eq!(drawing.matches("<title>").count() - 1, 3);
    assert!(drawing.contains("rank 3, row 27: ") && !drawing.contains("rank 4, "));
    assert!(drawing.contains("Of an image, at most the 3 hardest selected RoIs are drawn"), "{drawing}");
    assert!(drawing.contains(">image a: 30 selected, "));
    assert!(!svg(&table, &[]).contains("at most"));
}

#[test]
fn pictures_given_lie_under_the_boxes() {
    let folder = Folder::new();
    let table = format!("{HEADER}7,0,0,99,99,1,2\n8,10,10,60,60,0,1\n");
    let png = folder.file("seven.png", drawn(&table, "seven.png", &[]));
    let drawing = svg(&table, &["--image", &format!("7.0={png}")]);
    assert_eq!(drawing.matches("data:image/png;base64,iVBORw0KGgo").count(), 1);
    let pixels = drawn(&table, "hard.png", &["--image", &format!("7={png}")]);
    assert_ne!(pixels, drawn(&table, "hard.png", &[]));
}

#[test]
fn pictures_that_do_not_go_with_the_table_are_refused() {
    let folder = Folder::new();
    let picture = folder.name("hard.png");
    let refuse = |given: String| refused(&run(&["--picture", &picture, "--image", &given]));
    let text = folder.file("text.jpg", "no picture at all");
    assert!(refuse(format!("0={text}")).ends_with("text.jpg: expected a JPEG or PNG picture"));
    assert!(refuse(format!("0={}", folder.name("none.jpg"))).contains("none.jpg: "));
    let unknown = refuse(format!("2={text}"));
    assert!(unknown.ends_with("--image 2: the table has no such image, only 0, 1, 3, 5"), "{unknown}");
    assert_eq!(folder.files(), ["text.jpg"]);
}

#[test]
fn of_many_images_those_with_the_hardest_are_shown() {
    let row =
        |image: u32, copy: u32| format!("{image},{},0,{},9,1,{}\n", copy * 20, copy * 20 + 9, image + copy);
    let rows: String = (0..40).flat_map(|image| (0..3).map(move |copy| row(image, copy))).collect();
    let drawing = svg(&format!("{HEADER}{rows}"), &["--batch-size", "20"]);
    assert_eq!(drawing.matches(" selected, ").count(), 12);
    assert!(drawing.contains(">image 39: 3 selected, 0 suppressed, 0 easier<"));
    assert!(!drawing.contains(">image 5: "));
    assert!(drawing.contains("Only the 12 images with the hardest RoIs are shown; 28 are left out."));
    // One hard RoI goes before many easier ones.
    let easy = |index: u32| format!("{},{index}0,0,{index}9,9,1,1\n", index / 8);
    let rows: String = (0..160).map(easy).collect();
    let drawing = svg(&format!("{HEADER}{rows}hard,0,0,9,9,1,2\n"), &[]);
    assert!(drawing.contains(">image hard: 1 selected, 0 suppressed, 0 easier<"), "{drawing}");
    assert!(drawing.contains(">image 10: 8 selected, ") && !drawing.contains(">image 11: "));
}

#[test]
fn of_many_rois_only_some_are_drawn_but_all_are_counted() {
    let row =
        |index: u32| format!("a,{},{},{},{},0,0.5\n", index % 97, index % 89, index % 97 + 9, index % 89 + 9);
    let table = HEADER.to_owned() + &(0..50_000).map(row).collect::<String>();
    let drawing = svg(&table, &["--batch-size", "4000", "--no-nms"]);
    assert!(drawing.contains(">image a: 4,000 selected, 0 suppressed, 46,000 easier<"));
    assert!(drawing.contains(
        "at most the 200 hardest selected RoIs are drawn, and some of the others; the captions count all"
    ));
    assert!(drawing.len() < 500_000, "{}", drawing.len());
}

#[test]
fn hostile_texts_are_drawn_as_texts() {
    let long = "far too long for its caption ".repeat(6);
    let rows = "\"<a>&\"\"\u{1}\",0,0,9,9,\"</svg>\u{b}\u{ffff}\",2\n";
    let table = format!("{HEADER}{rows}{long},0,0,9,9,-1,1\n");
    let drawing = svg(&table, &[]);
    assert_eq!(drawing.matches("</svg>").count(), 1);
    assert!(drawing.contains("&lt;a&gt;&amp;"), "{drawing}");
    assert!(!drawing.chars().any(|c| c.is_control() && c != '\n'));
    size(&drawn(&table, "hard.png", &[])); // and the renderer can parse the SVG
}

#[test]
fn whatever_can_be_mined_can_be_drawn() {
    let extremes = "a,0,0,9,inf,1,inf\na,nan,0,9,9,1,-inf\na,9,9,0,0,1,1e308\na,1e300,0,1e301,9,1,-1e308\n\
                    a,5,5,5,5,1,nan\nb,3,3,3,3,0,0\nc,0,0,1000000,1,0,0\nd,0,0,1,1000000,0,0\n";
    let table = format!("{HEADER}{extremes}");
    for arguments in [["--nan", "first"], ["--nan", "skip"]] {
        for convention in ["pixel", "continuous"] {
            let arguments = [&arguments[..], &["--convention", convention, "--precision", "f64"]].concat();
            let drawing = svg(&table, &arguments);
            assert!(!drawing.contains("NaN\"") && !drawing.contains("inf\""), "{drawing}");
            size(&drawn(&table, "hard.png", &arguments));
        }
    }
    assert!(
        svg(&table, &["--nan", "skip"]).contains(">image a: 4 selected, 0 suppressed, 0 easier, 1 skipped<")
    );
    assert!(svg(&table, &["--nan", "skip"]).contains("Boxes that cannot be drawn: 4."));
    assert!(svg(HEADER, &[]).contains(">ohem: 0 of 0 RoIs, hardest first<"));
    size(&drawn(HEADER, "hard.png", &["--batch-size", "0"]));
}
