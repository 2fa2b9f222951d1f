//! R-FCN.

use ohem_core::{NanPolicy, RankKey};
use ohem_std::VecStorage;

use super::super::errors::first_nan;
use super::super::{Core, Oracle, Std, at_capacity, wide, words};
use super::{Arrays, Selected};
use crate::oracle;

/// R-FCN: the hardest of each image, up to a quota.
pub trait Rfcn {
    /// Mines.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn rfcn<H: RankKey>(images: &[u32], losses: &[H], quota: usize, nan: NanPolicy) -> Selected;
}

impl Rfcn for Oracle {
    fn rfcn<H: RankKey>(images: &[u32], losses: &[H], quota: usize, nan: NanPolicy) -> Selected {
        oracle::rules::rfcn(images, losses, quota, words::nan(nan))
    }
}

impl Rfcn for Core {
    fn rfcn<H: RankKey>(images: &[u32], losses: &[H], quota: usize, nan: NanPolicy) -> Selected {
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
    Arrays::<f32, H, B>::without_boxes(|storage| {
        let mut counts = vec![7; images.iter().max().map_or(0, |&image| image as usize + 1)];
        let hard = ohem_core::rules::rfcn(images, losses, quota, nan, &mut counts, storage);
        let hard = hard.map_err(first_nan)?;
        assert_eq!(counts.iter().sum::<usize>(), hard.len(), "the counts of the images");
        Ok(wide(hard.indices()))
    })
}

impl Rfcn for Std {
    fn rfcn<H: RankKey>(images: &[u32], losses: &[H], quota: usize, nan: NanPolicy) -> Selected {
        let mut storage = VecStorage::<f32, H>::new();
        let hard = ohem_std::rules::rfcn(images, losses, quota, nan, &mut storage);
        hard.map(|hard| wide(hard.indices())).map_err(first_nan)
    }
}
