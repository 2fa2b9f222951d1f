//! The embedded RoIs.

use ohem_core::BBox;

use crate::row::{RoiRow, WIDTH};

include!(concat!(env!("OUT_DIR"), "/sizes.rs"));

/// The names of the classes, without background.
pub const CLASSES: [&str; CLASS_NAMES.len()] = CLASS_NAMES;

/// The RoIs to train on.
pub static TRAIN: Images =
    Images { rows: rows(include_bytes!(concat!(env!("OUT_DIR"), "/train.rows"))), ends: TRAIN_ENDS };

/// The held-out RoIs, without ground-truth boxes.
pub static TEST: Images =
    Images { rows: rows(include_bytes!(concat!(env!("OUT_DIR"), "/test.rows"))), ends: TEST_ENDS };

/// Views bytes as RoIs. Rows need no alignment.
const fn rows(bytes: &'static [u8]) -> &'static [RoiRow] {
    bytemuck::must_cast_slice(bytes.as_chunks::<{ size_of::<RoiRow>() }>().0)
}

/// RoIs, grouped by image.
#[derive(Clone, Copy, Debug)]
pub struct Images {
    rows: &'static [RoiRow],
    ends: &'static [usize],
}

impl Images {
    /// The RoIs of all images.
    pub const fn rows(&self) -> &'static [RoiRow] {
        self.rows
    }

    /// Number of images.
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no images.
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The RoIs of each image.
    pub fn each(&self) -> impl Iterator<Item = &'static [RoiRow]> {
        let begins = core::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(self.ends).filter_map(|(begin, &end)| self.rows.get(begin..end))
    }

    /// Number of RoIs of the image with the most RoIs.
    pub const fn max_rois(&self) -> usize {
        let (mut max, mut begin, mut ends) = (0, 0, self.ends);
        while let [end, rest @ ..] = ends {
            max = if *end - begin > max { *end - begin } else { max };
            (begin, ends) = (*end, rest);
        }
        max
    }
}

impl RoiRow {
    /// Writes the features that the backbone computed.
    pub fn write_features(&self, out: &mut [f32; WIDTH]) {
        for (out, &feature) in out.iter_mut().zip(&self.features) {
            *out = f32::from(feature) * FEATURE_SCALE;
        }
    }

    /// The box, with both corners inside.
    pub fn bbox(&self) -> BBox<f32> {
        self.corners.map(|corner| f32::from(u16::from_le_bytes(corner))).into()
    }

    /// IoU with the best ground-truth box.
    pub fn overlap(&self) -> f32 {
        f32::from_le_bytes(self.overlap)
    }

    /// Regression target towards that box.
    pub fn target(&self) -> [f32; 4] {
        self.target.map(f32::from_le_bytes)
    }

    /// 0 for background, else the label of the class.
    pub fn label(&self) -> u32 {
        self.label.into()
    }
}
