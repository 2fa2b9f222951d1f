//! Regions of interest: a box, an image and a label each, read only when mining visits them.

use crate::error::{ConfigError, InputError, LengthMismatch, OutOfRange};
use crate::key::{InvalidKey, Key};
use crate::{BBox, Coordinate};

mod boxes;
mod keys;

pub use boxes::{BoxRows, Boxes, NoBoxes};
pub use keys::{KeyColumn, Keys};

/// RoIs suppress each other only within a group: an image and a label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Group {
    /// Image of the batch.
    pub image: u32,
    /// Class; 0 is background in the original.
    pub label: u32,
}

/// What group a RoI belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// It takes part, in this group.
    Member(Group),
    /// It takes no part: its label or image is [`Match::IGNORED`](crate::Match::IGNORED), or invalid under
    /// [`InvalidKey::Ignore`].
    Ignored,
    /// Its label or image is negative, not whole, or too large, under [`InvalidKey::Error`].
    Invalid,
}

impl Membership {
    /// The group, if it takes part.
    #[inline(always)]
    pub const fn group(self) -> Option<Group> {
        match self {
            Self::Member(group) => Some(group),
            Self::Ignored | Self::Invalid => None,
        }
    }
}

/// What mining reads of RoIs. [`Rois`] implements it; so can any other layout of boxes and keys.
///
/// Mining reads the boxes and groups of the RoIs that it visits, a few hundred of 100,000, and may read one
/// more than once: each call must give the same answer.
///
/// ```
/// use ohem_core::{BBox, Group, Membership, MineConfig, Miner, RoiSource};
///
/// /// Centres and sides of squares, all of one group.
/// struct Squares([(f32, f32, f32); 3]);
///
/// impl RoiSource for Squares {
///     type Coordinate = f32;
///
///     fn len(&self) -> usize {
///         self.0.len()
///     }
///     fn bbox(&self, index: u32) -> Option<BBox<f32>> {
///         let &(x, y, side) = self.0.get(index as usize)?;
///         Some(BBox::from_cxcywh(x, y, side, side))
///     }
///     fn membership(&self, _: u32) -> Membership {
///         Membership::Member(Group::default())
///     }
/// }
///
/// let squares = Squares([(5.0, 5.0, 10.0), (5.0, 5.5, 10.0), (50.0, 50.0, 10.0)]);
/// let mut miner = Miner::<f32, 8>::new(MineConfig::new(8))?;
/// assert_eq!(miner.mine(&squares, &[0.5, 2.0, 1.0])?.indices(), [1, 2]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub trait RoiSource {
    /// The type of the boxes' corners.
    type Coordinate: Coordinate;

    /// Number of RoIs.
    fn len(&self) -> usize;

    /// Whether it has no RoIs.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The box of a RoI; `None` if it does not exist.
    fn bbox(&self, index: u32) -> Option<BBox<Self::Coordinate>>;

    /// The group of a RoI, or that it takes no part.
    fn membership(&self, index: u32) -> Membership;

    /// Names the invalid key of a RoI whose membership is [`Membership::Invalid`].
    fn invalid_key(&self, index: u32) -> OutOfRange {
        OutOfRange { what: "key", position: index as usize, value: -1, limit: u32::MAX as usize }
    }
}

/// Regions of interest as parallel columns, their lengths checked once.
///
/// Boxes are a slice of [`BBox`], or rows of a wider table ([`BoxRows`]). Labels and images are slices of any
/// [`Key`] (`u32`, `i32`, `i64`, [`Match`](crate::Match), whole floats, ...), columns of a table
/// ([`KeyColumn`]), or absent (`()`): then all RoIs share one. Keys are converted when a RoI is visited, so that a column of `i64` costs
/// no more than one of `u32`.
///
/// ```
/// use ohem_core::{BBox, LengthMismatch, Rois};
///
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
/// assert_eq!(Rois::new(&boxes, &[0_u32, 0], &[1_i64, 2])?.len(), 2);
/// let error = Rois::new(&boxes, &[0_u32, 0], &[1_i64]).unwrap_err();
/// assert_eq!(error, LengthMismatch { what: "labels", expected: 2, actual: 1 }.into());
/// # Ok::<(), ohem_core::InputError>(())
/// ```
///
/// An `n x 5` table with the image in front, as the original has it, and labels of which -1 is ignored:
///
/// ```
/// use ohem_core::{BoxRows, InvalidKey, KeyColumn, MineConfig, Miner, Rois};
///
/// let table = [0.0_f32, 0.0, 0.0, 9.0, 9.0, 1.0, 0.0, 0.0, 9.0, 9.0, 1.0, 0.0, 0.0, 9.0, 9.0];
/// let rois = Rois::from_boxes(BoxRows::new(&table, 5, 1)?)?
///     .with_images(KeyColumn::new(&table, 5, 0)?)?
///     .with_labels(&[1_i64, 1, -1][..])?
///     .invalid_keys(InvalidKey::Ignore);
/// let mut miner = Miner::<f32, 8>::new(MineConfig::new(8))?;
/// let hard = miner.mine(&rois, &[0.5, 2.0, 3.0])?;
/// assert_eq!((hard.indices(), hard.ignored()), (&[1, 0][..], 1));
/// # Ok::<(), ohem_core::MineError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rois<B, L = (), I = ()> {
    boxes: B,
    labels: L,
    images: I,
    invalid: InvalidKey,
}

