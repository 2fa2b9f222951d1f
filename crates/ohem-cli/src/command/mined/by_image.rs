//! Rules that mine each image separately.

use std::time::Instant;

use ohem_std::rules::ssd::{self, Anchors, SsdConfig};
use ohem_std::rules::{self, Ignored, TensorflowConfig};
use ohem_std::{BBox, Float, Match, MineError, NanPolicy, VecStorage, rank};

use super::hard::{Hard, Means, suppressed};
use super::input::{MiningInput, gathered};
use super::refusal::Refusal;
use crate::command::labels::{Kind, Kinds};
use crate::command::rule::RuleConfig;
use crate::table::RoiTable;

/// The RoIs of one image.
struct ImageInput<F> {
    /// The rows of the table, in its order.
    rows: Vec<u32>,
    boxes: Vec<BBox<F>>,
    losses: Vec<F>,
    matches: Vec<Match>,
    /// Empty if the rule needs none.
    overlaps: Vec<F>,
}

/// The selected RoIs of an image. RoIs are numbered from the image's first.
struct ImageHard {
    selected: Vec<u32>,
    /// Number of RoIs visited.
    visited: usize,
    suppressed: Vec<u32>,
}

/// Mines each image, and merges the selected RoIs into one order.
pub(super) fn mine<F: Float>(input: &MiningInput<'_, F>, rule: &RuleConfig) -> Result<Hard, Refusal> {
    let (images, mut storage) = (images(input), VecStorage::new());
    let started = Instant::now();
    let mined: Vec<ImageHard> = images
        .iter()
        .map(|image| image.mine(rule, &mut storage).map_err(|error| image.refuse(error)))
        .collect::<Result<_, _>>()?;
    let of_images = || images.iter().zip(&mined);
    let rows = of_images().flat_map(|(image, hard)| image.rows_of(&hard.selected)).collect();
    let selected = hardest_first(rows, &input.losses, rule.nan())?;
    let time = started.elapsed();
    let means = Means::compute(&input.losses, &selected);
    let suppressed = of_images().flat_map(|(image, hard)| image.rows_of(&hard.suppressed)).collect();
    let visited = mined.iter().map(|hard| hard.visited).sum();
    let visited = matches!(rule, RuleConfig::Tensorflow(_)).then_some(visited);
    Ok(Hard { selected, visited, suppressed, means, time })
}

/// Splits the table by image.
fn images<F: Float>(input: &MiningInput<'_, F>) -> Vec<ImageInput<F>> {
    let MiningInput { table, kinds, losses, overlaps } = input;
    let matches = matches(table, kinds);
    let mut rows = vec![Vec::new(); table.images.texts().len()];
    for (row, &image) in (0_u32..).zip(&table.images.ids) {
        rows[image as usize].push(row);
    }
    let image = |rows: Vec<u32>| ImageInput {
        boxes: rows.iter().map(|&row| input.bbox(row)).collect(),
        losses: gathered(losses, &rows),
        matches: rows.iter().map(|&row| matches[table.labels.ids[row as usize] as usize]).collect(),
        overlaps: if overlaps.is_empty() { Vec::new() } else { gathered(overlaps, &rows) },
        rows,
    };
    rows.into_iter().map(image).collect()
}

/// The match of each label.
fn matches(table: &RoiTable, kinds: &Kinds) -> Vec<Match> {
    let of = |(label, _)| match kinds.of(label) {
        Kind::Foreground => Match::object(0),
        Kind::Ignored => Match::IGNORED,
        Kind::Background => Match::BACKGROUND,
    };
    (0..).zip(table.labels.texts()).map(of).collect()
}

/// Sorts rows by loss, then by row.
fn hardest_first<F: Float>(mut rows: Vec<u32>, losses: &[F], nan: NanPolicy) -> Result<Vec<u32>, MineError> {
    // Ranking keeps equal losses in the order given.
    rows.sort_unstable();
    let order = rank::top_k(&gathered(losses, &rows), rows.len(), nan)?;
    Ok(gathered(&rows, &order))
}

