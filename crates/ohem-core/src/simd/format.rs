//! How IEEE 754 lays out a float: what lanes need to know for their exact work on the bits.

macro_rules! format {
    ($format:ident, $float:ty, $bits:ty, $fraction:literal, $sqrt_half:literal) => {
        /// The layout of one float type.
        pub mod $format {
            /// How many bits of the fraction are stored.
            pub const FRACTION: u32 = $fraction;
            /// Those bits.
            pub const FRACTION_MASK: $bits = (1 << FRACTION) - 1;
            /// The bits of 1.
            pub const ONE: $bits = (1.0 as $float).to_bits();
            /// The bits of the square root of 1/2.
            pub const SQRT_HALF: $bits = $sqrt_half;
            /// What the exponent is stored with: that of 1.
            pub const BIAS: $float = (<$float>::MAX_EXP - 1) as $float;
            /// The least float whose last bit stands for 1; any float from here to its double is whole.
            pub const WHOLE: $float = (1_u64 << FRACTION) as $float;
            /// In the middle of the whole floats, so that a sum with a small negative float is there, too.
            ///
            /// The low bits of `ROUNDER + n` are the exponent of `2^n` as it is stored.
            pub const ROUNDER: $float = 1.5 * WHOLE + BIAS;
        }
    };
}

format!(binary32, f32, u32, 23, 0x3F35_04F3);
format!(binary64, f64, u64, 52, 0x3FE6_A09E_667F_3BCD);
