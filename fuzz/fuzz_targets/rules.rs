//! The mining rules of other frameworks select what their naive twins do, on every tier.

#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ohem_core::NanPolicy;
use ohem_core::rules::ssd::{SsdConfig, SsdNms};
use ohem_core::rules::{Ignored, MmdetConfig, MonaiConfig, TensorflowConfig};
use ohem_fuzz::options;
use ohem_testkit::adapters::tiers::on_each_tier;
use ohem_testkit::check::rules as check;
use ohem_testkit::generate::{Table, configs, nasty};

#[derive(Debug)]
struct Case {
    rule: Rule,
    double: bool,
    table: Table,
}

#[derive(Debug)]
enum Rule {
    Rfcn { quota: usize, nan: NanPolicy },
    Tensorflow(TensorflowConfig),
    Ssd { config: SsdConfig, overlaps: Vec<f64> },
    Mmdet(MmdetConfig),
    Monai { config: MonaiConfig, seed: u64 },
    Segmentation { threshold: f64, min_kept: usize },
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (double, rule) = (o.arbitrary()?, rule(o)?);
        Ok(Self { double, rule, table: nasty::table(u, 100, true)? })
    }
}

fn rule(o: &mut Unstructured<'_>) -> Result<Rule> {
    Ok(match o.int_in_range(0..=5)? {
        0 => Rule::Rfcn { quota: o.int_in_range(0..=12)?, nan: configs::nan(o)? },
        1 => Rule::Tensorflow(tensorflow(o)?),
        2 => {
            let config = ssd(o)?;
            let bytes: [u8; 8] = o.arbitrary()?;
            Rule::Ssd {
                config,
                overlaps: bytes.iter().cycle().take(100).map(|&b| f64::from(b) / 256.0).collect(),
            }
        }
        3 => Rule::Mmdet(mmdet(o)?),
        4 => Rule::Monai { config: monai(o)?, seed: o.arbitrary()? },
        _ => Rule::Segmentation { threshold: threshold(o)?, min_kept: o.int_in_range(0..=120)? },
    })
}

fn tensorflow(o: &mut Unstructured<'_>) -> Result<TensorflowConfig> {
    let mut config = TensorflowConfig::new();
    config.num_hard_examples = if o.arbitrary()? { Some(o.int_in_range(0..=20)?) } else { None };
    config.iou_threshold = nasty::threshold(o)?;
    config.max_negatives_per_positive =
        *o.choose(&[None, Some(0.0), Some(0.5), Some(1.0), Some(3.0), Some(-1.0)])?;
    config.min_negatives_per_image = o.int_in_range(0..=4)?;
    (config.ignored, config.nan) = (ignored(o)?, configs::nan(o)?);
    Ok(config)
}

fn ssd(o: &mut Unstructured<'_>) -> Result<SsdConfig> {
    let mut config = SsdConfig::new();
    config.neg_pos_ratio = *o.choose(&[0.0, 0.5, 1.0, 3.0])?;
    (config.min_negatives, config.sample_size) = (o.int_in_range(0..=4)?, o.int_in_range(0..=40)?);
    (config.ignored, config.nan) = (ignored(o)?, configs::nan(o)?);
    if o.arbitrary()? {
        let mut nms = SsdNms::new(nasty::threshold(o)?);
        (nms.top_k, nms.min_area) = (*o.choose(&[usize::MAX, 0, 1, 5, 30])?, *o.choose(&[0.0, 1e-5, 4.0])?);
        config.nms = Some(nms);
    }
    Ok(config)
}

fn mmdet(o: &mut Unstructured<'_>) -> Result<MmdetConfig> {
    let mut config = MmdetConfig::new();
    (config.num, config.nan) = (o.int_in_range(0..=40)?, configs::nan(o)?);
    config.pos_fraction = *o.choose(&[0.0, 0.25, 0.5, 1.0, 2.0])?;
    config.neg_pos_ub = *o.choose(&[None, Some(0.0), Some(1.5), Some(3.0)])?;
    Ok(config)
}

fn monai(o: &mut Unstructured<'_>) -> Result<MonaiConfig> {
    let mut config = MonaiConfig::new(o.int_in_range(0..=40)?);
    (config.min_negatives, config.nan) = (o.int_in_range(0..=4)?, configs::nan(o)?);
    config.positive_fraction = *o.choose(&[0.25, 1.0 / 3.0, 0.5, 1.0])?;
    config.pool_size = *o.choose(&[0.5, 1.0, 2.5, 10.0])?;
    Ok(config)
}

fn ignored(o: &mut Unstructured<'_>) -> Result<Ignored> {
    o.choose(&[Ignored::Excluded, Ignored::Compete]).copied()
}

/// Any threshold on a loss, those at the ends among them.
fn threshold(o: &mut Unstructured<'_>) -> Result<f64> {
    Ok(if o.arbitrary()? {
        *o.choose(&[-1.0, 2.0, f64::INFINITY, f64::NEG_INFINITY])?
    } else {
        nasty::threshold(o)?
    })
}

fuzz_target!(|case: Case| {
    let (table, double) = (&case.table, case.double);
    on_each_tier(|| match &case.rule {
        Rule::Rfcn { quota, nan } => check::rfcn(table, *quota, *nan),
        Rule::Tensorflow(config) if double => check::tensorflow::<f64>(table, config),
        Rule::Tensorflow(config) => check::tensorflow::<f32>(table, config),
        Rule::Ssd { config, overlaps } if double => check::ssd::<f64>(table, overlaps, config),
        Rule::Ssd { config, overlaps } => check::ssd::<f32>(table, overlaps, config),
        Rule::Mmdet(config) => check::mmdet(table, config),
        Rule::Monai { config, seed } => check::monai(table, config, *seed),
        Rule::Segmentation { threshold, min_kept } => check::segmentation(table, *threshold, *min_kept),
    });
});
