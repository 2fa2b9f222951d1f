//! The oracle shares no code with what it checks.

use std::fs;
use std::path::Path;

/// The sources of the oracle name no crate but `num_traits`, and no other module of this crate.
#[test]
fn the_oracle_imports_nothing_of_ohem() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = fs::read_dir(sources.join("oracle")).unwrap().map(|file| file.unwrap().path());
    let files: Vec<_> = files.chain([sources.join("oracle.rs")]).collect();
    assert!(files.len() > 10, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            let imports = line.contains("ohem_") || line.contains("crate::") || line.contains("super::super");
            assert!(!imports, "{}: {line}", file.display());
        }
    }
}
