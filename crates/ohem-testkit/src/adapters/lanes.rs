//! Lanes of any number, to show that no result depends on it.

use core::ops::BitAnd;

use ohem_core::Float;
use ohem_core::kernel::{Lanes, Portable, Scalar, Simd};
use ohem_std::simd::Work;

use crate::compare::assert_same;

/// Does a piece of work with every kind of lanes; all must agree to the bit.
///
/// # Panics
///
/// If they do not.
#[track_caller]
pub fn in_all_lanes<F: Float, W: Work<Output = Vec<F>> + Copy>(work: W) -> Vec<F> {
    let want = work.on(Portable);
    assert_same(&work.on(Scalar), &want);
    assert_same(&work.on(Pack::<2>), &want);
    assert_same(&work.on(Pack::<4>), &want);
    assert_same(&work.on(Pack::<16>), &want);
    assert_same(&work.on(Pack::<32>), &want);
    want
}

/// A token for `N` lanes of `f32`, an array of them.
#[derive(Clone, Copy, Debug)]
pub struct Pack<const N: usize>;

impl<const N: usize> Simd for Pack<N> {
    type F32 = Array<f32, N>;
    type F64 = Array<f64, N>;

    fn run<R>(self, work: impl FnOnce() -> R) -> R {
        work()
    }
}

/// Lanes that are an array.
#[derive(Clone, Copy, Debug)]
pub struct Array<F, const N: usize>([F; N]);

/// A fact about each lane.
#[derive(Clone, Copy, Debug)]
pub struct Mask<const N: usize>([bool; N]);

impl<const N: usize> BitAnd for Mask<N> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(core::array::from_fn(|lane| self.0[lane] && other.0[lane]))
    }
}

impl<F: Lanes<Scalar = F, Mask = bool>, const N: usize> Array<F, N> {
    fn each(self, other: Self, operation: impl Fn(F, F) -> F) -> Self {
        Self(core::array::from_fn(|lane| operation(self.0[lane], other.0[lane])))
    }
}

impl<F: Lanes<Scalar = F, Mask = bool>, const N: usize> Lanes for Array<F, N> {
    type Scalar = F;
    type Array = [F; N];
    type Mask = Mask<N>;

    const N: usize = N;
    const ROUNDER: F = F::ROUNDER;

    fn chunks(values: &[F]) -> (&[[F; N]], &[F]) {
        values.as_chunks()
    }
    fn chunks_mut(values: &mut [F]) -> (&mut [[F; N]], &mut [F]) {
        values.as_chunks_mut()
    }
    fn array(lane: impl FnMut(usize) -> F) -> [F; N] {
        core::array::from_fn(lane)
    }
    fn splat(value: F) -> Self {
        Self([value; N])
    }
    fn load(values: &[F; N]) -> Self {
        Self(*values)
    }
    fn store(self) -> [F; N] {
        self.0
    }
    fn add(self, other: Self) -> Self {
        self.each(other, F::add)
    }
    fn sub(self, other: Self) -> Self {
        self.each(other, F::sub)
    }
    fn mul(self, other: Self) -> Self {
        self.each(other, F::mul)
    }
    fn div(self, other: Self) -> Self {
        self.each(other, F::div)
    }
    fn min(self, other: Self) -> Self {
        self.each(other, F::min)
    }
    fn max(self, other: Self) -> Self {
        self.each(other, F::max)
    }
    fn le(self, other: Self) -> Mask<N> {
        Mask(core::array::from_fn(|lane| self.0[lane].le(other.0[lane])))
    }
    fn eq(self, other: Self) -> Mask<N> {
        Mask(core::array::from_fn(|lane| self.0[lane].eq(other.0[lane])))
    }
    fn bits(mask: Mask<N>) -> u32 {
        mask.0.iter().rev().fold(0, |bits, &lane| 2 * bits + u32::from(lane))
    }
    fn select(mask: Mask<N>, yes: Self, no: Self) -> Self {
        Self(core::array::from_fn(|lane| F::select(mask.0[lane], yes.0[lane], no.0[lane])))
    }
    fn power_of_two(self) -> Self {
        Self(self.0.map(F::power_of_two))
    }
    fn split(self) -> (Self, Self) {
        (Self(self.0.map(|lane| lane.split().0)), Self(self.0.map(|lane| lane.split().1)))
    }
}
