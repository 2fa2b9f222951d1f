//! Prepares a few real pictures of BCCD, if the data set is beside the project.

use std::path::Path;

use ohem_study::prepare::{Annotations, PictureSplit, PrepareConfig, Recall, prepare};

#[test]
fn proposals_find_blood_cells() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside =
        here.ancestors().map(|folder| folder.join("shared/data/bccd")).find(|folder| folder.is_dir());
    let Some(folder) = std::env::var_os("OHEM_BCCD").map(Into::into).or(beside) else {
        println!("skipped: neither OHEM_BCCD nor ../shared/data/bccd");
        return;
    };
    let mut annotations = Annotations::read(&folder.join("annotations.csv")).unwrap();
    assert_eq!((annotations.pictures.len(), annotations.degenerate.len()), (364, 2));
    assert_eq!(annotations.classes, ["RBC", "WBC", "Platelets"]);
    let few = |split: PictureSplit, count: usize| {
        let of_split = annotations.pictures.iter().filter(|picture| picture.split == split);
        of_split.take(count).cloned().collect::<Vec<_>>()
    };
    annotations.pictures = [few(PictureSplit::Train, 8), few(PictureSplit::Test, 4)].concat();
    let prepared = prepare(&folder.join("images"), &annotations, &PrepareConfig::new(), &|| ()).unwrap();
    let Recall { found, boxes } = prepared.test.recall.iter().copied().sum();
    assert!(found * 10 >= boxes * 9, "{found} of {boxes}");
}
