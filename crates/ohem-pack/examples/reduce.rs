//! Reduces a pack to its first images: `reduce FOLDER OUT TRAIN TEST NAMES`, with class names separated by commas.

#![allow(clippy::std_instead_of_core, reason = "a tool of the host")]

use std::error::Error;
use std::path::Path;

use ohem_pack::Pack;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, out, train, test, names] = &arguments[..] else {
        return Err("expected FOLDER OUT TRAIN TEST NAMES".into());
    };
    let mut pack = Pack::read(Path::new(folder))?;
    pack.truncate(train.parse()?, test.parse()?);
    pack.classes = names.split(',').map(str::to_owned).collect();
    pack.write(Path::new(out))?;
    Ok(())
}
