//! Assigning, labelling, listing, and what regression is to aim at.

use arbitrary::{Arbitrary, Result, Unstructured};
use ohem_core::simd::Simd;
use ohem_core::targets::{
    Assignment, Blobs, BoxCoder, ByImage, Decode, ExpandConfig, IGNORED, LabelConfig, OnOverlap,
    RegressionTargets, UNMATCHED, assign_batch, clip, expand, label, regression_targets, split,
};
use ohem_core::{BBox, Convention, Float};
use ohem_fuzz::{Bits, everywhere, naive, options, read, wide};
use ohem_testkit::oracle;
use ohem_std::simd::Work;
use ohem_testkit::generate::{Table, nasty};

/// How many classes there are, background among them.
const CLASSES: u32 = 5;

#[derive(Debug)]
pub(crate) struct Case {
    convention: Convention,
    double: bool,
    config: LabelConfig,
    /// Width and height of an image.
    size: [f64; 2],
    coder: BoxCoder,
    rois: Table,
    truth: Table,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (double, convention, share) = (o.arbitrary()?, read::convention(o)?, o.arbitrary::<u8>()?);
        let config =
            LabelConfig::new().on_overlap(*o.choose(&[OnOverlap::Foreground, OnOverlap::Duplicate])?);
        let size = [o.arbitrary::<u16>()?.into(), o.arbitrary::<u16>()?.into()];
        let config = config.foreground(nasty::threshold(o)?).target(nasty::threshold(o)?);
        let config = config.background(nasty::threshold(o)?, nasty::threshold(o)?);
        let decode = *o.choose(&[Decode::Exact, Decode::Reference])?;
        let largest_log = *o.choose(&[None, Some(BoxCoder::TORCHVISION_LARGEST_LOG), Some(0.0)])?;
        let mut coder = BoxCoder::new(convention).decoding(decode);
        coder.largest_log = largest_log;
        let table = nasty::table(u, 90, false)?;
        let first = usize::from(share) % (table.len() + 1);
        let (rois, mut truth) = (table.rows(first..table.len()), table.rows(0..first));
        truth.labels.iter_mut().for_each(|label| *label %= CLASSES);
        Ok(Self { convention, double, config, size, coder, rois, truth })
    }
}

/// Each RoI's best box, in memory that is full of nonsense.
#[derive(Clone, Copy)]
struct Assign<'a, F> {
    case: &'a Case,
    rois: &'a [BBox<F>],
    truth: &'a [BBox<F>],
}

impl<F: Float> Work for Assign<'_, F> {
    type Output = (Vec<F>, Vec<u32>);

    fn on<S: Simd>(self, simd: S) -> Self::Output {
        let (mut overlaps, mut matches) = (vec![F::nan(); self.rois.len()], vec![77; self.rois.len()]);
        let rois = ByImage { boxes: self.rois, images: &self.case.rois.images };
        let truth = ByImage { boxes: self.truth, images: &self.case.truth.images };
        assign_batch(simd, rois, truth, self.case.convention, &mut overlaps, &mut matches).unwrap();
        (overlaps, matches)
    }
}

impl Case {
    pub(crate) fn check(&self) {
        if self.double { self.check_in::<f64>() } else { self.check_in::<f32>() }
    }

    fn check_in<F: Float>(&self) {
        let (Self { rois, truth, .. }, in_) = (self, naive::convention(self.convention));
        let (rows, others) = (rois.boxes::<F>(), truth.boxes::<F>());
        let assigned = oracle::assign(&rows, &rois.images, &others, &truth.images, in_);
        let matched = |index: Option<usize>| index.map_or(UNMATCHED, |index| u32::try_from(index).unwrap());
        let want = assigned.iter().map(|&(overlap, index)| (overlap, matched(index))).unzip();
        let assign = Assign { case: self, rois: BBox::from_rows(&rows), truth: BBox::from_rows(&others) };
        everywhere(assign, &want);

        let (overlaps, matches) = want;
        let assignment = Assignment { overlaps: &overlaps, matches: &matches };
        self.check_labels(&assigned, assignment);
        self.check_targets(&assign, &assigned, assignment);
        self.check_clipped(&rows);
        self.check_decoded(&rows, &others);
    }

    fn check_labels<F: Float>(&self, assigned: &[(F, Option<usize>)], assignment: Assignment<'_, F>) {
        let config = &self.config;
        let thresholds = oracle::Thresholds {
            foreground: F::from_f64(config.foreground),
            background_from: F::from_f64(config.background_from),
            background_below: F::from_f64(config.background_below),
            target: F::from_f64(config.target),
            twice: config.on_overlap == OnOverlap::Duplicate,
        };
        let mut labels = vec![77; assigned.len()];
        label(assignment, &self.truth.labels, config, &mut labels).unwrap();
        let want = oracle::label(assigned, &self.truth.labels, &thresholds);
        assert_eq!(labels, want.iter().map(|label| label.unwrap_or(IGNORED)).collect::<Vec<_>>());

        let mut memory = vec![77; 2 * assigned.len()];
        let listed = split(assignment.overlaps, config, &mut memory).unwrap();
        let want = oracle::split(assignment.overlaps, &thresholds);
        assert_eq!((wide(listed.foreground()), wide(listed.background())), want);
    }

