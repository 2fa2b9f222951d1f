//! What the C functions mine and rank is what the oracle does, by `==`, on nasty small inputs.

#![expect(clippy::cast_possible_truncation, reason = "small inputs, and quantised losses on purpose")]

use core::{ptr, slice};

use half::{bf16, f16};
use ohem_capi::config::MineConfig;
use ohem_capi::miner::Miner;
use ohem_capi::rois::{BBox, OHEM_IGNORED, Rois, Selection};
use ohem_capi::{Status, mine, miner, top_k};
use ohem_core::{Convention, Float, NanPolicy, NmsConfig, RankKey, Suppress};
use ohem_testkit::adapters::mine::wanted;
use ohem_testkit::generate::{Table, strategy};
use ohem_testkit::oracle::{self, Nan};
use proptest::prelude::*;

type Init<F> = unsafe extern "C" fn(
    *mut Miner<F>,
    *mut core::ffi::c_void,
    usize,
    usize,
    *const MineConfig<F>,
    *mut usize,
) -> Status;
type Mine<F, H> =
    unsafe extern "C" fn(*mut Miner<F>, *const Rois<F>, *const H, *mut Selection, *mut usize) -> Status;
type BatchedNms<F, H> = unsafe extern "C" fn(
    *mut Miner<F>,
    *const BBox<F>,
    *const H,
    *const u32,
    usize,
    *mut Selection,
    *mut usize,
) -> Status;
type TopK<H> = unsafe extern "C" fn(*const H, usize, usize, u32, *mut u32, *mut usize, *mut usize) -> Status;

/// The selected RoIs, how many were visited and ignored, and whether a limit ended it; or the index of the first NaN.
type Selected = Result<(Vec<u32>, usize, usize, bool), usize>;

/// The oracle's handling of NaN for each of C's numbers.
const NAN: [Nan; 3] = [Nan::Error, Nan::Skip, Nan::First];

/// The configuration that C's numbers mean.
fn core_config<F: Float>(config: &MineConfig<F>) -> ohem_core::MineConfig {
    let nms = NmsConfig::new(RankKey::to_f64(config.iou_threshold))
        .suppress([Suppress::Above, Suppress::AtOrAbove][config.suppress as usize])
        .convention([Convention::Continuous, Convention::Pixel][config.convention as usize]);
    let nan = [NanPolicy::Error, NanPolicy::Skip, NanPolicy::First][config.nan as usize];
    let mut core = ohem_core::MineConfig::new(config.batch_size).nan(nan);
    if config.max_visited > 0 {
        core = core.max_visited(config.max_visited);
    }
    if config.with_nms == 0 { core.without_nms() } else { core.nms(nms) }
}

fn config() -> impl Strategy<Value = MineConfig<f64>> {
    let batch_size = prop_oneof![0..12_usize, Just(200)];
    let max_visited = prop_oneof![3 => Just(0), 1 => 0..60_usize];
    (batch_size, strategy::threshold(), 0..5_u32, 0..2_u32, 0..2_u32, 0..3_u32, max_visited).prop_map(
        |(batch_size, iou_threshold, with_nms, suppress, convention, nan, max_visited)| MineConfig {
            batch_size,
            with_nms,
            iou_threshold,
            suppress,
            convention,
            nan,
            max_visited,
        },
    )
}

/// The same with the threshold in the float type of the boxes.
fn config_of<F: Float>(config: &MineConfig<f64>) -> MineConfig<F> {
    let &MineConfig { batch_size, with_nms, iou_threshold, suppress, convention, nan, max_visited } = config;
    let iou_threshold = F::from_f64(iou_threshold);
    MineConfig { batch_size, with_nms, iou_threshold, suppress, convention, nan, max_visited }
}

fn boxes<F: Float>(table: &Table) -> Vec<BBox<F>> {
    table.boxes::<F>().into_iter().map(|[x1, y1, x2, y2]| BBox { x1, y1, x2, y2 }).collect()
}

fn indices(indices: &[usize]) -> Vec<u32> {
    indices.iter().map(|&index| index as u32).collect()
}

/// Runs a call that writes a selection of a table; any refusal must be a NaN's.
fn selected(table: &Table, call: impl FnOnce(*mut Selection, *mut usize) -> Status) -> Selected {
    let mut selection =
        Selection { indices: ptr::null(), count: 0, total: 0, visited: 0, ignored: 0, is_partial: true };
    let mut offender = usize::MAX;
    match call(&mut selection, &mut offender) {
        Status::Ok => {
            assert_eq!(selection.total, table.len());
            // SAFETY: they are in the miner's memory, which outlives the call.
            let indices = unsafe { slice::from_raw_parts(selection.indices, selection.count) };
            Ok((indices.to_vec(), selection.visited, selection.ignored, selection.is_partial))
        }
        status => {
            assert_eq!(status, Status::NanLoss);
            Err(offender)
        }
    }
}

