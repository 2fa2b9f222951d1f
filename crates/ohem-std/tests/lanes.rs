//! The lanes of every tier give the bits that one lane alone gives, on nasty floats.

mod each_tier;

use core::fmt::Debug;

use each_tier::on_each_tier;
use ohem_core::simd::format::{binary32, binary64};
use ohem_core::simd::{Lanes, Scalar, Simd};
use ohem_std::simd::{Work, run};

/// The results of an operation, and what it is called.
type Results<F> = (&'static str, Vec<F>);

/// Makes the tests of one float type.
macro_rules! lanes {
    ($module:ident, $float:ident, $lanes:ident, $format:ident) => {
        mod $module {
            use super::*;

            /// Operands, in pairs.
            struct Operations<'a>(&'a [$float], &'a [$float]);

            impl Work for Operations<'_> {
                type Output = (Vec<Results<$float>>, Vec<u32>);

                fn on<S: Simd>(self, simd: S) -> Self::Output {
                    simd.run(
                        #[inline(always)]
                        || (operations::<S::$lanes>(self.0, self.1), order::<S::$lanes>(self.0, self.1)),
                    )
                }
            }

            /// Exact work on the bits, each on what it is defined for.
            struct Bits<'a> {
                normal: &'a [$float],
                rounded: &'a [$float],
            }

            impl Work for Bits<'_> {
                type Output = Vec<Results<$float>>;

                fn on<S: Simd>(self, simd: S) -> Self::Output {
                    simd.run(
                        #[inline(always)]
                        || {
                            vec![
                                ("mantissa", each::<S::$lanes>(self.normal, |x| x.split().0)),
                                ("exponent", each::<S::$lanes>(self.normal, |x| x.split().1)),
                                ("power", each::<S::$lanes>(self.rounded, |n| n.power_of_two())),
                            ]
                        },
                    )
                }
            }

            /// Floats at every border, and a few that are none of them.
            fn nasty() -> Vec<$float> {
                let small = $float::from_bits(1);
                let positive = [
                    [0.0, small, 3.0 * small, $float::MIN_POSITIVE - small],
                    [$float::MIN_POSITIVE, $float::EPSILON, 0.1, 1.0 - $float::EPSILON / 2.0],
                    [1.0, 1.0 + $float::EPSILON, 1.5, 3.0],
                    [$format::WHOLE, $float::MAX / 2.0, $float::MAX, $float::INFINITY],
                ];
                positive.into_iter().flatten().flat_map(|x| [x, -x]).collect()
            }

            /// All pairs, as two columns.
            fn pairs(floats: &[$float]) -> (Vec<$float>, Vec<$float>) {
                floats.iter().flat_map(|&a| floats.iter().map(move |&b| (a, b))).unzip()
            }

            /// All mantissas' ends and middles at all exponents; to either side of the square root of 1/2, too.
            fn normal() -> Vec<$float> {
                let whole = |exponent: i32| $float::from(2.0_f32).powi(exponent);
                let root = $float::from_bits($format::SQRT_HALF);
                let mantissas = [1.0, 1.0 + $float::EPSILON, 2.0 * root, 1.5, 2.0 - $float::EPSILON];
                let below = $float::from_bits($format::SQRT_HALF - 1) * 2.0;
                (($float::MIN_EXP - 1)..$float::MAX_EXP)
                    .flat_map(|exponent| mantissas.into_iter().chain([below]).map(move |m| m * whole(exponent)))
                    .collect()
            }

            /// Every whole number whose power of two is a normal float, as `power_of_two` takes it.
            fn rounded() -> Vec<$float> {
                let whole = ($float::MIN_EXP - 1)..$float::MAX_EXP;
                whole.map(|n| $format::ROUNDER + n as $float).collect()
            }

            #[test]
            fn arithmetic_and_order() {
                let mut floats = nasty();
                let (a, b) = pairs(&floats);
                let alone = Operations(&a, &b).on(Scalar);
                on_each_tier(|| {
                    let (results, bits) = run(Operations(&a, &b));
                    assert_equal(&results, &alone.0, |x| x.to_bits());
                    assert_eq!(bits, alone.1);
                });
                // With NaN only what must say so, since a maximum need not.
                floats.extend([$float::NAN, -$float::NAN]);
                let (a, b) = pairs(&floats);
                let alone = Operations(&a, &b).on(Scalar);
                on_each_tier(|| {
                    let (results, bits) = run(Operations(&a, &b));
                    assert_equal(&results[..4], &alone.0[..4], |x| x.to_bits());
                    assert_eq!(bits, alone.1);
                });
            }

            #[test]
            fn bits_where_they_are_defined() {
                let (normal, rounded) = (normal(), rounded());
                let bits = || Bits { normal: &normal, rounded: &rounded };
                let alone = bits().on(Scalar);
                on_each_tier(|| assert_equal(&run(bits()), &alone, |x| x.to_bits()));
                let [(_, mantissas), (_, exponents), (_, powers)] = &alone[..] else { unreachable!() };
                assert!(normal.iter().zip(mantissas).zip(exponents).all(|((x, m), e)| {
                    let half = $float::from(2.0_f32).powf(e / 2.0); // 2^e alone may be too large
                    m * half * half == *x || e % 2.0 != 0.0
                }));
                let powers_of_two = (($float::MIN_EXP - 1)..$float::MAX_EXP).map(|n| $float::from(2.0_f32).powi(n));
                assert!(powers_of_two.eq(powers.iter().copied()));
            }
        }
    };
}

lanes!(single, f32, F32, binary32);
lanes!(double, f64, F64, binary64);
