//! Training in parts in fixed memory gives the bits of training in one piece, and always the same bits.

#![allow(clippy::std_instead_of_core, reason = "a test of the host")]

use std::path::Path;

use ohem_core::kernel::Portable;
use ohem_core::loss::{self, Classes, GradientSpec, Layout, Reduction, Regression};
use ohem_core::{BBox, MineConfig, Miner, Rois};
use ohem_device::{
    BATCH, CLASSES, DeviceHead, HIDDEN, Images, LABELS, Measured, Meter, Phase, RoiRow, Sampler, TEST, TRAIN,
    Training, TrainingMemory, Unmeasured, WIDTH,
};
use ohem_head::{RowGradients, Sgd, Trainer};
use ohem_pack::{FEATURE_SCALE, Pack, PackSplit};
use rand::SeedableRng;
use rand::rngs::Xoshiro128PlusPlus;

fn trained(sampler: Sampler, epochs: usize, meter: &mut impl Meter) -> Measured {
    let mut memory = Box::new(TrainingMemory::new());
    let mut training = Training::new(&mut memory, sampler, 0).unwrap();
    for _ in 0..epochs {
        training.epoch(meter).unwrap();
    }
    training.measure().unwrap()
}

fn features(row: &RoiRow) -> [f32; WIDTH] {
    let mut features = [f32::NAN; WIDTH];
    row.write_features(&mut features);
    features
}

/// Checks that the images have every third RoI that `keep` accepts.
fn check(images: &Images, split: &PackSplit, keep: impl Fn(usize) -> bool) {
    let kept = (0..split.len()).filter(|&row| keep(row)).step_by(3);
    let rows: Vec<(usize, &RoiRow)> = kept.zip(images.rows()).collect();
    assert_eq!(rows.len(), images.rows().len());
    for (from, row) in rows {
        let wanted = &split.features[from * WIDTH..][..WIDTH];
        assert!(features(row).iter().zip(wanted).all(|(&to, &from)| to == f32::from(from) * FEATURE_SCALE));
        assert_eq!(row.bbox(), split.boxes[from].map(f32::from).into());
        assert_eq!((row.overlap(), row.target()), (split.overlaps[from], split.targets[from]));
        assert_eq!(row.label(), split.labels[from].into());
    }
    let per_image: Vec<usize> = images.each().map(<[RoiRow]>::len).collect();
    assert_eq!((per_image.len(), per_image.iter().sum()), (images.len(), images.rows().len()));
    assert_eq!(per_image.into_iter().max(), Some(images.max_rois()));
}

#[test]
fn the_rois_are_those_of_the_pack() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ohem-cli/data/bccd_head");
    let pack = Pack::read(&folder).unwrap();
    assert_eq!(CLASSES.to_vec(), pack.classes);
    check(&TRAIN, &pack.train, |_| true);
    check(&TEST, &pack.test, |row| pack.test.is_gt[row] == 0);
}

/// A head that is trained with the scores of all RoIs of an image in memory.
struct Whole {
    head: DeviceHead,
    trainer: Trainer<f32, WIDTH, { HIDDEN[0] }, { HIDDEN[1] }, LABELS>,
    miner: Miner<f32, BATCH>,
}

