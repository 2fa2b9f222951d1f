//! Ground truth as a table, in any format in which tables come.

use super::{Object, Truth};
use crate::table::{LossSource, RequestedColumns, RoiTable};

/// Reads a table with an image, corners and a label in each row.
pub(super) fn read(bytes: Vec<u8>) -> Result<Truth, String> {
    let requested = RequestedColumns { loss: LossSource::Columns(Vec::new()), ..RequestedColumns::loss("") };
    let table = RoiTable::open(bytes.into(), &requested, |_| {}).map_err(|error| error.to_string())?;
    let mut truth = Truth::default();
    for row in 0..table.len() {
        let index = truth.image_or_new(table.images.of(row));
        truth.images[index].size = table.sizes[table.images.ids[row] as usize];
        let (class, id) = (table.labels.of(row).to_owned(), table.place(row).to_string());
        truth.images[index].objects.push(Object {
            corners: table.boxes.at(row),
            class,
            is_region: false,
            id,
        });
    }
    Ok(truth)
}
