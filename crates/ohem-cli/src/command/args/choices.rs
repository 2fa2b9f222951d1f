//! Options that are a choice between a few values.

use crate::table::BoxFormat;
use clap::ValueEnum;
use ohem_std::rules::Ignored;
use ohem_std::{Convention, NanPolicy, Suppress};

/// Declares a choice: its values with their help, and what each one means to the library.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident -> $meaning:ty {
        $($(#[$value_doc:meta])* $value:ident => $means:expr,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
        pub(crate) enum $name {
            $($(#[$value_doc])* $value,)*
        }

        impl From<$name> for $meaning {
            fn from(chosen: $name) -> Self {
                match chosen {
                    $($name::$value => $means,)*
                }
            }
        }
    };
}

choice! {
    /// Whether an IoU equal to the threshold suppresses.
    SuppressChoice -> Suppress {
        /// Suppress if the IoU exceeds the threshold (the original's GPU code, torchvision)
        #[default]
        Above => Suppress::Above,
        /// Suppress also if they are equal (the original's Cython code)
        AtOrAbove => Suppress::AtOrAbove,
    }
}

choice! {
    /// Whether the right and bottom edge belong to a box.
    ConventionChoice -> Convention {
        /// Width x2 - x1 (COCO, YOLO, torchvision)
        #[default]
        Continuous => Convention::Continuous,
        /// Width x2 - x1 + 1 (PASCAL VOC, the original)
        Pixel => Convention::Pixel,
    }
}

choice! {
    /// The meaning of the four numbers of a box.
    BoxFormatChoice -> BoxFormat {
        /// Two corners
        #[default]
        Xyxy => BoxFormat::Xyxy,
        /// Left upper corner, width and height (COCO)
        Xywh => BoxFormat::Xywh,
        /// Centre, width and height (YOLO)
        Cxcywh => BoxFormat::Cxcywh,
    }
}

choice! {
    /// How a loss that is NaN is handled.
    NanChoice -> NanPolicy {
        /// Refuse the table, and name the row
        #[default]
        Error => NanPolicy::Error,
        /// Leave the RoI out
        Skip => NanPolicy::Skip,
        /// Rank it first, as numpy and torch do
        First => NanPolicy::First,
    }
}

choice! {
    /// The float type of a run.
    Precision -> &'static str {
        /// 32 bits, as in training
        #[default]
        F32 => "f32",
        /// 64 bits
        F64 => "f64",
    }
}

impl From<Precision> for crate::table::Precision {
    fn from(precision: Precision) -> Self {
        match precision {
            Precision::F32 => Self::F32,
            Precision::F64 => Self::F64,
        }
    }
}

choice! {
    /// The output format.
    Format -> &'static str {
        /// For humans: the hardest RoIs and a summary
        #[default]
        Table => "table",
        /// The selected rows with all their columns
        Csv => "csv",
        /// One object with indices and statistics
        Json => "json",
        /// A dataset of COCO with the selected RoIs as annotations
        Coco => "coco",
        /// Tasks for Label Studio, with the selected RoIs as predictions
        LabelStudio => "label-studio",
    }
}

choice! {
    /// The mining rule.
    RuleChoice -> &'static str {
        /// The original: the hardest of all images, but none that overlaps a harder one
        #[default]
        FastRcnn => "fast-rcnn",
        /// The same without suppression
        NoNms => "no-nms",
        /// R-FCN: the hardest of each image
        Rfcn => "rfcn",
        /// TensorFlow's HardExampleMiner: NMS in each image, then negatives by a ratio
        Tensorflow => "tensorflow",
        /// SSD: all positives of each image, and hard negatives by a ratio
        Ssd => "ssd",
        /// mmdetection's OHEMSampler: a quota of positives and of negatives per image
        Mmdet => "mmdet",
    }
}

choice! {
    /// How RoIs that are neither positive nor negative are handled.
    IgnoredChoice -> Ignored {
        /// They take no part
        #[default]
        Excluded => Ignored::Excluded,
        /// They compete like any other RoI, as in the original
        Compete => Ignored::Compete,
    }
}
