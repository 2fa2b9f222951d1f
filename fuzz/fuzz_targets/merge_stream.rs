//! A step that comes in parts is mined as it is as a whole: any parts without suppression, whole images with it.

#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ohem_core::merge::{Stream, merge, ranked};
use ohem_core::{BBox, Float, MineConfig, NanPolicy, Ranked, Rois};
use ohem_fuzz::{naive, on_each_tier, options, read, wide};
use ohem_std::Miner;
use ohem_testkit::generate::{Table, nasty};

/// The largest batch.
const B: usize = 12;

#[derive(Debug)]
struct Case {
    config: MineConfig,
    double: bool,
    /// Sorted by image, as a step is fed.
    table: Table,
    /// Where parts begin, from 0, and where the last ends.
    seams: Vec<usize>,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (double, nan) = (o.arbitrary()?, *o.choose(&[NanPolicy::First, NanPolicy::Skip])?);
        let config = read::mine_config(o)?.nan(nan).batch_size(o.int_in_range(0..=B)?);
        let cuts = o.arbitrary::<u64>()?;
        let table = nasty::table(u, 80, true)?;
        let mut order: Vec<_> = (0..table.len()).collect();
        order.sort_by_key(|&row| table.images[row]);
        let table = table.rows(order);
        let may_cut =
            |&row: &usize| config.nms_threshold.is_none() || table.images[row] != table.images[row - 1];
        let cut = |&row: &usize| cuts >> (row % 61) & 1 == 0;
        let inner = (1..table.len()).filter(may_cut).filter(cut);
        let seams = [0].into_iter().chain(inner).chain([table.len()]).collect();
        Ok(Self { config, double, table, seams })
    }
}

fn check<F: Float>(case: &Case) {
    let (table, losses, rows) = (&case.table, case.table.losses::<F>(), case.table.boxes::<F>());
    let want = naive::mine::<F, F>(table, &losses, &case.config).unwrap().selected;
    let (mut stream, mut merged) = (Stream::<F, B>::new(), Vec::new());
    let mut by_heap = ohem_std::merge::stream(case.config.batch_size);
    let mut miner = Miner::<F>::new(case.config).unwrap();
    for seam in case.seams.windows(2) {
        let part = seam[0]..seam[1];
        let (boxes, losses) = (BBox::from_rows(&rows[part.clone()]), &losses[part.clone()]);
        let rois = Rois::new(boxes, &table.images[part.clone()], &table.labels[part.clone()]).unwrap();
        let hard = miner.mine(&rois, losses).unwrap();
        stream.push(&hard, losses).unwrap();
        by_heap.push(&hard, losses).unwrap();
        let ranked: Vec<_> = ranked(&hard, losses, u32::try_from(part.start).unwrap()).collect();
        let mut out = vec![Ranked::PLACEHOLDER; case.config.batch_size];
        let len = merge(&ranked, &merged, &mut out);
        merged = out[..len].to_vec();
    }
    let indices =
        |ranked: &[Ranked<F>]| wide(&ranked.iter().map(|ranked| ranked.index()).collect::<Vec<_>>());
    assert_eq!(indices(&merged), want, "merged");
    assert_eq!(indices(by_heap.hardest()), want, "a stream of as many places");
    let more = indices(stream.hardest());
    assert_eq!(more[..want.len().min(more.len())], want, "a stream of more places begins with them");
}

fuzz_target!(|case: Case| {
    on_each_tier(|| if case.double { check::<f64>(&case) } else { check::<f32>(&case) });
});
