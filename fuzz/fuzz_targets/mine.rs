//! Mining selects what the reference does: in any memory, of any types, on every tier.

#![no_main]
#![expect(clippy::cast_possible_truncation, reason = "quantised losses on purpose")]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ohem_core::mine::{Memory, mine};
use ohem_core::rank::FixedBuffer;
use ohem_core::simd::Simd;
use ohem_core::{BBox, Float, MineConfig, RankKey, Ranked, Rois, admit};
use ohem_fuzz::naive::{self, Mined, first_nan};
use ohem_fuzz::{everywhere, on_each_tier, options, read, wide};
use ohem_std::simd::Work;
use ohem_testkit::generate::{Table, nasty};

#[derive(Debug)]
struct Case {
    config: MineConfig,
    /// Of the window: fewer than RoIs, or enough to rank in place.
    places: usize,
    /// Room for more than the batch.
    spare: usize,
    types: Types,
    table: Table,
}

/// Of boxes, by losses.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Types {
    F32,
    F64,
    F64ByF32,
    F32ByI8,
    F32ByI16,
    F64ByI32,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        Ok(Self {
            types: o.arbitrary()?,
            places: 2 + usize::from(o.arbitrary::<u8>()?),
            spare: o.int_in_range(0..=9)?,
            config: read::mine_config(o)?,
            table: nasty::table(u, 80, true)?,
        })
    }
}

/// Mining in lent memory.
#[derive(Clone, Copy)]
struct Mine<'a, F, H> {
    case: &'a Case,
    rows: &'a [[F; 4]],
    losses: &'a [H],
}

impl<F: Float, H: RankKey> Work for Mine<'_, F, H> {
    type Output = core::result::Result<Mined, usize>;

    fn on<S: Simd>(self, simd: S) -> Self::Output {
        let Case { config, table, .. } = self.case;
        let rois = Rois::new(BBox::from_rows(self.rows), &table.images, &table.labels).unwrap();
        let capacity = config.batch_size + self.case.spare;
        // What is in lent memory must not matter.
        let (mut window, mut selected) = (vec![Ranked::PLACEHOLDER; self.case.places], vec![7; capacity]);
        let mut columns = vec![F::one(); capacity * admit::COLUMNS];
        let memory = Memory::new(FixedBuffer(&mut window), &mut columns, &mut selected);
        let hard = mine(simd, &rois, self.losses, config, memory).map_err(first_nan)?;
        let (visited, suppressed) = (hard.visited(), hard.suppressed());
        Ok(Mined { selected: wide(hard.indices()), visited, suppressed })
    }
}

fn check<F: Float, H: RankKey>(case: &Case, losses: &[H]) {
    let (config, rows) = (&case.config, &case.table.boxes::<F>());
    let want = naive::mine::<F, H>(&case.table, losses, config);
    everywhere(Mine { case, rows, losses }, &want);

    let want = want.map(|mined| mined.selected);
    on_each_tier(|| {
        let Table { images, labels, .. } = &case.table;
        let hard = ohem_std::mine(BBox::from_rows(rows), images, labels, losses, config);
        assert_eq!(hard.map(|hard| wide(hard.indices())).map_err(first_nan), want);
    });
}

fuzz_target!(|case: Case| {
    let losses = &case.table.losses;
    match case.types {
        Types::F32 => check::<f32, f32>(&case, &case.table.losses()),
        Types::F64 => check::<f64, f64>(&case, losses),
        Types::F64ByF32 => check::<f64, f32>(&case, &case.table.losses()),
        Types::F32ByI8 => {
            check::<f32, i8>(&case, &losses.iter().map(|loss| (loss * 8.0) as i8).collect::<Vec<_>>())
        }
        Types::F32ByI16 => {
            check::<f32, i16>(&case, &losses.iter().map(|&loss| loss as i16).collect::<Vec<_>>())
        }
        Types::F64ByI32 => {
            check::<f64, i32>(&case, &losses.iter().map(|&loss| loss as i32).collect::<Vec<_>>())
        }
    }
});
