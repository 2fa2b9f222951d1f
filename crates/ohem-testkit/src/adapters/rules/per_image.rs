//! R-FCN.

use ohem_core::mine::Memory;
use ohem_core::simd::Portable;
use ohem_core::{NanPolicy, RankKey};

use super::super::errors::NamesNan as _;
use super::super::{Core, Oracle, Std, at_capacity, wide, words};
use super::{Arrays, Selected};
use crate::oracle;

/// R-FCN: the hardest of each image, up to a quota.
pub trait PerImage {
    /// Mines.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn per_image<H: RankKey>(images: &[u32], losses: &[H], quota: usize, nan: NanPolicy) -> Selected;
}

impl PerImage for Oracle {
    fn per_image<H: RankKey>(images: &[u32], losses: &[H], quota: usize, nan: NanPolicy) -> Selected {
        oracle::rules::per_image(images, losses, quota, words::nan(nan))
    }
}

impl PerImage for Core {
    fn per_image<H: RankKey>(images: &[u32], losses: &[H], quota: usize, nan: NanPolicy) -> Selected {
        // Numbered densely: there is a count for every number.
        let mut known = images.to_vec();
        known.sort_unstable();
        known.dedup();
        let number = |image| (0..).zip(&known).find(|&(_, known)| known == image).map(|(number, _)| number);
        let images: Vec<u32> = images.iter().map(|image| number(image).expect("it is known")).collect();
        at_capacity!(losses.len(), in_fixed::<H>(&images, losses, quota, nan))
    }
}

#[inline(never)]
fn in_fixed<H: RankKey, const B: usize>(
    images: &[u32],
    losses: &[H],
    quota: usize,
    nan: NanPolicy,
) -> Selected {
    Arrays::<f32, H, B>::in_windows(|memory| {
        let memory = Memory::without_nms(memory.window, memory.selected);
        let mut counts = vec![7; images.iter().max().map_or(0, |&image| image as usize + 1)];
        let hard = ohem_core::rules::per_image(Portable, images, losses, quota, nan, &mut counts, memory);
        let hard = hard.map_err(|error| error.nan())?;
        assert_eq!(counts.iter().sum::<usize>(), hard.len(), "the counts of the images");
        Ok(wide(hard.indices()))
    })
}

impl PerImage for Std {
    fn per_image<H: RankKey>(images: &[u32], losses: &[H], quota: usize, nan: NanPolicy) -> Selected {
        let hard = ohem_std::rules::per_image(images, losses, quota, nan);
        hard.map(|hard| wide(hard.indices())).map_err(|error| error.nan())
    }
}
