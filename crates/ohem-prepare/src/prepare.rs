//! From annotated pictures to a pack.

use std::path::Path;

use ohem_pack::{Pack, Split};
use rayon::prelude::*;

use crate::channels::Channels;
use crate::features::FEATURES;
use crate::propose::{Proposer, Wanted};
use crate::rois::PictureRois;
use crate::{Annotated, Annotations, Config, Error, picture};

/// From at the most so many pictures proposals are learnt: their examples are in memory together.
const LEARNT_FROM: usize = 256;

/// Pictures made RoIs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Prepared {
    /// The RoIs.
    pub pack: Pack,
    /// What was found in the pictures to train on, from which proposals are learnt.
    pub train: Found,
    /// What was found in the pictures to test on, of which nothing is learnt.
    pub test: Found,
}

/// What proposals find in the pictures of a split.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// How many pictures there are.
    pub pictures: usize,
    /// How many boxes of each class are found, that of label 1 first.
    pub recall: Vec<Recall>,
}

/// How many boxes have a proposal with IoU 0.5 or more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recall {
    /// Those that have one.
    pub found: usize,
    /// All of them.
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

/// Makes RoIs of the pictures in a folder.
///
/// Calls `done` after each picture, from any thread. O(pictures x (pixels + windows)).
///
/// # Errors
///
/// If a picture is missing, cannot be decoded or is of another size than the table says; if there is no box to
/// learn from, or no picture to test on.
pub fn prepare(
    folder: &Path,
    annotations: &Annotations,
    config: &Config,
    done: &(impl Fn() + Sync),
) -> Result<Prepared, Error> {
    let training: Vec<_> =
        annotations.pictures.iter().filter(|picture| config.trains(picture.part)).collect();
    let testing: Vec<_> = annotations.pictures.iter().filter(|picture| config.tests(picture.part)).collect();
    check(annotations, [training.len(), testing.len()])?;
    let open =
        |picture: &Annotated| picture::open(folder, picture, annotations).map(|pixels| Channels::of(&pixels));
    let proposer = learn(&training, annotations, open)?;
    let rois_of = |picture: &&Annotated| {
        let rois = PictureRois::of(&open(picture)?, picture, &proposer, config);
        done();
        rois.map_err(|error| Error::line(&annotations.file, picture.line, error))
    };
    let split = |pictures: &[&Annotated]| {
        let rois: Vec<_> = pictures.par_iter().map(rois_of).collect();
        let rois = rois.into_iter().collect::<Result<_, Error>>()?;
        Ok(joined(pictures, rois, annotations.classes.len()))
    };
    let ((train, found_in_train), (test, found_in_test)) = (split(&training)?, split(&testing)?);
    let pack = Pack { classes: annotations.classes.clone(), width: FEATURES, train, test };
    Ok(Prepared { pack, train: found_in_train, test: found_in_test })
}

/// Refuses what no head could be trained and tested on.
fn check(annotations: &Annotations, pictures: [usize; 2]) -> Result<(), Error> {
    let refuse = |why: &str| Err(Error::file(&annotations.file, why));
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
/// Windows of test pictures would make recall there look better than it is: none are ever seen here.
fn learn(
    training: &[&Annotated],
    annotations: &Annotations,
    open: impl Fn(&Annotated) -> Result<Channels, Error> + Sync,
) -> Result<Proposer, Error> {
    let wanted = Wanted::of(training.iter().flat_map(|picture| &picture.boxes));
    let some: Vec<_> = training.iter().step_by(training.len().div_ceil(LEARNT_FROM)).collect();
    let examples_of = |picture: &&&Annotated| {
        let examples = wanted.examples(&open(picture)?, &picture.boxes);
        examples.map_err(|error| Error::line(&annotations.file, picture.line, error))
    };
    let examples: Vec<_> = some.par_iter().map(examples_of).collect();
    let examples: Vec<_> = examples.into_iter().collect::<Result<_, _>>()?;
    let proposer = wanted.learn(examples.into_iter().flatten().collect());
    if proposer.is_empty() {
        return Err(Error::file(&annotations.file, "no box of split train to learn proposals from"));
    }
    Ok(proposer)
}

/// Joins the RoIs of the pictures of a split, and counts what they find.
fn joined(pictures: &[&Annotated], rois: Vec<PictureRois>, classes: usize) -> (Split, Found) {
    let mut split = Split::default();
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
