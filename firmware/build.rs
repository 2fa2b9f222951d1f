//! Gives the linker the memory of the machine that `OHEM_MACHINE` names.

use std::path::PathBuf;
use std::{env, error::Error, fs};

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
    println!("cargo:rustc-env=OHEM_CLOCK={}", if machine == "an505" { 20_000_000 } else { 25_000_000 });
    Ok(())
}
