//! Trains on the host and prints the same lines as the firmware on the device: `train [EPOCHS [SEED]]`.

#![allow(clippy::std_instead_of_core, reason = "a tool of the host")]

use std::error::Error;

use ohem_device::{EPOCHS, Sampler, Training, TrainingMemory, Unmeasured, heading, report};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let epochs = arguments.next().map_or(Ok(EPOCHS), |epochs| epochs.parse())?;
    let seed = arguments.next().map_or(Ok(0), |seed| seed.parse())?;
    let (mut memory, mut out) = (Box::new(TrainingMemory::new()), String::new());
    heading(&mut out)?;
    for sampler in Sampler::EVERY {
        report(&mut Training::new(&mut memory, sampler, seed)?, epochs, &mut Unmeasured, &mut out)?;
    }
    print!("{out}");
    Ok(())
}
