//! The files that are written.

use std::path::PathBuf;

use crate::row::Row;
use crate::{figure, growth};

/// Writes `peers.json`, `peers.svg` and `growth.svg` into the workspace's target folder.
pub(crate) fn write(rows: &[Row]) -> Result<(), Box<dyn core::error::Error>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("peers.json"), serde_json::to_string_pretty(rows)?)?;
    figure::draw(rows, &folder.join("peers.svg"))?;
    growth::draw(rows, &folder.join("growth.svg"))?;
    println!("\nwritten: target/peers.json, target/peers.svg, target/growth.svg");
    Ok(())
}
