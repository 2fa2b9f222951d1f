//! Numbers of about 106 bits, whose exponent neither overflows nor underflows: pairs of `f64`.
//!
//! Relative errors are below 2^-85, which is 2^-32 ulp of an `f64`: far less than the errors that are measured.

use core::ops::{Add, Div, Mul, Neg, Sub};

/// `(high + low) * 2^exponent`, with `1 <= |high| < 2` and `|low|` at most half an ulp of it; or 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wide {
    high: f64,
    low: f64,
    pub(crate) exponent: i32,
}

/// `ln 2`.
const LN_2: Wide = Wide { high: 1.386_294_361_119_890_6, low: 4.638_093_627_692_599e-17, exponent: -1 };

impl Wide {
    pub(crate) const ZERO: Self = Self { high: 0.0, low: 0.0, exponent: i32::MIN / 2 };

    /// Exactly this finite number.
    pub(crate) fn new(value: f64) -> Self {
        Self::of(value, 0.0, 0)
    }

    pub(crate) fn one() -> Self {
        Self::new(1.0)
    }

    /// A sum of which the first part is not the smaller one, times a power of two.
    fn of(high: f64, low: f64, exponent: i32) -> Self {
        let sum = high + low;
        let rest = low - (sum - high);
        if sum == 0.0 {
            return Self::ZERO;
        }
        let own = exponent_of(sum);
        Self { high: scaled(sum, -own), low: scaled(rest, -own), exponent: exponent + own }
    }

    pub(crate) fn is_zero(self) -> bool {
        self.high == 0.0
    }

    pub(crate) fn is_negative(self) -> bool {
        self.high < 0.0
    }

    pub(crate) fn abs(self) -> Self {
        if self.is_negative() { -self } else { self }
    }

    pub(crate) fn max(self, other: Self) -> Self {
        if (self - other).is_negative() { other } else { self }
    }

    pub(crate) fn square(self) -> Self {
        self * self
    }

    /// The nearest `f64`, or nearly; infinite or 0 if it is out of range.
    pub(crate) fn to_f64(self) -> f64 {
        scaled(self.high + self.low, self.exponent)
    }

    /// `e` to the power of this; 0 from -2000 down, where no float is near it.
    pub(crate) fn exp(self) -> Self {
        let near = self.to_f64();
        assert!(near < 2000.0);
        if near < -2000.0 {
            return Self::ZERO;
        }
        let n = (near / core::f64::consts::LN_2).round();
        // A 256th of the rest, whose powers soon vanish; the power of it is squared eight times.
        let mut part = self - LN_2 * Self::new(n);
        part.exponent -= 8;
        let mut power = Self::one();
        for divisor in (1..=13_u8).rev() {
            power = Self::one() + power * part / Self::new(divisor.into());
        }
        for _ in 0..8 {
            power = power.square();
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 2885")]
        let n = n as i32;
        Self { exponent: power.exponent + n, ..power }
    }

    /// Natural logarithm of 1 plus this, which is above -1.
    pub(crate) fn ln_1p(self) -> Self {
        if self.exponent >= -9 {
            return (self + Self::one()).ln_far_from_1();
        }
        let mut sum = Self::ZERO;
        for divisor in (1..=14_u8).rev() {
            sum = Self::one() / Self::new(divisor.into()) - self * sum;
        }
        self * sum
    }

    /// Natural logarithm.
    pub(crate) fn ln(self) -> Self {
        (self - Self::one()).ln_1p()
    }

    /// Halley's step from the platform's logarithm, which triples its digits.
    fn ln_far_from_1(self) -> Self {
        let near = Self::new(self.high.ln() + f64::from(self.exponent) * core::f64::consts::LN_2);
        let power = near.exp();
        near + Self::new(2.0) * (self - power) / (self + power)
    }
}

impl Add for Wide {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let (one, two) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let shift = one.exponent - two.exponent;
        if shift > 250 {
            return one;
        }
        let (sum, rest) = two_sum(one.high, scaled(two.high, -shift));
        let (low, lowest) = two_sum(one.low, scaled(two.low, -shift));
        let (sum, rest) = two_sum(sum, rest + low);
        Self::of(sum, rest + lowest, one.exponent)
    }
}

impl Neg for Wide {
    type Output = Self;

    fn neg(self) -> Self {
        Self { high: -self.high, low: -self.low, ..self }
    }
}

impl Sub for Wide {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Wide {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        if self.is_zero() || other.is_zero() {
            return Self::ZERO;
        }
        let product = self.high * other.high;
        let rest = self.high.mul_add(other.high, -product);
        let rest = rest + (self.high * other.low + self.low * other.high);
        Self::of(product, rest, self.exponent + other.exponent)
    }
}

impl Div for Wide {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let (mut rest, mut quotient) = (self, Self::ZERO);
        for _ in 0..3 {
            if rest.is_zero() {
                break;
            }
            let digit = Self::of(rest.high / other.high, 0.0, rest.exponent - other.exponent);
            quotient = quotient + digit;
            rest = rest - digit * other;
        }
        quotient
    }
}

/// A sum, and exactly what rounding took from it.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// The exponent of a number that is not 0: subnormal ones have theirs, too.
fn exponent_of(value: f64) -> i32 {
    let biased = i32::try_from((value.to_bits() >> 52) & 0x7FF).expect("11 bits");
    if biased == 0 { exponent_of(value * 2.0_f64.powi(60)) - 60 } else { biased - 1023 }
}

/// A number times a power of two, exact if no result is subnormal.
fn scaled(mut value: f64, mut by: i32) -> f64 {
    while by.abs() > 1000 && value != 0.0 && value.is_finite() {
        value *= 2.0_f64.powi(1000 * by.signum());
        by -= 1000 * by.signum();
    }
    value * 2.0_f64.powi(by.clamp(-1000, 1000))
}

/// Values of another library, to 50 digits and more.
#[test]
fn wide_numbers_are_those_of_a_table() {
    let third = Wide::one() / Wide::new(3.0);
    assert!((third * Wide::new(3.0) - Wide::one()).abs().exponent < -100);
    // e^-1 and ln 3, as the nearest f64 and the rest.
    let inverse = Wide::new(-1.0).exp() - Wide::new(0.367_879_441_171_442_33);
    assert!((inverse - Wide::new(-1.242_875_367_278_836_3e-17)).abs().exponent < -100);
    let ln_3 = Wide::new(3.0).ln() - Wide::new(1.098_612_288_668_109_8);
    assert!((ln_3 - Wide::new(-9.071_297_235_001_53e-17)).abs().exponent < -100);
    for x in [1e-300, 1e-12, 1e-3, 0.01, 0.3, 1.0, 7.0, 650.0] {
        let back = (Wide::new(x).exp().ln() - Wide::new(x)).abs();
        assert!(back.is_zero() || back.exponent < -90, "{x}: {back:?}");
        let back = (Wide::new(x).ln_1p().exp() - Wide::one() - Wide::new(x)).abs();
        assert!(back.is_zero() || back.exponent < -90, "{x}: {back:?}");
    }
    assert_eq!(Wide::new(5e-324).to_f64(), 5e-324);
}
