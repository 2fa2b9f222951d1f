//! The pack in memory.

/// What the four values of a target are divided by.
pub const TARGET_DEVIATIONS: [f32; 4] = [0.1, 0.1, 0.2, 0.2];

/// The factor from a stored `i8` to a feature.
pub const FEATURE_SCALE: f32 = 1.0 / 32.0;

/// Maximum number of classes of a pack, without background.
pub const MAX_CLASSES: usize = 255;

/// RoIs for training and testing.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// The names of the classes, starting with label 1.
    pub classes: Vec<String>,
    /// Number of features of a RoI.
    pub width: usize,
    /// The RoIs for training.
    pub train: PackSplit,
    /// The RoIs for testing.
    pub test: PackSplit,
}

/// A split: the columns of its RoIs, and the ground truth of its images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PackSplit {
    /// The image of each RoI, in ascending order.
    pub images: Vec<u16>,
    /// Corners `x1, y1, x2, y2`, both inside the box.
    pub boxes: Vec<[u16; 4]>,
    /// A row of [`Pack::width`] features for each RoI; see [`FEATURE_SCALE`].
    pub features: Vec<i8>,
    /// 0 for background, else the label of the class.
    pub labels: Vec<u8>,
    /// IoU with the best ground-truth box.
    pub overlaps: Vec<f32>,
    /// Regression target towards that box, divided by [`TARGET_DEVIATIONS`]; 0 for background.
    pub targets: Vec<[f32; 4]>,
    /// 1 if the RoI is a ground-truth box, else 0.
    pub is_gt: Vec<u8>,
    /// The ground-truth boxes.
    pub ground_truth: Vec<Truth>,
}

/// A ground-truth box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// The index of its image in the split.
    pub image: u16,
    /// The name of its image.
    pub name: String,
    /// Corners `x1, y1, x2, y2`, both inside the box.
    pub bbox: [u16; 4],
    /// The label of its class, from 1.
    pub label: u8,
}

impl PackSplit {
    /// Number of RoIs.
    pub fn len(&self) -> usize {
        self.images.len()
    }

    /// Whether the split has no RoIs.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }
}
