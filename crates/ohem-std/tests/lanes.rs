//! The lanes of every tier give the bits that one lane alone gives, on nasty floats.

use ohem_core::Float;
use ohem_core::kernel::{Lanes, Scalar, Simd};
use ohem_std::simd::{Work, run};
use ohem_testkit::adapters::tiers::on_each_tier;
use ohem_testkit::compare::assert_same;

/// What lanes can do. (They are loaded and stored all the time.)
#[derive(Clone, Copy, Debug)]
enum Operation {
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    Le,
    Eq,
    Both,
    Bits,
    Mantissa,
    Exponent,
    PowerOfTwo,
}
use Operation::*;

/// An operation on each of two columns, which are whole vectors.
struct Columns<'a, F>(Operation, &'a [F], &'a [F]);

impl<F: Float> Work for Columns<'_, F> {
    type Output = Vec<F>;

    fn on<S: Simd>(self, simd: S) -> Vec<F> {
        let Self(operation, a, b) = self;
        let ((a, rest), (b, _)) = (F::Lanes::<S>::chunks(a), F::Lanes::<S>::chunks(b));
        assert!(rest.is_empty());
        let mut out = Vec::new();
        simd.run(
            #[inline(always)]
            || {
                for (a, b) in a.iter().zip(b) {
                    let result = operation.of(F::Lanes::<S>::load(a), F::Lanes::<S>::load(b));
                    out.extend_from_slice(result.store().as_ref());
                }
            },
        );
        out
    }
}

impl Operation {
    #[inline(always)]
    fn of<F: Float, V: Lanes<Scalar = F>>(self, a: V, b: V) -> V {
        let (zero, one) = (V::splat(F::zero()), V::splat(F::one()));
        match self {
            Add => a.add(b),
            Sub => a.sub(b),
            Mul => a.mul(b),
            Div => a.div(b),
            // Which zero is the smaller is not said, and no result depends on it.
            Min => a.min(b).add(zero),
            Max => a.max(b).add(zero),
            Le => V::select(a.le(b), a, b),
            Eq => V::select(a.eq(b), a, one),
            Both => V::select(a.le(b) & b.le(a), one, zero),
            Bits => marked(V::bits(a.le(b))),
            Mantissa => a.split().0,
            Exponent => a.split().1,
            PowerOfTwo => a.power_of_two(),
        }
    }
}

/// 1 in the lanes whose bits are set, 0 in the others.
#[inline(always)]
fn marked<F: Float, V: Lanes<Scalar = F>>(bits: u32) -> V {
    assert_eq!(u64::from(bits) >> V::N, 0, "there are no lanes for some bits");
    V::load(&V::array(|lane| if bits >> lane & 1 == 1 { F::one() } else { F::zero() }))
}

fn check<F: Float>(operations: &[Operation], a: &[F], b: &[F]) {
    let (a, b) = (whole(a), whole(b));
    for &operation in operations {
        let alone = Columns(operation, &a, &b).on(Scalar);
        on_each_tier(|| {
            println!("{operation:?}");
            assert_same(&run(Columns(operation, &a, &b)), &alone);
        });
    }
}

/// The column, filled up with ones to whole vectors of any tier.
fn whole<F: Float>(column: &[F]) -> Vec<F> {
    let mut column = column.to_vec();
    column.resize(column.len().next_multiple_of(32), F::one());
    column
}

/// Numbers at every border, and some that are at none.
fn numbers<F: Float>() -> Vec<F> {
    let (one, two, normal) = (F::one(), F::from_f64(2.0), F::min_positive_value());
    let positive = [
        [F::zero(), F::SMALLEST, normal - F::SMALLEST, normal],
        [F::epsilon(), F::from_f64(0.1), one - F::epsilon() / two, one],
        [one.next_up(), F::from_f64(1.5), two, F::from_f64(1e9)],
        [two / F::epsilon(), F::max_value() / two, F::max_value(), F::infinity()],
    ];
    positive.into_iter().flatten().flat_map(|x| [x, -x]).collect()
}

/// All pairs, as two columns.
fn pairs<F: Float>(floats: &[F]) -> (Vec<F>, Vec<F>) {
    floats.iter().flat_map(|&a| floats.iter().map(move |&b| (a, b))).unzip()
}

fn check_any<F: Float>() {
    let (a, b) = pairs(&[numbers(), vec![F::nan(), -F::nan()]].concat());
    check::<F>(&[Add, Sub, Mul, Div, Le, Eq, Both, Bits], &a, &b);
    let (a, b) = pairs(&numbers());
    check::<F>(&[Min, Max], &a, &b);
}

/// At every exponent of a normal float; about the square root of 1/2, where a mantissa ends, too.
fn check_bits<F: Float>() {
    let doubled = |&x: &F| Some(x + x).filter(|x| x.is_finite());
    let powers: Vec<F> = core::iter::successors(Some(F::min_positive_value()), doubled).collect();
    let root = F::from_f64(core::f64::consts::SQRT_2);
    let mantissas =
        [F::one(), F::from_f64(1.25), root - F::epsilon(), root, root.next_up(), F::from_f64(1.75)];
    let normal: Vec<F> =
        powers.iter().flat_map(|&power| mantissas.map(|mantissa| mantissa * power)).collect();
    check(&[Mantissa, Exponent], &normal, &normal);

    let exponents = Columns(Exponent, &powers, &powers).on(Scalar);
    let rounded: Vec<F> = exponents.iter().map(|&exponent| F::Lanes::<Scalar>::ROUNDER + exponent).collect();
    assert_eq!(Columns(PowerOfTwo, &rounded, &rounded).on(Scalar), powers);
    check(&[PowerOfTwo], &rounded, &rounded);
}

#[test]
fn arithmetic_and_order() {
    check_any::<f32>();
    check_any::<f64>();
}

#[test]
fn exact_work_on_the_bits() {
    check_bits::<f32>();
    check_bits::<f64>();
}
