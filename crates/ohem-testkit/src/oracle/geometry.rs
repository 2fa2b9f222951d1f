//! Areas and overlaps, each operation rounded to nearest in the float type of the boxes.

use num_traits::Float;

/// What the two corners of a box mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// Points of the plane: the width is `x2 - x1`.
    Continuous,
    /// The first and the last pixel inside: the width is `x2 - x1 + 1`.
    Pixel,
}

impl Convention {
    /// Measures from `low` to `high`; the pixel is added after the subtraction.
    pub(crate) fn extent<F: Float>(self, low: F, high: F) -> F {
        match self {
            Self::Continuous => high - low,
            Self::Pixel => high - low + F::one(),
        }
    }
}

/// Multiplies width and height.
///
/// Means nothing for corners that are not a box; see [`is_box`].
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Convention, area};
///
/// assert_eq!(area([0., 0., 9., 4.], Convention::Continuous), 36.);
/// assert_eq!(area([0., 0., 9., 4.], Convention::Pixel), 50.);
/// ```
pub fn area<F: Float>([x1, y1, x2, y2]: [F; 4], convention: Convention) -> F {
    convention.extent(x1, x2) * convention.extent(y1, y2)
}

/// Returns whether these are corners of a box.
///
/// They are when all four are finite, `x1 <= x2`, `y1 <= y2`, and the area does not overflow.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Convention, is_box};
///
/// assert!(is_box([3., 3., 3., 3.], Convention::Continuous));
/// assert!(!is_box([3., 0., 2., 9.], Convention::Pixel));
/// assert!(!is_box([0., f32::NAN, 2., 9.], Convention::Pixel));
/// assert!(!is_box([0., 0., 1e20_f32, 1e20], Convention::Pixel));
/// ```
pub fn is_box<F: Float>(corners: [F; 4], convention: Convention) -> bool {
    let [x1, y1, x2, y2] = corners;
    corners.iter().all(|corner| corner.is_finite())
        && x1 <= x2
        && y1 <= y2
        && area(corners, convention).is_finite()
}

/// Divides the intersection of two boxes by their union.
///
/// The union is `area(a) + area(b) - intersection`, in this order. The result is 0 where the union is not
/// positive, and where either one is not a box ([`is_box`]). It never exceeds 1.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Convention, iou};
///
/// let (a, b) = ([0., 0., 9., 9.], [0., 0., 9., 4.]);
/// assert_eq!(iou(a, b, Convention::Pixel), 0.5);
/// assert_eq!(iou(a, [0., 0., f64::INFINITY, 4.], Convention::Pixel), 0.);
/// assert_eq!(iou([5., 5., 5., 5.], [5., 5., 5., 5.], Convention::Continuous), 0.);
/// ```
pub fn iou<F: Float>(a: [F; 4], b: [F; 4], convention: Convention) -> F {
    if !is_box(a, convention) || !is_box(b, convention) {
        return F::zero();
    }
    let width = convention.extent(a[0].max(b[0]), a[2].min(b[2])).max(F::zero());
    let height = convention.extent(a[1].max(b[1]), a[3].min(b[3])).max(F::zero());
    let intersection = width * height;
    let union = area(a, convention) + area(b, convention) - intersection;
    if union > F::zero() { intersection / union } else { F::zero() }
}

/// Computes the IoU of every box of `a` with every box of `b`, row by row of `a`.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Convention, iou_matrix};
///
/// let a = [[0., 0., 2., 2.], [1., 0., 3., 2.]];
/// let b = [[0., 0., 2., 2.], [0., 0., 2., 1.], [5., 5., 6., 6.]];
/// assert_eq!(iou_matrix(&a, &b, Convention::Continuous), [1., 0.5, 0., 1. / 3., 0.2, 0.]);
/// ```
pub fn iou_matrix<F: Float>(a: &[[F; 4]], b: &[[F; 4]], convention: Convention) -> Vec<F> {
    a.iter().flat_map(|&a| b.iter().map(move |&b| iou(a, b, convention))).collect()
}