impl<'a, C: Coordinate, L: Key, I: Key> Rois<&'a [BBox<C>], &'a [L], &'a [I]> {
    /// RoIs grouped by image and label, as the original does.
    ///
    /// # Errors
    ///
    /// If the slices differ in length, or there are more RoIs than a `u32` can number.
    pub fn new(boxes: &'a [BBox<C>], images: &'a [I], labels: &'a [L]) -> Result<Self, InputError> {
        Rois::from_boxes(boxes)?.with_images(images)?.with_labels(labels)
    }
}

impl<'a, C: Coordinate, L: Key> Rois<&'a [BBox<C>], &'a [L]> {
    /// RoIs of one image grouped by label, or by any other key.
    ///
    /// # Errors
    ///
    /// If the slices differ in length, or there are more RoIs than a `u32` can number.
    pub fn by_label(boxes: &'a [BBox<C>], labels: &'a [L]) -> Result<Self, InputError> {
        Rois::from_boxes(boxes)?.with_labels(labels)
    }
}

impl<'a, C: Coordinate> Rois<&'a [BBox<C>]> {
    /// RoIs that all suppress each other.
    ///
    /// # Errors
    ///
    /// If there are more RoIs than a `u32` can number.
    pub fn one_group(boxes: &'a [BBox<C>]) -> Result<Self, InputError> {
        Self::from_boxes(boxes)
    }
}

impl<C: Coordinate> Rois<NoBoxes<C>> {
    /// RoIs without boxes: samples of a classifier, pixels of a segmentation, or any other list of losses.
    ///
    /// They overlap nothing, so nothing is suppressed, and mining without NMS keeps no boxes either. Labels serve to
    /// ignore some.
    ///
    /// # Errors
    ///
    /// If there are more RoIs than a `u32` can number.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::{InvalidKey, MineConfig, Miner, Rois};
    ///
    /// let mut miner = Miner::<f32, 8>::new(MineConfig::new(2).without_nms())?;
    /// assert_eq!(miner.mine(&Rois::without_boxes(3)?, &[0.5, 2.0, 1.0])?.indices(), [1, 2]);
    ///
    /// // The pixels of a picture, where a label of -1 is void:
    /// let (losses, labels) = ([0.5, 2.0, 1.0, 0.75], [3_i64, -1, 0, 3]);
    /// let pixels = Rois::without_boxes(losses.len())?.with_labels(&labels[..])?;
    /// let hard = miner.mine(&pixels.invalid_keys(InvalidKey::Ignore), &losses)?;
    /// assert_eq!((hard.indices(), hard.ignored()), (&[2, 3][..], 1));
    /// # Ok::<(), ohem_core::MineError>(())
    /// ```
    pub fn without_boxes(len: usize) -> Result<Self, InputError> {
        Self::from_boxes(NoBoxes::new(len))
    }
}

impl<B: Boxes> Rois<B> {
    /// RoIs of any kind of boxes, all of one group.
    ///
    /// # Errors
    ///
    /// If there are more RoIs than a `u32` can number.
    pub fn from_boxes(boxes: B) -> Result<Self, InputError> {
        ConfigError::check_countable("RoIs", boxes.count())?;
        Ok(Self { boxes, labels: (), images: (), invalid: InvalidKey::Error })
    }
}

impl<B: Boxes, L: Keys, I: Keys> Rois<B, L, I> {
    /// Groups RoIs by these labels.
    ///
    /// # Errors
    ///
    /// If there is not one for each RoI.
    pub fn with_labels<K: Keys>(self, labels: K) -> Result<Rois<B, K, I>, InputError> {
        LengthMismatch::check("labels", self.boxes.count(), labels.count().unwrap_or(self.boxes.count()))?;
        let Self { boxes, images, invalid, .. } = self;
        Ok(Rois { boxes, labels, images, invalid })
    }

    /// Groups RoIs by these images.
    ///
    /// # Errors
    ///
    /// If there is not one for each RoI.
    pub fn with_images<K: Keys>(self, images: K) -> Result<Rois<B, L, K>, InputError> {
        LengthMismatch::check("image ids", self.boxes.count(), images.count().unwrap_or(self.boxes.count()))?;
        let Self { boxes, labels, invalid, .. } = self;
        Ok(Rois { boxes, labels, images, invalid })
    }

    /// Chooses how a RoI is handled whose label or image is negative, not whole, or too large for a `u32`.
    ///
    /// By default, mining that visits it ends with an error that names it.
    pub fn invalid_keys(self, invalid: InvalidKey) -> Self {
        Self { invalid, ..self }
    }

    /// Number of RoIs.
    pub fn len(&self) -> usize {
        self.boxes.count()
    }

