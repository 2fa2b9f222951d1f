//! Gives the linker the memory of the machine that `OHEM_MACHINE` names, and the firmware the RoIs that ship with `ohem`.

use std::path::PathBuf;
use std::{env, error::Error, fmt::Write as _, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let machine = env::var("OHEM_MACHINE").unwrap_or_else(|_| "mps2".into());
    // Not `memory.x` beside this file: the linker would take that one, whatever is said here.
    let memory = format!("memory/{machine}.x");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::copy(&memory, out.join("memory.x")).map_err(|error| format!("{memory}: {error}"))?;
    println!("cargo:rerun-if-env-changed=OHEM_MACHINE");
    println!("cargo:rerun-if-changed={memory}");
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg=-Tlink.x");
    println!("cargo:rustc-link-arg=--nmagic");
    let clock = match &machine[..] {
        "an505" => 20_000_000,
        "an547" => 32_000_000,
        _ => 25_000_000,
    };
    println!("cargo:rustc-env=OHEM_CLOCK={clock}");
    fs::write(out.join("shipped.rs"), shipped()?)?;
    Ok(())
}

/// The shipped table as an array of boxes, labels (of which each image has four) and losses.
fn shipped() -> Result<String, Box<dyn Error>> {
    const TABLE: &str = "../crates/ohem-cli/data/bccd_rcnn_rois_early.csv";
    println!("cargo:rerun-if-changed={TABLE}");
    let table = fs::read_to_string(TABLE).map_err(|error| format!("{TABLE}: {error}"))?;
    let (mut rows, mut count) = (String::new(), 0);
    for line in table.lines().skip(1) {
        let cells = line.split(',').map(str::parse).collect::<Result<Vec<f32>, _>>()?;
        let &[image, x1, y1, x2, y2, label, .., loss] = &cells[..] else {
            return Err(format!("{TABLE}: expected image, corners, label, ..., loss, found {line}").into());
        };
        let label = image * 4.0 + label;
        writeln!(rows, "    (BBox::new({x1:?}, {y1:?}, {x2:?}, {y2:?}), {label}, {loss:?}),")?;
        count += 1;
    }
    Ok(format!("pub static SHIPPED: [(BBox<f32>, u32, f32); {count}] = [\n{rows}];\n"))
}
