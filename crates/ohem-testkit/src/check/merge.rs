//! Steps that come in parts.

use ohem_core::{Float, MineConfig};

use crate::adapters::{Batch, Core, Merge as _, Mine as _, Oracle, Std};
use crate::generate::Table;

/// A step fed image by image is mined as it is as a whole.
///
/// # Panics
///
/// If a NaN is an error under this configuration.
pub fn by_image<F: Float>(table: &Table, config: &MineConfig) {
    let mut order: Vec<_> = (0..table.len()).collect();
    order.sort_by_key(|&row| table.images[row]);
    let table = table.rows(order);
    let new_image = (1..table.len()).filter(|&row| table.images[row] != table.images[row - 1]);
    let seams: Vec<_> = [0].into_iter().chain(new_image).chain([table.len()]).collect();
    in_parts::<F>(&table, &seams, config);
}

/// A step cut at these rows is mined as it is as a whole; see [`Merge`](crate::adapters::Merge).
///
/// # Panics
///
/// If a NaN is an error under this configuration.
pub fn in_parts<F: Float>(table: &Table, seams: &[usize], config: &MineConfig) {
    let (boxes, losses) = (table.boxes::<F>(), table.losses::<F>());
    let batch = Batch::new(table, &boxes, &losses);
    let whole = Oracle::mine(batch, config).expect("no NaN is an error").selected;
    assert_eq!(Oracle::merge(batch, seams, config), whole, "merged by the oracle");
    assert_eq!(Core::merge(batch, seams, config), whole, "merged in fixed memory");
    assert_eq!(Std::merge(batch, seams, config), whole, "merged in Vecs");
}
