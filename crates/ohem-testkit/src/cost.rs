//! What a call costs, counted: floats that vectors load, and boxes and groups that are read.
//!
//! A bound on the time of a call is tested by these counts, which do not depend on the machine.

mod jobs;
mod search;

pub use jobs::{Job, Setting, passes};
pub use search::{Found, Input, search};

use core::cell::Cell;
use core::ops::{Add, Sub};

use ohem_core::kernel::{Lanes, Portable, Simd};
use ohem_core::{BBox, Membership, RoiSource};

/// Counts since the thread began, or between two times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Floats loaded into vectors: losses compared with a cut, and corners and groups of boxes compared with a box.
    pub floats: u64,
    /// Boxes read.
    pub boxes: u64,
    /// Groups read.
    pub groups: u64,
}

impl Cost {
    /// All of them together.
    pub fn total(self) -> u64 {
        self.floats + self.boxes + self.groups
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            floats: self.floats + other.floats,
            boxes: self.boxes + other.boxes,
            groups: self.groups + other.groups,
        }
    }
}

impl Sub for Cost {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            floats: self.floats - other.floats,
            boxes: self.boxes - other.boxes,
            groups: self.groups - other.groups,
        }
    }
}

thread_local! {
    static COST: Cell<Cost> = const { Cell::new(Cost { floats: 0, boxes: 0, groups: 0 }) };
}

fn count(one: Cost) {
    COST.set(COST.get() + one);
}

/// Runs a call on [`Counting`], and says what it cost.
///
/// ```
/// use ohem_core::kernel::{mine, mine::SliceStorage};
/// use ohem_core::{BBox, MineConfig, Ranked, Rois};
/// use ohem_testkit::cost::{self, Counted};
///
/// let (boxes, losses) = ([BBox::new(0.0_f32, 0.0, 9.0, 9.0); 128], [1.0_f32; 128]);
/// let rois = Counted(Rois::one_group(&boxes)?);
/// let (mut window, mut columns, mut selected) = ([Ranked::PLACEHOLDER; 128], [0.0; 5], [0]);
/// let mut storage = SliceStorage::new(&mut window, &mut columns, &mut selected);
/// let config = MineConfig::new(1);
/// let cost = cost::of(|simd| mine::mine(simd, &rois, &losses, &config, &mut storage).map(|hard| hard.len())).1;
/// assert_eq!((cost.boxes, cost.groups), (1, 1));
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub fn of<T>(call: impl FnOnce(Counting) -> T) -> (T, Cost) {
    let before = COST.get();
    let result = call(Counting);
    (result, COST.get() - before)
}

/// RoIs of which each read of a box or a group is counted.
#[derive(Clone, Copy, Debug)]
pub struct Counted<R>(pub R);

impl<R: RoiSource> RoiSource for Counted<R> {
    type Coordinate = R::Coordinate;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn bbox(&self, index: u32) -> Option<BBox<R::Coordinate>> {
        count(Cost { boxes: 1, ..Cost::default() });
        self.0.bbox(index)
    }

    fn membership(&self, index: u32) -> Membership {
        count(Cost { groups: 1, ..Cost::default() });
        self.0.membership(index)
    }
}

/// The portable instruction set, of which each load is counted.
#[derive(Clone, Copy, Debug)]
pub struct Counting;

impl Simd for Counting {
    type F32 = CountedLanes<<Portable as Simd>::F32>;
    type F64 = CountedLanes<<Portable as Simd>::F64>;

    fn run<R>(self, work: impl FnOnce() -> R) -> R {
        work()
    }
}

/// Lanes of which each load is counted.
#[derive(Clone, Copy, Debug)]
pub struct CountedLanes<V>(V);

impl<V: Lanes> Lanes for CountedLanes<V> {
    type Scalar = V::Scalar;
    type Array = V::Array;
    type Mask = V::Mask;

    const N: usize = V::N;
    const ROUNDER: V::Scalar = V::ROUNDER;

    fn load(values: &V::Array) -> Self {
        count(Cost { floats: V::N as u64, ..Cost::default() });
        Self(V::load(values))
    }

    fn chunks(values: &[V::Scalar]) -> (&[V::Array], &[V::Scalar]) {
        V::chunks(values)
    }
    fn chunks_mut(values: &mut [V::Scalar]) -> (&mut [V::Array], &mut [V::Scalar]) {
        V::chunks_mut(values)
    }
    fn array(lane: impl FnMut(usize) -> V::Scalar) -> V::Array {
        V::array(lane)
    }
    fn splat(value: V::Scalar) -> Self {
        Self(V::splat(value))
    }
    fn store(self) -> V::Array {
        self.0.store()
    }
    fn add(self, other: Self) -> Self {
        Self(self.0.add(other.0))
    }
    fn sub(self, other: Self) -> Self {
        Self(self.0.sub(other.0))
    }
    fn mul(self, other: Self) -> Self {
        Self(self.0.mul(other.0))
    }
    fn div(self, other: Self) -> Self {
        Self(self.0.div(other.0))
    }
    fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }
    fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }
    fn le(self, other: Self) -> V::Mask {
        self.0.le(other.0)
    }
    fn eq(self, other: Self) -> V::Mask {
        self.0.eq(other.0)
    }
    fn bits(mask: V::Mask) -> u32 {
        V::bits(mask)
    }
    fn select(mask: V::Mask, yes: Self, no: Self) -> Self {
        Self(V::select(mask, yes.0, no.0))
    }
    fn power_of_two(self) -> Self {
        Self(self.0.power_of_two())
    }
    fn split(self) -> (Self, Self) {
        let (mantissa, exponent) = self.0.split();
        (Self(mantissa), Self(exponent))
    }
}
