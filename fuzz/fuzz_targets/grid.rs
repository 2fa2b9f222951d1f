//! The index of admitted boxes changes nothing, whatever memory it has: hundreds of boxes, far more than the
//! reference could be asked about so often.

#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ohem_core::admit::{BLOCK_FLOATS, BLOCK_LINKS, COLUMNS, SpatialHashStorage};
use ohem_core::mine::{Memory, mine};
use ohem_core::rank::FixedBuffer;
use ohem_core::simd::{Scalar, Simd};
use ohem_core::{BBox, Float, NmsConfig, Ranked, Rois};
use ohem_fuzz::{everywhere, options, read};
use ohem_std::simd::Work;
use ohem_testkit::generate::{Table, nasty};

/// Enough for the index to be taken into use, from 256 admitted on.
const BOXES: usize = 400;

#[derive(Debug)]
struct Case {
    config: NmsConfig,
    heads: usize,
    blocks: usize,
    double: bool,
    table: Table,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (across, down) = (o.int_in_range(0..=40_u8)?, o.int_in_range(0..=40_u8)?);
        Ok(Self {
            double: o.arbitrary()?,
            heads: *o.choose(&[1024, 1, 100, 4096, 64])?,
            blocks: *o.choose(&[BOXES, 70, 1])?,
            config: read::nms_config(o)?.nan(ohem_core::NanPolicy::First),
            table: repeated(&nasty::table(u, BOXES, true)?, across.into(), down.into()),
        })
    }
}

/// The table over and over, each time a little further on.
fn repeated(table: &Table, across: f64, down: f64) -> Table {
    let times = BOXES.checked_div(table.len()).unwrap_or(0);
    let mut all = Table::default();
    for (time, _) in (0..times).enumerate() {
        let (x, y) = (across * time as f64, down * time as f64);
        let mut copy = table.clone();
        copy.corners
            .iter_mut()
            .for_each(|[x1, y1, x2, y2]| (*x1, *y1, *x2, *y2) = (*x1 + x, *y1 + y, *x2 + x, *y2 + y));
        all.extend(
            (0..copy.len())
                .map(|row| (copy.corners[row], copy.images[row], copy.labels[row], copy.losses[row])),
        );
    }
    all
}

/// NMS with an index in so much memory.
#[derive(Clone, Copy)]
struct Keep<'a, F> {
    case: &'a Case,
    rows: &'a [[F; 4]],
    losses: &'a [F],
    heads: usize,
    blocks: usize,
}

impl<F: Float> Work for Keep<'_, F> {
    type Output = Vec<u32>;

    fn on<S: Simd>(self, simd: S) -> Vec<u32> {
        let n = self.rows.len();
        // What is in lent memory must not matter.
        let (mut window, mut columns) = (vec![Ranked::PLACEHOLDER; n.max(2)], vec![F::one(); n * COLUMNS]);
        let (mut heads, mut floats) = (vec![7; self.heads], vec![F::one(); self.blocks * BLOCK_FLOATS]);
        let (mut links, mut selected) = (vec![7; self.blocks * BLOCK_LINKS], vec![7; n]);
        let grid = SpatialHashStorage { heads: &mut heads, floats: &mut floats, links: &mut links };
        let memory = Memory::new(FixedBuffer(&mut window), &mut columns, &mut selected).with_index(grid);
        let rois = Rois::by_label(BBox::from_rows(self.rows), &self.case.table.labels).unwrap();
        mine(simd, &rois, self.losses, &self.case.config.keeping(n), memory).unwrap().indices().to_vec()
    }
}

fn check<F: Float>(case: &Case) {
    let (rows, losses) = (&case.table.boxes::<F>(), &case.table.losses::<F>());
    let scanned = Keep { case, rows, losses, heads: 0, blocks: 0 };
    everywhere(Keep { heads: case.heads, blocks: case.blocks, ..scanned }, &scanned.on(Scalar));
}

fuzz_target!(|case: Case| if case.double { check::<f64>(&case) } else { check::<f32>(&case) });
