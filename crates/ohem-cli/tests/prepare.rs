//! `ohem prepare` on generated pictures: what it writes and refuses, and that nothing is half-written.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use ohem_pack::Pack;
use tempfile::TempDir;

/// Three pictures with a dark square each, and their table. The last box has no area.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut table = "image,split,width,height,x1,y1,x2,y2,label\n".to_owned();
    for (name, split, left) in [("a", "train", 8), ("b", "train", 30), ("c", "test", 20)] {
        let inside = |x: u32, y: u32| (left..left + 20).contains(&x) && (10..30).contains(&y);
        let pixel =
            |x, y| image::Rgb(if inside(x, y) { [40, 20, 90] } else { [200 + (x % 7) as u8, 210, 200] });
        let picture = image::RgbImage::from_fn(64, 48, pixel);
        picture.save(folder.path().join(format!("{name}.png"))).unwrap();
        table += &format!("{name},{split},64,48,{},11,{},30,cell\n", left + 1, left + 20);
    }
    table += "c,test,64,48,5,5,5,9,cell\n";
    fs::write(folder.path().join("boxes.csv"), table).unwrap();
    folder
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ohem"));
    command.current_dir(folder).args([
        "prepare",
        ".",
        "boxes.csv",
        "out",
        "--proposals",
        "40",
        "--max-left-out=0.5",
    ]);
    command
}

fn prepare(folder: &Path, more: &[&str]) -> Output {
    command(folder).args(more).output().unwrap()
}

fn refused(output: &Output) -> String {
    let complaint = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((output.status.code(), complaint.matches('\n').count()), (Some(2), 1), "{complaint}");
    complaint.trim_end().to_owned()
}

/// Everything in the folder, hidden files too.
fn names(folder: &Path) -> Vec<String> {
    let entries =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.collect();
    names.sort();
    names
}

