//! Makes a pack from annotated pictures.

use std::path::Path;

use ohem_pack::{Pack, PackSplit};
use rayon::prelude::*;

use super::annotations::{AnnotatedPicture, Annotations};
use super::channels::Channels;
use super::config::PrepareConfig;
use super::error::PrepareError;
use super::features::FEATURES;
use super::picture;
use super::propose::{Proposer, WindowShapes};
use super::rois::PictureRois;

/// Maximum number of pictures to learn proposals from, as their examples are in memory together.
const MAX_LEARNT: usize = 256;

/// The result of preparing pictures.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Prepared {
    /// The training data.
    pub pack: Pack,
    /// Recall in the pictures to train on, from which proposals are learnt.
    pub train: Found,
    /// Recall in the pictures to test on, from which nothing is learnt.
    pub test: Found,
}

/// What the proposals find in the pictures of a split.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// Number of pictures.
    pub pictures: usize,
    /// Recall of each class, starting with label 1.
    pub recall: Vec<Recall>,
}

/// Number of boxes that have a proposal with an IoU of at least 0.5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recall {
    /// Boxes with such a proposal.
    pub found: usize,
    /// All boxes.
    pub boxes: usize,
}

impl core::iter::Sum for Recall {
    fn sum<I: Iterator<Item = Self>>(recalls: I) -> Self {
        recalls.fold(Self::default(), |sum, recall| Self {
            found: sum.found + recall.found,
            boxes: sum.boxes + recall.boxes,
        })
    }
}

/// Makes training data from the pictures in a folder.
///
/// Calls `done` after each picture, possibly from another thread. O(pictures x (pixels + windows)).
///
/// # Errors
///
/// If a picture is missing, cannot be decoded, or differs in size from the table; or if there are no boxes to learn
/// from, or no pictures to test on.
pub fn prepare(
    folder: &Path,
    annotations: &Annotations,
    config: &PrepareConfig,
    done: &(dyn Fn() + Sync),
) -> Result<Prepared, PrepareError> {
    let training: Vec<_> =
        annotations.pictures.iter().filter(|picture| config.trains(picture.split)).collect();
    let testing: Vec<_> = annotations.pictures.iter().filter(|picture| config.tests(picture.split)).collect();
    check(annotations, [training.len(), testing.len()])?;
    let open = |picture: &AnnotatedPicture| {
        picture::open(folder, picture, annotations).map(|pixels| Channels::of(&pixels))
    };
    let proposer = learn(&training, annotations, open)?;
    let rois_of = |picture: &&AnnotatedPicture| {
        let rois = PictureRois::of(&open(picture)?, picture, &proposer, config);
        done();
        rois.map_err(|error| PrepareError::line(&annotations.file, picture.line, error))
    };
    let split = |pictures: &[&AnnotatedPicture]| {
        let rois: Vec<_> = pictures.par_iter().map(rois_of).collect();
        let rois = rois.into_iter().collect::<Result<_, PrepareError>>()?;
        Ok(joined(pictures, rois, annotations.classes.len()))
    };
    let ((train, found_in_train), (test, found_in_test)) = (split(&training)?, split(&testing)?);
    let pack = Pack { classes: annotations.classes.clone(), width: FEATURES, train, test };
    Ok(Prepared { pack, train: found_in_train, test: found_in_test })
}

/// Checks that there are pictures to train and to test on, and not too many.
fn check(annotations: &Annotations, pictures: [usize; 2]) -> Result<(), PrepareError> {
    let refuse = |why: &str| Err(PrepareError::file(&annotations.file, why));
    match pictures {
        [0, _] => refuse("no picture to train on (split train)"),
        [_, 0] => refuse("no picture to test on (split test)"),
        [train, test] if train.max(test) > usize::from(u16::MAX) => {
            refuse("more than 65535 pictures in a split")
        }
        _ => Ok(()),
    }
}

/// Learns from training pictures what to propose.
///
/// Learning from test pictures as well would overestimate the recall there.
fn learn(
    training: &[&AnnotatedPicture],
    annotations: &Annotations,
    open: impl Fn(&AnnotatedPicture) -> Result<Channels, PrepareError> + Sync,
) -> Result<Proposer, PrepareError> {
    let shapes = WindowShapes::of(training.iter().flat_map(|picture| &picture.boxes));
    // Evenly spaced pictures, if there are too many.
    let some: Vec<_> = training.iter().step_by(training.len().div_ceil(MAX_LEARNT)).collect();
    let examples_of = |picture: &&&AnnotatedPicture| {
        let examples = shapes.examples(&open(picture)?, &picture.boxes);
        examples.map_err(|error| PrepareError::line(&annotations.file, picture.line, error))
    };
    let examples: Vec<_> = some.par_iter().map(examples_of).collect();
    let examples: Vec<_> = examples.into_iter().collect::<Result<_, _>>()?;
    let proposer = shapes.learn(examples.into_iter().flatten().collect());
    if proposer.is_empty() {
        return Err(PrepareError::file(&annotations.file, "no box of split train to learn proposals from"));
    }
    Ok(proposer)
}

/// Joins the RoIs of a split's pictures, and counts the boxes that they find.
fn joined(pictures: &[&AnnotatedPicture], rois: Vec<PictureRois>, classes: usize) -> (PackSplit, Found) {
    let mut split = PackSplit::default();
    let mut recall = vec![Recall::default(); classes];
    for ((image, picture), rois) in (0..=u16::MAX).zip(pictures).zip(rois) {
        for (&found, &label) in rois.found.iter().zip(&picture.labels) {
            let recall = &mut recall[usize::from(label) - 1];
            recall.boxes += 1;
            recall.found += usize::from(found);
        }
        rois.append(picture, image, &mut split);
    }
    (split, Found { pictures: pictures.len(), recall })
}
