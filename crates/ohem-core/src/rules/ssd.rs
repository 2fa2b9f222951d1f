//! SSD: hard negatives by a ratio to the positives, or the hardest of all anchors.

use crate::admit::IndexStorage;
use crate::mine::{Decision, Memory, Rule, mine_by};
use crate::rank::CandidateBuffer;
use crate::rules::{Ignored, Matched, RuleError, quota};
use crate::simd::Simd;
use crate::{BBox, Convention, Float, MineConfig, NanPolicy, RankKey, Rois, Selection};

/// Caffe-SSD's boxes are normalised to the image.
const CONVENTION: Convention = Convention::Continuous;

/// NMS among the anchors that compete, as Caffe's `ApplyNMS` does it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SsdNms {
    /// The IoU above which a harder anchor suppresses.
    pub threshold: f64,
    /// How many of the hardest are looked at, at the most.
    pub top_k: usize,
    /// Boxes of less area are never selected; 1e-5 in the original.
    pub min_area: f64,
}

impl SsdNms {
    /// NMS over all anchors that compete, however small.
    pub const fn new(threshold: f64) -> Self {
        Self { threshold, top_k: usize::MAX, min_area: 0.0 }
    }
}

/// How SSD mines.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SsdConfig {
    /// How many negatives are mined for each positive ([`negatives`]).
    pub neg_pos_ratio: f64,
    /// Only negatives that overlap ground truth by less are mined ([`negatives`]).
    pub neg_overlap: f64,
    /// How many negatives are mined at the least, so that an image without positives is not wasted; 0 in the
    /// original ([`negatives`]).
    pub min_negatives: usize,
    /// How many anchors are mined ([`hard_examples`]).
    pub sample_size: usize,
    /// What is done with ignored anchors ([`hard_examples`]).
    pub ignored: Ignored,
    /// NMS among the anchors that compete.
    pub nms: Option<SsdNms>,
    /// What is done with a loss that is NaN.
    pub nan: NanPolicy,
}

impl SsdConfig {
    /// The original's defaults: three negatives a positive, of overlaps below 0.5; 64 examples; no NMS.
    pub const fn new() -> Self {
        Self {
            neg_pos_ratio: 3.0,
            neg_overlap: 0.5,
            min_negatives: 0,
            sample_size: 64,
            ignored: Ignored::Excluded,
            nms: None,
            nan: NanPolicy::Error,
        }
    }
}

impl Default for SsdConfig {
    fn default() -> Self {
        Self::new()
    }
}

/// One image's anchors: how hard they are, and what they were matched to.
#[derive(Clone, Copy, Debug)]
pub struct Anchors<'a, F, H> {
    /// What NMS compares; may be empty without NMS.
    pub boxes: &'a [BBox<F>],
    /// The loss of each anchor: of its class for [`negatives`], of class and location for [`hard_examples`].
    pub losses: &'a [H],
    /// What each was matched to; see [`rules`](crate::rules#matches).
    pub matches: &'a [i32],
}

impl<'a, F: Float, H: RankKey> Anchors<'a, F, H> {
    /// Mines those that `competes` lets take part.
    fn mine<'m, W: CandidateBuffer<H>, I: IndexStorage<F>, S: Simd>(
        &self,
        simd: S,
        batch_size: usize,
        config: &SsdConfig,
        memory: Memory<'m, F, W, I>,
        competes: impl Fn(u32) -> bool,
    ) -> Result<Selection<&'m [u32]>, RuleError> {
        let mining = MineConfig::new(batch_size).convention(CONVENTION).nan(config.nan);
        let (mining, rois, nms) = match config.nms {
            Some(nms) => {
                RuleError::check("boxes", self.boxes.len(), self.losses.len())?;
                let rois = Rois::one_group(self.boxes)?;
                (mining.nms_threshold(nms.threshold), rois, nms)
            }
            None => (mining.without_nms(), Rois::boxless(self.losses.len()), SsdNms::new(1.0)),
        };
        let area = |bbox: &BBox<F>| bbox.is_box(CONVENTION).then(|| bbox.area(CONVENTION).to_f64());
        let too_small = |bbox| area(bbox).unwrap_or(0.0) < nms.min_area;
        let turn = |index| {
            if !competes(index) {
                Decision::Ignore
            } else if rois.boxes().get(index as usize).is_some_and(too_small) {
                Decision::Reject
            } else {
                Decision::Consider
            }
        };
        let rule = Rule { max_visited: nms.top_k, turn };
        Ok(mine_by(simd, &rois, self.losses, &mining, memory, rule)?.map(|indices| &*indices))
    }
}

