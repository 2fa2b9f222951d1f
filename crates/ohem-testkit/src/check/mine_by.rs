//! Mining by a rule.

use ohem_core::rules::PerImage;
use ohem_core::{Decision, Float, MineConfig, MiningRule};

use super::agree;
use crate::adapters::mine_by::ruled;
use crate::adapters::{Batch, Core, MineBy as _, Oracle, Std};
use crate::generate::Table;

/// A budget for each image, with suppression or without, against the naive twin.
///
/// # Panics
///
/// If the images are not numbered from 0 to a few.
pub fn per_image<F: Float>(table: &Table, quota: usize, config: &MineConfig) {
    let (boxes, losses) = (&table.boxes::<F>(), &table.losses::<F>());
    let batch = Batch::new(table, boxes, losses);
    let want = ruled(batch, config, |ruled, part| ruled.per_image(part, quota));
    let images = table.images.iter().max().map_or(0, |&image| image as usize + 1);
    let mut counts = [vec![7; images], vec![7; images]];
    let [of_core, of_std] = &mut counts;
    let rule = |counts| PerImage::new(&table.images, quota, counts).expect("a count for each image");
    agree(
        want.clone(),
        Core::mine_by(batch, config, &mut rule(of_core)),
        Std::mine_by(batch, config, &mut rule(of_std)),
    );
    let of_image = |image: usize| {
        let selected = want.iter().flat_map(|mined| &mined.selected);
        selected.filter(|&&roi| table.images[roi] as usize == image).count()
    };
    let want: Vec<_> = (0..images).map(of_image).collect();
    assert_eq!(counts, [want.clone(), want], "the counts of the images");
}

/// Decisions at random, which depend on the RoI and on how many were selected so far.
#[derive(Clone, Debug, PartialEq)]
struct Seeded {
    seed: u64,
    full_after: usize,
    considered: Vec<u32>,
    selected: Vec<u32>,
}

impl MiningRule for Seeded {
    fn consider(&mut self, roi: u32) -> Decision {
        self.considered.push(roi);
        let mixed = (self.seed ^ u64::from(roi) << 20 ^ self.selected.len() as u64)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(29)
            .wrapping_mul(0xBF58_476D_1CE4_E5B9);
        match mixed >> 61 {
            0 | 1 => Decision::Ignore,
            2 | 3 => Decision::Reject,
            _ => Decision::Consider,
        }
    }

    fn selected(&mut self, roi: u32) {
        self.selected.push(roi);
    }

    fn is_full(&self) -> bool {
        self.selected.len() >= self.full_after
    }
}

/// Checks a rule that decides at random: the mined RoIs, and the RoIs that the rule considered and saw selected.
pub fn seeded<F: Float>(table: &Table, seed: u64, full_after: usize, config: &MineConfig) {
    let (boxes, losses) = (&table.boxes::<F>(), &table.losses::<F>());
    let batch = Batch::new(table, boxes, losses);
    let new = Seeded { seed, full_after, considered: Vec::new(), selected: Vec::new() };
    let [mut naive, mut of_core, mut of_std] = [new.clone(), new.clone(), new];
    agree(
        Oracle::mine_by(batch, config, &mut naive),
        Core::mine_by(batch, config, &mut of_core),
        Std::mine_by(batch, config, &mut of_std),
    );
    agree(naive, of_core, of_std);
}
