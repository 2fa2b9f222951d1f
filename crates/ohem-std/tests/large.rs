//! Tables that are too large are refused, and NMS does without an index that is too large.
//!
//! `scripts/32-bit.sh` runs these tests on i686, where 65,536 x 65,536 values are too many.

use ohem_std::targets::{ExpandConfig, expand_per_class, expand_per_class_rows};
use ohem_std::{InputError, LengthMismatch, Match, OutOfRange};

/// No memory was found for a table of this many values.
fn too_large(what: &'static str, expected: usize) -> InputError {
    LengthMismatch { what, expected, actual: 0 }.into()
}

#[test]
fn targets_of_too_many_classes() {
    let (classes, targets) = ([Match::object(1), Match::BACKGROUND], [[0.5_f32; 4]; 2]);
    let what = "target values (rows x 4 x classes)";
    for count in [usize::MAX, usize::MAX / 4, usize::MAX / 32] {
        let expected = count.saturating_mul(8);
        let config = ExpandConfig::new(count);
        assert_eq!(expand_per_class(&classes, &targets, &config), Err(too_large(what, expected)));
        let rows = expand_per_class_rows(&[1, 0], &classes, &targets, &config);
        assert_eq!(rows, Err(too_large(what, expected)));
        // Any other fault is named first.
        let index = OutOfRange { what: "index", position: 1, value: 2, limit: 2 };
        let refused = expand_per_class_rows(&[1, 2], &classes, &targets, &config);
        assert_eq!(refused, Err(index.into()));
    }
}

/// Tables of more values than 32 bits can address, though all that they are made of fits.
#[cfg(target_pointer_width = "32")]
mod on_32_bits {
    use super::*;
    use ohem_std::loss::{self, Classes, GradientSpec, Layout, Regression};
    use ohem_std::{BBox, Convention, Nms, NmsConfig, gather, iou};

    const SIDE: usize = 1 << 16;

    #[test]
    fn a_matrix() {
        let boxes = vec![BBox::new(0.0_f32, 0.0, 1.0, 1.0); SIDE];
        let what = "overlaps (rows x columns)";
        for (rows, columns, expected) in [(SIDE, SIDE, usize::MAX), (40_000, 40_000, 1_600_000_000)] {
            let matrix = iou::matrix(&boxes[..rows], &boxes[..columns], Convention::Continuous);
            assert_eq!(matrix, Err(LengthMismatch { what, expected, actual: 0 }));
        }
    }

    #[test]
    fn gathered_rows() {
        let (table, mut indices) = (vec![1_u8; SIDE], vec![0; SIDE]);
        let what = "gathered values (indices x width)";
        assert_eq!(gather::rows(&indices, &table, SIDE), Err(too_large(what, usize::MAX)));
        let half = &indices[..SIDE - 1];
        assert_eq!(gather::rows(half, &table, SIDE), Err(too_large(what, (SIDE - 1) * SIDE)));
        indices[7] = 1;
        let index = OutOfRange { what: "index", position: 7, value: 1, limit: 1 };
        assert_eq!(gather::rows(&indices, &table, SIDE), Err(index.into()));
    }

    #[test]
    fn gathered_gradients() {
        let (logits, selected) = (vec![0.0_f32; SIDE], vec![0; SIDE]);
        let spec = GradientSpec::new(&selected).layout(Layout::Gathered);
        let what = "values of the gradient (rows x columns)";
        let refused = Err(too_large(what, usize::MAX));
        let classes = Classes::new(SIDE);
        assert_eq!(loss::cross_entropy_gradient(&logits, classes, &[1], &spec), refused);
        assert_eq!(loss::sigmoid_cross_entropy_gradient(&logits, classes, &[1], &spec), refused);
        assert_eq!(loss::probability_cross_entropy_gradient(&logits, classes, &[1], &spec), refused);
        let regression = Regression::new(&[1], &logits, &[0.0; 4]).unwrap();
        assert_eq!(loss::regression_gradient(&regression, &spec), refused);
    }

    /// The blocks of a spatial index would take more than can be addressed.
    #[test]
    fn nms_of_17_million_boxes() {
        const BOXES: usize = 17_000_000;
        let boxes = vec![BBox::new(0.0_f32, 0.0, 1.0, 1.0); BOXES];
        let scores = vec![0.5_f32; BOXES];
        let mut nms = Nms::new(NmsConfig::new(0.5)).unwrap();
        let kept = nms.nms(&boxes, &scores).unwrap();
        assert_eq!((kept.indices(), kept.visited()), (&[0][..], BOXES));
    }
}
