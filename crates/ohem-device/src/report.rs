//! What is printed, on the host and on the device: text that needs no float to be formatted.

use core::fmt::{self, Write};

use crate::{CLASSES, HIDDEN, Measured, Meter, Refused, Sampler, TEST, TRAIN, Training, WIDTH};

/// Writes what is trained, and on what.
///
/// # Errors
///
/// If it cannot be written.
pub fn heading(out: &mut impl Write) -> fmt::Result {
    let [first, second] = HIDDEN;
    writeln!(
        out,
        "head: {WIDTH} features, hidden layers of {first} and {second}, {} classes",
        CLASSES.len()
    )?;
    for (name, images) in [("train", &TRAIN), ("held out", &TEST)] {
        writeln!(out, "{name}: {} RoIs in {} images", images.rows().len(), images.len())?;
    }
    write!(out, "\n{:7} {:>5} {:>9}  {:>10}", "sampler", "epoch", "loss", "background")?;
    for class in CLASSES {
        write!(out, " {class:>9}")?;
    }
    writeln!(out, " {:>8}", "digest")
}

/// Trains for some epochs; writes what is measured before the first and after each.
///
/// # Errors
///
/// If a loss is NaN, or it cannot be written.
pub fn report(
    training: &mut Training<'_>,
    epochs: u32,
    meter: &mut impl Meter,
    out: &mut impl Write,
) -> Result<(), Refused> {
    for epoch in 0..=epochs {
        if epoch > 0 {
            training.epoch(meter)?;
        }
        line(out, training.sampler(), epoch, &training.measure()?)?;
    }
    Ok(())
}

/// Writes what was measured: of each class, how many of the RoIs held out are taken for what they are.
fn line(out: &mut impl Write, sampler: Sampler, epoch: u32, measured: &Measured) -> fmt::Result {
    let millionths = millionths(measured.loss);
    write!(out, "{:7} {epoch:5} ", sampler.name())?;
    write!(out, "{:2}.{:06} ", millionths / 1_000_000, millionths % 1_000_000)?;
    for (right, labelled) in measured.right.iter().zip(measured.labelled) {
        write!(out, " {right:4}/{labelled:4}")?;
    }
    writeln!(out, " {:08x}", measured.digest)
}

/// A number in millionths, rounded down.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what is beyond u32 saturates")]
fn millionths(number: f64) -> u32 {
    (number * 1e6) as u32
}
