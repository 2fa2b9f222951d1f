//! Mining by a rule.

use ohem_core::kernel::mine::MinerOver;
use ohem_core::kernel::{self, Simd};
use ohem_core::{Decision, MineError, Miner, MiningRule, Rois, Selection};

#[cfg(feature = "std")]
use super::naive;
use super::{CAPACITY, Step, WINDOW, owned};
#[cfg(feature = "std")]
use crate::oracle::Verdict;
use crate::registry::{Column, Loss, Operation, Real, Sink, Source};

/// Mining by a rule that decides about each RoI, and is full after some.
#[derive(Clone, Copy, Debug)]
pub struct MineBy;

/// A step, and the rule.
#[derive(Clone, Debug)]
pub struct Input {
    /// The RoIs.
    step: Step,
    /// What the rule decides about each.
    decisions: Column<Decision>,
    /// How many RoIs are considered before the rule is full.
    full_after: usize,
}

impl Operation for MineBy {
    const NAME: &'static str = "mine_by";

    const COVERS: &'static [&'static str] = &[
        "Miner::mine_by",
        "kernel::mine::mine_by",
        "MiningRule::consider",
        "MiningRule::selected",
        "MiningRule::is_full",
        "MiningRule::is_pure",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let mut step = Step::any(source);
        step.config = step.config.batch_size(step.config.batch_size.min(CAPACITY));
        let full_after = if source.once_in(3) { source.below(20) } else { usize::MAX };
        let others = [Decision::Consider, Decision::Ignore, Decision::Reject];
        let decisions = source.column(step.table.len(), |source| source.choose(Decision::Consider, others));
        Input { step, decisions, full_after }
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        core::<f32, f32, S>("f32", simd, input, out);
        core::<f64, f64, S>("f64", simd, input, out);
        core::<f32, i8, S>("f32 by i8", simd, input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        std::<f32, f32>("f32", input, out);
        std::<f64, f64>("f64", input, out);
        std::<f32, i8>("f32 by i8", input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32, f32>("f32", input, out);
        oracle::<f64, f64>("f64", input, out);
        oracle::<f32, i8>("f32 by i8", input, out);
    }
}

/// The rule, and a record of its calls.
struct Scripted<'a> {
    input: &'a Input,
    considered: usize,
    /// The RoIs that were selected, by the sum of their numbers.
    selected: u32,
}

impl<'a> Scripted<'a> {
    fn new(input: &'a Input) -> Self {
        Self { input, considered: 0, selected: 0 }
    }
}

impl MiningRule for Scripted<'_> {
    fn consider(&mut self, roi: u32) -> Decision {
        self.considered += 1;
        self.input.decisions.get(roi as usize).copied().unwrap_or(Decision::Ignore)
    }

    fn selected(&mut self, roi: u32) {
        self.selected = self.selected.wrapping_add(roi);
    }

    fn is_full(&self) -> bool {
        self.considered >= self.input.full_after
    }

    /// It counts the RoIs that it considers, so it must be asked about all.
    fn is_pure(&self) -> bool {
        false
    }
}

/// The mined RoIs, and the rule's record of its calls.
type Mined = Result<(Selection<Column<u32>>, usize, u32), MineError>;

/// Mines in one way.
fn by(
    input: &Input,
    mine: impl FnOnce(&mut Scripted<'_>) -> Result<Selection<Column<u32>>, MineError>,
) -> Mined {
    let mut rule = Scripted::new(input);
    let mined = mine(&mut rule)?;
    Ok((mined, rule.considered, rule.selected))
}

fn core<F: Real, H: Loss, S: Simd>(case: &'static str, simd: S, input: &Input, out: &mut impl Sink) {
    let Step { table, config, .. } = &input.step;
    let (boxes, losses) = (table.boxes::<F>(), table.losses::<H>());
    let rois = || Rois::new(&boxes, &table.images, &table.labels);
    out.answer(case, "Miner::mine_by");
    out.add(&by(input, |rule| {
        let mut miner = Miner::<F, CAPACITY, H, WINDOW>::new(*config)?;
        Ok(owned(miner.mine_by(&rois()?, &losses, rule)?))
    }));
    out.answer(case, "kernel::mine::mine_by");
    out.add(&by(input, |rule| {
        let rois = rois()?;
        input.step.lend(|mut storage| {
            Ok(owned(kernel::mine::mine_by(simd, &rois, &losses, config, rule, &mut storage)?))
        })
    }));
    out.answer(case, "MinerOver::mine_by");
    out.add(&by(input, |rule| {
        input.step.lend(|storage| {
            let mut miner = MinerOver::with_storage(*config, storage, simd)?;
            Ok(owned(miner.mine_by(&rois()?, &losses, rule)?))
        })
    }));
}

#[cfg(feature = "std")]
fn std<F: Real, H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let Step { table, config, .. } = &input.step;
    let (boxes, losses) = (table.boxes::<F>(), table.losses::<H>());
    out.answer(case, "Miner::mine_by");
    out.add(&by(input, |rule| {
        let mut miner = ohem_std::Miner::<F, H>::new(*config)?;
        Ok(owned(miner.mine_by(&Rois::new(&boxes, &table.images, &table.labels)?, &losses, rule)?))
    }));
}

#[cfg(feature = "std")]
impl naive::Rule for Scripted<'_> {
    fn verdict(&mut self, roi: usize, _: &[usize]) -> Verdict {
        self.considered += 1;
        match self.input.decisions[roi] {
            Decision::Ignore => Verdict::Ignore,
            Decision::Reject => Verdict::Reject,
            Decision::Consider => Verdict::Consider,
        }
    }

    fn is_full(&self, _: &[usize]) -> bool {
        self.considered >= self.input.full_after
    }
}

#[cfg(feature = "std")]
fn oracle<F: Real, H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let mut rule = Scripted::new(input);
    let walked = naive::by_rule::<F, H>(&input.step, CAPACITY, &mut rule);
    out.answer(case, "one by one");
    out.add(&walked.map(|hard| {
        let sum = hard.indices.iter().sum::<usize>();
        (hard, rule.considered, sum)
    }));
}
