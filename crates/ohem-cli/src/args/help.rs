//! The long texts of `ohem mine --help`.

pub(super) const ABOUT: &str = "\
Mine the hardest RoIs of a table, and draw them.

RoIs are ranked by loss (equal losses: by row). From the hardest down, one is selected unless it \
overlaps a selected one of the same image and label by more than the threshold, until the batch is full. \
--rule has the rules of other frameworks.

The table is a CSV file with a header line. Columns go by name, in any order: `image` or \
`image_id`; `x1`, `y1`, `x2`, `y2`, the corners; `label`, a whole number (0 is background) or a text \
(`background`, `bg`, `__background__` are); `loss`. All others are carried along: targets, weights, \
what you like. An id that is a whole number is the same with zero decimals: 1 and 1.0. Numbers may be \
inf or NaN; see --nan for the losses. A box that is not finite, or inverted, overlaps nothing.";

pub(super) const EXAMPLES: &str = "\
Examples:
  ohem mine                                     a small real table that comes with the command
  ohem mine --picture hard.png                  draws it
  ohem mine rois.csv --format csv > hard.csv    the selected rows, hardest first
  ohem mine rois.csv --format json | jq .selected
  train --losses | ohem mine - --batch-size 64 --format csv | step
  ohem mine rois.csv --picture hard.svg --image 0=street.jpg --image 1=park.jpg
  ohem mine --loss-from-probabilities           -ln(p of the label), of the columns p0, p1, ...
  ohem mine --rule tensorflow --negatives-per-positive 3
  ohem mine --rule ssd --overlap-column iou anchors.csv

Rules, and the options of each (another rule's option is an error):
  fast-rcnn   --batch-size 128, --nms-threshold 0.7, --suppress, --convention
  no-nms      --batch-size 128, --suppress and --convention (which change nothing)
  rfcn        --per-image 128: the hardest so many of each image
  tensorflow  each image by itself: NMS over all labels keeps --batch-size 64, suppressing above
              --nms-threshold 0.7 (boxes are continuous); of those, the positives and
              --negatives-per-positive stay, but --min-negatives 0 at the least; --ignored
  ssd         each image by itself: all positives, and --negatives-per-positive 3 of the negatives that
              overlap ground truth by less than --neg-overlap 0.5 (--overlap-column; there is no NMS, and
              boxes are continuous), but --min-negatives 0 at the least
  mmdet       each image by itself: --batch-size 512, positives up to --positive-fraction 0.25 of them,
              then negatives, up to --negatives-per-positive
  Foreground is positive, background negative, and a whole number below 0 ignored (for the last three).

Formats:
  table   for people: the hardest RoIs and a summary
  csv     the selected rows with all their columns, then `loss` if it was computed
          (`loss_from_probabilities` where the table has a `loss`), `index` (of the data row, from 0)
          and `rank` (from 1)
  json    one object: n, groups, rule and its options by their names (batch_size, nms_threshold, ...),
          precision, simd (the instruction set), selected (indices of data rows, hardest first), losses
          (theirs, as in the table), visited and suppressed (null where the rule has no such thing),
          foreground, background, mean_loss, cut (the loss of the last selected), seconds (of mining);
          from the rules from rfcn on also images (all, and min, mean and max of the selected, positives and
          negatives of one) and neither (ignored ones: all, selected). A loss that JSON has no number for is
          one of the texts \"NaN\", \"Infinity\", \"-Infinity\".

Exit codes:
  0       done
  1       a result could not be written
  2       an option or the input is wrong; one line says where";