#[test]
fn pictures_become_a_pack() {
    let folder = folder();
    let output = prepare(folder.path(), &[]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(shown.contains("2 to train on, 1 to test on\n"), "{shown}");
    assert!(shown.contains("  100.0 % of 2      100.0 % of 1      100.0 % of 3      cell\n"), "{shown}");
    let (_, moments) = shown.split_once("foreground RoIs to train on (dx, dy, dw, dh):\n").unwrap();
    let rows: Vec<Vec<f64>> = moments
        .lines()
        .take(2)
        .map(|line| line.split_whitespace().filter_map(|word| word.parse().ok()).collect())
        .collect();
    let pack = Pack::read(&folder.path().join("out")).unwrap();
    let of_axis = |axis: usize| {
        let rows = pack.train.labels.iter().zip(&pack.train.targets).filter(|(label, _)| **label > 0);
        let scale = f64::from(ohem_pack::TARGET_DEVIATIONS[axis]);
        let values: Vec<f64> = rows.map(|(_, target)| f64::from(target[axis]) * scale).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        [mean, (squares / values.len() as f64).sqrt()]
    };
    for axis in 0..4 {
        for (row, expected) in rows.iter().zip(of_axis(axis)) {
            assert!((row[axis] - expected).abs() < 0.0006, "{shown}");
        }
    }
    assert!(shown.ends_with("Left out: 1 boxes without x1 < x2 and y1 < y2, in lines 5\n"), "{shown}");
    let pack = Pack::read(&folder.path().join("out")).unwrap();
    assert_eq!((pack.classes.as_slice(), pack.width), (&["cell".to_owned()][..], 96));
    assert_eq!((pack.train.boxes[0], pack.train.labels[0], pack.train.is_gt[0]), ([8, 10, 27, 29], 1, 1));
    assert_eq!(names(folder.path()), ["a.png", "b.png", "boxes.csv", "c.png", "out"]);
}

/// What `ohem mine` reads, `ohem prepare` reads: other delimiters, comments, names of columns, JSON lines, gzip.
#[test]
fn other_texts_of_the_same_table_give_the_same_pack() {
    let folder = folder();
    assert!(prepare(folder.path(), &[]).status.success());
    let expected = Pack::read(&folder.path().join("out")).unwrap();
    let table = fs::read_to_string(folder.path().join("boxes.csv")).unwrap();
    let header = table.lines().next().unwrap();
    let semicolons =
        format!("# made by hand\n{}", table.replace(',', ";").replace("image;split", "Filename;Split"))
            .replace("x1;y1;x2;y2;label", "xmin;ymin;xmax;ymax;class");
    let object = |line: &str| {
        let cells = header.split(',').zip(line.split(',')).map(|(name, cell)| (name.to_owned(), cell.into()));
        serde_json::Value::Object(cells.collect()).to_string() + "\n"
    };
    let json: String = table.lines().skip(1).map(object).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, table.as_bytes()).unwrap();
    for text in [semicolons.clone().into_bytes(), json.into_bytes(), packed.finish().unwrap()] {
        fs::write(folder.path().join("boxes.csv"), text).unwrap();
        let output = prepare(folder.path(), &["--force"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(Pack::read(&folder.path().join("out")).unwrap(), expected);
    }
    // A line is one of the file.
    let wrong = semicolons.replace("\nb;train", "\n# no row\n\nb;often");
    fs::write(folder.path().join("boxes.csv"), wrong).unwrap();
    let said = refused(&prepare(folder.path(), &["--force"]));
    assert_eq!(said, "error: boxes.csv: line 6: split: expected train, val or test, found \"often\"");
    fs::write(folder.path().join("boxes.csv"), b"PAR1 and so on").unwrap();
    let said = refused(&prepare(folder.path(), &["--force"]));
    assert_eq!(said, "error: boxes.csv: expected CSV or JSON lines, found Parquet");
}

#[test]
fn width_and_height_instead_of_corners_are_refused() {
    let folder = folder();
    let text = fs::read_to_string(folder.path().join("boxes.csv")).unwrap();
    let xywh = text
        .replace("train,64,48,31,11,50,30", "train,64,48,31,11,20,20")
        .replace("9,11,28,30", "40,11,20,20");
    fs::write(folder.path().join("boxes.csv"), xywh).unwrap();
    let said = refused(&prepare(folder.path(), &[]));
    assert!(said.contains("boxes.csv: line 2: 3 of 4 boxes do not have x1 < x2"), "{said}");
    assert!(said.ends_with("are these columns corners, or width and height?"), "{said}");
    assert_eq!(names(folder.path()), ["a.png", "b.png", "boxes.csv", "c.png"]);
}

#[test]
fn any_number_of_threads_writes_the_same_bytes() {
    let folder = folder();
    let with = |threads: &str| {
        let mut command = command(folder.path());
        assert!(command.arg("--force").env("RAYON_NUM_THREADS", threads).output().unwrap().status.success());
        let out = folder.path().join("out");
        names(&out).into_iter().map(|name| (fs::read(out.join(&name)).unwrap(), name)).collect::<Vec<_>>()
    };
    assert_eq!(with("1"), with("3"));
}

#[test]
fn a_folder_is_replaced_only_by_force_and_only_if_it_is_a_pack() {
    let folder = folder();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    assert!(refused(&prepare(folder.path(), &[])).ends_with("out: already exists; --force replaces it"));
    assert!(prepare(folder.path(), &["--force"]).status.success()); // an empty one
    fs::write(out.join("extra"), "").unwrap();
    assert!(prepare(folder.path(), &["--force"]).status.success());
    assert!(!out.join("extra").exists());
    fs::remove_file(out.join("ground_truth.csv")).unwrap();
    assert!(
        refused(&prepare(folder.path(), &["--force"])).ends_with("so it is not a pack; remove it yourself")
    );
    assert!(out.join("train_boxes.npy").exists());
}

#[test]
fn a_folder_with_what_is_read_is_not_replaced() {
    let folder = folder();
    let pack = folder.path().join("pack");
    fs::create_dir(&pack).unwrap();
    fs::rename(folder.path().join("boxes.csv"), pack.join("ground_truth.csv")).unwrap();
    let run = |out: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ohem"));
        let arguments = ["prepare", ".", "pack/ground_truth.csv", out, "--force", "--max-left-out=0.5"];
        refused(&command.current_dir(folder.path()).args(arguments).output().unwrap())
    };
    assert!(run("./pack").ends_with("pack: cannot be replaced, as pack/ground_truth.csv is read"));
    assert!(run(".").ends_with(": cannot be replaced, as . is read"));
    assert_eq!(names(folder.path()), ["a.png", "b.png", "c.png", "pack"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_a_read_only_folder_stays() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = folder();
    let out = folder.path().join("out");
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    symlink("target", &out).unwrap();
    assert!(prepare(folder.path(), &[]).status.success()); // the link leads to nothing
    assert!(out.is_symlink() && folder.path().join("target").is_dir());
    set(&folder.path().join("target"), 0o750);
    assert!(prepare(folder.path(), &["--force"]).status.success());
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o750);
    set(&folder.path().join("target"), 0o555);
    assert!(refused(&prepare(folder.path(), &["--force"])).ends_with("out: the folder is read-only"));
    set(&folder.path().join("target"), 0o755);
    fs::remove_file(&out).unwrap();
    symlink("out", &out).unwrap();
    assert!(refused(&prepare(folder.path(), &["--force"])).contains("out: "));
    assert_eq!(names(folder.path()), ["a.png", "b.png", "boxes.csv", "c.png", "out", "target"]);
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_nothing_behind() {
    let folder = folder();
    for _ in 0..5 {
        let mut child =
            command(folder.path()).arg("--force").stdout(std::process::Stdio::null()).spawn().unwrap();
        // As soon as the temporary folder is there, or after the command has ended.
        while child.try_wait().unwrap().is_none() {
            if names(folder.path()).iter().any(|name| name.starts_with(".ohem-")) {
                let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
                break;
            }
        }
        child.wait().unwrap();
        let left = names(folder.path());
        assert!(left.iter().all(|name| !name.starts_with('.')), "{left:?}");
        if left.iter().any(|name| name == "out") {
            Pack::read(&folder.path().join("out")).unwrap();
        }
    }
}

#[test]
fn a_jpeg_that_is_cut_off_is_refused() {
    let folder = folder();
    let (png, jpeg) = (folder.path().join("a.png"), folder.path().join("a.jpg"));
    image::open(&png).unwrap().save(&jpeg).unwrap();
    fs::remove_file(&png).unwrap();
    let whole = fs::read(&jpeg).unwrap();
    for end in [whole.len() / 2, whole.len() - 1] {
        fs::write(&jpeg, &whole[..end]).unwrap();
        let said = refused(&prepare(folder.path(), &[]));
        assert!(said.contains("a.jpg: ") && said.ends_with("(named in boxes.csv, line 2)"), "{said}");
    }
    fs::write(&jpeg, [&whole[..], b"and more"].concat()).unwrap();
    assert!(prepare(folder.path(), &[]).status.success());
}

#[test]
fn hostile_texts_are_escaped_and_shortened() {
    let folder = folder();
    let table = folder.path().join("boxes.csv");
    let text = fs::read_to_string(&table).unwrap();
    let hostile = "\u{1b}[2J\u{202e}\u{2028}";
    let is_clean =
        |text: &str| !text.chars().any(|c| c.is_control() && c != '\n' || "\u{202e}\u{2028}".contains(c));
    fs::write(&table, text.replace("cell", &format!("{hostile}{}", "long ".repeat(1000)))).unwrap();
    let shown = String::from_utf8(prepare(folder.path(), &[]).stdout).unwrap();
    assert!(is_clean(&shown) && shown.contains("\\u{1b}[2J\\u{202e}"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() < 200), "{shown}");
    for wrong in [("a,train", "a,TRAIN"), ("64,48,9", "64,48,x")] {
        let wrong =
            text.replace(wrong.0, &format!("{}{hostile}", wrong.1).replace("TRAIN", &"x".repeat(100_000)));
        fs::write(&table, wrong).unwrap();
        let said = refused(&prepare(folder.path(), &["--force"]));
        assert!(is_clean(&said) && said.len() < 300, "{said}");
    }
}

#[test]
fn an_error_names_file_and_line_and_leaves_nothing() {
    let folder = folder();
    let table = folder.path().join("boxes.csv");
    let text = fs::read_to_string(&table).unwrap();
    fs::write(&table, text.replace("b,train", "b,training")).unwrap();
    let said = refused(&prepare(folder.path(), &[]));
    assert_eq!(said, "error: boxes.csv: line 3: split: expected train, val or test, found \"training\"");
    fs::write(&table, text).unwrap();
    fs::write(folder.path().join("c.png"), "no picture").unwrap();
    let said = refused(&prepare(folder.path(), &[]));
    assert!(said.contains("c.png: ") && said.ends_with("(named in boxes.csv, line 4)"), "{said}");
    assert_eq!(names(folder.path()), ["a.png", "b.png", "boxes.csv", "c.png"]);
}
