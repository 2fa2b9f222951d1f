//! Links every function that has kernels, in both precisions: `scripts/vectors.sh` looks at their machine code.

use core::hint::black_box;

use ohem_std::{Float, batched_nms, iou_matrix, loss, mine, nms, rules, targets, top_k};

fn main() {
    linked::<f32>();
    linked::<f64>();
}

/// Takes the address of each, so that none is left out or merged into its caller.
fn linked<F: Float>() {
    black_box([
        top_k::<F> as *const (),
        mine::<F, F> as *const (),
        nms::<F, F> as *const (),
        batched_nms::<F, F> as *const (),
        iou_matrix::<F> as *const (),
    ]);
    black_box([
        rules::per_image::<F> as *const (),
        rules::tensorflow::<F, F> as *const (),
        rules::ssd_negatives::<F, F> as *const (),
        rules::ssd_hard_examples::<F, F> as *const (),
        rules::mmdet::<F> as *const (),
        targets::assign::<F> as *const (),
        targets::assign_batch::<F> as *const (),
    ]);
    black_box([
        loss::cross_entropy::<F> as *const (),
        loss::probability_cross_entropy::<F> as *const (),
        loss::sigmoid_cross_entropy::<F> as *const (),
        loss::binary_cross_entropy::<F> as *const (),
        loss::add_regression::<F> as *const (),
        loss::cross_entropy_gradient::<F> as *const (),
        loss::sigmoid_cross_entropy_gradient::<F> as *const (),
    ]);
}
