//! Whether one box of `i16` overlaps another by the threshold, decided as `f64` decides it, by integers alone.
//!
//! The IoU of `f64` is the quotient `I / U` of two whole numbers, rounded to the nearest. That is `t` or more exactly if
//! `I / U` exceeds the number half-way between `t` and the float below it, `m / 2^k` with an odd `m` below `2^54`: the
//! quotient cannot be that number itself, because `U` is at most `2^32`, and a quotient with such a denominator needs `k`
//! bits of it. So the test is
//!
//! ```text
//! I 2^k > m U
//! ```
//!
//! which [`Bound::is_exceeded_by`] computes in 64 bits. Nearly every pair that does not overlap enough is dropped before, by
//! products with the first 32 bits of `m / 2^k`: one for each new box, since `U` is no less than its area, and one for each
//! pair that this lets pass.
//!
//! An area of 2^32, that of all pixels, is the only one that does not fit 32 bits. So areas are less 1 where there is an
//! intersection at all; then the union less 1 is their sum, less the intersection less 1.

use super::{COLUMNS, SuppressionTest};
use crate::config::LeastIou;
use crate::simd::Simd;
use crate::{BBox, Convention, Group};

/// Bits of the low part of `m`.
const LOW: u32 = 27;

/// The group in 16 bits, and the corners of a box.
type Row = [i16; COLUMNS];

/// The row of a box that overlaps nothing.
const NOTHING: Row = [0, i16::MAX, i16::MAX, i16::MIN, i16::MIN];

/// A group in 16 bits: distinct for images and labels below 256.
#[inline(always)]
fn short(group: Group) -> i16 {
    let [image, label] = [group.image, group.label].map(|key| key ^ key >> 16);
    #[expect(clippy::cast_possible_truncation, reason = "groups may share their 16 bits")]
    ((image.rotate_left(8) ^ image >> 8 ^ label) as u16).cast_signed()
}

/// When two boxes of `i16` overlap too much.
#[derive(Clone, Copy, Debug)]
pub struct WholeTest {
    /// The number that an IoU must exceed; `None` if every IoU suppresses, that of 0 included.
    bound: Option<Bound>,
    /// The term that turns a difference of corners into a side.
    pad: i32,
}

/// A number `m / 2^(54 + shift)` from 0 to 1, of which `m` has a high and a low part.
#[derive(Clone, Copy, Debug)]
struct Bound {
    high: u64,
    low: u64,
    shift: u32,
}

impl Bound {
    /// The number half-way between a float from above 0 up to 1, given by its bits, and the float below it.
    const fn below(bits: u64) -> Self {
        const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
        let (fraction, exponent) = (bits & ((1 << FRACTION) - 1), bits >> FRACTION);
        // Half a unit in the last place below; the floats below a power of two are twice as close.
        let (twice, exponent) = match (fraction, exponent) {
            (0, 2..) => ((1 << (FRACTION + 2)) - 1, exponent - 1),
            (_, 1..) => (((1 << FRACTION) + fraction) * 2 - 1, exponent),
            (_, 0) => (fraction * 2 - 1, 1),
        };
        // From 1/2 to 1 the exponent is 1022, and numbers are `twice / 2^54`.
        let shift = 1022_u64.saturating_sub(exponent);
        // Any intersection exceeds a bound that is so small, with any union.
        let (twice, shift) = if shift > 33 { (0, 33) } else { (twice, shift) };
        #[expect(clippy::cast_possible_truncation, reason = "it is at most 33")]
        Self { high: twice >> LOW, low: twice & ((1 << LOW) - 1), shift: shift as u32 }
    }

    /// Its first 32 bits behind the point.
    #[expect(clippy::cast_possible_truncation, reason = "it is below 1")]
    const fn first_bits(self) -> u32 {
        (((self.high << LOW) + self.low) >> (22 + self.shift)) as u32
    }

    /// Whether a quotient of two areas, both less 1, is more.
    fn is_exceeded_by(&self, intersection: u32, union: u32) -> bool {
        let [intersection, union] = [intersection, union].map(|area| u64::from(area) + 1);
        // Where the shifted intersection is 2^33 or more, the left side is 2^87, and the right one below 2^54 times 2^32.
        intersection >> (33 - self.shift) != 0 || {
            // Both sides divided by 2^27, the right one to the whole part.
            let right = self.high * union + ((self.low * union) >> LOW);
            intersection << (LOW + self.shift) > right
        }
    }
}

/// The product of two sides less 1; they must be from 1 to 2^16.
#[inline(always)]
const fn area_less_one(width: i32, height: i32) -> u32 {
    width.cast_unsigned().wrapping_mul(height.cast_unsigned()).wrapping_sub(1)
}

