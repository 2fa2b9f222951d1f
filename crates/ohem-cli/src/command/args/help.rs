//! The long texts of `ohem mine --help`.

pub(super) const ABOUT: &str = "\
Mine the hardest RoIs of a table, and draw them.

RoIs are ranked by loss; equal losses are ranked by row. From the hardest down, a RoI is selected unless its IoU \
with a selected RoI of the same image and label exceeds the threshold, until the batch is full. --rule selects the \
rules of other frameworks.

The table is text (CSV, or with other delimiters), JSON lines, npz or Parquet, also gzipped, with these columns in \
any order: `image` or `image_id`; the corners `x1`, `y1`, `x2`, `y2`; `label`, a whole number (0 is background) or a \
text (`background`, `bg` and `__background__` are background); `loss`. Other usual names of columns are known, too. \
All other columns, such as targets or weights, are copied to the result. With --ground-truth, FILE has detections. \
A whole number as id is the same with zero decimals: 1 and 1.0. Numbers may be inf or NaN; for losses see --nan. A \
box that is not finite, or is inverted, overlaps nothing.";

pub(super) const EXAMPLES: &str = "\
Examples:
  ohem mine                                     mine the small real table built into the command
  ohem mine --picture hard.png                  draw it
  ohem mine rois.csv --format csv > hard.csv    the selected rows, hardest first
  ohem mine rois.csv --format json | jq .selected
  train --losses | ohem mine - --batch-size 64 --format csv | step
  ohem mine rois.csv --picture hard.svg --image 0=street.jpg --image 1=park.jpg
  ohem mine --loss-from-probabilities           -ln(probability of the label)
  ohem mine --rule tensorflow --negatives-per-positive 3
  ohem mine --rule ssd --overlap-column iou anchors.csv
  ohem mine results.json --ground-truth instances.json --image-dir val2017 --picture hard.png

Rules with their options and defaults (an option of another rule is an error):
  fast-rcnn   all images together: the hardest RoIs that do not overlap a harder selected one
              --batch-size 128, --iou-threshold 0.7, --suppress above, --convention continuous
  no-nms      all images together: the hardest RoIs
              --batch-size 128; --suppress and --convention have no effect
  rfcn        each image: the hardest RoIs
              --per-image 128
  tensorflow  each image: NMS over all labels, then negatives limited by a ratio
              --batch-size 64 (kept by NMS), --iou-threshold 0.7, --min-negatives 0,
              --negatives-per-positive (no limit), --ignored excluded; boxes are continuous
  ssd         each image: all positives, and the hardest negatives with low overlap, by a ratio
              --negatives-per-positive 3, --min-negatives 0, --neg-overlap 0.5,
              --overlap-column (max_overlap or overlap); no NMS, boxes are continuous
  mmdet       each image: a quota of hardest positives, the rest hardest negatives
              --batch-size 512, --positive-fraction 0.25, --negatives-per-positive (no limit)
  For the last three, foreground is positive and background is negative; mmdet takes the highest
  label as background unless --background says otherwise. With every rule, whole numbers below 0
  and the labels of --ignore take no part.

Formats:
  table   for humans: the hardest RoIs and a summary
  csv     the selected rows with all their columns, then `loss` if it was computed
          (`loss_from_probabilities` or `loss_sum` if the table has a `loss`), `index` (of the data
          row, from 0) and `rank` (from 1); `index_2` and `rank_2` if the table has these
  json    one object: n, groups, rule and its options (batch_size, nms_threshold, ...), precision,
          simd (the instruction set), selected (indices of data rows, hardest first), losses (of the
          selected, as in the table), visited and suppressed (null if the rule has none),
          foreground, background, mean_loss, cut (the loss of the last selected RoI), invalid_boxes,
          ignored_rois, warnings, seconds (of mining).
          The rules that take each image separately add images (how many, and min, mean and max per
          image of the selected, positives and negatives) and neither (ignored RoIs: all, selected).
          A loss that is not finite is one of the texts \"NaN\", \"Infinity\", \"-Infinity\".

Results:
  Files appear only when all results are complete: if one cannot be written, no file appears. What
  standard output or a device has received already stays. A link is followed. A file that is
  read-only, or read by the same command, is an error.

Exit codes:
  0       success
  1       a result could not be written
  2       an option or the input is wrong; one line on standard error says where";
