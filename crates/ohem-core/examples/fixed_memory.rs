//! The memory of mining, owned in three ways: by a value, by a `static`, and in slices that are lent.
//!
//! `cargo run -p ohem-core --example fixed_memory`

use std::sync::Mutex;

use ohem_core::kernel::{self, Portable};
use ohem_core::{ArrayStorage, BBox, MineConfig, MineError, Miner, Ranked, Rois};

const B: usize = 64;
const ROIS: usize = 300;

/// Storage in a `static`, made when the program is compiled. A mutex guards it here; firmware has its own
/// guard.
static STORAGE: Mutex<ArrayStorage<f32, B>> = Mutex::new(ArrayStorage::new());

/// A smaller batch, and a window of fewer candidates.
type SmallMiner = Miner<f32, 16, f32, 32>;

// The compiler checks a budget of memory: `size_of` is all the memory that mining uses.
const _: () = assert!(size_of::<ArrayStorage<f32, B>>() <= 2_500);
const _: () = assert!(size_of::<SmallMiner>() <= 1_024);

/// 300 boxes, each of which overlaps its neighbours; those in the middle are hardest.
fn scene() -> ([BBox<f32>; ROIS], [u32; ROIS], [f32; ROIS]) {
    let numbers: [f32; ROIS] = core::array::from_fn(|i| i as f32);
    let boxes = numbers.map(|x| BBox::new(x, 0.0, x + 9.0, 9.0));
    (boxes, [0; ROIS], numbers.map(|x| 150.0 - (x - 150.0).abs()))
}

fn main() -> Result<(), MineError> {
    let (boxes, labels, losses) = scene();
    let rois = Rois::by_label(&boxes, &labels)?;
    let config = MineConfig::fast_rcnn().batch_size(B);

    // 1. A miner that is its own memory: on the stack, in a struct, in a `static`.
    let mut miner = Miner::<f32, B>::new(config)?;
    let hard = miner.mine(&rois, &losses)?;
    println!("Miner<f32, 64>           {:>5} bytes", size_of::<Miner<f32, B>>());
    println!("Miner<f32, 16, f32, 32>  {:>5} bytes", size_of::<SmallMiner>());
    assert_eq!(hard.indices()[..5], [150, 148, 152, 146, 154], "of neighbours, the harder one");

    // 2. Storage in a `static`.
    let storage = &mut *STORAGE.lock().expect("nobody panics with the lock");
    let from_static = ohem_core::mine(&boxes, &labels, &labels, &losses, &config, storage)?;
    println!("ArrayStorage<f32, 64>    {:>5} bytes in a static", size_of::<ArrayStorage<f32, B>>());
    assert_eq!(from_static, hard);

    // 3. Slices of sizes that only the running program knows. Five columns hold the group and corners of a
    //    selected RoI; a window of twice the batch makes one pass over the losses usual.
    let (mut columns, mut selected) = ([0.0; kernel::mine::COLUMNS * B], [0; B]);
    let mut window = [Ranked::PLACEHOLDER; 2 * B];
    let lent_bytes = size_of_val(&columns) + size_of_val(&selected) + size_of_val(&window);
    println!("SliceStorage             {lent_bytes:>5} bytes in three slices");
    let mut lent = kernel::mine::SliceStorage::new(&mut window, &mut columns, &mut selected);
    assert_eq!(kernel::mine::mine(Portable, &rois, &losses, &config, &mut lent)?, hard);

    // What does not fit is an error, not a panic.
    let error = Miner::<f32, 32>::new(config).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "64 selected RoIs exceed the capacity of 32");
    Ok(())
}

#[test]
fn it_runs() -> Result<(), MineError> {
    main()
}
