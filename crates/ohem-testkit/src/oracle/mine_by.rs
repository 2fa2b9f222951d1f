//! Mining by a rule that decides about one RoI after the other.

use num_traits::Float;

use super::{Convention, Mined, Nan, Suppress, iou, is_box, rank};

/// What a rule says of the next hardest RoI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As if it did not exist.
    Ignore,
    /// Visited, but not selected.
    Reject,
    /// Selected if no selected RoI of its group suppresses it.
    Consider,
    /// Mining ends before it.
    Stop,
}

/// The columns that a rule mines, and how.
#[derive(Clone, Copy, Debug)]
pub struct Ruled<'a, F, H> {
    /// Corners of each RoI.
    pub boxes: &'a [[F; 4]],
    /// Image and label of each.
    pub groups: &'a [(u32, u32)],
    /// What each is ranked by.
    pub losses: &'a [H],
    /// Largest number of RoIs to select.
    pub batch_size: usize,
    /// Threshold, and which side of it suppresses.
    pub nms: Option<(F, Suppress)>,
    /// Whether the right and bottom edge belong to a box.
    pub convention: Convention,
    /// How to handle a NaN.
    pub nan: Nan,
}

impl<F: Float, H: PartialOrd + Copy> Ruled<'_, F, H> {
    /// Walks all RoIs that `takes_part`, hardest first, and asks the rule about each, with those selected so far.
    ///
    /// # Errors
    ///
    /// Under [`Nan::Error`], the index of the first loss that is NaN.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_testkit::oracle::{Convention, Nan, Ruled, Suppress, Verdict};
    ///
    /// let boxes = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [20.0, 20.0, 29.0, 29.0]];
    /// let nms = Some((0.7, Suppress::Above));
    /// let (groups, convention, nan) = (&[(0, 0); 3], Convention::Pixel, Nan::Error);
    /// let ruled = Ruled { boxes: &boxes, groups, losses: &[0.9, 0.8, 0.7], batch_size: 3, nms, convention, nan };
    /// let but_the_first = |roi, _: &[usize]| if roi == 0 { Verdict::Reject } else { Verdict::Consider };
    /// assert_eq!(ruled.mine(&[0, 1, 2], but_the_first).unwrap().selected, [1, 2]);
    /// ```
    pub fn mine(
        &self,
        takes_part: &[usize],
        mut rule: impl FnMut(usize, &[usize]) -> Verdict,
    ) -> Result<Mined, usize> {
        let (mut selected, mut visited) = (Vec::new(), 0);
        for roi in rank(self.losses, self.nan)?.into_iter().filter(|roi| takes_part.contains(roi)) {
            let verdict =
                if selected.len() == self.batch_size { Verdict::Stop } else { rule(roi, &selected) };
            if verdict == Verdict::Stop {
                break;
            }
            visited += usize::from(verdict != Verdict::Ignore);
            let survives = !selected.iter().any(|&harder| self.suppresses(harder, roi));
            if verdict == Verdict::Consider && survives {
                selected.push(roi);
            }
        }
        Ok(Mined { suppressed: visited - selected.len(), visited, selected })
    }

    fn suppresses(&self, harder: usize, roi: usize) -> bool {
        let (a, b) = (self.boxes[harder], self.boxes[roi]);
        self.nms.is_some_and(|(threshold, suppress)| {
            self.groups[harder] == self.groups[roi]
                && suppress.reaches(iou(a, b, self.convention), threshold)
                && is_box(a, self.convention)
                && is_box(b, self.convention)
        })
    }

    /// Takes a RoI while fewer than `quota` of its image are selected; ends when all quotas are full.
    ///
    /// # Errors
    ///
    /// As [`Ruled::mine`].
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_testkit::oracle::{Convention, Nan, Ruled, Suppress};
    ///
    /// let boxes = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [20.0, 20.0, 29.0, 29.0], [0.0, 0.0, 9.0, 9.0]];
    /// let (groups, nms) = (&[(0, 0), (0, 0), (0, 0), (1, 0)], Some((0.7, Suppress::Above)));
    /// let (losses, convention, nan) = (&[0.9, 0.8, 0.7, 0.1], Convention::Pixel, Nan::Error);
    /// let ruled = Ruled { boxes: &boxes, groups, losses, batch_size: 4, nms, convention, nan };
    /// assert_eq!(ruled.per_image(&[0, 1, 2, 3], 1).unwrap().selected, [0, 3]);
    /// assert_eq!(ruled.per_image(&[0, 1, 2, 3], 2).unwrap().selected, [0, 2, 3]);
    /// ```
    pub fn per_image(&self, takes_part: &[usize], quota: usize) -> Result<Mined, usize> {
        let images: Vec<u32> = self.groups.iter().map(|group| group.0).collect();
        let mut known = images.clone();
        known.sort_unstable();
        known.dedup();
        let of = |image: u32| images.iter().filter(|&&other| other == image).count();
        let most: usize = known.into_iter().map(|image| of(image).min(quota)).sum();
        self.mine(takes_part, |roi, selected| {
            let taken = selected.iter().filter(|&&other| images[other] == images[roi]).count();
            match taken < quota {
                _ if selected.len() == most => Verdict::Stop,
                true => Verdict::Consider,
                false => Verdict::Reject,
            }
        })
    }
}