    /// Whether there are no RoIs.
    pub fn is_empty(&self) -> bool {
        self.boxes.count() == 0
    }

    /// The boxes.
    pub fn boxes(&self) -> B {
        self.boxes
    }

    /// Checks that every label and image is valid, which mining does only for those it visits. O(n).
    ///
    /// # Errors
    ///
    /// If one is negative, not whole, or too large, whatever [`Rois::invalid_keys`] says.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::{BBox, Rois};
    ///
    /// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
    /// let error = Rois::by_label(&boxes, &[3, -1])?.check_keys().unwrap_err();
    /// assert_eq!(error.to_string(), "label -1 at position 1: expected a number from 0 to 4294967294");
    /// # Ok::<(), ohem_core::InputError>(())
    /// ```
    pub fn check_keys(&self) -> Result<(), OutOfRange> {
        let is_invalid =
            |&index: &u32| self.images.number(index).is_none() || self.labels.number(index).is_none();
        match (0..=u32::MAX).take(self.len()).find(is_invalid) {
            Some(index) => Err(self.invalid_key(index)),
            None => Ok(()),
        }
    }
}

impl<B: Boxes, L: Keys, I: Keys> RoiSource for Rois<B, L, I> {
    type Coordinate = B::Coordinate;

    #[inline(always)]
    fn len(&self) -> usize {
        self.boxes.count()
    }

    #[inline(always)]
    fn bbox(&self, index: u32) -> Option<BBox<B::Coordinate>> {
        self.boxes.bbox(index)
    }

    #[inline(always)]
    fn membership(&self, index: u32) -> Membership {
        const IGNORED: u32 = u32::MAX;
        match (self.images.number(index), self.labels.number(index)) {
            (Some(IGNORED), _) | (_, Some(IGNORED)) => Membership::Ignored,
            (Some(image), Some(label)) => Membership::Member(Group { image, label }),
            _ if self.invalid == InvalidKey::Ignore => Membership::Ignored,
            _ => Membership::Invalid,
        }
    }

    #[cold]
    fn invalid_key(&self, index: u32) -> OutOfRange {
        let (what, value) = match self.images.number(index) {
            None => ("image id", self.images.nearest(index)),
            Some(_) => ("label", self.labels.nearest(index)),
        };
        OutOfRange { what, position: index as usize, value, limit: u32::MAX as usize }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Match;

    const BOXES: [BBox<f64>; 2] = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];

    #[test]
    fn there_is_a_label_and_an_image_for_each_box() {
        for len in [0, 1, 2] {
            let rois = Rois::one_group(&BOXES[..len]).unwrap();
            assert_eq!((rois.len(), rois.is_empty(), rois.boxes().len()), (len, len == 0, len));
        }
        let missing = |what| Err(LengthMismatch { what, expected: 2, actual: 1 }.into());
        assert_eq!(Rois::new(&BOXES, &[0_u32], &[1_u32, 2]).map(|_| ()), missing("image ids"));
        assert_eq!(Rois::by_label(&BOXES, &[1_u32]).map(|_| ()), missing("labels"));
    }

    #[test]
    fn a_group_is_an_image_and_a_label() {
        let member = |image, label| Membership::Member(Group { image, label });
        let rois = Rois::new(&BOXES, &[5_u8, 6], &[1_i64, 2]).unwrap();
        assert_eq!([0, 1].map(|index| rois.membership(index)), [member(5, 1), member(6, 2)]);
        let labels = [Match::object(1), Match::BACKGROUND];
        let rois = Rois::by_label(&BOXES, &labels).unwrap();
        assert_eq!([0, 1].map(|index| rois.membership(index)), [member(0, 1), member(0, u32::MAX - 1)]);
        assert_eq!(Rois::one_group(&BOXES).unwrap().membership(1), member(0, 0));
    }

    #[test]
    fn an_ignored_key_is_no_member_and_an_invalid_one_is_named() {
        let labels = [Match::IGNORED, Match::object(1)];
        let rois = Rois::new(&BOXES, &[0_u32, u32::MAX], &labels).unwrap();
        assert_eq!([0, 1].map(|index| rois.membership(index)), [Membership::Ignored; 2]);
        let rois = Rois::new(&BOXES, &[0_i64, 1 << 40], &[-7_i32, 1]).unwrap();
        assert_eq!([0, 1].map(|index| rois.membership(index)), [Membership::Invalid; 2]);
        assert_eq!(
            rois.invalid_keys(InvalidKey::Ignore).membership(0),
            Membership::Ignored,
            "as the caller chose"
        );
        let named = |what, position, value| OutOfRange { what, position, value, limit: u32::MAX as usize };
        assert_eq!(rois.invalid_key(0), named("label", 0, -7));
        assert_eq!(rois.invalid_key(1), named("image id", 1, 1 << 40));
        assert_eq!(rois.check_keys(), Err(named("label", 0, -7)));
        assert_eq!(Rois::one_group(&BOXES).unwrap().check_keys(), Ok(()));
    }
}
