//! The best ground-truth box of each RoI.

use ohem_core::kernel::{self, Simd};
use ohem_core::targets::{ByImage, assign, assign_batch, assign_own};
use ohem_core::{BBox, Convention, InputError, Match};

use crate::registry::mine::spoil;
use crate::registry::numbers::Boxes;
use crate::registry::table;
use crate::registry::{Column, MAX, Operation, Real, Sink, Source, Words};

/// Assignment of RoIs to ground truth: of one image, of many, and of ground truth to itself.
#[derive(Clone, Copy, Debug)]
pub struct Assigned;

/// RoIs, ground truth, and the images of both.
#[derive(Clone, Debug)]
pub struct Input {
    rois: Column<[f64; 4]>,
    truth: Column<[f64; 4]>,
    roi_images: Column<u32>,
    truth_images: Column<u32>,
    convention: Convention,
    /// Too many overlaps, and matches.
    excess: [usize; 2],
}

/// In one image, in many, and to themselves.
type Cases = [&'static str; 3];

const SINGLE: Cases = ["f32", "f32 batch", "f32 own"];
const DOUBLE: Cases = ["f64", "f64 batch", "f64 own"];

impl Operation for Assigned {
    const NAME: &'static str = "assign";

    const COVERS: &'static [&'static str] = &[
        "targets::assign",
        "targets::assign_batch",
        "targets::assign_own",
        "kernel::targets::assign",
        "kernel::targets::assign_batch",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (boxes, rois, truth, fault) =
            (Boxes::any(source), source.rows(), source.below(70), source.below(32));
        let rois = source.column(rois, |source| boxes.next(source));
        let truth = source.column(truth, |source| boxes.next_truth(source));
        // Images follow each other in runs, and now and then a RoI of another one breaks in.
        let mut image = 0;
        let mut next = |source: &mut Source<'_>| {
            image = if source.once_in(8) { u32::from(source.once_in(2)) } else { image };
            image
        };
        let mut roi_images = source.column(rois.len(), &mut next);
        let mut truth_images = source.column(truth.len(), next);
        match fault {
            28 => spoil(&mut roi_images),
            29 => spoil(&mut truth_images),
            _ => {}
        }
        let excess = [30, 31].map(|nth| usize::from(nth == fault));
        Input { rois, truth, roi_images, truth_images, convention: table::convention(source), excess }
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        core::<f32, S>(SINGLE, simd, input, out);
        core::<f64, S>(DOUBLE, simd, input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        std::<f32>(SINGLE, input, out);
        std::<f64>(DOUBLE, input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        naive::answers::<f32>(SINGLE, input, out);
        naive::answers::<f64>(DOUBLE, input, out);
    }
}

/// Has overlaps and matches of RoIs written.
fn written<F: Real>(
    input: &Input,
    rois: usize,
    assign: impl FnOnce(&mut [F], &mut [Match]) -> Result<(), InputError>,
    out: &mut impl Sink,
) {
    let (mut overlaps, mut matches) = ([F::one(); MAX + 1], [Match::IGNORED; MAX + 1]);
    let [of_overlaps, of_matches] = input.excess.map(|excess| rois + excess);
    let overlaps = overlaps.get_mut(..of_overlaps).unwrap_or_default();
    let matches = matches.get_mut(..of_matches).unwrap_or_default();
    (assign(overlaps, matches), &*overlaps, &*matches).add_to(out);
}

fn core<F: Real, S: Simd>([one, batch, own]: Cases, simd: S, input: &Input, out: &mut impl Sink) {
    let (rois, truth) = (table::boxes::<F>(&input.rois), table::boxes::<F>(&input.truth));
    let (len, convention) = (rois.len(), input.convention);
    out.answer(one, "assign");
    written(input, len, |overlaps, matches| assign(&rois, &truth, convention, overlaps, matches), out);
    out.answer(one, "kernel::targets::assign");
    written(
        input,
        len,
        |overlaps, matches| kernel::targets::assign(simd, &rois, &truth, convention, overlaps, matches),
        out,
    );
    let (rois, truth) = by_image(input, &rois, &truth);
    out.answer(batch, "assign_batch");
    written(input, len, |overlaps, matches| assign_batch(rois, truth, convention, overlaps, matches), out);
    out.answer(batch, "kernel::targets::assign_batch");
    written(
        input,
        len,
        |overlaps, matches| kernel::targets::assign_batch(simd, rois, truth, convention, overlaps, matches),
        out,
    );
    out.answer(own, "assign_own");
    let of_truth = truth.boxes.len();
    written(input, of_truth, |overlaps, matches| assign_own(truth.boxes, convention, overlaps, matches), out);
}

fn by_image<'a, F>(
    input: &'a Input,
    rois: &'a [BBox<F>],
    truth: &'a [BBox<F>],
) -> (ByImage<'a, F>, ByImage<'a, F>) {
    let rois = ByImage { boxes: rois, images: &input.roi_images };
    (rois, ByImage { boxes: truth, images: &input.truth_images })
}