/// The high half of the product.
#[inline(always)]
fn high_product(a: u32, b: u32) -> u32 {
    ((u64::from(a) * u64::from(b)) >> 32) as u32
}

/// One box, prepared to be compared with others.
struct Probe {
    x1: i32,
    y1: i32,
    x2: i32,
    y2: i32,
    pad: i32,
    /// Its area less 1.
    area: u32,
    /// What an intersection less 1 must be at least, because the union is no less than the area.
    least: u32,
    /// The first bits of the bound.
    part: u32,
    bound: Bound,
}

impl Probe {
    #[inline(always)]
    fn new(bbox: &BBox<i16>, bound: Bound, pad: i32) -> Self {
        let [x1, y1, x2, y2] = [bbox.x1, bbox.y1, bbox.x2, bbox.y2].map(i32::from);
        let area = area_less_one(x2 - x1 + pad, y2 - y1 + pad);
        let part = bound.first_bits();
        Self { x1, y1, x2, y2, pad, area, least: high_product(area, part), part, bound }
    }

    /// Whether a box, if it is not [`NOTHING`], overlaps this one too much.
    #[inline(always)]
    fn hits(&self, row: &Row) -> bool {
        let [_, x1, y1, x2, y2] = row.map(i32::from);
        let width = self.x2.min(x2) - self.x1.max(x1) + self.pad;
        if width <= 0 {
            return false;
        }
        let height = self.y2.min(y2) - self.y1.max(y1) + self.pad;
        height > 0 && area_less_one(width, height) >= self.least && self.decides(row, width, height)
    }

    /// The same, given the sides of the intersection.
    ///
    /// Not inlined: few pairs need it, and the loop around it would spill.
    #[inline(never)]
    fn decides(&self, row: &Row, width: i32, height: i32) -> bool {
        let [_, x1, y1, x2, y2] = row.map(i32::from);
        let other = area_less_one(x2 - x1 + self.pad, y2 - y1 + self.pad);
        let intersection = area_less_one(width, height);
        let union = self.area.wrapping_add(other).wrapping_sub(intersection);
        intersection >= high_product(union, self.part) && self.bound.is_exceeded_by(intersection, union)
    }
}

impl SuppressionTest<i16> for WholeTest {
    /// A row for each box: one pointer leaves registers for the corners of the new box.
    type Admitted<'a> = &'a mut [Row];
    type Shared<'a> = &'a [Row];

    fn new(least: LeastIou, convention: Convention) -> Option<Self> {
        let bits = least.double.to_bits();
        let pad = match convention {
            Convention::Continuous => 0,
            Convention::Pixel => 1,
        };
        match bits.cast_signed() {
            ..=0 => Some(Self { bound: None, pad }), // it is not positive
            _ if bits <= const { 1.0_f64.to_bits() } => Some(Self { bound: Some(Bound::below(bits)), pad }),
            _ => None,
        }
    }

    fn admitted(memory: &mut [i16]) -> &mut [Row] {
        memory.as_chunks_mut().0
    }

    #[inline(always)]
    fn write<S: Simd>(admitted: &mut &mut [Row], at: usize, group: Option<Group>, bbox: &BBox<i16>) {
        if let Some(row) = admitted.get_mut(at) {
            *row = group.map_or(NOTHING, |group| [short(group), bbox.x1, bbox.y1, bbox.x2, bbox.y2]);
        }
    }

