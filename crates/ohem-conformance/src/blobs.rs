//! RegressionTargets targets of the golden minibatches, spread over the columns of their classes.

use ohem_core::Float;
use ohem_core::simd::Simd;
use ohem_core::targets::{Blobs, ExpandConfig, expand_rows};

use crate::bits::{Bits, Digest};
use crate::input::{cases, length};
use crate::memory::{Arena, MemoryError};

/// How many rows are spread.
const ROWS: usize = 64;

pub(crate) fn run<F: Float + Bits, S: Simd>(
    _: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("blobs");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let config = ExpandConfig::new(length(cases.number().unwrap_or_default()));
        let config = config.inside_weights([1.0, 0.5, 0.0, 0.1]);
        let (classes, (steps, _)) = (cases.keys(arena)?, cases.floats::<F>(arena)?.as_chunks());
        let rows = arena.indices(classes.len().min(ROWS))?;
        rows.reverse();
        let places = rows.len() * 4 * config.classes;
        let (targets, inside_weights, outside_weights) =
            (arena.lend::<F>(places)?, arena.lend::<F>(places)?, arena.lend::<F>(places)?);
        let out = Blobs { targets, inside_weights, outside_weights };
        digest.add(&expand_rows(rows, classes, steps, &config, out));
        [targets, inside_weights, outside_weights].iter().for_each(|blob| digest.add(&**blob));
    }
    Ok(())
}
