//! The mining rules of other frameworks.

mod mmdet;
mod monai;
mod rfcn;
mod segmentation;
mod ssd;
mod tensorflow;

use ohem_core::kernel::mine::{COLUMNS, SliceStorage};
use ohem_core::{Float, RankKey, Ranked};

pub use mmdet::Mmdet;
pub use monai::Monai;
pub use rfcn::Rfcn;
pub use segmentation::Segmentation;
pub use ssd::{Anchors, Ssd};
pub use tensorflow::Tensorflow;

use super::{Core, Oracle, Std};

/// One way to what the rules select. An error is the index of the first NaN, where a NaN is an error.
pub trait Rules: Mmdet + Monai + Rfcn + Segmentation + Ssd + Tensorflow {}

impl Rules for Oracle {}
impl Rules for Core {}
impl Rules for Std {}

/// The selection, or the index of the first NaN.
pub type Selected = Result<Vec<usize>, usize>;

/// Positives and negatives, or the index of the first NaN.
pub type TwoParts = Result<(Vec<usize>, Vec<usize>), usize>;

/// The longest window.
const WINDOW: usize = 120;

/// Memory of fixed size for the selection of `B` RoIs.
struct Arrays<F: Float, H: RankKey, const B: usize> {
    window: [Ranked<H>; WINDOW],
    columns: [[F; B]; COLUMNS],
    selected: [u32; B],
}

impl<F: Float, H: RankKey, const B: usize> Arrays<F, H, B> {
    fn new() -> Box<Self> {
        // The contents of lent memory must not matter.
        let (window, columns) = ([Ranked::PLACEHOLDER; WINDOW], [[F::nan(); B]; COLUMNS]);
        Box::new(Self { window, columns, selected: [7; B] })
    }

    fn lend(&mut self, window: usize) -> SliceStorage<'_, F, H> {
        let columns = self.columns.as_flattened_mut();
        SliceStorage::new(&mut self.window[..window], columns, &mut self.selected)
    }

    /// Calls a rule with windows of several lengths; what it selects must be the same.
    fn in_windows<T: PartialEq + core::fmt::Debug>(rule: impl Fn(&mut SliceStorage<'_, F, H>) -> T) -> T {
        let mut arrays = Self::new();
        let selected = rule(&mut arrays.lend(WINDOW));
        assert_eq!(rule(&mut arrays.lend(8)), selected, "in a window of 8, and of {WINDOW}");
        if B <= 128 {
            assert_eq!(rule(&mut arrays.lend(2)), selected, "in the shortest window, and in one of {WINDOW}");
        }
        selected
    }

    /// The same without memory for boxes, for rules that suppress nothing.
    fn without_boxes<T: PartialEq + core::fmt::Debug>(rule: impl Fn(&mut SliceStorage<'_, F, H>) -> T) -> T {
        Self::in_windows(|lent| rule(&mut SliceStorage::without_boxes(lent.candidates, lent.selected)))
    }
}
