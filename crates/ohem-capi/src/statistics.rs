//! What a step of mining saw.

use ohem_core::RankKey;

use crate::export::export;
use crate::lend::{one, one_mut, slice};
use crate::rois::Selection;
use crate::status::{Refusal, Status};

/// What a step of mining saw, for a training log.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics<H> {
    /// How many RoIs there were.
    pub total: usize,
    /// How many were looked at.
    pub visited: usize,
    /// How many of those overlapped a harder one of their group.
    pub suppressed: usize,
    /// Number of RoIs passed over because they are ignored.
    pub ignored: usize,
    /// How many were selected.
    pub selected: usize,
    /// The loss of the easiest one selected; 0 if nothing was selected.
    pub cut: H,
    /// Mean loss of those selected; NaN if nothing was selected, or one of them is NaN.
    pub mean_selected: f64,
    /// Mean loss of all that are not NaN; NaN if there are none.
    pub mean_all: f64,
}

unsafe fn selection_statistics<H: RankKey>(
    selection: *const Selection,
    losses: *const H,
    statistics: *mut Statistics<H>,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (selection, indices, losses, out) = unsafe {
        let selection = one(selection, Status::PointerSelection)?;
        let indices = slice(selection.indices, selection.count, Status::PointerIndices)?;
        let losses = slice(losses, selection.total, Status::PointerLosses)?;
        (selection, indices, losses, one_mut(statistics, Status::PointerOut)?)
    };
    let Selection { total, visited, ignored, .. } = *selection;
    let core = ohem_core::Selection::new(indices, total, visited, ignored).statistics(losses);
    out.write(Statistics {
        total: core.total,
        visited: core.visited,
        suppressed: core.suppressed,
        ignored: core.ignored,
        selected: core.selected,
        cut: core.cut.unwrap_or_default(),
        mean_selected: core.mean_selected,
        mean_all: core.mean_all,
    });
    Ok(())
}

macro_rules! instances {
    ($($loss:ident)*) => {$(
        #[doc = concat!("Statistics of `", stringify!($loss), "` losses.")]
        pub mod $loss {
            use super::*;
            #[allow(unused_imports, reason = "only some of the types are imported")]
            use half::{bf16, f16};

            export! { concat!("_", stringify!($loss));
                /// Computes what a step saw; `losses` are those that were mined, `selection->total` of them.
                ///
                /// It reads every loss once more, and adds them up in `double`. O(total).
                fn selection_statistics(
                    selection: *const Selection,
                    losses: *const $loss,
                    statistics: *mut Statistics<$loss>,
                );
            }
        }
    )*};
}

instances!(f32 f64 i8 i16 i32 f16 bf16);
