//! Links every function that has kernels, in both precisions: `scripts/vectors.sh` looks at their machine code.

use core::hint::black_box;

use ohem_std::rank::top_k;
use ohem_std::{Float, VecStorage, batched_nms, iou, loss, mine, nms, rules, targets};

fn main() {
    linked::<f32>();
    linked::<f64>();
}

/// Takes the address of each function, so that no function is left out or merged into its caller.
fn linked<F: Float>() {
    black_box([
        top_k::<F> as *const (),
        mine::<F, F, u32> as *const (),
        nms::<F, F> as *const (),
        batched_nms::<F, F, u32> as *const (),
        iou::row::<F> as *const (),
        iou::row_of_columns::<F> as *const (),
        iou::matrix::<F> as *const (),
    ]);
    black_box([
        rules::rfcn::<VecStorage<F>, u32> as *const (),
        rules::tensorflow::<VecStorage<F>> as *const (),
        rules::ssd::negatives::<VecStorage<F>> as *const (),
        rules::ssd::hard_examples::<VecStorage<F>> as *const (),
        rules::mmdet::<VecStorage<F>> as *const (),
        targets::assign::<F> as *const (),
        targets::assign_batch::<F> as *const (),
    ]);
    black_box([
        loss::cross_entropy::<F, u32> as *const (),
        loss::probability_cross_entropy::<F, u32> as *const (),
        loss::sigmoid_cross_entropy::<F, u32> as *const (),
        loss::binary_cross_entropy::<F> as *const (),
        loss::add_regression::<F, u32> as *const (),
        loss::cross_entropy_gradient::<F, u32> as *const (),
        loss::sigmoid_cross_entropy_gradient::<F, u32> as *const (),
    ]);
}
