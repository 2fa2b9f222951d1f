//! Jobs whose cost is bounded, and the bound that their documentation states.

use ohem_core::kernel::mine::{COLUMNS, SliceStorage, SpatialHashBlock, SpatialHashStorage, mine_by};
use ohem_core::kernel::rank::{FixedBuffer, HardestFirst, extend};
use ohem_core::rank::TopK;
use ohem_core::rules::PerImage;
use ohem_core::{All, BBox, Convention, MineConfig, MiningRule, NanPolicy, NmsConfig, Ranked, Rois};

use super::{Cost, Counted};
use crate::generate::Table;

/// An operation on a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Mining in fixed memory.
    Mine,
    /// Mining by a quota for each image.
    PerImage,
    /// NMS of all boxes, with a spatial index.
    Nms,
    /// All RoIs hardest first, in a fixed window.
    HardestFirst,
    /// The hardest of a stream.
    TopK,
}

/// How it is done.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Number of candidates of a pass, at least 2.
    pub window: usize,
    /// Largest number of RoIs to select.
    pub batch_size: usize,
    /// Threshold of suppression.
    pub iou_threshold: f64,
    /// How wide a box is.
    pub convention: Convention,
    /// Largest number of RoIs to visit.
    pub max_visited: Option<usize>,
    /// Seed of the spatial index.
    pub seed: u64,
}

impl Job {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Mine, Self::PerImage, Self::Nms, Self::HardestFirst, Self::TopK];

    /// Does the job in `f32`, and counts what it costs.
    ///
    /// ```
    /// use ohem_core::Convention;
    /// use ohem_testkit::cost::{Job, Setting};
    /// use ohem_testkit::generate::scene::Scene;
    ///
    /// let (iou_threshold, convention) = (0.7, Convention::Continuous);
    /// let setting = Setting { window: 128, batch_size: 64, iou_threshold, convention, max_visited: None, seed: 7 };
    /// let table = Scene::Clustered.table(1000, 7);
    /// for job in Job::ALL {
    ///     let cost = job.cost(&table, &setting).total();
    ///     assert!(cost > 0 && cost <= job.bound(table.len(), &setting));
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// If a loss is NaN.
    pub fn cost(self, table: &Table, setting: &Setting) -> Cost {
        let losses = table.losses::<f32>();
        match self {
            Self::Mine => mined(table, &losses, setting, &mut All, false),
            Self::PerImage => {
                let mut selected_of = vec![0; table.len()];
                let few = u32::try_from(table.len()).unwrap_or(u32::MAX);
                let images: Vec<_> = table.images.iter().map(|image| image % few).collect();
                let quota = setting.batch_size / 2;
                let mut rule =
                    PerImage::new(&images, quota, &mut selected_of).expect("each image has a count");
                mined(table, &losses, setting, &mut rule, false)
            }
            Self::Nms => {
                let everything = Setting { window: table.len().max(2), batch_size: table.len(), ..*setting };
                mined(table, &losses, &everything, &mut All, true)
            }
            Self::HardestFirst => {
                let mut window = vec![Ranked::PLACEHOLDER; setting.window];
                super::of(|simd| {
                    let buffer = FixedBuffer(&mut window[..]);
                    HardestFirst::new(simd, &losses, NanPolicy::Error, buffer, setting.window)
                        .expect("no loss is NaN")
                        .count()
                })
                .1
            }
            Self::TopK => {
                let mut top = TopK::<f32, 128>::new(64, NanPolicy::Error).expect("64 are fewer than 128");
                super::of(|simd| extend(simd, &mut top, &losses).expect("no loss is NaN")).1
            }
        }
    }

    /// The most that the job may cost for `n` RoIs, as the documentation states it, in floats, boxes and groups read.
    ///
    /// A scan loads each loss at most twice. A test of a box against another loads 5 floats, and reads a group if they
    /// overlap; 16 tests pay for a whole vector, and for the read of the box itself.
    pub fn bound(self, n: usize, setting: &Setting) -> u64 {
        let Setting { window, batch_size, max_visited, .. } = *setting;
        let visited = max_visited.unwrap_or(n).min(n);
        let scan = 2 * n;
        let tests = |rois: usize, admitted: usize| 6 * rois * (admitted + OVERHEAD);
        let bound = match self {
            Self::Mine | Self::PerImage => {
                // Without a limit, the screen may double the tests, and visits are counted again.
                let screened = if max_visited.is_none_or(|limit| limit >= n) { n } else { 0 };
                scan * passes(n, visited + 1, window) + tests(visited + screened, batch_size) + screened
            }
            // A search of chains costs a quarter of the scan of all, and two may come before that scan.
            Self::Nms => scan + tests(n, n + n / 2 + 128),
            Self::HardestFirst => scan * passes(n, n, window),
            Self::TopK => scan,
        };
        bound as u64
    }
}

/// What reading a box costs, in tests.
const OVERHEAD: usize = 16;

/// Number of scans that yield the hardest `yielded` of `n` losses in a window.
pub const fn passes(n: usize, yielded: usize, window: usize) -> usize {
    if window >= n { 1 } else { 2 * yielded / window + 2 }
}

/// Mines in memory of exactly the size that is needed.
fn mined(
    table: &Table,
    losses: &[f32],
    setting: &Setting,
    rule: &mut impl MiningRule,
    with_index: bool,
) -> Cost {
    let boxes = table.boxes::<f32>();
    let rois =
        Rois::new(BBox::from_rows(&boxes), &table.images, &table.labels).expect("columns of one length");
    let nms = NmsConfig::new(setting.iou_threshold).convention(setting.convention);
    let mut config = MineConfig::new(setting.batch_size).nms(nms);
    config.max_visited = setting.max_visited;
    let batch = setting.batch_size;
    let (mut window, mut selected) = (vec![Ranked::PLACEHOLDER; setting.window], vec![0; batch]);
    let mut columns = vec![0.0; batch * COLUMNS];
    let mut storage = SliceStorage::new(&mut window, &mut columns, &mut selected);
    let rois = Counted(rois);
    if !with_index {
        return super::of(|simd| mine_by(simd, &rois, losses, &config, rule, &mut storage).map(|_| ())).1;
    }
    // As many heads as `ohem-std` has, and more blocks than any scene takes.
    let mut heads = vec![0; batch.next_power_of_two() / 2];
    let mut blocks = vec![SpatialHashBlock::PLACEHOLDER; 4 * batch + 64];
    let index = SpatialHashStorage { heads: &mut heads, blocks: &mut blocks[..], seed: setting.seed };
    let mut storage = storage.with_index(index);
    super::of(|simd| mine_by(simd, &rois, losses, &config, rule, &mut storage).map(|_| ())).1
}
