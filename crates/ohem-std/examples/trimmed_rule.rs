//! A user's own mining rule: losses that are too high to be true take no part, because their labels may be
//! wrong.
//!
//! `cargo run -p ohem-std --example trimmed_rule`

use ohem_std::{BBox, Decision, MineConfig, MineError, Miner, MiningRule, Rois, rank};

/// Ignores every RoI whose loss exceeds a limit, and counts them.
struct Trimmed<'a> {
    losses: &'a [f32],
    limit: f32,
    ignored: Vec<u32>,
}

impl MiningRule for Trimmed<'_> {
    // Asked about RoIs hardest first, until the batch is full: RoIs below the last one selected cost nothing.
    fn consider(&mut self, roi: u32) -> Decision {
        if self.losses[roi as usize] <= self.limit {
            return Decision::Consider;
        }
        self.ignored.push(roi);
        Decision::Ignore
    }
}

fn main() -> Result<(), MineError> {
    // 1,000 RoIs side by side. Ten of them, numbers 0, 100, 200 and so on, have the label of another class.
    let boxes: Vec<_> = (0..1_000_u16).map(|i| 10.0 * f32::from(i)).collect();
    let boxes: Vec<_> = boxes.iter().map(|&x| BBox::new(x, 0.0, x + 9.0, 9.0)).collect();
    let losses: Vec<_> = (0..1_000_u16)
        .map(|i| if i % 100 == 0 { 9.0 + f32::from(i) / 1e3 } else { f32::from(i * 7 % 1_000) / 500.0 })
        .collect();
    let rois = Rois::one_group(&boxes)?;
    let mut miner = Miner::new(MineConfig::fast_rcnn().batch_size(8))?;

    let by_loss = miner.mine(&rois, &losses)?;
    println!("hardest:                {:?}", by_loss.indices());
    assert_eq!(by_loss.indices(), [900, 800, 700, 600, 500, 400, 300, 200], "only wrong labels");

    // The limit: twice the loss that 5 % of the RoIs exceed.
    let twentieth = rank::top_k(&losses, 50, Default::default())?[49];
    let limit = 2.0 * losses[twentieth as usize];
    let mut rule = Trimmed { losses: &losses, limit, ignored: Vec::new() };
    let trimmed = miner.mine_by(&rois, &losses, &mut rule)?;
    println!("hardest up to {limit:.3}:    {:?}", trimmed.indices());
    println!("ignored:                {:?}", rule.ignored);
    assert_eq!((trimmed.len(), trimmed.indices()[0]), (8, 857));
    assert_eq!(rule.ignored, [900, 800, 700, 600, 500, 400, 300, 200, 100, 0]);
    Ok(())
}

#[test]
fn it_runs() -> Result<(), MineError> {
    main()
}
