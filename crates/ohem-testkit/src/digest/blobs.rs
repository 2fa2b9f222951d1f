//! Targets of the golden minibatches, spread over the columns of their classes.

use ohem_core::Match;
use ohem_core::kernel::Simd;
use ohem_core::targets::{ExpandConfig, PerClassTargets, expand_per_class_rows};

use super::input::{cases, length};
use super::memory::{Arena, MemoryError};
use crate::registry::{Real, Sink};

/// Number of rows that are spread.
const ROWS: usize = 64;

pub(super) fn run<F: Real, S: Simd>(
    _: S,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let mut cases = cases!("blobs");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let config = ExpandConfig::new(length(cases.number().unwrap_or_default()));
        let config = config.inside_weights([1.0, 0.5, 0.0, 0.1]);
        let (classes, (rows_of_four, _)) = (cases.keys(arena)?, cases.floats::<F>(arena)?.as_chunks());
        // The files call the background 0.
        for class in &mut *classes {
            *class = if *class == 0 { u32::MAX - 1 } else { *class };
        }
        let rows = arena.indices(classes.len().min(ROWS))?;
        rows.reverse();
        let len = rows.len() * 4 * config.classes;
        let (targets, inside_weights, outside_weights) =
            (arena.lend::<F>(len)?, arena.lend::<F>(len)?, arena.lend::<F>(len)?);
        let tables = PerClassTargets {
            targets: &mut *targets,
            inside_weights: &mut *inside_weights,
            outside_weights: &mut *outside_weights,
        };
        out.add(&expand_per_class_rows(rows, Match::from_numbers(classes), rows_of_four, &config, tables));
        [targets, inside_weights, outside_weights].iter().for_each(|table| out.add(&**table));
    }
    Ok(())
}
