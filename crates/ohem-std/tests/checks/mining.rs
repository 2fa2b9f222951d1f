//! What is checked of every mined table: minibatch, survivors and statistics, each in all the ways there are.

use ohem_core::{Float, MineConfig, NmsConfig};

use super::answers::Answer;
use crate::support::outcome::{Outcome, equal, same};
use crate::support::path::{Mined, Path, Reference};
use crate::support::table::Table;

/// The same rule for NMS alone.
pub(crate) fn nms_config(config: &MineConfig) -> Option<NmsConfig> {
    let nms = NmsConfig::new(config.nms_threshold?).convention(config.convention);
    Some(nms.suppress(config.suppress).nan(config.nan))
}

/// Mines, and checks indices, order and statistics against the reference.
pub(crate) fn mined<F: Float, P: Path>(table: &Table<F>, config: MineConfig) -> Result<Mined, String> {
    let (got, want) = (P::mine(table, config), Reference::mine(table, config));
    let (got, want) = match (got, want) {
        (Ok(got), Ok(want)) => (got, want),
        (got, want) => {
            return Err(format!("{got:?}, but the reference has {want:?}"));
        }
    };
    same("selected, by the reference", &got.selected, &want.selected)?;
    equal("visited and suppressed", (got.visited, got.suppressed), (want.visited, want.suppressed))?;
    Ok(got)
}

/// All survivors, from mining, from NMS in groups, and from NMS of each group alone.
pub(crate) fn survivors<F: Float, P: Path>(
    table: &Table<F>,
    config: MineConfig,
) -> Result<Vec<usize>, String> {
    let all = P::mine(table, config.batch_size(table.len())).map_err(nan)?.selected;
    let Some(nms) = nms_config(&config) else { return Ok(all) };
    same("grouped NMS, by mining", &P::grouped_nms(table, nms).map_err(nan)?, &all)?;
    let mut alone = Vec::new();
    for group in table.groups() {
        let kept = P::nms(&table.rows(&group), nms).map_err(nan)?;
        alone.extend(kept.into_iter().map(|row| group[row]));
    }
    same("NMS of each group alone, by mining", &alone, &table.by_group(&all))?;
    Ok(all)
}

/// Says what a NaN that was not expected is.
pub(crate) fn nan(index: usize) -> String {
    format!("the NaN at {index} is an error")
}

/// Checks one rule of a case against the original's answer.
pub(crate) fn answered<F: Float, P: Path>(table: &Table<F>, config: MineConfig, answer: &Answer) -> Outcome {
    let mined = mined::<F, P>(table, config)?;
    if let Some(hard) = &answer.hard {
        same("hard", &mined.selected, hard)?;
    }
    if let Some(kept) = &answer.kept {
        same("kept", &table.by_group(&survivors::<F, P>(table, config)?), kept)?;
    }
    Ok(())
}
