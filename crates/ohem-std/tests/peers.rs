//! The cases that other systems publish for mining, NMS, IoU and top-k, run in f32 and f64, through core and std.
//!
//! `tests/vectors/peer_vectors.json` says where each comes from. What a peer does before or after suppression
//! (drop low scores, cap the candidates, put corners in order) is done here; ohem's part is the suppression.

#[allow(dead_code, reason = "the golden tests use the rest")]
mod support;

mod peer_cases;

use serde::de::DeserializeOwned;

use ohem_testkit::adapters::tiers::on_each_tier;
use ohem_testkit::adapters::{Core, Std};
use peer_cases::{boxes, caffe, monai, onnx, original, rfcn, segmentation, tensorflow};

/// A test that makes a check in f32 and f64, through core and on each tier of std, on a section of the vectors.
macro_rules! everywhere {
    ($test:ident, $($check:ident)::+, $section:literal) => {
        #[test]
        fn $test() {
            let peer = section($section);
            $($check)::+::<f32, Core>(&peer);
            $($check)::+::<f64, Core>(&peer);
            on_each_tier(|| {
                $($check)::+::<f32, Std>(&peer);
                $($check)::+::<f64, Std>(&peer);
            });
        }
    };
}

everywhere!(onnx_nms, onnx::nms, "onnx_nms");
everywhere!(caffe_ssd_nms_and_jaccard, caffe::nms_and_jaccard, "caffe_ssd");
everywhere!(caffe_ssd_mines_negatives, caffe::max_negative, "caffe_ssd");
everywhere!(caffe_ssd_mines_hard_examples, caffe::hard_example, "caffe_ssd");
everywhere!(tensorflow_mines, tensorflow::miner, "tf_hard_example_miner");
everywhere!(tensorflow_and_the_ignored, tensorflow::ignored, "tf_hard_example_miner");
everywhere!(tensorflow_documents, tensorflow::documented, "tf_hard_example_miner");
everywhere!(rfcn_annotates, rfcn::annotate, "rfcn_box_annotator");
everywhere!(monai_fills_quotas, monai::quotas, "monai_hard_negative_sampler");
everywhere!(mmsegmentation_keeps, segmentation::mmsegmentation, "segmentation_ohem");
everywhere!(mmsegmentation_means, segmentation::mean_losses, "segmentation_ohem");
everywhere!(paddleseg_keeps, segmentation::paddleseg, "segmentation_ohem");
everywhere!(segmentation_by_loss, segmentation::by_loss, "segmentation_ohem");
everywhere!(torchvision_ssd_counts_once, segmentation::torchvision_ssd, "segmentation_ohem");
everywhere!(mmcv_nms, boxes::mmcv, "mmcv");
everywhere!(torchvision_iou_and_nms, boxes::torchvision, "torchvision_iou");
everywhere!(powerboxes_nms_and_iou_distance, boxes::powerboxes, "powerboxes");
everywhere!(original_selects, original::select, "abhi2610");
everywhere!(original_mines_in_groups, original::groups, "abhi2610");
everywhere!(original_at_the_threshold, original::equality, "abhi2610");

#[test]
fn monai_draws_from_a_pool() {
    let peer = section("monai_hard_negative_sampler");
    on_each_tier(|| {
        monai::pool::<f32>(&peer);
        monai::pool::<f64>(&peer);
    });
}

fn section<T: DeserializeOwned>(name: &str) -> T {
    let all: serde_json::Value = serde_json::from_str(include_str!("vectors/peer_vectors.json")).unwrap();
    serde_json::from_value(all[name].clone()).unwrap_or_else(|error| panic!("{name}: {error}"))
}
