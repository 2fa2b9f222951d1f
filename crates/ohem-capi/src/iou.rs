//! Intersection over union.

use ohem_core::{Float, iou};

use crate::config::{self, Convention};
use crate::export::export;
use crate::lend::slice_mut;
use crate::rois::{BBox, boxes};
use crate::status::{Refusal, Status};

fn iou_of_two<F: Float>(a: BBox<F>, b: BBox<F>, convention: Convention) -> F {
    let core = |b: BBox<F>| ohem_core::BBox::new(b.x1, b.y1, b.x2, b.y2);
    config::convention(convention).map_or(F::nan(), |convention| core(a).iou(&core(b), convention))
}

unsafe fn iou_matrix<F: Float>(
    rows: *const BBox<F>,
    row_count: usize,
    columns: *const BBox<F>,
    column_count: usize,
    convention: Convention,
    out: *mut F,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (rows, columns, out) = unsafe {
        let out = slice_mut(out, row_count.saturating_mul(column_count), Status::PointerOut)?;
        (boxes(rows, row_count)?, boxes(columns, column_count)?, out)
    };
    Ok(iou::matrix(rows, columns, config::convention(convention)?, out)?)
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("IoU of `", stringify!($float), "` boxes.")]
        pub mod $float {
            use super::*;

            /// Computes intersection over union; 0 if a box is invalid, NaN if the convention is unknown.
            #[unsafe(export_name = concat!("ohem_iou_", stringify!($float)))]
            pub extern "C" fn iou(a: BBox<$float>, b: BBox<$float>, convention: Convention) -> $float {
                iou_of_two(a, b, convention)
            }

            export! { concat!("_", stringify!($float));
                /// Writes the IoU of each of `rows` with each of `columns`, row by row.
                ///
                /// `out` has `row_count * column_count` values, the same bits as `ohem_iou_...` of each pair.
                /// O(rows x columns).
                fn iou_matrix(
                    rows: *const BBox<$float>,
                    row_count: usize,
                    columns: *const BBox<$float>,
                    column_count: usize,
                    convention: Convention,
                    out: *mut $float,
                );
            }
        }
    )*};
}

instances!(f32 f64);