    fn check_targets<F: Float>(
        &self,
        boxes: &Assign<'_, F>,
        assigned: &[(F, Option<usize>)],
        assignment: Assignment<'_, F>,
    ) {
        let (n, labels, in_) = (assigned.len(), &self.truth.labels, naive::convention(self.convention));
        let (mut classes, mut steps) = (vec![77; n], vec![[F::nan(); 4]; n]);
        let (coder, out) =
            (BoxCoder::new(self.convention), RegressionTargets { classes: &mut classes, steps: &mut steps });
        regression_targets(boxes.rois, (boxes.truth, labels), assignment, &self.config, &coder, out).unwrap();
        let (rows, others) = (self.rois.boxes::<F>(), self.truth.boxes::<F>());
        let least = F::from_f64(self.config.target);
        let want = oracle::compact(&rows, &others, labels, assigned, least, in_);
        for ((&class, &step), want) in classes.iter().zip(&steps).zip(want) {
            assert_eq!(class, want.0);
            assert_steps_near(step, want.1);
        }

        let config = ExpandConfig::new(CLASSES as usize).inside_weights([1.0, 0.5, 0.0, 2.0]);
        let mut blobs = [(); 3].map(|()| vec![F::nan(); n * 4 * CLASSES as usize]);
        let [targets, inside_weights, outside_weights] = &mut blobs;
        expand(&classes, &steps, &config, Blobs { targets, inside_weights, outside_weights }).unwrap();
        let targets: Vec<_> = classes.into_iter().zip(steps).collect();
        let want = oracle::expand(&targets, CLASSES as usize, config.inside_weights.map(F::from_f64));
        assert_eq!(blobs.map(Bits), want.map(Bits));
    }

    fn check_clipped<F: Float>(&self, rows: &[[F; 4]]) {
        let [width, height] = self.size.map(F::from_f64);
        let mut boxes: Vec<BBox<F>> = rows.iter().map(|&row| row.into()).collect();
        clip(&mut boxes, width, height, self.convention);
        let corners = boxes.iter().map(|bbox| [bbox.x1, bbox.y1, bbox.x2, bbox.y2]);
        let want =
            rows.iter().map(|&row| oracle::clip(row, width, height, naive::convention(self.convention)));
        // Which zero a corner is clipped to is not said.
        let plain = |row: [F; 4]| row.map(|corner| corner + F::zero());
        let clipped = Bits(corners.flat_map(plain).collect());
        assert_eq!(clipped, Bits(want.flat_map(plain).collect()));
    }

    /// Steps are corners of the other boxes, and moderate: next to the largest float, what `exp` rounds to decides
    /// between a corner and infinity.
    fn check_decoded<F: Float>(&self, rows: &[[F; 4]], others: &[[F; 4]]) {
        let moderate = |value: F| value.is_nan() || value.abs() <= F::from_f64(1e5);
        let boxes: Vec<_> = rows.iter().copied().filter(|row| row.iter().all(|&at| moderate(at))).collect();
        let step = |row: &[F; 4]| row.map(|at| if moderate(at) { at % F::from_f64(20.0) } else { F::one() });
        let steps: Vec<[F; 4]> = boxes.iter().flat_map(|_| others.iter().take(3).map(step)).collect();
        let mut out = vec![BBox::from([F::nan(); 4]); steps.len()];
        self.coder.decode_all(BBox::from_rows(&boxes), &steps, &mut out).unwrap();
        let (in_, exact) = (naive::convention(self.convention), self.coder.decode == Decode::Exact);
        let from = boxes.iter().flat_map(|row| others.iter().take(3).map(move |_| *row));
        for ((got, from), step) in out.iter().zip(from).zip(steps) {
            let want = oracle::decode(from, step, in_, exact, self.coder.largest_log.map(F::from_f64));
            let scale = want.iter().chain(&from).fold(F::one(), |scale, at| scale.max(at.abs()));
            let got = [got.x1, got.y1, got.x2, got.y2];
            got.into_iter().zip(want).for_each(|(got, want)| assert_decoded_near(got, want, scale));
        }
    }
}

/// Equal, but for the last bits of `exp`; at infinity, too, if they bring it about.
fn assert_decoded_near<F: Float>(got: F, want: F, scale: F) {
    let same = got == want || got.is_nan() && want.is_nan();
    let tolerance = F::epsilon() * F::from_f64(16.0) * scale;
    assert!(same || (got - want).abs() <= tolerance, "{got:?}, expected {want:?}");
}

/// Equal, but for the last bits of the logarithms.
fn assert_steps_near<F: Float>(got: [F; 4], want: [F; 4]) {
    for (at, (got, want)) in got.into_iter().zip(want).enumerate() {
        let same = got == want || got.is_nan() && want.is_nan();
        let tolerance = F::epsilon() * F::from_f64(8.0) * want.abs().max(F::one());
        assert!(same || at > 1 && (got - want).abs() <= tolerance, "{at}: {got:?}, expected {want:?}");
    }
}
