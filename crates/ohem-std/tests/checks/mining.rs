//! Checks for every mined table: minibatch, survivors and statistics, each computed in every possible way.

use ohem_core::{Float, MineConfig, NanPolicy, NmsConfig};

use super::answers::Answer;
use crate::support::outcome::{Outcome, equal, same};
use crate::support::table::Table;
use ohem_testkit::adapters::{Mine as _, Oracle, Path, mine::Mined, nms::Kept};

/// Mines, and checks indices, order and statistics against the oracle.
pub(crate) fn mined<F: Float, P: Path>(table: &Table<F>, config: MineConfig) -> Result<Mined, String> {
    let (got, want) = (P::mine(table.batch(), &config), Oracle::mine(table.batch(), &config));
    let (got, want) = match (got, want) {
        (Ok(got), Ok(want)) => (got, want),
        (got, want) => {
            return Err(format!("{got:?}, but the oracle has {want:?}"));
        }
    };
    same("selected, by the oracle", &got.selected, &want.selected)?;
    equal("visited and suppressed", (got.visited, got.suppressed), (want.visited, want.suppressed))?;
    Ok(got)
}

/// All survivors, from mining, from NMS in groups, and from NMS of each group alone.
pub(crate) fn survivors<F: Float, P: Path>(
    table: &Table<F>,
    config: MineConfig,
) -> Result<Vec<usize>, String> {
    let all = P::mine(table.batch(), &config.batch_size(table.len())).map_err(nan)?.selected;
    let Some(nms) = config.nms else { return Ok(all) };
    same("grouped NMS, by mining", &grouped_nms::<F, P>(table, &nms, config.nan).map_err(nan)?, &all)?;
    let mut alone = Vec::new();
    for group in table.groups() {
        let kept = nms_alone::<F, P>(&table.rows(&group), &nms, config.nan).map_err(nan)?;
        alone.extend(kept.into_iter().map(|row| group[row]));
    }
    same("NMS of each group alone, by mining", &alone, &table.by_group(&all))?;
    Ok(all)
}

/// Suppresses in each group of the table.
pub(crate) fn grouped_nms<F: Float, P: Path>(table: &Table<F>, config: &NmsConfig, nan: NanPolicy) -> Kept {
    P::batched_nms(&table.boxes, &table.losses, &table.group_numbers(), config, nan)
}

/// Suppresses as if all RoIs belonged to one group.
pub(crate) fn nms_alone<F: Float, P: Path>(table: &Table<F>, config: &NmsConfig, nan: NanPolicy) -> Kept {
    P::nms(&table.boxes, &table.losses, config, nan)
}

/// The error message for an unexpected NaN.
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
