//! The RoIs that are compiled in.

use ohem_core::BBox;

use crate::row::{Row, WIDTH};

include!(concat!(env!("OUT_DIR"), "/sizes.rs"));

/// The names of the classes, without background.
pub const CLASSES: [&str; CLASS_NAMES.len()] = CLASS_NAMES;

/// The RoIs to train on.
pub static TRAIN: Images =
    Images { rows: rows(include_bytes!(concat!(env!("OUT_DIR"), "/train.rows"))), ends: TRAIN_ENDS };

/// The RoIs held out, without the ground truth that is among those of training.
pub static TEST: Images =
    Images { rows: rows(include_bytes!(concat!(env!("OUT_DIR"), "/test.rows"))), ends: TEST_ENDS };

/// Views bytes as RoIs, wherever they lie.
const fn rows(bytes: &'static [u8]) -> &'static [Row] {
    bytemuck::must_cast_slice(bytes.as_chunks::<{ size_of::<Row>() }>().0)
}

/// RoIs image by image.
#[derive(Clone, Copy, Debug)]
pub struct Images {
    rows: &'static [Row],
    ends: &'static [usize],
}

impl Images {
    /// The RoIs of all images.
    pub const fn rows(&self) -> &'static [Row] {
        self.rows
    }

    /// How many images there are.
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The RoIs of each image.
    pub fn each(&self) -> impl Iterator<Item = &'static [Row]> {
        let begins = core::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(self.ends).filter_map(|(begin, &end)| self.rows.get(begin..end))
    }

    /// How many RoIs the image with most of them has.
    pub const fn most(&self) -> usize {
        let (mut most, mut begin, mut ends) = (0, 0, self.ends);
        while let [end, rest @ ..] = ends {
            most = if *end - begin > most { *end - begin } else { most };
            (begin, ends) = (*end, rest);
        }
        most
    }
}

impl Row {
    /// Writes what the backbone says of the RoI.
    pub fn write_features(&self, out: &mut [f32; WIDTH]) {
        for (out, &feature) in out.iter_mut().zip(&self.features) {
            *out = f32::from(feature) * FEATURE_SCALE;
        }
    }

    /// The RoI itself, both corners inside.
    pub fn bbox(&self) -> BBox<f32> {
        self.corners.map(|corner| f32::from(u16::from_le_bytes(corner))).into()
    }

    /// IoU with the best ground-truth box.
    pub fn overlap(&self) -> f32 {
        f32::from_le_bytes(self.overlap)
    }

    /// The step to that box.
    pub fn target(&self) -> [f32; 4] {
        self.target.map(f32::from_le_bytes)
    }

    /// 0 for background, else the number of the class.
    pub fn label(&self) -> u32 {
        self.label.into()
    }
}