impl Whole {
    fn step(&mut self, rows: &[RoiRow]) {
        let features: Vec<_> = rows.iter().map(features).collect();
        let labels: Vec<_> = rows.iter().map(RoiRow::label).collect();
        let boxes: Vec<BBox<f32>> = rows.iter().map(RoiRow::bbox).collect();
        let targets: Vec<_> = rows.iter().flat_map(RoiRow::target).collect();
        let (mut scores, mut deltas) = (vec![0.0; LABELS * rows.len()], vec![0.0; 4 * LABELS * rows.len()]);
        self.head.forward(Portable, &features, &mut scores, &mut deltas).unwrap();
        let mut losses = vec![0.0; rows.len()];
        loss::cross_entropy(&scores, Classes::new(LABELS), &labels, &mut losses).unwrap();
        let regression = Regression::new(labels.as_slice(), &deltas, &targets).unwrap();
        loss::add_regression(&regression, &mut losses).unwrap();
        let hard = self.miner.mine(&Rois::by_label(&boxes, &labels).unwrap(), &losses).unwrap();
        let scale = Reduction::Mean.scale(rows.len(), hard.len());
        let spec = GradientSpec::new(hard.indices()).scale(scale).layout(Layout::Gathered);
        let (mut by_scores, mut by_deltas) =
            (vec![0.0; LABELS * hard.len()], vec![0.0; 4 * LABELS * hard.len()]);
        loss::cross_entropy_gradient(&scores, Classes::new(LABELS), &labels, &spec, &mut by_scores).unwrap();
        loss::regression_gradient(&regression, &spec, &mut by_deltas).unwrap();
        let rows = RowGradients { indices: hard.indices(), by_scores: &by_scores, by_deltas: &by_deltas };
        self.trainer.backward(Portable, &self.head, &features, &rows).unwrap();
        self.trainer.step(&mut self.head, &Sgd::new(0.05).max_norm(10.0));
    }

    /// Number of correctly classified held-out RoIs of each class.
    fn right(&self) -> [u32; LABELS] {
        let mut right = [0; LABELS];
        for row in TEST.rows() {
            let (mut scores, mut deltas) = ([0.0; LABELS], [0.0; 4 * LABELS]);
            self.head.forward(Portable, &[features(row)], &mut scores, &mut deltas).unwrap();
            let best = (0..LABELS).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap();
            right[best] += u32::from(best == row.label() as usize);
        }
        right
    }
}

#[test]
fn training_in_parts_gives_the_bits_of_one_piece() {
    let mut whole = Whole {
        head: DeviceHead::random(&mut Xoshiro128PlusPlus::seed_from_u64(0)),
        trainer: Trainer::filled(0.0),
        miner: Miner::new(MineConfig::fast_rcnn().batch_size(BATCH)).unwrap(),
    };
    let mut memory = Box::new(TrainingMemory::new());
    let mut training = Training::new(&mut memory, Sampler::Ohem, 0).unwrap();
    for _ in 0..10 {
        TRAIN.each().for_each(|rows| whole.step(rows));
        training.epoch(&mut Unmeasured).unwrap();
    }
    assert_eq!(*training.head(), whole.head);
    assert_eq!(training.measure().unwrap().right, whole.right());
}

#[test]
fn a_training_starts_anew() {
    let mut memory = Box::new(TrainingMemory::new());
    let mut run = |sampler| {
        let mut training = Training::new(&mut memory, sampler, 0).unwrap();
        training.epoch(&mut Unmeasured).unwrap();
        training.measure().unwrap()
    };
    let first = run(Sampler::Ohem);
    assert_ne!(run(Sampler::Random), first);
    assert_eq!(run(Sampler::Ohem), first);
}

#[test]
fn the_same_bits_always() {
    let digest = |sampler| trained(sampler, 2, &mut Unmeasured).digest;
    assert_eq!(Sampler::EVERY.map(digest), [0x627b_62f8, 0x981c_063d]);
}

/// Counts how often each phase is measured.
#[derive(Default)]
struct Visits([usize; 6]);

impl Meter for Visits {
    fn measure<T>(&mut self, phase: Phase, work: impl FnOnce() -> T) -> T {
        self.0[phase as usize] += 1;
        work()
    }
}

#[test]
fn each_phase_is_measured() {
    let mut visits = Visits::default();
    trained(Sampler::Ohem, 1, &mut visits);
    let parts: usize = TRAIN.each().map(|rows| rows.len().div_ceil(16)).sum();
    let (images, hard) = (TRAIN.len(), TRAIN.len() * BATCH / 16);
    assert_eq!(visits.0, [parts + images + hard, parts + hard, parts, images, hard, images]);
    let mut visits = Visits::default();
    trained(Sampler::Random, 1, &mut visits);
    assert_eq!(visits.0, [images + hard, hard, 0, images, hard, images]);
}
