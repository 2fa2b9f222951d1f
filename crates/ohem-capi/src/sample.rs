//! A minibatch at random: the baseline that mining replaces.

use ohem_core::targets::{self, SampleConfig as CoreSampleConfig};
use ohem_core::{ConfigError, Float, InputError, RankKey};

use crate::export::export;
use crate::generator::{Generator, Numbers};
use crate::labels::LabelConfig;
use crate::lend::{one, one_mut, slice, slice_mut};
use crate::status::{Refusal, Status, check_countable};
use crate::targets::refusal;

/// How many RoIs of an image are drawn, and how many of them may be foreground.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleConfig<F> {
    /// Largest number of RoIs to draw.
    pub batch_size: usize,
    /// Largest fraction of the batch that may be foreground; the original's `FG_FRACTION`.
    pub foreground_fraction: F,
    /// IoU thresholds for foreground and background.
    pub labels: LabelConfig<F>,
}

unsafe fn sample<F: Float>(
    overlaps: *const F,
    length: usize,
    config: *const SampleConfig<F>,
    generator: *const Generator,
    indices: *mut u32,
    capacity: usize,
    foreground: *mut usize,
    count: *mut usize,
) -> Result<(), Refusal> {
    check_countable(length)?;
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let SampleConfig { batch_size, foreground_fraction, labels } = one(config, Status::PointerConfig)?;
        let overlaps = slice(overlaps, length, Status::PointerOverlaps)?;
        let mut generator = Numbers::new(generator)?;
        let indices = slice_mut(indices, capacity, Status::PointerOut)?;
        let (foreground, count) =
            (one_mut(foreground, Status::PointerOut)?, one_mut(count, Status::PointerOut)?);
        let config = CoreSampleConfig::new(*batch_size)
            .foreground_fraction(RankKey::to_f64(*foreground_fraction))
            .labels(labels.checked()?);
        let drawn = targets::sample(overlaps, &config, &mut generator, indices);
        let drawn = drawn.map_err(|error| match error {
            InputError::Config(ConfigError::Capacity { needed, .. }) => Status::Capacity.of(needed),
            InputError::Config(ConfigError::Setting { name: "foreground_fraction", .. }) => {
                Status::Setting.into()
            }
            _ => refusal(error),
        })?;
        foreground.write(drawn.foreground().len());
        count.write(drawn.indices().len());
    }
    Ok(())
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Samples by the IoU of `", stringify!($float), "` boxes.")]
        pub mod $float {
            use super::*;

            export! { concat!("_", stringify!($float));
                /// Draws foreground, then background of an image at random: the baseline that mining replaces.
                ///
                /// `indices` has `capacity` elements, enough for all foreground and background; `*count` are drawn, the
                /// first `*foreground` of them foreground. The rest of `indices` is overwritten, too.
                fn sample(
                    overlaps: *const $float,
                    length: usize,
                    config: *const SampleConfig<$float>,
                    generator: *const Generator,
                    indices: *mut u32,
                    capacity: usize,
                    foreground: *mut usize,
                    count: *mut usize,
                );
            }
        }
    )*};
}

instances!(f32 f64);