#[cfg(feature = "std")]
fn std<F: Real>([one, batch, own]: Cases, input: &Input, out: &mut impl Sink) {
    use ohem_std::targets;

    if input.excess != [0, 0] {
        return; // outputs are new, and have the right length
    }
    let (rois, truth) = (table::boxes::<F>(&input.rois), table::boxes::<F>(&input.truth));
    let mut add = |case, len, assigned: Result<(Vec<F>, Vec<Match>), InputError>| {
        out.answer(case, "std");
        let refused = assigned.as_ref().map(|_| ()).map_err(|error| *error);
        let (overlaps, matches) = assigned.unwrap_or((vec![F::one(); len], vec![Match::IGNORED; len]));
        (refused, overlaps, matches).add_to(out);
    };
    add(one, rois.len(), targets::assign(&rois, &truth, input.convention));
    let (of_rois, of_truth) = by_image(input, &rois, &truth);
    add(batch, rois.len(), targets::assign_batch(of_rois, of_truth, input.convention));
    add(own, truth.len(), targets::assign_own(&truth, input.convention));
}

#[cfg(feature = "std")]
mod naive {
    use super::*;
    use crate::oracle;
    use crate::registry::Refused;
    use crate::registry::mine::naive::corners;
    use crate::registry::naive::{boxes, convention, length};

    fn add<F: Real>(
        input: &Input,
        len: usize,
        images: Result<(), Refused>,
        valid: Result<(), Refused>,
        assign: impl FnOnce() -> Vec<(F, Option<usize>)>,
        out: &mut impl Sink,
    ) {
        let [overlaps, matches] = input.excess.map(|excess| len + excess);
        let checked =
            images.and_then(|()| length(len, overlaps)).and_then(|()| length(len, matches)).and(valid);
        match checked {
            Ok(()) => {
                let (overlaps, found): (Vec<F>, Vec<_>) = assign().into_iter().unzip();
                let matched = |index: Option<usize>| match index {
                    Some(index) => Match::object(u32::try_from(index).expect("there are few")),
                    None => Match::BACKGROUND,
                };
                (checked, overlaps, found.into_iter().map(matched).collect::<Vec<_>>()).add_to(out);
            }
            Err(_) => (checked, vec![F::one(); overlaps], vec![Match::IGNORED; matches]).add_to(out),
        }
    }

    pub(super) fn answers<F: Real>([one, batch, own]: Cases, input: &Input, out: &mut impl Sink) {
        let (rois, truth) = (corners::<F>(&input.rois), corners::<F>(&input.truth));
        let convention = convention(input.convention);
        out.answer(one, "pair by pair");
        let of_one =
            || oracle::assign(&rois, &vec![0; rois.len()], &truth, &vec![0; truth.len()], convention);
        let valid = boxes(&truth, convention);
        add(input, rois.len(), Ok(()), valid, of_one, out);
        out.answer(batch, "pair by pair");
        let images = length(rois.len(), input.roi_images.len());
        let images = images.and_then(|()| length(truth.len(), input.truth_images.len()));
        let of_batch = || oracle::assign(&rois, &input.roi_images, &truth, &input.truth_images, convention);
        add(input, rois.len(), images, valid, of_batch, out);
        out.answer(own, "pair by pair");
        let itself = |(index, &bbox): (usize, &[F; 4])| {
            let overlap = oracle::iou(bbox, bbox, convention);
            (overlap, Some(index).filter(|_| overlap > F::zero()))
        };
        let of_own = || truth.iter().enumerate().map(itself).collect();
        add(input, truth.len(), Ok(()), valid, of_own, out);
    }
}
