//! A user's own mining rule: a quota for each class.
//!
//! `cargo run -p ohem-core --example custom_rule`

use ohem_core::{BBox, Decision, MineConfig, MineError, Miner, MiningRule, Rois};

/// Number of classes, the background among them.
const CLASSES: usize = 3;

/// A quota for each class, so that the background cannot fill the whole batch.
struct ClassQuota<'a> {
    /// The class of each RoI.
    labels: &'a [u32],
    /// Number of RoIs of each class that can still be selected.
    remaining: [usize; CLASSES],
}

impl ClassQuota<'_> {
    /// What remains of the quota of a RoI's class.
    fn of(&mut self, roi: u32) -> Option<&mut usize> {
        let class = *self.labels.get(roi as usize)?;
        self.remaining.get_mut(class as usize)
    }
}

impl MiningRule for ClassQuota<'_> {
    // Mining asks about RoIs hardest first, until the batch or the rule is full.
    fn consider(&mut self, roi: u32) -> Decision {
        match self.of(roi) {
            Some(1..) => Decision::Consider,
            Some(0) => Decision::Reject,
            None => Decision::Ignore, // a class without a quota takes no part
        }
    }

    // A RoI that overlaps a harder one of its class is not selected, and leaves the quota to the next.
    fn selected(&mut self, roi: u32) {
        if let Some(remaining) = self.of(roi) {
            *remaining -= 1;
        }
    }

    fn is_full(&self) -> bool {
        self.remaining == [0; CLASSES]
    }
}

fn main() -> Result<(), MineError> {
    // Eight RoIs in a row; RoI 7 overlaps RoI 6. The background (label 0) is hardest.
    let boxes = [0.0, 20.0, 40.0, 60.0, 80.0, 100.0, 120.0, 121.0].map(|x| BBox::new(x, 0.0, x + 9.0, 9.0));
    let labels = [0, 0, 0, 0, 1, 1, 2, 2];
    let losses = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];
    let rois = Rois::by_label(&boxes, &labels)?;
    let mut miner = Miner::<f32, 4>::new(MineConfig::fast_rcnn().batch_size(4))?;

    let by_loss = miner.mine(&rois, &losses)?;
    println!("by loss alone:       {:?}", by_loss.indices());
    assert_eq!(by_loss.indices(), [0, 1, 2, 3], "only background");

    let mut rule = ClassQuota { labels: &labels, remaining: [1, 2, 2] };
    let by_class = miner.mine_by(&rois, &losses, &mut rule)?;
    println!("a quota for a class: {:?}", by_class.indices());
    assert_eq!(by_class.indices(), [0, 4, 5, 6]);

    // RoI 7 is suppressed, so the third batch is not full, and every RoI was visited.
    let mut rule = ClassQuota { labels: &labels, remaining: [0, 1, 2] };
    let objects = miner.mine_by(&rois, &losses, &mut rule)?;
    println!("only objects:        {:?}", objects.indices());
    assert_eq!((objects.indices(), objects.is_complete()), (&[4, 6][..], true));
    Ok(())
}

#[test]
fn it_runs() -> Result<(), MineError> {
    main()
}