/// Mines the hard negatives of one image, in a ratio to its positives; hardest first.
///
/// All positives train, too; they are not among those returned, so none counts twice. A negative competes if
/// its overlap with ground truth is below `neg_overlap`. Memory must hold the negatives mined. O(n), and
/// O(n log n) at worst.
///
/// Source: Caffe-SSD's `MineHardExamples` with `MAX_NEGATIVE`. It differs in ties (its sort leaves them
/// open) and in the order of the result (ascending there).
///
/// # Errors
///
/// If the slices differ in length, a loss is NaN under [`NanPolicy::Error`], or the memory is too small.
///
/// # Examples
///
/// ```
/// use ohem_core::{Ranked, mine::Memory, rank::FixedBuffer, rules::ssd, simd::Portable};
///
/// let losses = [0.2_f32, 3.0, 5.0, 9.0, 1.0, 2.0, 4.0, 0.5];
/// let matches = [0, -1, -1, -2, -1, 1, -1, -1];
/// let overlaps = [0.8_f32, 0.1, 0.6, 0.0, 0.49, 0.7, 0.5, 0.2];
/// let (mut window, mut selected) = ([Ranked::PLACEHOLDER; 8], [0; 8]);
/// let memory = Memory::without_nms(FixedBuffer(&mut window), &mut selected);
/// let anchors = ssd::Anchors { boxes: &[], losses: &losses, matches: &matches };
/// let hard = ssd::negatives(Portable, &anchors, &overlaps, &ssd::SsdConfig::new(), memory)?;
/// assert_eq!(hard.indices(), [1, 4, 7]);
/// # Ok::<(), ohem_core::rules::RuleError>(())
/// ```
pub fn negatives<'m, F: Float, H: RankKey, W: CandidateBuffer<H>, I: IndexStorage<F>, S: Simd>(
    simd: S,
    anchors: &Anchors<'_, F, H>,
    overlaps: &[F],
    config: &SsdConfig,
    memory: Memory<'m, F, W, I>,
) -> Result<Selection<&'m [u32]>, RuleError> {
    let &Anchors { losses, matches, .. } = anchors;
    RuleError::check("matches", matches.len(), losses.len())?;
    RuleError::check("overlaps", overlaps.len(), losses.len())?;
    let neg_overlap = F::from_f64(config.neg_overlap);
    let competes = |index| {
        Matched::of(matches, index) == Matched::Negative
            && overlaps.get(index as usize).is_some_and(|&overlap| overlap < neg_overlap)
    };
    let most = quota(config.neg_pos_ratio, Matched::Positive.count(matches)).max(config.min_negatives);
    let competing = (0..=u32::MAX).zip(losses).filter(|&(index, _)| competes(index)).count();
    anchors.mine(simd, most.min(competing), config, memory, competes)
}

/// Mines the hardest anchors of one image, positive or not; hardest first.
///
/// Those returned train, and no others: positives that were not mined are dropped. O(n), and O(n log n) at
/// worst. Memory must hold `sample_size`, or all anchors.
///
/// Source: Caffe-SSD's `MineHardExamples` with `HARD_EXAMPLE`. It differs by default in that ignored anchors
/// take no part: there, they use up the budget and then vanish ([`Ignored::Compete`]).
///
/// # Errors
///
/// If the slices differ in length, a loss is NaN under [`NanPolicy::Error`], or the memory is too small.
///
/// # Examples
///
/// ```
/// use ohem_core::{Ranked, mine::Memory, rank::FixedBuffer, rules::ssd, simd::Portable};
///
/// let (losses, matches) = ([1.0_f32, 3.0, 9.0, 2.0], [0, -1, -2, -1]);
/// let (mut window, mut selected) = ([Ranked::PLACEHOLDER; 8], [0; 8]);
/// let memory = Memory::without_nms(FixedBuffer(&mut window), &mut selected);
/// let anchors = ssd::Anchors::<f32, _> { boxes: &[], losses: &losses, matches: &matches };
/// let mut config = ssd::SsdConfig::new();
/// config.sample_size = 2;
/// assert_eq!(ssd::hard_examples(Portable, &anchors, &config, memory)?.indices(), [1, 3]);
/// # Ok::<(), ohem_core::rules::RuleError>(())
/// ```
pub fn hard_examples<'m, F: Float, H: RankKey, W: CandidateBuffer<H>, I: IndexStorage<F>, S: Simd>(
    simd: S,
    anchors: &Anchors<'_, F, H>,
    config: &SsdConfig,
    memory: Memory<'m, F, W, I>,
) -> Result<Selection<&'m [u32]>, RuleError> {
    let &Anchors { losses, matches, .. } = anchors;
    RuleError::check("matches", matches.len(), losses.len())?;
    let competes =
        |index| config.ignored == Ignored::Compete || Matched::of(matches, index) != Matched::Ignored;
    anchors.mine(simd, config.sample_size.min(losses.len()), config, memory, competes)
}