impl<F: Float> ImageInput<F> {
    fn mine(&self, rule: &RuleConfig, storage: &mut VecStorage<F>) -> Result<ImageHard, MineError> {
        match rule {
            RuleConfig::Tensorflow(config) => self.tensorflow(config, storage),
            RuleConfig::Ssd(config) => self.ssd(config, storage),
            RuleConfig::Mmdet(config) => {
                let selection = rules::mmdet(&self.losses, &self.matches, config, storage)?.1;
                let visited = selection.visited();
                Ok(ImageHard { selected: selection.indices().to_vec(), visited, suppressed: Vec::new() })
            }
            RuleConfig::Batch { .. } | RuleConfig::Rfcn { .. } => {
                unreachable!("they mine all images at once")
            }
        }
    }

    /// Runs NMS first and then the ratio on what NMS kept, since RoIs that the ratio removes are not suppressed.
    fn tensorflow(
        &self,
        config: &TensorflowConfig,
        storage: &mut VecStorage<F>,
    ) -> Result<ImageHard, MineError> {
        let mut nms = *config;
        nms.max_negatives_per_positive = None;
        let kept = rules::tensorflow(&self.boxes, &self.losses, &self.matches, &nms, storage)?;
        let visited = kept.visited();
        let takes_part =
            |index: u32| config.ignored == Ignored::Compete || !self.matches[index as usize].is_ignored();
        let batch_size = config.num_hard_examples.unwrap_or(usize::MAX);
        let suppressed = suppressed(&self.losses, kept.indices(), batch_size, config.nan, takes_part);
        debug_assert_eq!(suppressed.len(), visited - kept.len(), "a visited RoI is kept or suppressed");
        let kept = kept.indices().to_vec();
        let selected = self.limit_negatives(kept, config, storage)?;
        Ok(ImageHard { selected, visited, suppressed })
    }

    /// Applies the ratio of TensorFlow's rule to what NMS kept.
    fn limit_negatives(
        &self,
        kept: Vec<u32>,
        config: &TensorflowConfig,
        storage: &mut VecStorage<F>,
    ) -> Result<Vec<u32>, MineError> {
        if config.max_negatives_per_positive.is_none() {
            return Ok(kept);
        }
        // The same rule without NMS: an IoU never exceeds 1.
        let ratio = config.num_hard_examples(None).iou_threshold(1.0);
        let (boxes, losses) = (gathered(&self.boxes, &kept), gathered(&self.losses, &kept));
        let within = rules::tensorflow(&boxes, &losses, &gathered(&self.matches, &kept), &ratio, storage)?;
        Ok(gathered(&kept, within.indices()))
    }

    /// The mined negatives and all positives, which train as well.
    fn ssd(&self, config: &SsdConfig, storage: &mut VecStorage<F>) -> Result<ImageHard, MineError> {
        let anchors = Anchors { boxes: &self.boxes, losses: &self.losses, matches: &self.matches };
        let negatives = ssd::negatives(&anchors, &self.overlaps, config, storage)?;
        let visited = negatives.visited();
        let mut selected = negatives.indices().to_vec();
        let is_skipped = |loss: F| config.nan == NanPolicy::Skip && loss.is_nan();
        let trains = |index: &u32| {
            self.matches[*index as usize].is_object() && !is_skipped(self.losses[*index as usize])
        };
        selected.extend((0..).take(self.rows.len()).filter(trains));
        Ok(ImageHard { selected, visited, suppressed: Vec::new() })
    }

    /// The rows of some of the image's RoIs.
    fn rows_of(&self, indices: &[u32]) -> impl Iterator<Item = u32> {
        indices.iter().map(|&index| self.rows[index as usize])
    }

    /// Makes an error about this image one about the table.
    fn refuse(&self, error: MineError) -> Refusal {
        match Refusal::from(error) {
            Refusal::NanLoss(index) => Refusal::NanLoss(self.rows[index as usize]),
            other => other,
        }
    }
}
