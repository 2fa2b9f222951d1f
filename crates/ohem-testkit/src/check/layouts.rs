//! RoIs in any layout are mined as `u32` slices are, and keys that are ignored or invalid as the contract says.

use ohem_core::kernel::Portable;
use ohem_core::kernel::mine::MinerOver;
use ohem_core::{
    BBox, BoxRows, Float, InvalidKey, Key, KeyColumn, Match, MineConfig, MineError, Miner, NanPolicy,
    NmsConfig, OutOfRange, RoiSource, Rois, Selection,
};
use ohem_std::VecStorage;

use crate::adapters::mine::plain_or_nan;
use crate::adapters::{Batch, Mine as _, Nms as _, Oracle, wide, words};
use crate::generate::Table;
use crate::oracle::{self, Mined};

/// The largest batch.
const B: usize = 256;

/// The mined RoIs, and how many RoIs were passed over because they are ignored.
type Outcome = Result<(Mined, usize), MineError>;

fn outcome(mined: Result<Selection<&[u32]>, MineError>) -> Outcome {
    let ignored = mined?.ignored();
    plain_or_nan(mined).map(|mined| (mined, ignored)).map_err(|_| unreachable!("it was mined"))
}

/// Mines RoIs of any layout by a miner of core's, one of std's, and one of core's in std's memory.
fn everywhere<R: RoiSource<Coordinate: Float>>(
    rois: &R,
    losses: &[R::Coordinate],
    config: &MineConfig,
) -> Outcome {
    let mut fixed = Box::new(Miner::<R::Coordinate, B>::new(*config).expect("the batch fits"));
    let in_fixed = outcome(fixed.mine(rois, losses));
    let mut grown = ohem_std::Miner::new(*config).expect("the threshold is a number");
    assert_eq!(outcome(grown.mine(rois, losses)), in_fixed, "std, and core");
    let over = MinerOver::with_storage(*config, VecStorage::new(), Portable);
    let mut over = over.expect("the threshold is a number");
    assert_eq!(outcome(over.mine(rois, losses)), in_fixed, "in Vecs, and in fixed memory");
    in_fixed
}

/// Columns of another type.
fn converted<K>(keys: &[u32], to: impl Fn(u32) -> K) -> Vec<K> {
    keys.iter().map(|&key| to(key)).collect()
}

/// Image and box of each RoI in a row of five floats, as the original has them.
fn rows_of_five<F: Float>(table: &Table) -> Vec<F> {
    let image = |&image: &u32| F::from_f64(image.into());
    let rows = table.images.iter().zip(table.boxes::<F>());
    rows.flat_map(|(id, [x1, y1, x2, y2])| [image(id), x1, y1, x2, y2]).collect()
}

/// Every layout that can hold all keys: slices of `i64`, of matches, rows of five.
///
/// # Panics
///
/// If the mined RoIs differ, or the batch is beyond 256.
pub fn of_any_keys<F: Float>(table: &Table, config: &MineConfig) {
    let (boxes, losses, rows) = (&table.boxes::<F>(), &table.losses::<F>(), &rows_of_five::<F>(table));
    let want = Oracle::mine(Batch::new(table, boxes, losses), config);
    let (boxes, Table { images, labels, .. }) = (BBox::from_rows(boxes), table);
    let (images64, labels64) = (converted(images, i64::from), converted(labels, i64::from));
    let plain = everywhere(&Rois::new(boxes, images, labels).expect(FITS), losses, config);
    assert_eq!(plain_mined(&plain), want, "u32");
    let same = |other: Outcome, layout: &str| assert_eq!(other, plain, "{layout}");
    let rois = Rois::new(boxes, &images64, &labels64).expect(FITS);
    same(everywhere(&rois, losses, config), "i64");
    let rois = Rois::new(boxes, Match::from_numbers(images), Match::from_numbers(labels)).expect(FITS);
    same(everywhere(&rois, losses, config), "matches");
    let rois = Rois::from_boxes(BoxRows::new(rows, 5, 1).expect(FITS)).expect(FITS);
    let rois = rois.with_images(&images[..]).expect(FITS).with_labels(&labels64[..]).expect(FITS);
    same(everywhere(&rois, losses, config), "rows of five");
    let once = ohem_std::mine(boxes, &images64, &labels64, losses, config);
    assert_eq!(plain_or_nan(once), want, "i64, in one call");
}