/// The oracle's selection of a table.
fn selected_by_oracle<F: Float, H: RankKey>(table: &Table, losses: &[H], config: &MineConfig<F>) -> Selected {
    let mined = wanted::<F, H>(table, losses, &core_config(config))?;
    let order = oracle::rank(losses, NAN[config.nan as usize])?;
    // RoIs that rank behind the last one of a full batch are not met.
    let is_full = mined.selected.len() == config.batch_size;
    let limit = if config.max_visited == 0 { order.len() } else { config.max_visited.min(order.len()) };
    let met = match mined.selected.last() {
        _ if !is_full => limit,
        Some(last) => order.iter().position(|roi| roi == last).unwrap(),
        None => 0,
    };
    let is_ignored = |&&roi: &&usize| [table.images[roi], table.labels[roi]].contains(&OHEM_IGNORED);
    let ignored = order[..met].iter().filter(is_ignored).count();
    Ok((indices(&mined.selected), mined.visited, ignored, !is_full && limit < order.len()))
}

/// A miner of `capacity` over memory that is as small as allowed and full of rubbish.
fn miner<F: Float>(init: Init<F>, memory: &mut [u8], capacity: usize, config: &MineConfig<F>) -> Miner<F> {
    let mut miner = Miner { config: *config, capacity: 0, window: 0, memory: ptr::null_mut() };
    let mut offender = 0;
    // SAFETY: every pointer is to what it should be.
    let status = unsafe {
        init(&mut miner, memory.as_mut_ptr().cast(), memory.len(), capacity, config, &mut offender)
    };
    assert_eq!(status, Status::Ok);
    miner
}

fn check<F: Float, H: RankKey>(
    (init, size): (Init<F>, extern "C" fn(usize) -> usize),
    (mine, batched_nms): (Mine<F, H>, BatchedNms<F, H>),
    table: &Table,
    losses: &[H],
    config: &MineConfig<f64>,
) {
    let config = &config_of::<F>(config);
    let boxes = boxes::<F>(table);
    let zeros = vec![0; table.len()];
    for capacity in [config.batch_size, config.batch_size + 3] {
        let mut memory = vec![0xA5; size(capacity)];
        let mut miner = miner(init, &mut memory, capacity, config);
        for (images, labels) in [(true, true), (false, true), (true, false), (false, false)] {
            let column = |given, column: &Vec<u32>| if given { column.as_ptr() } else { ptr::null() };
            let rois = Rois {
                boxes: boxes.as_ptr(),
                images: column(images, &table.images),
                labels: column(labels, &table.labels),
                length: table.len(),
            };
            // SAFETY: every pointer is to what it should be.
            let got = selected(table, |out, offender| unsafe {
                mine(&mut miner, &rois, losses.as_ptr(), out, offender)
            });
            let present = |given, column: &Vec<u32>| if given { column.clone() } else { zeros.clone() };
            let (images, labels) = (present(images, &table.images), present(labels, &table.labels));
            let table = Table { images, labels, ..table.clone() };
            assert_eq!(got, selected_by_oracle::<F, H>(&table, losses, config));
            check_without_boxes(mine, &mut miner, &rois, &table, losses);
        }
        // SAFETY: every pointer is to what it should be.
        let got = selected(table, |out, offender| unsafe {
            let groups = table.labels.as_ptr();
            batched_nms(&mut miner, boxes.as_ptr(), losses.as_ptr(), groups, boxes.len(), out, offender)
        });
        let table = Table { images: zeros.clone(), ..table.clone() };
        let config = MineConfig { batch_size: capacity, ..*config };
        assert_eq!(got, selected_by_oracle::<F, H>(&table, losses, &config));
    }
}

/// Without suppression, mining selects the same with boxes and without.
fn check_without_boxes<F: Float, H: RankKey>(
    mine: Mine<F, H>,
    miner: &mut Miner<F>,
    rois: &Rois<F>,
    table: &Table,
    losses: &[H],
) {
    let config = miner.config;
    miner.config.with_nms = 0;
    let wanted = selected_by_oracle::<F, H>(table, losses, &miner.config);
    for boxes in [rois.boxes, ptr::null()] {
        let rois = Rois { boxes, ..*rois };
        // SAFETY: every pointer is to what it should be, or `NULL` where no box is read.
        let got =
            selected(table, |out, offender| unsafe { mine(miner, &rois, losses.as_ptr(), out, offender) });
        assert_eq!(got, wanted);
    }
    miner.config = config;
}

fn check_top_k<H: RankKey>(top_k: TopK<H>, losses: &[H], k: usize, nan: u32) {
    let (mut found, mut count, mut offender) = (vec![7; losses.len()], 0, usize::MAX);
    // SAFETY: every pointer is to what it should be.
    let status = unsafe {
        top_k(losses.as_ptr(), losses.len(), k, nan, found.as_mut_ptr(), &mut count, &mut offender)
    };
    let got = match status {
        Status::Ok => Ok(found[..count].to_vec()),
        _ => Err(offender),
    };
    assert_eq!(got, oracle::top_k(losses, k, NAN[nan as usize]).map(|ranked| indices(&ranked)));
}

