//! Rows, losses and batches.

use ohem_testkit::generate::strategy;
use proptest::prelude::*;

use crate::{MOST, a_config, mined, order};

proptest! {
    #[test]
    fn rows_may_come_in_any_order(
        (table, rows) in strategy::table(MOST, false).prop_flat_map(|table| {
            let rows = Just((0..table.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(table), rows)
        }),
        config in a_config(),
    ) {
        // Ties go by place, so there are to be none.
        let losses: Vec<f32> = (0_u8..).map(f32::from).take(table.len()).collect();
        let shuffled: Vec<f32> = rows.iter().map(|&row| losses[row]).collect();
        let elsewhere = mined::<f32, f32>(&table.rows(rows.iter().copied()), &shuffled, &config);
        let back: Vec<_> = elsewhere.into_iter().map(|place| rows[place]).collect();
        prop_assert_eq!(back, mined::<f32, f32>(&table, &losses, &config));
    }

    #[test]
    fn a_larger_batch_begins_with_a_smaller_one(
        table in strategy::table(MOST, true),
        config in a_config(),
        more in 0..20_usize,
    ) {
        let few = mined::<f32, f64>(&table, &table.losses, &config);
        let many = mined::<f32, f64>(&table, &table.losses, &config.batch_size(config.batch_size + more));
        prop_assert_eq!(&many[..few.len()], &few[..]);
        prop_assert!(few.len() == many.len() || few.len() == config.batch_size);
    }

    #[test]
    fn an_easier_roi_removes_no_harder_one(
        table in strategy::table(MOST, true).prop_filter("there must be one", |table| !table.is_empty()),
        config in a_config(),
    ) {
        // The last one comes and goes.
        let (last, all) = (table.len() - 1, order(&table, &config));
        let fewer = table.rows(0..last);
        let harder: Vec<_> = all.into_iter().take_while(|&index| index != last).collect();
        let selected = |mined: Vec<usize>| mined.into_iter().filter(|index| harder.contains(index)).collect::<Vec<_>>();
        let with = selected(mined::<f64, f64>(&table, &table.losses, &config));
        let without = selected(mined::<f64, f64>(&fewer, &fewer.losses, &config));
        if harder.len() < last {
            prop_assert_eq!(&with, &without);
        }
        prop_assert_eq!(&without[..with.len()], &with[..]);
    }

    #[test]
    fn only_the_order_of_losses_counts(
        table in strategy::table(MOST, false),
        config in a_config(),
        steps in proptest::collection::vec(1..1_000_i32, MOST),
    ) {
        let mut distinct = table.losses::<f32>();
        distinct.sort_by(f32::total_cmp);
        distinct.dedup(); // +0 is -0
        // The n-th least loss becomes the sum of n steps.
        let place = |loss: &f32| distinct.partition_point(|other| other < loss);
        let other: Vec<i32> = table.losses::<f32>().iter().map(|loss| steps[..place(loss)].iter().sum()).collect();
        let want = mined::<f64, f32>(&table, &table.losses(), &config);
        prop_assert_eq!(mined::<f64, i32>(&table, &other, &config), want);
    }
}