/// Every layout that can hold small keys only: slices of `i32`, columns of `f32` and `f64`, rows of five.
///
/// # Panics
///
/// If the mined RoIs differ, the batch is beyond 256, or a key is beyond 2^24.
pub fn of_small_keys<F: Float + Key>(table: &Table, config: &MineConfig) {
    let (boxes, losses, rows) = (&table.boxes::<F>(), &table.losses::<F>(), &rows_of_five::<F>(table));
    let want = Oracle::mine(Batch::new(table, boxes, losses), config);
    let (boxes, Table { images, labels, .. }) = (BBox::from_rows(boxes), table);
    let plain = everywhere(&Rois::new(boxes, images, labels).expect(FITS), losses, config);
    assert_eq!(plain_mined(&plain), want, "u32");
    let same = |other: Outcome, layout: &str| assert_eq!(other, plain, "{layout}");
    let signed = |key: u32| i32::try_from(key).expect("small keys");
    let (images32, labels32) = (converted(images, signed), converted(labels, signed));
    same(everywhere(&Rois::new(boxes, &images32, &labels32).expect(FITS), losses, config), "i32");
    let single = |key: u32| f32::from_f64(key.into());
    // Labels in the middle of a table of three columns.
    let labels = labels.iter().flat_map(|&label| [f32::NAN, single(label), -1.0]).collect::<Vec<_>>();
    let labels = KeyColumn::new(&labels, 3, 1).expect(FITS);
    let rois = Rois::one_group(boxes).expect(FITS).with_labels(labels).expect(FITS);
    let rois = rois.with_images(&images32[..]).expect(FITS);
    same(everywhere(&rois, losses, config), "a column of f32");
    let rois = Rois::from_boxes(BoxRows::new(rows, 5, 1).expect(FITS)).expect(FITS);
    let rois = rois.with_images(KeyColumn::new(rows, 5, 0).expect(FITS)).expect(FITS);
    same(everywhere(&rois.with_labels(labels).expect(FITS), losses, config), "rows of five");
}

/// Suppression in groups of `i64`, and of matches, is that in groups of `u32`.
///
/// # Panics
///
/// If the kept boxes differ.
pub fn of_groups<F: Float>(table: &Table, config: &NmsConfig, nan: NanPolicy) {
    let (boxes, scores, groups) = (&table.boxes::<F>(), &table.losses::<F>(), &table.labels);
    let want = Oracle::batched_nms(boxes, scores, groups, config, nan);
    let boxes = BBox::from_rows(boxes);
    same_groups(boxes, scores, &converted(groups, i64::from), (config, nan), &want);
    same_groups(boxes, scores, Match::from_numbers(groups), (config, nan), &want);
}

fn same_groups<F: Float, K: Key>(
    boxes: &[BBox<F>],
    scores: &[F],
    groups: &[K],
    (config, nan): (&NmsConfig, NanPolicy),
    want: &Result<Vec<usize>, usize>,
) {
    let indices = |kept: Result<Selection<&[u32]>, MineError>| plain_or_nan(kept).map(|kept| kept.selected);
    let mut fixed = Box::new(ohem_core::Nms::<F, B>::with_nan(*config, nan).expect(FITS));
    assert_eq!(indices(fixed.batched_nms(boxes, scores, groups)), *want, "core");
    let mut grown = ohem_std::Nms::with_nan(*config, nan).expect(FITS);
    assert_eq!(indices(grown.batched_nms(boxes, scores, groups)), *want, "std");
    if nan == NanPolicy::Error {
        let once = ohem_std::batched_nms(boxes, scores, groups, config).map(|kept| wide(&kept)).ok();
        assert_eq!(once, want.clone().ok(), "std, in one call");
    }
}

