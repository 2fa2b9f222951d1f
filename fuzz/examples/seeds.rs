//! Writes the seeds of the fuzz targets, from the golden cases and from the RoIs that ship with the command, and the
//! dictionary of nasty floats: `cargo run --example seeds` in `fuzz/`.

use std::fs;
use std::path::Path;

use ohem_cli::table::{RequestedColumns, RoiTable};
use ohem_fuzz::OPTIONS;
use ohem_testkit::generate::{Roi, Table, nasty};
use ohem_testkit::registry::{COUNT, Source};
use serde_json::Value;

/// Most RoIs of a seed.
const MOST: usize = 24;

/// The targets that read options and a table.
const OF_TABLES: [&str; 7] = ["mine", "grid", "nms", "iou", "rules", "merge_stream", "capi"];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shipped = fs::read(root.join("../crates/ohem-cli/data/bccd_rcnn_rois_early.csv")).expect("it ships");
    let golden = |name: &str| {
        let path = root.join("../crates/ohem-std/tests/golden").join(name);
        let text = fs::read_to_string(path).expect("it is committed");
        text.lines().map(|line| serde_json::from_str(line).expect("one case a line")).collect::<Vec<Value>>()
    };

    let tables: Vec<_> =
        golden("ohem_minibatch.jsonl").iter().step_by(20).map(mined).chain(real(&shipped)).collect();
    for (nth, table) in tables.iter().enumerate() {
        let data = nasty::write(table);
        for target in OF_TABLES {
            save(root, target, nth, &[&options(nth), &data[..]].concat());
        }
        save(root, "loss_and_targets", nth, &[&[0xFF; 4], &options(nth)[..], &data].concat());
        save(root, "top_k", nth, &[&options(nth), &nasty::write_numbers(&table.losses)[..]].concat());
    }
    for (nth, case) in golden("ohem_forward.jsonl").iter().step_by(4).enumerate() {
        let probabilities: Vec<f64> = rows(&case["cls_prob"]).into_iter().flatten().take(200).collect();
        let data = nasty::write_numbers(&probabilities);
        save(root, "loss_and_targets", tables.len() + nth, &[&[0; 4], &options(nth)[..], &data].concat());
    }
    for (nth, text) in texts(&shipped).iter().enumerate() {
        save(root, "csv", nth, &[&[u8::try_from(nth).expect("few")], &text[..]].concat());
    }
    for nth in 0..2 * COUNT {
        save(root, "operations", nth, &operation(nth));
    }
    fs::write(root.join("nasty.dict"), dictionary()).expect("the folder can be written to");
}

/// An input of an operation: its place in the list, and any bytes.
fn operation(nth: usize) -> Vec<u8> {
    let mut source = Source::from_seed(nth as u64);
    let first = u8::try_from(nth % COUNT).expect("there are few operations");
    let rest = (0..40).flat_map(|_| source.bits().to_le_bytes());
    [first].into_iter().chain(rest).collect()
}

/// Options of all kinds: each byte runs through its values.
fn options(nth: usize) -> [u8; OPTIONS] {
    core::array::from_fn(|at| u8::try_from((nth * 37 + at * 11) % 256).expect("a remainder"))
}

fn save(root: &Path, target: &str, nth: usize, bytes: &[u8]) {
    let folder = root.join("seeds").join(target);
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(folder.join(format!("{nth:02}")), bytes))
        .expect("it can be written");
}

/// The RoIs of a golden case of mining.
fn mined(case: &Value) -> Table {
    let (rois, labels, losses) = (rows(&case["rois"]), numbers(&case["labels"]), numbers(&case["loss"]));
    let roi = |((roi, label), loss): ((Vec<f64>, f64), f64)| -> Roi {
        ([roi[1], roi[2], roi[3], roi[4]], roi[0] as u32, label as u32, loss)
    };
    rois.into_iter().zip(labels).zip(losses).take(MOST).map(roi).collect()
}

/// Pieces of the table that ships with the command.
fn real(shipped: &[u8]) -> Vec<Table> {
    let table =
        RoiTable::read(shipped.to_vec().into(), &RequestedColumns::loss("loss"), |_| {}).expect("it ships");
    let code = |name: &str| name.parse().expect("a number");
    let roi = |row: usize| -> Roi {
        (table.boxes.at(row), code(table.images.of(row)), code(table.labels.of(row)), table.losses.at(row))
    };
    (0..table.len() - MOST).step_by(500).map(|from| (from..from + MOST).map(roi).collect()).collect()
}

/// A piece of that table as it is, and written in other ways.
fn texts(shipped: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(shipped);
    let piece: String = text.lines().take(8).flat_map(|line| [line, "\n"]).collect();
    let quoted = piece.replace(",1,", ",\"1\",");
    let all = [
        piece.clone(),
        piece.replace('\n', "\r\n"),
        quoted,
        format!("\u{feff}{piece}"),
        piece.replace(',', " , "),
    ];
    all.map(String::into_bytes).into()
}

fn numbers(values: &Value) -> Vec<f64> {
    values.as_array().into_iter().flatten().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect()
}

fn rows(values: &Value) -> Vec<Vec<f64>> {
    values.as_array().into_iter().flatten().map(numbers).collect()
}

/// Nasty floats in both widths, as their bytes lie in an input.
fn dictionary() -> String {
    let mut text = "# Made by examples/seeds.rs: floats that break things, least byte first.\n".to_owned();
    let floats = nasty::SPECIAL.into_iter().chain(nasty::THRESHOLDS).chain(BORDERS).chain([-f64::NAN]);
    for value in floats {
        #[expect(clippy::cast_possible_truncation, reason = "the dictionary needs the nearest f32")]
        let (single, double) = ((value as f32).to_le_bytes(), value.to_le_bytes());
        for bytes in [&single[..], &double[..]] {
            let escaped: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
            text += &format!("\"{escaped}\"\n");
        }
    }
    text
}

/// The ends of both types, and next to one.
const BORDERS: [f64; 8] = [
    f32::MAX as f64,
    f32::MIN_POSITIVE as f64,
    1.401_298_464_324_817e-45, // the least f32
    f64::MIN_POSITIVE,
    5e-324, // the least f64
    0.999_999_940_395_355_2,
    1.000_000_119_209_289_6,
    1.844_674_297_419_792_4e19, // the largest side of a square whose area is an f32
];
