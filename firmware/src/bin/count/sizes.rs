//! How much memory each type that owns some takes.

use cortex_m_semihosting::hprintln;
use half::f16;
use ohem_core::gate::Gate;
use ohem_core::rank::TopK;
use ohem_core::{Miner, Nms};

macro_rules! rows {
    ($($owner:ty),* $(,)?) => {
        $(hprintln!("| `{}` | {} |", stringify!($owner), size_of::<$owner>());)*
    };
}

/// Prints them all.
pub fn print() {
    hprintln!("| memory | bytes |\n|---|---|");
    rows!(
        Miner<f32, 16>,
        Miner<f32, 64>,
        Miner<f32, 128>,
        Miner<f32, 64, i8>,
        Miner<f32, 64, f16>,
        Miner<f64, 64>,
        Miner<i16, 64, i8>,
        Miner<i16, 64, i16>,
        Nms<f32, 100>,
        TopK<f32, 128>,
        Gate<f32, 64>,
    );
}