/// RoIs that are ignored are as if they were not there, and counted as far as mining goes.
///
/// # Panics
///
/// If that is not so.
pub fn with_ignored<F: Float>(table: &Table, is_ignored: impl Fn(usize) -> bool, config: &MineConfig) {
    let part: Vec<usize> = (0..table.len()).filter(|&roi| !is_ignored(roi)).collect();
    let want = filtered::<F>(table, &part, config);
    let label = |(roi, &label): (usize, &u32)| if is_ignored(roi) { u32::MAX } else { label };
    let labels: Vec<u32> = table.labels.iter().enumerate().map(label).collect();
    let (boxes, losses) = (&table.boxes::<F>(), &table.losses::<F>());
    let boxes = BBox::from_rows(boxes);
    let rois = Rois::new(boxes, &table.images, Match::from_numbers(&labels)).expect(FITS);
    let mined = everywhere(&rois, losses, config);
    assert_eq!(plain_mined(&mined), want, "by labels");
    // The same groups, with the two keys in each other's role.
    let swapped = Rois::new(boxes, &labels, &table.images).expect(FITS);
    assert_eq!(everywhere(&swapped, losses, config), mined, "by images");
    let groups: Vec<_> = table.images.iter().copied().zip(labels.iter().copied()).collect();
    let members = words::members(&groups);
    if let (Ok((mined, ignored)), Ok(order)) = (mined, oracle::rank(losses, words::nan(config.nan))) {
        let cut = mined.selected.last().filter(|_| mined.selected.len() == config.batch_size);
        let met = order.into_iter().take_while(|&roi| cut.is_none_or(|&cut| roi != cut));
        let met = met.filter(|roi| !members.contains(roi)).count();
        assert_eq!(ignored, if config.batch_size == 0 { 0 } else { met }, "how many are ignored");
    }
}

/// Keys that are invalid are an error that names the first one met, or ignored, by choice.
///
/// # Panics
///
/// If that is not so.
pub fn with_invalid<F: Float>(table: &Table, invalid: &[(usize, i64)], in_images: bool, config: &MineConfig) {
    let (boxes, losses) = (&table.boxes::<F>(), &table.losses::<F>());
    let boxes = BBox::from_rows(boxes);
    let mut keys = [converted(&table.images, i64::from), converted(&table.labels, i64::from)];
    invalid.iter().for_each(|&(roi, key)| keys[usize::from(!in_images)][roi] = key);
    let is_invalid = |roi: &usize| invalid.iter().any(|(other, _)| other == roi);
    let part: Vec<usize> = (0..table.len()).filter(|roi| !is_invalid(roi)).collect();
    let want = filtered::<F>(table, &part, config);

    let [images, labels] = &keys;
    let rois = Rois::new(boxes, images, labels).expect(FITS);
    let ignoring = everywhere(&rois.invalid_keys(InvalidKey::Ignore), losses, config);
    assert_eq!(plain_mined(&ignoring), want, "ignored");

    let strict = everywhere(&rois, losses, config);
    let first = first_met(losses, &want, is_invalid, config);
    let what = if in_images { "image id" } else { "label" };
    match first {
        Some(position) => {
            let value = keys[usize::from(!in_images)][position];
            let named = OutOfRange { what, position, value, limit: u32::MAX as usize };
            assert_eq!(strict, Err(named.into()));
        }
        None => assert_eq!(plain_mined(&strict), want, "none of them is met"),
    }
    let first = invalid.iter().map(|(roi, _)| *roi).min();
    assert_eq!(rois.check_keys().err().map(|error| error.position), first, "the first of all");
}

/// The first invalid RoI that mining meets before its batch is full; none if a NaN is an error.
fn first_met<F: Float>(
    losses: &[F],
    want: &Result<Mined, usize>,
    is_invalid: impl Fn(&usize) -> bool,
    config: &MineConfig,
) -> Option<usize> {
    let selected = &want.as_ref().ok()?.selected;
    let mut order = oracle::rank(losses, words::nan(config.nan)).ok()?.into_iter();
    if config.batch_size == 0 {
        return None;
    }
    let cut = selected.last().filter(|_| selected.len() == config.batch_size);
    order.find(|roi| is_invalid(roi) || Some(roi) == cut).filter(is_invalid)
}

/// What the oracle mines of some RoIs, as if there were no others.
fn filtered<F: Float>(table: &Table, part: &[usize], config: &MineConfig) -> Result<Mined, usize> {
    oracle::rank(&table.losses::<F>(), words::nan(config.nan))?;
    let table = table.rows(part.iter().copied());
    let mined = Oracle::mine(Batch::new(&table, &table.boxes::<F>(), &table.losses::<F>()), config)?;
    Ok(Mined { selected: mined.selected.iter().map(|&row| part[row]).collect(), ..mined })
}

fn plain_mined(outcome: &Outcome) -> Result<Mined, usize> {
    match outcome {
        Ok((mined, _)) => Ok(mined.clone()),
        Err(MineError::Nan(nan)) => Err(nan.index as usize),
        Err(error) => panic!("{error}"),
    }
}

const FITS: &str = "all goes together";
