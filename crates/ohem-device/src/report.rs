//! The text printed on host and device. No floats are formatted, which would take much flash.

use core::fmt::{self, Write};

use crate::data::{CLASSES, TEST, TRAIN};
use crate::error::Refused;
use crate::head::HIDDEN;
use crate::measure::Measured;
use crate::meter::Meter;
use crate::row::WIDTH;
use crate::training::{Sampler, Training};

/// Writes the sizes of head and data, and the names of the columns.
///
/// # Errors
///
/// If writing fails.
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

/// Trains for some epochs. Writes the measurements before the first and after each.
///
/// # Errors
///
/// If a loss is NaN, or writing fails.
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

/// Writes the measurements, with the numbers of correctly classified and of all held-out RoIs of each class.
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
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "numbers beyond u32 saturate")]
fn millionths(number: f64) -> u32 {
    (number * 1e6) as u32
}
