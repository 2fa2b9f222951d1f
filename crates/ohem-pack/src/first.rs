//! Reduces a pack to its first images.

use crate::pack::{Pack, PackSplit};

impl Pack {
    /// Keeps only the first images of each split, with their ground truth.
    ///
    /// ```
    /// use ohem_pack::{Pack, PackSplit};
    ///
    /// let split = PackSplit { images: vec![0, 1], features: vec![1, 2, 3, 4], ..PackSplit::default() };
    /// let mut pack = Pack { classes: Vec::new(), width: 2, train: split.clone(), test: split };
    /// pack.truncate(1, 0);
    /// assert_eq!((pack.train.images, pack.train.features), (vec![0], vec![1, 2]));
    /// assert!(pack.test.is_empty());
    /// ```
    pub fn truncate(&mut self, train: u16, test: u16) {
        self.train.truncate(self.width, train);
        self.test.truncate(self.width, test);
    }
}

impl PackSplit {
    /// Keeps only the first images. `width` is the number of features of a RoI.
    fn truncate(&mut self, width: usize, images: u16) {
        let rows = self.images.partition_point(|&image| image < images);
        self.images.truncate(rows);
        self.boxes.truncate(rows);
        self.features.truncate(rows * width);
        self.labels.truncate(rows);
        self.overlaps.truncate(rows);
        self.targets.truncate(rows);
        self.is_gt.truncate(rows);
        self.ground_truth.retain(|truth| truth.image < images);
    }
}
