//! Tensors of candle are mined as slices are. Run by scripts/candle.sh, because candle takes long to compile.

use candle_core::{Device, Tensor};
use ohem_std::candle::TensorView;
use ohem_std::{BBox, MineConfig, Miner, NmsConfig, Rois};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;

/// Mines columns of a table of `before + 4 + after` columns, from row `skip`, with labels in a column of another.
fn check(table: &Table, [before, after, skip]: [usize; 3], batch_size: usize, t: f64) {
    let (n, cpu) = (table.len(), Device::Cpu);
    let (rows, losses) = (table.boxes::<f32>(), table.losses::<f32>());
    let row = |row: &[f32; 4]| [&vec![-1.0; before][..], row, &vec![-2.0; after]].concat();
    let values: Vec<_> = vec![[9.0; 4]; skip].iter().chain(&rows).flat_map(row).collect();
    let tensor = Tensor::from_vec(values, (skip + n, before + 4 + after), &cpu).unwrap();
    let boxes = tensor.narrow(0, skip, n).unwrap().narrow(1, before, 4).unwrap();
    let keys: Vec<_> =
        table.images.iter().zip(&table.labels).flat_map(|(&i, &l)| [i64::from(i), l.into()]).collect();
    let keys = Tensor::from_vec(keys, (n, 2), &cpu).unwrap();
    let column = |column| keys.narrow(1, column, 1).unwrap().squeeze(1).unwrap();
    let (images, labels, tensor) = (column(0), column(1), Tensor::new(&losses[..], &cpu).unwrap());

    let boxes = TensorView::<f32>::new(&boxes).unwrap();
    let [images, labels] = [&images, &labels].map(|keys| TensorView::<i64>::new(keys).unwrap());
    let tensors = Rois::from_boxes(boxes.boxes().unwrap()).unwrap();
    let tensors = tensors.with_images(images.keys().unwrap()).unwrap();
    let tensors = tensors.with_labels(labels.keys().unwrap()).unwrap();
    let slices = Rois::new(BBox::from_rows(&rows), &table.images, &table.labels).unwrap();

    let config = MineConfig::new(batch_size).nms(NmsConfig::new(t));
    let [mut one, mut other] = [config; 2].map(|config| Miner::<f32>::new(config).unwrap());
    let losses_of_tensor = TensorView::<f32>::new(&tensor).unwrap();
    assert_eq!(
        one.mine(&tensors, losses_of_tensor.values().unwrap()).unwrap(),
        other.mine(&slices, &losses).unwrap()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn tensors_are_mined_as_slices_are(
        table in strategy::table(200, false),
        around in [0..3_usize, 0..3_usize, 0..3_usize],
        batch_size in 0..100_usize,
        t in strategy::threshold(),
    ) {
        check(&table, around, batch_size, t);
    }
}

#[test]
fn a_tensor_that_cannot_be_viewed_is_refused_with_its_layout() {
    let table = Tensor::zeros((3, 5), candle_core::DType::F64, &Device::Cpu).unwrap();
    let boxes = |tensor: &Tensor| TensorView::<f64>::new(tensor).unwrap().boxes().map(|_| ()).unwrap_err();
    let four = table.narrow(1, 0, 4).unwrap();
    let message = |shape, strides| {
        let found = format!("found shape {shape} with strides {strides}: copy it with `contiguous`");
        format!("expected an n x 4 tensor with contiguous rows, {found}")
    };
    assert_eq!(boxes(&table).to_string(), message("[3, 5]", "[5, 1]"));
    assert_eq!(boxes(&four.t().unwrap()).to_string(), message("[4, 3]", "[1, 5]"));
    let row = four.narrow(0, 0, 1).unwrap().broadcast_as((3, 4)).unwrap();
    assert_eq!(boxes(&row).to_string(), message("[3, 4]", "[0, 1]"));
    let single = four.get(0).unwrap().broadcast_as((1, 4)).unwrap();
    assert!(TensorView::<f64>::new(&single).unwrap().boxes().is_ok(), "a stride of 0, but a single row");
    let one = table.narrow(0, 0, 1).unwrap().narrow(1, 0, 1).unwrap().reshape(1).unwrap();
    let same = one.broadcast_as(3).unwrap();
    assert!(TensorView::<f64>::new(&same).unwrap().keys().is_err(), "a stride of 0");
    assert!(TensorView::<f64>::new(&four).unwrap().values().is_err());
    assert!(TensorView::<f32>::new(&four).is_err(), "another type");
}
