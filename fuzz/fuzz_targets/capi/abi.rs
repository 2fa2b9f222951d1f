//! The functions of C, by the type of their floats.

use core::ffi::c_void;

use ohem_capi::anchors::{self, Anchors, TensorflowConfig};
use ohem_capi::coder::{self, BoxCoder};
use ohem_capi::config::MineConfig;
use ohem_capi::labels::{self, LabelConfig};
use ohem_capi::loss::{self, Classes, GradientSpec};
use ohem_capi::merge::Ranked;
use ohem_capi::miner::{self, Miner};
use ohem_capi::regression::{self, Regression};
use ohem_capi::rois::{BBox, Rois, Selection};
use ohem_capi::rules::{self, MmdetConfig};
use ohem_capi::top_k_stream::{self, TopKStream};
use ohem_capi::{Status, gather, iou, mine, targets, top_k};
use ohem_core::Float;

pub(crate) type Offender = *mut usize;

pub(crate) type Init<F> =
    unsafe extern "C" fn(*mut Miner<F>, *mut c_void, usize, usize, *const MineConfig<F>, Offender) -> Status;

/// Mining and suppressing by one type of losses.
pub(crate) struct Select<F, H> {
    pub(crate) mine:
        unsafe extern "C" fn(*mut Miner<F>, *const Rois<F>, *const H, *mut Selection, Offender) -> Status,
    pub(crate) batched_nms: unsafe extern "C" fn(
        *mut Miner<F>,
        *const BBox<F>,
        *const H,
        *const u32,
        usize,
        *mut Selection,
        Offender,
    ) -> Status,
}

pub(crate) const BY_I8: Select<f32, i8> =
    Select { mine: mine::f32_i8::mine, batched_nms: mine::f32_i8::batched_nms };

pub(crate) type TopK<H> =
    unsafe extern "C" fn(*const H, usize, usize, u32, *mut u32, *mut usize, Offender) -> Status;

pub(crate) type Overlaps<F> =
    unsafe extern "C" fn(*const BBox<F>, usize, *const BBox<F>, usize, u32, *mut F, Offender) -> Status;

/// Losses of the labelled rows of a table.
pub(crate) type Losses<F> =
    unsafe extern "C" fn(*const F, usize, Classes, *const u32, *mut F, Offender) -> Status;

pub(crate) type Gradient<F> = unsafe extern "C" fn(
    *const F,
    usize,
    Classes,
    *const u32,
    *const GradientSpec<F>,
    *mut F,
    Offender,
) -> Status;

/// Losses of logits with targets.
pub(crate) type Binary<F> = unsafe extern "C" fn(*const F, *const F, usize, *mut F, Offender) -> Status;

pub(crate) type BinaryGradient<F> =
    unsafe extern "C" fn(*const F, *const F, usize, *const GradientSpec<F>, *mut F, Offender) -> Status;

pub(crate) type BoxLosses<F> = unsafe extern "C" fn(*const Regression<F>, *mut F, Offender) -> Status;

pub(crate) type BoxGradient<F> =
    unsafe extern "C" fn(*const Regression<F>, *const GradientSpec<F>, *mut F, Offender) -> Status;

pub(crate) type Encode<F> = unsafe extern "C" fn(
    *const BoxCoder<F>,
    *const BBox<F>,
    *const BBox<F>,
    usize,
    *mut F,
    Offender,
) -> Status;

pub(crate) type Assign<F> = unsafe extern "C" fn(
    *const BBox<F>,
    usize,
    *const BBox<F>,
    usize,
    u32,
    *mut F,
    *mut u32,
    Offender,
) -> Status;

pub(crate) type Label<F> = unsafe extern "C" fn(
    *const F,
    *const u32,
    usize,
    *const u32,
    usize,
    *const LabelConfig<F>,
    *mut u32,
    Offender,
) -> Status;

pub(crate) type Mmdet<F> = unsafe extern "C" fn(
    *mut Miner<F>,
    *const F,
    *const u32,
    usize,
    *const MmdetConfig<F>,
    *mut Selection,
    *mut usize,
    Offender,
) -> Status;

pub(crate) type Tensorflow<F> = unsafe extern "C" fn(
    *mut Miner<F>,
    *const Anchors<F>,
    *const TensorflowConfig<F>,
    *mut Selection,
    Offender,
) -> Status;

