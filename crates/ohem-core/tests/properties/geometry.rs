//! Boxes of another size, in another place, in another precision.

use ohem_core::{Convention, Float};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;
use proptest::sample::select;

use crate::{MOST, a_config, at_threshold, in_convention, mined};

/// The RoIs all of whose corners pass.
fn only(table: &Table, passes: impl Fn(f64) -> bool) -> Table {
    table.rows((0..table.len()).filter(|&row| table.corners[row].iter().all(|&corner| passes(corner))))
}

fn moved(table: &Table, corner: impl Fn(f64) -> f64) -> Table {
    let mut table = table.clone();
    table.corners.iter_mut().for_each(|corners| *corners = corners.map(&corner));
    table
}

/// Neither a product nor its multiple overflows or is subnormal.
fn is_tame(corner: f64) -> bool {
    corner == 0.0 || (1e-3..1e4).contains(&corner.abs())
}

/// With such small integers, f32 rounds only the quotient.
fn is_small_and_whole(corner: f64) -> bool {
    corner.fract() == 0.0 && corner.abs() <= 512.0
}

proptest! {
    #[test]
    fn a_power_of_two_scales_without_a_trace(
        table in strategy::table(MOST, true),
        config in a_config(),
        power in -20..=20_i32,
    ) {
        fn check<F: Float>(table: &Table, scaled: &Table, config: &ohem_core::MineConfig) {
            assert_eq!(mined::<F, f64>(scaled, &table.losses, config), mined::<F, f64>(table, &table.losses, config));
        }
        // A pixel does not scale.
        let config = in_convention(&config, Convention::Continuous);
        let table = only(&table, is_tame);
        // As f32 has it, so that both begin with the same numbers.
        let table = moved(&table, |corner| f64::from(f32::from_f64(corner)));
        let scaled = moved(&table, |corner| corner * f64::from(power).exp2());
        check::<f32>(&table, &scaled, &config);
        check::<f64>(&table, &scaled, &config);
    }

    #[test]
    fn whole_boxes_may_be_anywhere(
        table in strategy::table(MOST, true),
        config in a_config(),
        shift in -4096..4096_i32,
    ) {
        let table = only(&table, is_small_and_whole);
        let shifted = moved(&table, |corner| corner + f64::from(shift));
        let want = mined::<f32, f64>(&table, &table.losses, &config);
        prop_assert_eq!(mined::<f32, f64>(&shifted, &table.losses, &config), &want[..]);
        prop_assert_eq!(mined::<f64, f64>(&shifted, &table.losses, &config), mined::<f64, f64>(&table, &table.losses, &config));
    }

    #[test]
    fn precisions_agree_where_single_is_exact(
        table in strategy::table(MOST, true),
        config in a_config(),
        // Quotients of small numbers, which no other such quotient is rounded to.
        threshold in select(vec![0.5, 0.25, 0.75, 0.7, 0.3, 1.0 / 3.0]),
    ) {
        let (table, config) = (only(&table, is_small_and_whole), at_threshold(&config, threshold));
        let single = mined::<f32, f64>(&table, &table.losses, &config);
        prop_assert_eq!(single, mined::<f64, f64>(&table, &table.losses, &config));
    }
}
