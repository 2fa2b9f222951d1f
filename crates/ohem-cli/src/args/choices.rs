//! Options with a few values.

use clap::ValueEnum;
use ohem_std::rules::Ignored;
use ohem_std::{Convention, NanPolicy, Suppress};

/// Declares an option with a few values, each with its name on the command line and its meaning.
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
    /// On which side of the threshold equality falls.
    SuppressChoice -> Suppress {
        /// Equality stays (the reference's GPU code, torchvision)
        #[default]
        Above => Suppress::Above,
        /// Equality goes (the reference's Cython code)
        AtOrAbove => Suppress::AtOrAbove,
    }
}

choice! {
    /// How wide a box is.
    ConventionChoice -> Convention {
        /// x2 - x1 + 1 (PASCAL VOC, the reference)
        #[default]
        Pixel => Convention::Pixel,
        /// x2 - x1 (COCO, torchvision)
        Continuous => Convention::Continuous,
    }
}

choice! {
    /// What is done with a loss that is NaN.
    NanChoice -> NanPolicy {
        /// Refuse the table and name the row
        #[default]
        Error => NanPolicy::Error,
        /// Leave the RoI out
        Skip => NanPolicy::Skip,
        /// Rank it first, as numpy and torch do
        First => NanPolicy::First,
    }
}

choice! {
    /// The float type of a run, and its name.
    Precision -> &'static str {
        /// 32 bits, what training computes in
        #[default]
        F32 => "f32",
        /// 64 bits
        F64 => "f64",
    }
}

impl From<Precision> for ohem_table::Precision {
    fn from(precision: Precision) -> Self {
        match precision {
            Precision::F32 => Self::F32,
            Precision::F64 => Self::F64,
        }
    }
}

choice! {
    /// How the result is shown, and the name of the format.
    Format -> &'static str {
        /// For people: the hardest RoIs and a summary
        #[default]
        Table => "table",
        /// The selected rows with all their columns
        Csv => "csv",
        /// One object with the indices and the statistics
        Json => "json",
    }
}

choice! {
    /// Whose rule to mine by, and its name.
    RuleChoice -> &'static str {
        /// The paper's: the hardest of all images together, but none that overlaps a harder one
        #[default]
        FastRcnn => "fast-rcnn",
        /// The same without suppression
        NoNms => "no-nms",
        /// R-FCN: the hardest of each image
        Rfcn => "rfcn",
        /// TensorFlow's HardExampleMiner: NMS over each image, then negatives by a ratio
        Tensorflow => "tensorflow",
        /// SSD: all positives of each image, and hard negatives by a ratio
        Ssd => "ssd",
        /// mmdetection's OHEMSampler: a quota of positives and one of negatives an image
        Mmdet => "mmdet",
    }
}

choice! {
    /// What is done with RoIs that are neither positive nor negative.
    IgnoredChoice -> Ignored {
        /// They take no part
        #[default]
        Excluded => Ignored::Excluded,
        /// They compete like any other, as in the original
        Compete => Ignored::Compete,
    }
}
