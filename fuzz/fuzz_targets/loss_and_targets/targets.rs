//! Assigning, labelling, listing, and what regression is to aim at.

use arbitrary::{Arbitrary, Result, Unstructured};
use ohem_core::targets::{BoxCoder, Decode, ExpandConfig, LabelConfig, OnOverlap, SampleConfig};
use ohem_core::{Convention, Float};
use ohem_fuzz::options;
use ohem_testkit::adapters::targets::{Assign, Assigned};
use ohem_testkit::adapters::tiers::{everywhere, on_each_tier};
use ohem_testkit::adapters::{Core, Oracle, Std, Targets as _};
use ohem_testkit::check;
use ohem_testkit::compare::{Bits, assert_deltas_near};
use ohem_testkit::generate::{Table, configs, nasty};

/// How many classes there are.
const CLASSES: u32 = 5;

#[derive(Debug)]
pub(crate) struct Case {
    convention: Convention,
    double: bool,
    config: LabelConfig,
    /// Width and height of an image.
    size: [f64; 2],
    coder: BoxCoder,
    sample: SampleConfig,
    seed: u64,
    rois: Table,
    truth: Table,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (double, convention, share) = (o.arbitrary()?, configs::convention(o)?, o.arbitrary::<u8>()?);
        let config =
            LabelConfig::new().on_overlap(*o.choose(&[OnOverlap::Foreground, OnOverlap::Duplicate])?);
        let size = [o.arbitrary::<u16>()?.into(), o.arbitrary::<u16>()?.into()];
        let config = config.foreground(nasty::threshold(o)?).target(nasty::threshold(o)?);
        let config = config.background(nasty::threshold(o)?, nasty::threshold(o)?);
        let decode = *o.choose(&[Decode::Exact, Decode::Original])?;
        let largest_log = *o.choose(&[None, Some(BoxCoder::TORCHVISION_LARGEST_LOG), Some(0.0)])?;
        let mut coder = BoxCoder::new(convention).decoding(decode);
        coder.largest_log = largest_log;
        let fraction = *o.choose(&[0.25, 0.0, 0.5, 1.0])?;
        let sample = SampleConfig::new(o.int_in_range(0..=40)?).foreground_fraction(fraction).labels(config);
        let seed = o.arbitrary()?;
        let table = nasty::table(u, 90, false)?;
        let first = usize::from(share) % (table.len() + 1);
        let (rois, mut truth) = (table.rows(first..table.len()), table.rows(0..first).valid());
        truth.labels.iter_mut().for_each(|label| *label %= CLASSES);
        Ok(Self { convention, double, config, size, coder, sample, seed, rois, truth })
    }
}

impl Case {
    pub(crate) fn check(&self) {
        if self.double { self.check_in::<f64>() } else { self.check_in::<f32>() }
    }

    fn check_in<F: Float>(&self) {
        let (rows, others) = (&self.rois.boxes::<F>()[..], &self.truth.boxes::<F>()[..]);
        let (rois, truth) = ((rows, &self.rois.images[..]), (others, &self.truth.images[..]));
        let pairs = Assign { rois, truth, one_image: false, convention: self.convention };
        let assigned = Oracle::assign(&pairs);
        everywhere(pairs, &assigned);
        on_each_tier(|| assert_eq!(Std::assign(&pairs), assigned));
        self.check_labels(&assigned);
        self.check_targets(rows, others, &assigned);
        self.check_clipped(rows);
        self.check_decoded(rows, others);
    }

    fn check_labels<F: Float>(&self, assigned: &Assigned<F>) {
        let (config, classes) = (&self.config, &self.truth.labels);
        let want = Oracle::label(assigned, classes, config);
        assert_eq!(Core::label(assigned, classes, config), want);
        assert_eq!(Std::label(assigned, classes, config), want);
        let overlaps: Vec<F> = assigned.iter().map(|&(overlap, _)| overlap).collect();
        let want = Oracle::split(&overlaps, config);
        assert_eq!(Core::split(&overlaps, config), want);
        assert_eq!(Std::split(&overlaps, config), want);
        check::targets::sample(&overlaps, &self.sample, self.seed);
    }

    fn check_targets<F: Float>(&self, rows: &[[F; 4]], others: &[[F; 4]], assigned: &Assigned<F>) {
        let (truth, coder) = ((others, &self.truth.labels[..]), BoxCoder::new(self.convention));
        let targets = Core::compact(rows, truth, assigned, &self.config, &coder);
        let want = Oracle::compact(rows, truth, assigned, &self.config, &coder);
        assert_eq!(targets.len(), want.len());
        for (&(class, deltas), want) in targets.iter().zip(want) {
            assert_eq!(class, want.0);
            assert_deltas_near(deltas, want.1);
        }
        let config = ExpandConfig::new(CLASSES as usize).inside_weights([1.0, 0.5, 0.0, 2.0]);
        let want = Oracle::expand(&targets, &config).map(Bits);
        assert_eq!(Core::expand(&targets, &config).map(Bits), want);
        assert_eq!(Std::expand(&targets, &config).map(Bits), want);
    }

    fn check_clipped<F: Float>(&self, rows: &[[F; 4]]) {
        let size = self.size.map(F::from_f64);
        // Which zero a corner is clipped to is not said.
        let plain = |rows: Vec<[F; 4]>| Bits(rows.iter().flatten().map(|&at| at + F::zero()).collect());
        let clipped = plain(Core::clip(rows, size, self.convention));
        assert_eq!(clipped, plain(Oracle::clip(rows, size, self.convention)));
    }

    /// Deltas are corners of the other boxes, and moderate: next to the largest float, what `exp` rounds to decides
    /// between a corner and infinity.
    fn check_decoded<F: Float>(&self, rows: &[[F; 4]], others: &[[F; 4]]) {
        let moderate = |value: F| value.is_nan() || value.abs() <= F::from_f64(1e5);
        let boxes: Vec<_> = rows.iter().copied().filter(|row| row.iter().all(|&at| moderate(at))).collect();
        let delta = |row: &[F; 4]| row.map(|at| if moderate(at) { at % F::from_f64(20.0) } else { F::one() });
        let deltas: Vec<[F; 4]> = boxes.iter().flat_map(|_| others.iter().take(3).map(delta)).collect();
        let out = Core::decode(&self.coder, &boxes, &deltas);
        let from = boxes.iter().flat_map(|row| others.iter().take(3).map(move |_| *row));
        for ((got, from), want) in out.iter().zip(from).zip(Oracle::decode(&self.coder, &boxes, &deltas)) {
            let scale = want.iter().chain(&from).fold(F::one(), |scale, at| scale.max(at.abs()));
            got.iter().zip(want).for_each(|(&got, want)| assert_decoded_near(got, want, scale));
        }
    }
}

/// Checks equality, except for the last bits of `exp`, even if these lead to infinity.
fn assert_decoded_near<F: Float>(got: F, want: F, scale: F) {
    let same = got == want || got.is_nan() && want.is_nan();
    let tolerance = F::epsilon() * F::from_f64(16.0) * scale;
    assert!(same || (got - want).abs() <= tolerance, "{got:?}, expected {want:?}");
}
