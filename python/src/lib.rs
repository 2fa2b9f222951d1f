//! The extension module of the Python package `ohem`: arguments in, `ohem-std` on slices or on rows in place, indices out.
//!
//! Each function reads its arguments as [`array::Array`]s, checks them once, releases the GIL around the work, and returns
//! arrays of the library that its first array came from. Everything with a meaning is in `ohem-core`.

use pyo3::prelude::*;

mod array;
mod boxes;
mod device;
mod dlpack;
mod errors;
mod kind;
mod loss;
mod merge;
mod mine;
mod options;
mod output;
mod pixels;
mod rank;
mod rois;
mod rules;
mod targets;

/// Online hard example mining: the compiled part of the package `ohem`.
#[pymodule]
fn _ohem(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("DeviceError", module.py().get_type::<errors::DeviceError>())?;
    module.add_class::<mine::Miner>()?;
    module.add_class::<mine::Statistics>()?;
    module.add_function(wrap_pyfunction!(mine::mine, module)?)?;
    module.add_function(wrap_pyfunction!(rank::_repeat_mine, module)?)?;
    module.add_function(wrap_pyfunction!(rank::top_k, module)?)?;
    module.add_function(wrap_pyfunction!(boxes::nms, module)?)?;
    module.add_function(wrap_pyfunction!(boxes::batched_nms, module)?)?;
    module.add_function(wrap_pyfunction!(boxes::box_iou, module)?)?;
    module.add_function(wrap_pyfunction!(targets::assign, module)?)?;
    module.add_function(wrap_pyfunction!(targets::label, module)?)?;
    module.add_function(wrap_pyfunction!(targets::sample, module)?)?;
    module.add_function(wrap_pyfunction!(targets::encode, module)?)?;
    module.add_function(wrap_pyfunction!(targets::target_moments, module)?)?;
    module.add_function(wrap_pyfunction!(targets::decode, module)?)?;
    module.add_function(wrap_pyfunction!(loss::cross_entropy, module)?)?;
    module.add_function(wrap_pyfunction!(loss::cross_entropy_gradient, module)?)?;
    module.add_function(wrap_pyfunction!(loss::probability_cross_entropy, module)?)?;
    module.add_function(wrap_pyfunction!(loss::probability_cross_entropy_gradient, module)?)?;
    module.add_function(wrap_pyfunction!(loss::sigmoid_cross_entropy, module)?)?;
    module.add_function(wrap_pyfunction!(loss::sigmoid_cross_entropy_gradient, module)?)?;
    module.add_function(wrap_pyfunction!(loss::binary::binary_cross_entropy, module)?)?;
    module.add_function(wrap_pyfunction!(loss::binary::binary_cross_entropy_gradient, module)?)?;
    module.add_function(wrap_pyfunction!(loss::boxes::smooth_l1, module)?)?;
    module.add_function(wrap_pyfunction!(loss::boxes::smooth_l1_gradient, module)?)?;
    module.add_function(wrap_pyfunction!(merge::merge, module)?)?;
    module.add_function(wrap_pyfunction!(merge::split_by_image, module)?)?;
    module.add_function(wrap_pyfunction!(rules::rfcn, module)?)?;
    module.add_function(wrap_pyfunction!(rules::per_image, module)?)?;
    module.add_function(wrap_pyfunction!(rules::anchors::tensorflow, module)?)?;
    module.add_function(wrap_pyfunction!(rules::anchors::ssd_negatives, module)?)?;
    module.add_function(wrap_pyfunction!(rules::anchors::ssd_hard_examples, module)?)?;
    module.add_function(wrap_pyfunction!(rules::mmdet, module)?)?;
    module.add_function(wrap_pyfunction!(rules::samplers::libra, module)?)?;
    module.add_function(wrap_pyfunction!(rules::samplers::monai, module)?)?;
    module.add_function(wrap_pyfunction!(rules::samplers::pisa, module)?)?;
    module.add_function(wrap_pyfunction!(pixels::cross_entropy_planes, module)?)?;
    module.add_function(wrap_pyfunction!(pixels::cross_entropy_planes_gradient, module)?)?;
    module.add_function(wrap_pyfunction!(pixels::pixels_by_loss, module)?)?;
    module.add_function(wrap_pyfunction!(pixels::pixels_by_probability, module)?)?;
    Ok(())
}