    #[inline(always)]
    fn shared<'a>(admitted: &'a &mut [Row]) -> &'a [Row] {
        admitted
    }

    #[inline(always)]
    fn has_vectors<S: Simd>() -> bool {
        false
    }

    #[inline(always)]
    fn overlaps_nothing(&self, &BBox { x1, y1, x2, y2 }: &BBox<i16>) -> bool {
        let has_no_area = self.pad == 0 && (x1 == x2 || y1 == y2);
        x1 > x2 || y1 > y2 || self.bound.is_some() && has_no_area
    }

    #[inline(always)]
    fn overlap<S: Simd>(
        &self,
        admitted: &&[Row],
        (from, to): (usize, usize),
        bbox: &BBox<i16>,
        group: Group,
        same_group: impl Fn(usize) -> bool + Copy,
    ) -> bool {
        let group = short(group);
        let rows = (from..).zip(admitted.get(from..to).unwrap_or_default());
        let mut of_group = rows.filter(|(_, row)| row[0] == group);
        let Some(bound) = self.bound else {
            return of_group.any(|(at, &row)| row != NOTHING && same_group(at));
        };
        let probe = Probe::new(bbox, bound, self.pad);
        of_group.any(|(at, row)| probe.hits(row) && same_group(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NmsConfig, Suppress};
    use proptest::prelude::*;

    /// Whether one box overlaps another too much, and whether it does with corners of `f64`.
    fn both(test: &WholeTest, config: &NmsConfig, one: BBox<i16>, other: BBox<i16>) -> (bool, bool) {
        let (group, mut memory) = (Group { image: 0, label: 0 }, [7; COLUMNS]);
        let mut admitted = WholeTest::admitted(&mut memory);
        let member = (!test.overlaps_nothing(&other)).then_some(group);
        WholeTest::write::<crate::simd::Scalar>(&mut admitted, 0, member, &other);
        let rows = WholeTest::shared(&admitted);
        let overlaps = !test.overlaps_nothing(&one)
            && test.overlap::<crate::simd::Scalar>(&rows, (0, 1), &one, group, |_| true);
        let [one, other] = [one, other].map(|bbox| {
            let BBox { x1, y1, x2, y2 } = bbox;
            BBox::from([x1, y1, x2, y2].map(f64::from))
        });
        let least =
            crate::MineConfig::new(1).nms(*config).resolve().test::<f64>().map(|test| test.threshold());
        let convention = config.convention;
        let want = least.is_some_and(|least| {
            one.is_box(convention) && other.is_box(convention) && one.iou(&other, convention) >= least
        });
        (overlaps, want)
    }

    /// A threshold that is itself a quotient of small numbers, or the float beside one, or any.
    fn thresholds() -> impl Strategy<Value = f64> {
        let quotient = (0_u32..40, 1_u32..40).prop_map(|(a, b)| f64::from(a) / f64::from(b));
        prop_oneof![
            quotient.clone(),
            quotient.clone().prop_map(f64::next_up),
            quotient.prop_map(f64::next_down),
            -0.5..1.5,
            prop::num::f64::POSITIVE,
            (0_i32..80).prop_map(|power| 0.5_f64.powi(power)),
            (20_i32..70, 1.0..2.0).prop_map(|(power, part)| 0.5_f64.powi(power) * part),
        ]
    }

    fn boxes() -> impl Strategy<Value = BBox<i16>> {
        let near = || -2_i16..9;
        let small = (near(), near(), near(), near());
        let any = (any::<i16>(), any::<i16>(), any::<i16>(), any::<i16>());
        let extreme = || prop::sample::select(&[i16::MIN, i16::MIN + 1, -1, 0, i16::MAX - 1, i16::MAX][..]);
        let extremes = (extreme(), extreme(), extreme(), extreme());
        prop_oneof![4 => small, 1 => any, 2 => extremes]
            .prop_map(|(x1, y1, x2, y2)| BBox::new(x1, y1, x2, y2))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..Default::default() })]

        #[test]
        fn integers_decide_as_floats_do(
            t in thresholds(), above in any::<bool>(), pixel in any::<bool>(), one in boxes(), other in boxes()
        ) {
            let suppress = if above { Suppress::Above } else { Suppress::AtOrAbove };
            let convention = if pixel { Convention::Pixel } else { Convention::Continuous };
            let config = NmsConfig::new(t).suppress(suppress).convention(convention);
            let least = crate::MineConfig::new(1).nms(config).least_iou();
            let test = WholeTest::new(least, convention);
            let least_of_floats = crate::MineConfig::new(1).nms(config).resolve().test::<f64>().map(|test| test.threshold());
            prop_assert_eq!(test.is_some(), least_of_floats.is_some());
            let Some(test) = test else { return Ok(()) };
            let (got, want) = both(&test, &config, one, other);
            prop_assert_eq!(got, want, "{:?} with {:?} at {:?}", one, other, config);
        }
    }

    #[test]
    fn the_bound_is_half_way_to_the_float_below() {
        let number = |bits: f64| {
            let Bound { high, low, shift } = Bound::below(bits.to_bits());
            ((high << LOW) + low, shift)
        };
        assert_eq!(number(1.0), ((1 << 54) - 1, 0));
        assert_eq!(number(0.5), ((1 << 54) - 1, 1));
        assert_eq!(number(0.75), (3 * (1 << 52) - 1, 0));
        assert_eq!(number(f64::from_bits(1)), (0, 33));
        assert_eq!(number(f64::MIN_POSITIVE), (0, 33));
    }

    #[test]
    fn groups_below_256_have_bits_of_their_own() {
        let mut seen = [false; 1 << 16];
        for (image, label) in (0..256).flat_map(|image| (0..256).map(move |label| (image, label))) {
            let bits = usize::from(short(Group { image, label }).cast_unsigned());
            assert!(!core::mem::replace(&mut seen[bits], true), "{image}, {label}");
        }
    }
}