const F32: (Init<f32>, extern "C" fn(usize) -> usize) = (miner::f32::miner_init, miner::f32::miner_size);
const F64: (Init<f64>, extern "C" fn(usize) -> usize) = (miner::f64::miner_init, miner::f64::miner_size);

proptest! {
    #[test]
    fn mining(table in strategy::table(100, true), config in config()) {
        check(F32, (mine::f32::mine, mine::f32::batched_nms), &table, &table.losses(), &config);
        check(F64, (mine::f64::mine, mine::f64::batched_nms), &table, &table.losses(), &config);
    }

    #[test]
    fn mining_by_quantised_losses(table in strategy::table(100, true), config in config()) {
        let losses: Vec<_> = table.losses.iter().map(|&loss| (loss * 8.0) as i8).collect();
        check(F32, (mine::f32_i8::mine, mine::f32_i8::batched_nms), &table, &losses, &config);
        let losses: Vec<_> = table.losses.iter().map(|&loss| (loss * 1e3) as i16).collect();
        check(F32, (mine::f32_i16::mine, mine::f32_i16::batched_nms), &table, &losses, &config);
        let losses: Vec<_> = table.losses.iter().map(|&loss| (loss * 1e6) as i32).collect();
        check(F32, (mine::f32_i32::mine, mine::f32_i32::batched_nms), &table, &losses, &config);
    }

    #[test]
    fn mining_by_losses_of_16_bits(table in strategy::table(100, true), config in config()) {
        let losses: Vec<_> = table.losses.iter().map(|&loss| f16::from_f64(loss)).collect();
        check(F32, (mine::f32_f16::mine, mine::f32_f16::batched_nms), &table, &losses, &config);
        let losses: Vec<_> = table.losses.iter().map(|&loss| bf16::from_f64(loss)).collect();
        check(F32, (mine::f32_bf16::mine, mine::f32_bf16::batched_nms), &table, &losses, &config);
    }

    #[test]
    fn any_window_selects_the_same(
        table in strategy::table(100, true),
        config in config(),
        window in prop_oneof![2..9_usize, 2..300_usize],
        spare in 0..4_usize,
    ) {
        let (config, losses) = (config_of::<f32>(&config), table.losses::<f32>());
        let (boxes, capacity) = (boxes::<f32>(&table), config.batch_size + spare);
        let rois = Rois {
            boxes: boxes.as_ptr(),
            images: table.images.as_ptr(),
            labels: table.labels.as_ptr(),
            length: table.len(),
        };
        let mut memory = vec![0xA5_u8; miner::f32::miner_size_with_window(capacity, window)];
        let mut miner = Miner { config, capacity: 0, window: 0, memory: ptr::null_mut() };
        // SAFETY: every pointer is to what it should be.
        let status = unsafe {
            let (at, size) = (memory.as_mut_ptr().cast(), memory.len());
            miner::f32::miner_init_with_window(&mut miner, at, size, capacity, window, &config, ptr::null_mut())
        };
        prop_assert_eq!((status, miner.window), (Status::Ok, window));
        // SAFETY: every pointer is to what it should be.
        let got = selected(&table, |out, offender| unsafe {
            mine::f32::mine(&mut miner, &rois, losses.as_ptr(), out, offender)
        });
        prop_assert_eq!(got, selected_by_oracle::<f32, f32>(&table, &losses, &config));
    }

    #[test]
    fn ranking(table in strategy::table(200, true), k in 0..300_usize, nan in 0..3_u32) {
        check_top_k(top_k::f32::top_k, &table.losses(), k, nan);
        check_top_k(top_k::f64::top_k, &table.losses(), k, nan);
        let losses: Vec<_> = table.losses.iter().map(|&loss| (loss * 8.0) as i8).collect();
        check_top_k(top_k::i8::top_k, &losses, k, nan);
        let losses: Vec<_> = table.losses.iter().map(|&loss| (loss * 1e3) as i16).collect();
        check_top_k(top_k::i16::top_k, &losses, k, nan);
        let losses: Vec<_> = table.losses.iter().map(|&loss| (loss * 1e6) as i32).collect();
        check_top_k(top_k::i32::top_k, &losses, k, nan);
        let losses: Vec<_> = table.losses.iter().map(|&loss| f16::from_f64(loss)).collect();
        check_top_k(top_k::f16::top_k, &losses, k, nan);
        let losses: Vec<_> = table.losses.iter().map(|&loss| bf16::from_f64(loss)).collect();
        check_top_k(top_k::bf16::top_k, &losses, k, nan);
    }
}
