//! Nasty numbers: ties, exact thresholds, every special float, and invalid boxes.

use ohem_core::{BBox, Convention};

use super::Source;

/// Floats that break things; 1e30 squared overflows `f32`, 1e-44 is subnormal in it.
const SPECIAL: [f64; 13] = [
    -0.0,
    1.0,
    -1.0,
    10.0,
    1e30,
    -1e30,
    1e-44,
    1e-300,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// What the numbers of a column have in common.
#[derive(Clone, Copy, Debug)]
pub enum Numbers {
    /// From 0 up to 5.
    Distinct,
    /// Whole, from 0 to 3.
    Tied,
    /// From -1 up to 1, and special floats among them.
    Special,
    /// Any bits of an `f32`.
    Singles,
    /// Any bits of an `f64`.
    Doubles,
}

impl Numbers {
    /// Any of them.
    pub fn any(source: &mut Source<'_>) -> Self {
        source.choose(Self::Distinct, [Self::Tied, Self::Tied, Self::Special, Self::Singles, Self::Doubles])
    }

    /// The next number, which may be NaN.
    pub fn next(self, source: &mut Source<'_>) -> f64 {
        match self {
            Self::Distinct => f64::from(source.half_bits()) * 5.0 / 4_294_967_296.0,
            Self::Tied => [0.0, 1.0, 2.0, 3.0].into_iter().nth(source.below(4)).unwrap_or_default(),
            Self::Special if source.once_in(4) => {
                let number = source.choose(0.0, SPECIAL);
                if source.once_in(2) { -number } else { number }
            }
            Self::Special => 2.0 * source.unit() - 1.0,
            Self::Singles => f32::from_bits(source.half_bits()).into(),
            Self::Doubles => f64::from_bits(source.bits()),
        }
    }

    /// The next number, 0.5 in place of NaN.
    pub fn next_but_nan(self, source: &mut Source<'_>) -> f64 {
        let number = self.next(source);
        if number.is_nan() { 0.5 } else { number }
    }
}

/// What the boxes of a column have in common.
#[derive(Clone, Copy, Debug)]
pub enum Boxes {
    /// Whole corners in a small field meet exactly, again and again.
    Whole,
    /// Clusters of boxes that nearly coincide.
    Jittered,
    /// Whole, and invalid boxes.
    Degenerate,
    /// Of all these, and anywhere.
    Mixed,
    /// Any bits of `f32`.
    Singles,
    /// Any bits of `f64`.
    Doubles,
}

impl Boxes {
    /// Any of them.
    pub fn any(source: &mut Source<'_>) -> Self {
        let others = [
            Self::Whole,
            Self::Jittered,
            Self::Jittered,
            Self::Degenerate,
            Self::Mixed,
            Self::Singles,
            Self::Doubles,
        ];
        source.choose(Self::Whole, others)
    }

    /// Those that are boxes, of a size between that of a pixel and that of a picture.
    pub fn ordinary(source: &mut Source<'_>) -> Self {
        source.choose(Self::Whole, [Self::Jittered])
    }

    /// The next box: `x1, y1, x2, y2`.
    pub fn next(self, source: &mut Source<'_>) -> [f64; 4] {
        match self {
            Self::Whole => whole(source),
            Self::Jittered => jittered(source),
            Self::Degenerate if source.once_in(5) => degenerate(source),
            Self::Degenerate => whole(source),
            Self::Mixed => match source.below(4) {
                0 => whole(source),
                1 => jittered(source),
                2 => uniform(source),
                _ => degenerate(source),
            },
            Self::Singles => [(); 4].map(|()| f32::from_bits(source.half_bits()).into()),
            Self::Doubles => [(); 4].map(|()| f64::from_bits(source.bits())),
        }
    }

    /// The next box of ground truth, which is valid with few exceptions: an invalid one is an error.
    pub fn next_truth(self, source: &mut Source<'_>) -> [f64; 4] {
        let bbox = self.next(source);
        if is_box(bbox) || source.once_in(100) { bbox } else { whole(source) }
    }
}

/// A whole number below a bound, as a float.
pub fn whole_below(source: &mut Source<'_>, bound: u8) -> f64 {
    u8::try_from(source.below(bound.into())).unwrap_or_default().into()
}

/// Whether these are the corners of a box in both float types.
fn is_box(corners: [f64; 4]) -> bool {
    #[expect(clippy::cast_possible_truncation, reason = "a corner beyond `f32` is infinite")]
    let single = corners.map(|corner| corner as f32);
    // A box under this convention is a box under the other, too.
    BBox::from(corners).is_box(Convention::Pixel) && BBox::from(single).is_box(Convention::Pixel)
}

fn whole(source: &mut Source<'_>) -> [f64; 4] {
    let [x, y, width, height] = [8, 8, 9, 9].map(|bound| whole_below(source, bound));
    [x, y, x + width, y + height]
}

fn jittered(source: &mut Source<'_>) -> [f64; 4] {
    let (cluster, side) = (40.0 * whole_below(source, 3), 8.0 + whole_below(source, 4));
    let (x, y) = (cluster + source.unit(), source.unit());
    [x, y, x + side, y + side]
}

fn uniform(source: &mut Source<'_>) -> [f64; 4] {
    let (x, y) = (1e3 * source.unit(), 1e3 * source.unit());
    [x, y, x + 16.0 + whole_below(source, 112), y + 16.0 + whole_below(source, 112)]
}

/// An invalid box, or a barely valid one.
fn degenerate(source: &mut Source<'_>) -> [f64; 4] {
    match source.below(6) {
        0 => [10.0, 10.0, 9.0, 9.0],
        1 => [(); 4].map(|()| source.choose(0.0, SPECIAL)),
        2 => {
            let (x, y) = (9.0 * source.unit(), 9.0 * source.unit());
            [x + 5.0, y + 5.0, x, y]
        }
        3 => [0.0, 0.0, 1e20, 1e20],
        4 => [5.0, 5.0, 5.0, 5.0],
        _ => [0.0, 0.0, 1e-30, 1e-30],
    }
}

/// A threshold of IoU: a usual one, any between 0 and 1, one of the ends and beyond, or any number at all; never NaN.
pub fn threshold(source: &mut Source<'_>) -> f64 {
    match source.below(12) {
        0..8 => source.choose(0.7, [0.5, 0.3, 0.25, 0.75, 0.9, 2.0 / 3.0, 1.0 / 3.0]),
        8 | 9 => source.unit(),
        10 => source.choose(0.0, [-0.0, 1.0, -0.5, 1.5, 1e-9, 1e-40, f64::INFINITY, f64::NEG_INFINITY]),
        _ => Numbers::Singles.next_but_nan(source),
    }
}

/// An image or a label: one of few; now and then ignored, invalid, or with the low bits of another.
pub fn key(source: &mut Source<'_>, few: usize) -> i64 {
    const UNUSUAL: [i64; 7] = [-1, 0xFFFF_FFFF, 0xFFFF_FFFE, 1 << 32, (1 << 32) + 1, (1 << 24) + 1, i64::MIN];
    if source.once_in(32) { source.choose(4096, UNUSUAL) } else { source.below(few) as i64 }
}