/// A stream: how it starts, takes losses in, and gives the hardest.
pub(crate) struct Stream<F> {
    pub(crate) init:
        unsafe extern "C" fn(*mut TopKStream<F>, *mut u64, usize, usize, u32, Offender) -> Status,
    pub(crate) extend: unsafe extern "C" fn(*mut TopKStream<F>, *const F, usize, Offender) -> Status,
    pub(crate) hardest:
        unsafe extern "C" fn(*mut TopKStream<F>, *mut Ranked<F>, usize, *mut usize, Offender) -> Status,
}

pub(crate) type Weights<F> = unsafe extern "C" fn(*const u32, usize, F, F, *mut F, usize, Offender) -> Status;

pub(crate) trait Abi: Float {
    const MINER_SIZE: extern "C" fn(usize) -> usize;
    const MINER_INIT: Init<Self>;
    const BY_FLOATS: Select<Self, Self>;
    const TOP_K: TopK<Self>;
    const IOU_MATRIX: Overlaps<Self>;
    const SOFTMAX: (Losses<Self>, Gradient<Self>);
    const PROBABILITY: (Losses<Self>, Gradient<Self>);
    const SIGMOID: (Losses<Self>, Gradient<Self>);
    const BINARY: (Binary<Self>, BinaryGradient<Self>);
    const BOX_LOSSES: BoxLosses<Self>;
    const ADD_BOX_LOSSES: BoxLosses<Self>;
    const BOX_GRADIENT: BoxGradient<Self>;
    const WEIGHTS: Weights<Self>;
    const CONFIG: fn(ohem_core::MineConfig) -> MineConfig<Self>;
    const ENCODE: Encode<Self>;
    const ASSIGN: Assign<Self>;
    const LABEL: Label<Self>;
    const MMDET: Mmdet<Self>;
    const TENSORFLOW: Tensorflow<Self>;
    const STREAM: Stream<Self>;
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        impl Abi for $float {
            const MINER_SIZE: extern "C" fn(usize) -> usize = miner::$float::miner_size;
            const MINER_INIT: Init<Self> = miner::$float::miner_init;
            const BY_FLOATS: Select<Self, Self> = Select { mine: mine::$float::mine, batched_nms: mine::$float::batched_nms };
            const TOP_K: TopK<Self> = top_k::$float::top_k;
            const IOU_MATRIX: Overlaps<Self> = iou::$float::iou_matrix;
            const SOFTMAX: (Losses<Self>, Gradient<Self>) =
                (loss::$float::cross_entropy, loss::$float::cross_entropy_gradient);
            const PROBABILITY: (Losses<Self>, Gradient<Self>) =
                (loss::$float::probability_cross_entropy, loss::$float::probability_cross_entropy_gradient);
            const SIGMOID: (Losses<Self>, Gradient<Self>) =
                (loss::$float::sigmoid_cross_entropy, loss::$float::sigmoid_cross_entropy_gradient);
            const BINARY: (Binary<Self>, BinaryGradient<Self>) =
                (loss::$float::binary_cross_entropy, loss::$float::binary_cross_entropy_gradient);
            const BOX_LOSSES: BoxLosses<Self> = regression::$float::regression_losses;
            const ADD_BOX_LOSSES: BoxLosses<Self> = regression::$float::add_regression;
            const BOX_GRADIENT: BoxGradient<Self> = regression::$float::regression_gradient;
            const WEIGHTS: Weights<Self> = gather::$float::weights;
            const CONFIG: fn(ohem_core::MineConfig) -> MineConfig<Self> = MineConfig::from;
            const ENCODE: Encode<Self> = coder::$float::encode;
            const ASSIGN: Assign<Self> = targets::$float::assign;
            const LABEL: Label<Self> = labels::$float::label;
            const MMDET: Mmdet<Self> = rules::$float::mmdet;
            const TENSORFLOW: Tensorflow<Self> = anchors::$float::tensorflow;
            const STREAM: Stream<Self> = Stream {
                init: top_k_stream::$float::top_k_stream_init,
                extend: top_k_stream::$float::top_k_stream_extend,
                hardest: top_k_stream::$float::top_k_stream_hardest,
            };
        }
    )*};
}

instances!(f32 f64);
