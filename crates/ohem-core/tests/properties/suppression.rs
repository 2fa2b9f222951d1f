//! Who is selected, and why the others are not.

use ohem_core::{BBox, Float, MineConfig, Suppress};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;

use crate::{MOST, a_config, at_threshold, mined, order};

/// Whether one RoI suppresses another, by the definition.
fn suppresses<F: Float>(
    table: &Table,
    rows: &[[F; 4]],
    one: usize,
    other: usize,
    config: &MineConfig,
) -> bool {
    let Some(nms) = config.nms else { return false };
    let [a, b] = [one, other].map(|index| BBox::from(rows[index]));
    let (iou, threshold) = (a.iou(&b, nms.convention), F::from_f64(nms.iou_threshold));
    let same_group = table.images[one] == table.images[other] && table.labels[one] == table.labels[other];
    let reaches = match nms.suppress {
        Suppress::Above => iou > threshold,
        Suppress::AtOrAbove => iou >= threshold,
    };
    same_group && reaches && a.is_box(nms.convention) && b.is_box(nms.convention)
}

fn check<F: Float>(table: &Table, config: &MineConfig) {
    let (rows, selected) = (table.boxes::<F>(), mined::<F, f64>(table, &table.losses, config));
    for (place, &one) in selected.iter().enumerate() {
        assert!(selected[..place].iter().all(|&harder| !suppresses(table, &rows, harder, one, config)));
    }
    let cut = selected.last().filter(|_| selected.len() == config.batch_size);
    let visited = order(table, config).into_iter().take_while(|index| cut.is_none_or(|cut| index != cut));
    let left_out = visited.filter(|index| !selected.contains(index));
    for index in left_out.filter(|_| config.batch_size > 0) {
        let harder = selected.iter().filter(|&&harder| ranks_above(table, harder, index));
        assert!(
            harder.into_iter().any(|&harder| suppresses(table, &rows, harder, index, config)),
            "RoI {index}"
        );
    }
}

fn ranks_above(table: &Table, one: usize, other: usize) -> bool {
    let (a, b) = (table.losses[one], table.losses[other]);
    let tied = a == b || a.is_nan() && b.is_nan();
    a > b || a.is_nan() && !b.is_nan() || tied && one < other
}

proptest! {
    #[test]
    fn none_selected_overlaps_another_and_all_left_out_do(
        table in strategy::table(MOST, true),
        config in a_config(),
    ) {
        check::<f32>(&table, &config);
        check::<f64>(&table, &config);
    }

    #[test]
    fn a_higher_threshold_spares_whom_a_lower_one_spares(
        table in strategy::table(MOST, false),
        config in a_config(),
        thresholds in [strategy::threshold(), strategy::threshold()],
    ) {
        let config = config.batch_size(2);
        let [low, high] = [thresholds[0].min(thresholds[1]), thresholds[0].max(thresholds[1])];
        let Some((&first, others)) = order(&table, &config).split_first().map(|(f, o)| (f, o.to_vec())) else { return Ok(()) };
        for other in others {
            // In one group, only the hardest and this one.
            let mut pair = table.rows([first, other]);
            (pair.images, pair.labels) = (vec![0; 2], vec![0; 2]);
            let spared = |t: f64| mined::<f32, f64>(&pair, &[1.0, 0.0], &at_threshold(&config, t)).len() == 2;
            prop_assert!(!spared(low) || spared(high), "{:?}", pair);
        }
    }
}
