//! Calls of everything in `targets`.

use core::convert::Infallible;
use core::hint::black_box;

use ohem_core::simd::{Portable, Scalar};
use ohem_core::targets::{
    Assignment, Blobs, BoxCoder, ByImage, Decode, ExpandConfig, LabelConfig, Normalization, OnOverlap,
    RegressionTargets, SampleConfig, assign, assign_batch, assign_own, clip, expand, expand_rows, label,
    regression_targets, sample, split,
};
use ohem_core::{BBox, Convention, Float};
use rand_core::TryRng;

use super::{opaque, opaque_mut};

/// Runs all of it on boxes that nobody knows.
pub(super) fn targets<F: Float>() -> usize {
    let (rows, objects, keys) = ([[F::one(); 4]; 70], [[F::one(); 4]; 40], [1; 70]);
    let (rois, objects, keys) = (opaque(&rows), opaque(&objects), opaque(&keys));
    let (rois, objects) = (BBox::from_rows(rois), BBox::from_rows(objects));
    let (mut overlaps, mut matches, mut labels) = ([F::zero(); 70], [0; 70], [0; 70]);
    let convention = black_box(Convention::Pixel);
    let (all, truth) = (ByImage { boxes: rois, images: keys }, ByImage { boxes: objects, images: keys });
    let (overlaps, matches) = (opaque_mut(&mut overlaps[..]), opaque_mut(&mut matches[..]));
    let _ = black_box(assign(Portable, rois, objects, convention, overlaps, matches));
    let _ = black_box(assign_batch(Scalar, all, truth, convention, overlaps, matches));
    let _ = black_box(assign_own(objects, convention, overlaps, matches));

    let config = black_box(
        LabelConfig::new().foreground(0.6).background(0.1, 0.5).target(0.7).on_overlap(OnOverlap::Duplicate),
    );
    let assignment = Assignment { overlaps, matches };
    let _ = black_box(label(assignment, keys, &config, opaque_mut(&mut labels[..])));
    let steps = targets_of(rois, (objects, keys), assignment, &config);
    steps + lists(overlaps, &config)
}

/// Foreground and background, listed and drawn.
fn lists<F: Float>(overlaps: &[F], config: &LabelConfig) -> usize {
    let mut memory = [0; 140];
    let memory = opaque_mut(&mut memory[..]);
    let listed = split(overlaps, config, memory).map_or(0, |split| {
        let split = split.map(|indices| indices);
        split.foreground().len() + split.background().len() + split.indices().len()
    });
    let drawing = black_box(SampleConfig::fast_rcnn().foreground_fraction(0.3).labels(*config));
    let drawn = sample(overlaps, &drawing, &mut Numbers(black_box(7)), memory)
        .map_or(0, |split| split.indices().len());
    listed + drawn + black_box(SampleConfig::new(9)).foreground_places().unwrap_or(0)
}

/// Targets: regression_targets, scaled, spread, and back to boxes.
fn targets_of<F: Float>(
    rois: &[BBox<F>],
    objects: (&[BBox<F>], &[u32]),
    assignment: Assignment<'_, F>,
    config: &LabelConfig,
) -> usize {
    let (mut classes, mut steps) = ([0; 70], [[F::zero(); 4]; 70]);
    let (classes, steps) = (opaque_mut(&mut classes[..]), opaque_mut(&mut steps[..]));
    let coder = black_box(BoxCoder::new(Convention::Pixel).decoding(Decode::Reference).largest_log(4.0));
    let out = RegressionTargets { classes, steps };
    let _ = black_box(regression_targets(rois, objects, assignment, config, &coder, out));
    let rows = [[F::one(); 4]; 5];
    if let Ok(scale) = Normalization::new(opaque(&rows), opaque(&rows)) {
        let _ = black_box(scale.normalize(classes, steps));
        let _ = black_box(scale.denormalize(classes, steps));
    }
    let spread = black_box(ExpandConfig::new(5).inside_weights([0.5; 4]));
    let mut blobs = [[F::zero(); 1400]; 3];
    let _ = black_box(expand(classes, steps, &spread, lend(&mut blobs)));
    let _ = black_box(expand_rows(opaque(&[3, 1, 4]), classes, steps, &spread, lend(&mut blobs)));

    let mut boxes = [BBox::from([F::zero(); 4]); 70];
    let boxes = opaque_mut(&mut boxes[..]);
    let _ = black_box(coder.encode_all(rois, boxes, steps));
    let _ = black_box(coder.decode_all(rois, steps, boxes));
    clip(boxes, black_box(F::one()), black_box(F::one()), black_box(Convention::Pixel));
    black_box(boxes).len() + black_box(blobs).len()
}

fn lend<F>([targets, inside_weights, outside_weights]: &mut [[F; 1400]; 3]) -> Blobs<'_, F> {
    Blobs {
        targets: opaque_mut(targets),
        inside_weights: opaque_mut(inside_weights),
        outside_weights: opaque_mut(outside_weights),
    }
}

/// Some numbers or other.
struct Numbers(u32);

impl TryRng for Numbers {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0 = self.0.wrapping_mul(0x2C92_77B5).wrapping_add(0xAC56_4B05);
        Ok(self.0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.try_next_u32().map(u64::from)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0);
        Ok(())
    }
}
