//! Rules that take each image by itself.

use std::time::Instant;

use ohem_std::rules::{self, Anchors, Ignored, RuleError, SsdConfig, TensorflowConfig};
use ohem_std::{BBox, Float, NanPolicy, RankError};
use ohem_table::{Table, is_below_zero, is_foreground};

use super::{Columns, Hard, Refusal, without};
use crate::rule::Rule;

/// What a RoI was matched to, as the library writes it.
const POSITIVE: i32 = 0;
const NEGATIVE: i32 = -1;
const IGNORED: i32 = -2;

/// The RoIs of one image.
struct Image<F> {
    /// Their rows in the table, in its order.
    rows: Vec<u32>,
    boxes: Vec<BBox<F>>,
    losses: Vec<F>,
    matches: Vec<i32>,
    /// Empty if the rule needs none.
    overlaps: Vec<F>,
}

/// What was selected of an image, counted from its first RoI, and how many were looked at.
struct Part {
    selected: Vec<u32>,
    visited: usize,
}

/// Mines each image, and puts all that were selected in one order.
pub(super) fn mine<F: Float>(columns: &Columns<'_, F>, rule: &Rule) -> Result<Hard, Refusal> {
    let images = images(columns);
    let started = Instant::now();
    let parts: Vec<Part> = images
        .iter()
        .map(|image| image.select(rule).map_err(|error| image.refuse(error)))
        .collect::<Result<_, _>>()?;
    let rows = images.iter().zip(&parts).flat_map(|(image, part)| image.rows_of(&part.selected));
    let selected = hardest_first(rows.collect(), &columns.losses, rule.nan())?;
    let time = started.elapsed();
    let Rule::Tensorflow(config) = rule else {
        return Ok(Hard { selected, visited: None, suppressed: Vec::new(), time });
    };
    let mut suppressed = Vec::new();
    for (image, part) in images.iter().zip(&parts) {
        suppressed.extend(image.rows_of(&image.suppressed(config, part.visited)?));
    }
    let visited = Some(parts.iter().map(|part| part.visited).sum());
    Ok(Hard { selected, visited, suppressed, time })
}

/// The table, image by image.
fn images<F: Float>(columns: &Columns<'_, F>) -> Vec<Image<F>> {
    let Columns { table, boxes, losses } = columns;
    let matches = matches(table);
    let mut rows = vec![Vec::new(); table.images.texts().len()];
    for (row, &image) in (0_u32..).zip(&table.images.codes) {
        rows[image as usize].push(row);
    }
    let overlaps: Vec<F> = table.overlaps.iter().copied().map(F::from_f64).collect();
    let image = |rows: Vec<u32>| Image {
        boxes: gathered(boxes, &rows),
        losses: gathered(losses, &rows),
        matches: rows.iter().map(|&row| matches[table.labels.codes[row as usize] as usize]).collect(),
        overlaps: if overlaps.is_empty() { Vec::new() } else { gathered(&overlaps, &rows) },
        rows,
    };
    rows.into_iter().map(image).collect()
}

/// The match of each label.
fn matches(table: &Table) -> Vec<i32> {
    let of = |label| match label {
        label if is_foreground(label) => POSITIVE,
        label if is_below_zero(label) => IGNORED,
        _ => NEGATIVE,
    };
    table.labels.texts().map(of).collect()
}

fn gathered<T: Copy>(values: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().map(|&row| values[row as usize]).collect()
}

/// The rows by their losses; equal losses by row.
fn hardest_first<F: Float>(mut rows: Vec<u32>, losses: &[F], nan: NanPolicy) -> Result<Vec<u32>, RankError> {
    rows.sort_unstable();
    let order = ohem_std::top_k(&gathered(losses, &rows), rows.len(), nan)?;
    Ok(gathered(&rows, &order))
}

impl<F: Float> Image<F> {
    fn select(&self, rule: &Rule) -> Result<Part, RuleError> {
        let selection = match rule {
            Rule::Tensorflow(config) => rules::tensorflow(&self.boxes, &self.losses, &self.matches, config)?,
            Rule::Ssd(config) => return self.ssd(config),
            Rule::Mmdet(config) => rules::mmdet(&self.losses, &self.matches, config)?.1,
            Rule::Batch(_) | Rule::Rfcn { .. } => unreachable!("they take all images at once"),
        };
        Ok(Part { visited: selection.visited(), selected: selection.into_indices() })
    }

    /// The negatives that are mined, and all positives: they train, too.
    fn ssd(&self, config: &SsdConfig) -> Result<Part, RuleError> {
        let anchors = Anchors { boxes: &self.boxes, losses: &self.losses, matches: &self.matches };
        let negatives = rules::ssd_negatives(&anchors, &self.overlaps, config)?;
        let visited = negatives.visited();
        let mut selected = negatives.into_indices();
        let skipped = |loss: F| config.nan == NanPolicy::Skip && loss.is_nan();
        let trains =
            |index: &u32| self.matches[*index as usize] == POSITIVE && !skipped(self.losses[*index as usize]);
        selected.extend((0..).take(self.rows.len()).filter(trains));
        Ok(Part { selected, visited })
    }

    /// What NMS suppressed of those that were looked at; what the ratio left out is not among it.
    fn suppressed(&self, config: &TensorflowConfig, visited: usize) -> Result<Vec<u32>, Refusal> {
        let mut nms = *config;
        nms.max_negatives_per_positive = None;
        let kept = rules::tensorflow(&self.boxes, &self.losses, &self.matches, &nms)?;
        let competes =
            |&index: &u32| config.ignored == Ignored::Compete || self.matches[index as usize] != IGNORED;
        let order = ohem_std::top_k(&self.losses, self.losses.len(), config.nan)?;
        Ok(without(order.into_iter().filter(competes).take(visited).collect(), kept.indices()))
    }

    /// The rows of some of the image's RoIs.
    fn rows_of(&self, indices: &[u32]) -> impl Iterator<Item = u32> {
        indices.iter().map(|&index| self.rows[index as usize])
    }

    /// The refusal of this image, with the row of the table that is wrong.
    fn refuse(&self, error: RuleError) -> Refusal {
        match Refusal::from(error) {
            Refusal::NanLoss(index) => Refusal::NanLoss(self.rows[index] as usize),
            other => other,
        }
    }
}
