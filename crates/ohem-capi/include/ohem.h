/*
 * ohem: online hard example mining without a heap, without panics, without globals.
 *
 * Made by cbindgen from crates/ohem-capi: change it there, then run `scripts/capi.sh --header`.
 *
 * All functions follow these rules:
 *
 * - The caller owns all memory. Nothing is allocated, nothing is global. Calls may run at the same time, also in
 *   interrupts, provided that no call writes memory that another call uses.
 * - A pointer with a length is an array of that length. The caller guarantees that it can be read, or written if it is
 *   not const. An output overlaps no other argument of the call. If the length is 0, the pointer may have any value,
 *   NULL included.
 * - A pointer that is NULL or misaligned, or an array larger than the address space, is refused by a status that names
 *   the argument.
 * - A call that returns another status than OHEM_STATUS_OK has written only the offender, unless its comment says
 *   otherwise.
 * - `offender` is the last argument; it may be NULL. An error sets it to the index at fault, as the status says, or to
 *   SIZE_MAX if no index is at fault.
 * - Floats are IEEE 754, rounded to nearest, and subnormal numbers are numbers: this is the environment in which a C
 *   program starts. Where subnormals count as 0 (-ffast-math and -Ofast set the CPU so when a program is linked), results
 *   of which a step would be subnormal differ, and boxes whose area is subnormal overlap nothing; no IoU is NaN.
 * - A label is a class, OHEM_BACKGROUND or OHEM_IGNORED. Mining, losses and gradients read it in the same way.
 */

#ifndef OHEM_H
#define OHEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/// Warns where a status is dropped. Define it before this header, as nothing, for no warnings.
#if !defined(OHEM_MUST_USE)
#if defined(__GNUC__) || defined(__clang__)
#define OHEM_MUST_USE __attribute__((warn_unused_result))
#elif defined(_MSC_VER) && _MSC_VER >= 1700
#include <sal.h>
#define OHEM_MUST_USE _Check_return_
#elif (defined(__cplusplus) && __cplusplus >= 201703L) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 202311L)
#define OHEM_MUST_USE [[nodiscard]]
#else
#define OHEM_MUST_USE
#endif
#endif
/// Number of bytes that a miner of `float` boxes needs: `ohem_miner_size_f32` as a constant expression.
#define OHEM_MINER_SIZE_F32(capacity) (40 * (size_t)(capacity) + 24)
/// Number of bytes that a miner of `double` boxes needs: `ohem_miner_size_f64` as a constant expression.
#define OHEM_MINER_SIZE_F64(capacity) (76 * (size_t)(capacity) + 48)
/// The same with a window that you choose: `ohem_miner_size_with_window_f32` as a constant expression.
#define OHEM_MINER_SIZE_WITH_WINDOW_F32(capacity, window) (24 * (size_t)(capacity) + 8 * (size_t)(window) + 8)
/// The same with a window that you choose: `ohem_miner_size_with_window_f64` as a constant expression.
#define OHEM_MINER_SIZE_WITH_WINDOW_F64(capacity, window) (44 * (size_t)(capacity) + 16 * (size_t)(window) + 16)

/// Label of a RoI that is background, whatever number the classes give to the background.
#define OHEM_BACKGROUND (UINT32_MAX - 1)

/// Label of a RoI that is neither an object nor background.
///
/// It takes no part in ranking or suppression, and its loss and gradient are 0.
#define OHEM_IGNORED UINT32_MAX

/// Means: done.
#define OHEM_STATUS_OK 0

/// Means: refused for a reason that this version of the header does not name.
#define OHEM_STATUS_UNEXPECTED 1

/// Means: a loss is NaN (the offender is its index).
#define OHEM_STATUS_NAN_LOSS 2

/// Means: a label is out of range (the offender is its row).
#define OHEM_STATUS_LABEL 3

/// Means: an index is out of range (the offender is its position).
#define OHEM_STATUS_INDEX 4

/// Means: a table of boxes has neither 4 columns nor 4 for each class.
#define OHEM_STATUS_COLUMNS 5

/// Means: unknown convention, suppression, NaN policy, handling of labels, layout, or another choice.
#define OHEM_STATUS_CHOICE 6

/// Means: the IoU threshold is NaN.
#define OHEM_STATUS_NAN_THRESHOLD 7

/// Means: the batch is larger than the miner's capacity (the offender is the batch size).
#define OHEM_STATUS_BATCH_SIZE 8

/// Means: the memory is too small (the offender is the number of bytes needed).
#define OHEM_STATUS_SHORT_MEMORY 9

/// Means: more RoIs than 32 bits can number (the offender is their number).
#define OHEM_STATUS_TOO_MANY 10

/// Means: beta is negative or NaN.
#define OHEM_STATUS_BETA 11

/// Means: the window is too short (the offender is the least length).
#define OHEM_STATUS_WINDOW 12

/// Means: means and deviations that cannot scale (the offender is their row).
#define OHEM_STATUS_NORMALIZATION 13

/// Means: an output is too short (the offender is the number of elements needed).
#define OHEM_STATUS_CAPACITY 14

/// Means: a setting is out of range: a fraction, or a number of bins.
#define OHEM_STATUS_SETTING 15

/// Means: a ground-truth box is invalid (the offender is its index).
#define OHEM_STATUS_INVALID_BOX 16

/// Means: bad pointer: miner.
#define OHEM_STATUS_POINTER_MINER 32

/// Means: bad pointer: config.
#define OHEM_STATUS_POINTER_CONFIG 33

/// Means: bad pointer: rois.
#define OHEM_STATUS_POINTER_ROIS 34

/// Means: bad pointer: spec.
#define OHEM_STATUS_POINTER_SPEC 35

/// Means: bad pointer: regression.
#define OHEM_STATUS_POINTER_REGRESSION 36

/// Means: bad pointer: gate, or a zeroed gate.
#define OHEM_STATUS_POINTER_GATE 37

/// Means: bad pointer: boxes, or rows or columns of a matrix.
#define OHEM_STATUS_POINTER_BOXES 38

/// Means: bad pointer: images.
#define OHEM_STATUS_POINTER_IMAGES 39

/// Means: bad pointer: labels, or groups.
#define OHEM_STATUS_POINTER_LABELS 40

/// Means: bad pointer: losses, or scores.
#define OHEM_STATUS_POINTER_LOSSES 41

/// Means: bad pointer: logits, probabilities, deltas or table.
#define OHEM_STATUS_POINTER_TABLE 42

/// Means: bad pointer: targets.
#define OHEM_STATUS_POINTER_TARGETS 43

/// Means: bad pointer: inside or outside weights.
#define OHEM_STATUS_POINTER_WEIGHTS 44

/// Means: bad pointer: indices, or selected.
#define OHEM_STATUS_POINTER_INDICES 45

/// Means: bad pointer: memory.
#define OHEM_STATUS_POINTER_MEMORY 46

/// Means: bad pointer: an output.
#define OHEM_STATUS_POINTER_OUT 47

/// Means: bad pointer: stream, or a zeroed stream.
#define OHEM_STATUS_POINTER_STREAM 48

/// Means: bad pointer: selection.
#define OHEM_STATUS_POINTER_SELECTION 49

/// Means: bad pointer: coder.
#define OHEM_STATUS_POINTER_CODER 50

/// Means: bad pointer: normalization, its means or its deviations.
#define OHEM_STATUS_POINTER_NORMALIZATION 51

/// Means: bad pointer: overlaps.
#define OHEM_STATUS_POINTER_OVERLAPS 52

/// Means: bad pointer: matches.
#define OHEM_STATUS_POINTER_MATCHES 53

/// Means: bad pointer: anchors.
#define OHEM_STATUS_POINTER_ANCHORS 54

/// Means: bad pointer: flags of the pixels that take part.
#define OHEM_STATUS_POINTER_FLAGS 55

/// Means: bad pointer: generator, or its function.
#define OHEM_STATUS_POINTER_GENERATOR 56

/// The version of this header: its major number.
#define OHEM_VERSION_MAJOR 0

/// The version of this header: its minor number.
#define OHEM_VERSION_MINOR 1

/// The version of this header: its patch number.
#define OHEM_VERSION_PATCH 0

/// The version of this header as one number that grows: 10203 is 1.2.3.
#define OHEM_VERSION_NUMBER (((OHEM_VERSION_MAJOR * 10000) + (OHEM_VERSION_MINOR * 100)) + OHEM_VERSION_PATCH)

/// How ignored anchors are handled: one of `OHEM_IGNORED_ANCHORS_...`.
typedef uint32_t ohem_ignored_anchors;

/// How a NaN loss is handled: one of `OHEM_NAN_...`.
typedef uint32_t ohem_nan_policy;

/// How TensorFlow's `HardExampleMiner` mines.
typedef struct {
    /// Number of anchors that NMS keeps of an image; `SIZE_MAX` for all.
    size_t num_hard_examples;
    /// IoU above which a harder anchor suppresses, whatever the classes.
    float iou_threshold;
    /// Largest number of negatives for each positive that NMS kept; negative for all.
    float max_negatives_per_positive;
    /// Least number of negatives that stay, if `max_negatives_per_positive` limits them.
    size_t min_negatives_per_image;
    /// How ignored anchors are handled.
    ohem_ignored_anchors ignored;
    /// How a NaN loss is handled; the original drops it.
    ohem_nan_policy nan;
} ohem_tensorflow_config_f32;

/// How SSD mines.
typedef struct {
    /// Number of negatives mined for each positive (`ohem_ssd_negatives_...`).
    float neg_pos_ratio;
    /// Overlap with ground truth below which a negative competes (`ohem_ssd_negatives_...`).
    float neg_overlap;
    /// Least number of negatives mined; 0 in the original (`ohem_ssd_negatives_...`).
    size_t min_negatives;
    /// Number of anchors mined (`ohem_ssd_hard_examples_...`).
    size_t sample_size;
    /// How ignored anchors are handled (`ohem_ssd_hard_examples_...`).
    ohem_ignored_anchors ignored;
    /// Whether a harder anchor suppresses those that overlap it; 0 if not, and the next three are not read.
    uint32_t with_nms;
    /// IoU above which it does.
    float iou_threshold;
    /// Largest number of anchors that are visited, hardest first; `SIZE_MAX` for all.
    size_t top_k;
    /// Least area of a box that can be selected; 1e-5 in the original.
    float min_area;
    /// How a NaN loss is handled.
    ohem_nan_policy nan;
} ohem_ssd_config_f32;

/// The outcome of a call, one of `OHEM_STATUS_...`; only 0 is success.
///
/// A bad pointer is `NULL` or misaligned although its array is not empty, or its array is larger than the
/// address space.
typedef uint32_t ohem_status;

/// Whether an IoU that equals the threshold suppresses: one of `OHEM_SUPPRESS_...`.
typedef uint32_t ohem_suppress;

/// Whether the right and bottom edge belong to the box: one of `OHEM_CONVENTION_...`.
typedef uint32_t ohem_convention;

/// How to mine, or to suppress.
typedef struct {
    /// Largest number of RoIs to select, over all images; NMS does not read it.
    size_t batch_size;
    /// Whether a harder RoI suppresses those of its group that overlap it; 0 if not.
    uint32_t with_nms;
    /// IoU above which it does.
    float iou_threshold;
    /// Whether an IoU that equals the threshold suppresses.
    ohem_suppress suppress;
    /// Whether the right and bottom edge belong to the box.
    ohem_convention convention;
    /// How a NaN loss is handled.
    ohem_nan_policy nan;
    /// Largest number of RoIs to visit, ignored ones included, which bounds the time of a step; 0 for no limit.
    ///
    /// What the hardest `max_visited` RoIs alone would select is selected. NMS obeys it, too.
    size_t max_visited;
} ohem_mine_config_f32;

/// Mines step after step, in memory that stays lent to it.
///
/// You may change the configuration between steps, at no cost; `ohem_miner_init_...` sets the rest.
typedef struct {
    /// How to mine.
    ohem_mine_config_f32 config;
    /// Largest number of RoIs that can be selected.
    size_t capacity;
    /// Number of candidates that one scan of the losses finds.
    size_t window;
    /// The memory, from its first aligned byte.
    float *memory;
} ohem_miner_f32;

/// A box by its corners. Any values are legal; an invalid box has IoU 0 with everything.
typedef struct {
    /// Left.
    float x1;
    /// Top.
    float y1;
    /// Right, not less than left.
    float x2;
    /// Bottom, not less than top.
    float y2;
} ohem_bbox_f32;

/// One image's anchors: how hard they are, and what they were matched to.
typedef struct {
    /// What NMS compares; may be `NULL` where nothing is suppressed.
    const ohem_bbox_f32 *boxes;
    /// The loss of each.
    const float *losses;
    /// What each was matched to: an object, `OHEM_BACKGROUND` or `OHEM_IGNORED`.
    const uint32_t *matches;
    /// Number of anchors.
    size_t length;
} ohem_anchors_f32;

/// The selected RoIs, hardest first.
typedef struct {
    /// Their indices, in the miner's memory: valid until you use the miner again.
    const uint32_t *indices;
    /// Number of selected RoIs.
    size_t count;
    /// Number of RoIs.
    size_t total;
    /// Number of visited RoIs: all but `count` of them overlapped a harder one of their group.
    size_t visited;
    /// Number of RoIs met on the way whose label or image is `OHEM_IGNORED`.
    ///
    /// If `visited + ignored` is less than `total`, a larger batch might select more.
    size_t ignored;
    /// Whether `max_visited` ended the call before the batch was full, although there were RoIs left to visit.
    bool is_partial;
} ohem_selection;

/// How TensorFlow's `HardExampleMiner` mines.
typedef struct {
    /// Number of anchors that NMS keeps of an image; `SIZE_MAX` for all.
    size_t num_hard_examples;
    /// IoU above which a harder anchor suppresses, whatever the classes.
    double iou_threshold;
    /// Largest number of negatives for each positive that NMS kept; negative for all.
    double max_negatives_per_positive;
    /// Least number of negatives that stay, if `max_negatives_per_positive` limits them.
    size_t min_negatives_per_image;
    /// How ignored anchors are handled.
    ohem_ignored_anchors ignored;
    /// How a NaN loss is handled; the original drops it.
    ohem_nan_policy nan;
} ohem_tensorflow_config_f64;

/// How SSD mines.
typedef struct {
    /// Number of negatives mined for each positive (`ohem_ssd_negatives_...`).
    double neg_pos_ratio;
    /// Overlap with ground truth below which a negative competes (`ohem_ssd_negatives_...`).
    double neg_overlap;
    /// Least number of negatives mined; 0 in the original (`ohem_ssd_negatives_...`).
    size_t min_negatives;
    /// Number of anchors mined (`ohem_ssd_hard_examples_...`).
    size_t sample_size;
    /// How ignored anchors are handled (`ohem_ssd_hard_examples_...`).
    ohem_ignored_anchors ignored;
    /// Whether a harder anchor suppresses those that overlap it; 0 if not, and the next three are not read.
    uint32_t with_nms;
    /// IoU above which it does.
    double iou_threshold;
    /// Largest number of anchors that are visited, hardest first; `SIZE_MAX` for all.
    size_t top_k;
    /// Least area of a box that can be selected; 1e-5 in the original.
    double min_area;
    /// How a NaN loss is handled.
    ohem_nan_policy nan;
} ohem_ssd_config_f64;

/// How to mine, or to suppress.
typedef struct {
    /// Largest number of RoIs to select, over all images; NMS does not read it.
    size_t batch_size;
    /// Whether a harder RoI suppresses those of its group that overlap it; 0 if not.
    uint32_t with_nms;
    /// IoU above which it does.
    double iou_threshold;
    /// Whether an IoU that equals the threshold suppresses.
    ohem_suppress suppress;
    /// Whether the right and bottom edge belong to the box.
    ohem_convention convention;
    /// How a NaN loss is handled.
    ohem_nan_policy nan;
    /// Largest number of RoIs to visit, ignored ones included, which bounds the time of a step; 0 for no limit.
    ///
    /// What the hardest `max_visited` RoIs alone would select is selected. NMS obeys it, too.
    size_t max_visited;
} ohem_mine_config_f64;

/// Mines step after step, in memory that stays lent to it.
///
/// You may change the configuration between steps, at no cost; `ohem_miner_init_...` sets the rest.
typedef struct {
    /// How to mine.
    ohem_mine_config_f64 config;
    /// Largest number of RoIs that can be selected.
    size_t capacity;
    /// Number of candidates that one scan of the losses finds.
    size_t window;
    /// The memory, from its first aligned byte.
    double *memory;
} ohem_miner_f64;

/// A box by its corners. Any values are legal; an invalid box has IoU 0 with everything.
typedef struct {
    /// Left.
    double x1;
    /// Top.
    double y1;
    /// Right, not less than left.
    double x2;
    /// Bottom, not less than top.
    double y2;
} ohem_bbox_f64;

/// One image's anchors: how hard they are, and what they were matched to.
typedef struct {
    /// What NMS compares; may be `NULL` where nothing is suppressed.
    const ohem_bbox_f64 *boxes;
    /// The loss of each.
    const double *losses;
    /// What each was matched to: an object, `OHEM_BACKGROUND` or `OHEM_IGNORED`.
    const uint32_t *matches;
    /// Number of anchors.
    size_t length;
} ohem_anchors_f64;

/// The right and bottom edge of a decoded box: one of `OHEM_DECODE_...`.
typedef uint32_t ohem_decode;

/// Encodes boxes as regression targets relative to other boxes, and decodes predicted deltas into boxes.
///
/// Targets and deltas are `[dx, dy, dw, dh]`: the move of the centre, in widths and heights of the box it starts
/// from, and the logarithm of the factors by which width and height grow.
typedef struct {
    /// Whether the right and bottom edge belong to a box.
    ohem_convention convention;
    /// The right and bottom edge of a decoded box.
    ohem_decode decoding;
    /// Upper limit of `dw` and `dh` in decoding, so that boxes of an untrained network stay finite; 0 for no limit.
    ///
    /// torchvision's is `ln(1000 / 16)`, 4.135166556742356.
    float largest_log;
} ohem_box_coder_f32;

/// Mean and standard deviation of each of the four values of a target: a row for all classes, or one for each.
///
/// Box weights of torchvision and Detectron are the inverse of standard deviations: (10, 10, 5, 5) are
/// (0.1, 0.1, 0.2, 0.2). With a row for each class, row 0 may have any values as long as no target has class 0.
typedef struct {
    /// The means, four a row.
    const float *means;
    /// The standard deviations, four a row.
    const float *stds;
    /// Number of rows.
    size_t rows;
} ohem_normalization_f32;

/// Encodes boxes as regression targets relative to other boxes, and decodes predicted deltas into boxes.
///
/// Targets and deltas are `[dx, dy, dw, dh]`: the move of the centre, in widths and heights of the box it starts
/// from, and the logarithm of the factors by which width and height grow.
typedef struct {
    /// Whether the right and bottom edge belong to a box.
    ohem_convention convention;
    /// The right and bottom edge of a decoded box.
    ohem_decode decoding;
    /// Upper limit of `dw` and `dh` in decoding, so that boxes of an untrained network stay finite; 0 for no limit.
    ///
    /// torchvision's is `ln(1000 / 16)`, 4.135166556742356.
    double largest_log;
} ohem_box_coder_f64;

/// Mean and standard deviation of each of the four values of a target: a row for all classes, or one for each.
///
/// Box weights of torchvision and Detectron are the inverse of standard deviations: (10, 10, 5, 5) are
/// (0.1, 0.1, 0.2, 0.2). With a row for each class, row 0 may have any values as long as no target has class 0.
typedef struct {
    /// The means, four a row.
    const double *means;
    /// The standard deviations, four a row.
    const double *stds;
    /// Number of rows.
    size_t rows;
} ohem_normalization_f64;

/// Passes the hardest share of samples, compared with the losses of the last ones.
///
/// A gate that is all 0, as a `static` begins, passes every sample until it is initialised.
typedef struct {
    /// private
    size_t state[7];
} ohem_gate_f32;

/// Passes the hardest share of samples, compared with the losses of the last ones.
///
/// A gate that is all 0, as a `static` begins, passes every sample until it is initialised.
typedef struct {
    /// private
    size_t state[7];
} ohem_gate_i8;

/// Passes the hardest share of samples, compared with the losses of the last ones.
///
/// A gate that is all 0, as a `static` begins, passes every sample until it is initialised.
typedef struct {
    /// private
    size_t state[7];
} ohem_gate_i16;

/// Passes the hardest share of samples, compared with the losses of the last ones.
///
/// A gate that is all 0, as a `static` begins, passes every sample until it is initialised.
typedef struct {
    /// private
    size_t state[7];
} ohem_gate_i32;

/// Passes the hardest share of samples, compared with the losses of the last ones.
///
/// A gate that is all 0, as a `static` begins, passes every sample until it is initialised.
typedef struct {
    /// private
    size_t state[7];
} ohem_gate_f16;

/// Passes the hardest share of samples, compared with the losses of the last ones.
///
/// A gate that is all 0, as a `static` begins, passes every sample until it is initialised.
typedef struct {
    /// private
    size_t state[7];
} ohem_gate_bf16;

/// How a RoI is handled that is both foreground and background: one of `OHEM_ON_OVERLAP_...`.
typedef uint32_t ohem_on_overlap;

/// IoU thresholds for foreground, background and ignored RoIs.
typedef struct {
    /// Lowest IoU that counts as foreground; the original's `FG_THRESH`.
    float foreground;
    /// Lowest IoU that still counts as background; the original's `BG_THRESH_LO`.
    float background_from;
    /// Lowest IoU that no longer counts as background; the original's `BG_THRESH_HI`.
    float background_below;
    /// Lowest IoU with which a RoI gets a regression target; the original's `BBOX_THRESH`.
    float target;
    /// How a RoI is handled that is both foreground and background.
    ohem_on_overlap on_overlap;
} ohem_label_config_f32;

/// IoU thresholds for foreground, background and ignored RoIs.
typedef struct {
    /// Lowest IoU that counts as foreground; the original's `FG_THRESH`.
    double foreground;
    /// Lowest IoU that still counts as background; the original's `BG_THRESH_LO`.
    double background_from;
    /// Lowest IoU that no longer counts as background; the original's `BG_THRESH_HI`.
    double background_below;
    /// Lowest IoU with which a RoI gets a regression target; the original's `BBOX_THRESH`.
    double target;
    /// How a RoI is handled that is both foreground and background.
    ohem_on_overlap on_overlap;
} ohem_label_config_f64;

/// How a label that names no class is handled: one of `OHEM_INVALID_KEY_...`.
typedef uint32_t ohem_invalid_key;

/// The classes of a table of scores: its columns, and how a label names one of them.
///
/// Softmax has a column for the background: label `n` has column `n`. Sigmoid has none: label `n` has column `n`
/// below the background's label, and `n - 1` above. `OHEM_BACKGROUND` is the background whatever its label, and
/// the loss and gradient of `OHEM_IGNORED` are 0.
typedef struct {
    /// Number of columns of the table.
    size_t count;
    /// Label of the background: 0 in the original, the number of objects' classes where it is the last.
    uint32_t background;
    /// How a label that names no class is handled.
    ohem_invalid_key invalid_labels;
} ohem_classes;

/// The rows of a gradient: one of `OHEM_LAYOUT_...`.
typedef uint32_t ohem_layout;

/// What a backward pass asks of a gradient: for which RoIs, times which scale, in which rows.
typedef struct {
    /// Indices of the selected RoIs.
    const uint32_t *selected;
    /// Number of selected RoIs.
    size_t count;
    /// Factor of their gradients: `1 / count` for the mean of their losses.
    float scale;
    /// The rows of the output.
    ohem_layout layout;
} ohem_gradient_spec_f32;

/// What a backward pass asks of a gradient: for which RoIs, times which scale, in which rows.
typedef struct {
    /// Indices of the selected RoIs.
    const uint32_t *selected;
    /// Number of selected RoIs.
    size_t count;
    /// Factor of their gradients: `1 / count` for the mean of their losses.
    double scale;
    /// The rows of the output.
    ohem_layout layout;
} ohem_gradient_spec_f64;

/// A selected RoI and its loss, for a merge of several selections.
typedef struct {
    /// Its loss.
    float loss;
    /// Its index in the whole batch.
    uint32_t index;
} ohem_ranked_f32;

/// A selected RoI and its loss, for a merge of several selections.
typedef struct {
    /// Its loss.
    double loss;
    /// Its index in the whole batch.
    uint32_t index;
} ohem_ranked_f64;

/// A selected RoI and its loss, for a merge of several selections.
typedef struct {
    /// Its loss.
    int8_t loss;
    /// Its index in the whole batch.
    uint32_t index;
} ohem_ranked_i8;

/// A selected RoI and its loss, for a merge of several selections.
typedef struct {
    /// Its loss.
    int16_t loss;
    /// Its index in the whole batch.
    uint32_t index;
} ohem_ranked_i16;

/// A selected RoI and its loss, for a merge of several selections.
typedef struct {
    /// Its loss.
    int32_t loss;
    /// Its index in the whole batch.
    uint32_t index;
} ohem_ranked_i32;

/// A selected RoI and its loss, for a merge of several selections.
typedef struct {
    /// Its loss.
    uint16_t loss;
    /// Its index in the whole batch.
    uint32_t index;
} ohem_ranked_f16;

/// A selected RoI and its loss, for a merge of several selections.
typedef struct {
    /// Its loss.
    uint16_t loss;
    /// Its index in the whole batch.
    uint32_t index;
} ohem_ranked_bf16;

/// Regions of interest. RoIs suppress each other only within a group: an image and a label.
typedef struct {
    /// Their boxes; may be `NULL` if the miner suppresses nothing (`with_nms` is 0), which then reads none.
    const ohem_bbox_f32 *boxes;
    /// The image of each; `NULL` if all have the same.
    const uint32_t *images;
    /// The class of each, or `OHEM_BACKGROUND` or `OHEM_IGNORED`; `NULL` if all have the same.
    const uint32_t *labels;
    /// Number of RoIs.
    size_t length;
} ohem_rois_f32;

/// Regions of interest. RoIs suppress each other only within a group: an image and a label.
typedef struct {
    /// Their boxes; may be `NULL` if the miner suppresses nothing (`with_nms` is 0), which then reads none.
    const ohem_bbox_f64 *boxes;
    /// The image of each; `NULL` if all have the same.
    const uint32_t *images;
    /// The class of each, or `OHEM_BACKGROUND` or `OHEM_IGNORED`; `NULL` if all have the same.
    const uint32_t *labels;
    /// Number of RoIs.
    size_t length;
} ohem_rois_f64;

/// How MONAI's `HardNegativeSampler` mines.
typedef struct {
    /// Number of RoIs to sample of an image.
    size_t batch_size;
    /// Largest share of positives among them.
    float positive_fraction;
    /// Least number of negatives to sample, however few positives there are.
    size_t min_negatives;
    /// Number of negatives in the pool for each that is drawn from it.
    float pool_size;
    /// How a NaN loss is handled.
    ohem_nan_policy nan;
} ohem_monai_config_f32;

/// Which RoIs of a pool are taken, if it holds more than there is room for: one of `OHEM_PICK_...`.
typedef uint32_t ohem_pick;

/// How mmdetection's `IoUBalancedNegSampler` samples, for Libra R-CNN.
typedef struct {
    /// Number of RoIs to sample of an image.
    size_t num;
    /// Largest share of positives among them.
    float pos_fraction;
    /// Largest number of negatives for each positive (for one, if there is none); negative for no limit.
    float neg_pos_ub;
    /// Overlap below which a negative is not balanced; if 0, those of overlap 0; if negative, no RoI.
    float floor_thr;
    /// Share of the negatives that are sampled below the floor.
    float floor_fraction;
    /// Number of bins between the floor and the highest overlap of the image; 1 for no balance.
    size_t num_bins;
    /// Which RoIs of a bin are taken.
    ohem_pick pick;
    /// How a NaN loss is handled, if the hardest are picked.
    ohem_nan_policy nan;
} ohem_libra_config_f32;

/// A generator of random numbers: the same numbers give the same sample on every target.
typedef struct {
    /// Returns the next number, all of whose 32 bits are random.
    uint32_t (*next)(void *state);
    /// What `next` is called with; may be `NULL`.
    void *state;
} ohem_generator;

/// How MONAI's `HardNegativeSampler` mines.
typedef struct {
    /// Number of RoIs to sample of an image.
    size_t batch_size;
    /// Largest share of positives among them.
    double positive_fraction;
    /// Least number of negatives to sample, however few positives there are.
    size_t min_negatives;
    /// Number of negatives in the pool for each that is drawn from it.
    double pool_size;
    /// How a NaN loss is handled.
    ohem_nan_policy nan;
} ohem_monai_config_f64;

/// How mmdetection's `IoUBalancedNegSampler` samples, for Libra R-CNN.
typedef struct {
    /// Number of RoIs to sample of an image.
    size_t num;
    /// Largest share of positives among them.
    double pos_fraction;
    /// Largest number of negatives for each positive (for one, if there is none); negative for no limit.
    double neg_pos_ub;
    /// Overlap below which a negative is not balanced; if 0, those of overlap 0; if negative, no RoI.
    double floor_thr;
    /// Share of the negatives that are sampled below the floor.
    double floor_fraction;
    /// Number of bins between the floor and the highest overlap of the image; 1 for no balance.
    size_t num_bins;
    /// Which RoIs of a bin are taken.
    ohem_pick pick;
    /// How a NaN loss is handled, if the hardest are picked.
    ohem_nan_policy nan;
} ohem_libra_config_f64;

/// Predicted deltas of boxes, their targets, and the weights of both.
///
/// A table has 4 columns or, if each class has its own, 4 for each class: label `n` has the columns from `4 n`.
/// Background and ignored RoIs have no loss, and need no columns.
typedef struct {
    /// The label of each RoI: a class, `OHEM_BACKGROUND` or `OHEM_IGNORED`.
    const uint32_t *labels;
    /// Number of RoIs.
    size_t length;
    /// The predicted deltas.
    const float *deltas;
    /// Number of their columns.
    size_t delta_columns;
    /// The targets.
    const float *targets;
    /// Number of columns of the targets and of the weights.
    size_t target_columns;
    /// Weights of differences; a column of weight 0 is left out. `NULL` if all are 1.
    const float *inside;
    /// Weights of losses; `NULL` if all are 1.
    const float *outside;
    /// The `|x|` at which the loss turns from a square into a line: 1 in the original, 0 for the L1 loss. Not negative.
    float beta;
    /// Label of the background: 0 in the original.
    uint32_t background;
    /// How a label that has no columns is handled.
    ohem_invalid_key invalid_labels;
} ohem_regression_f32;

/// Predicted deltas of boxes, their targets, and the weights of both.
///
/// A table has 4 columns or, if each class has its own, 4 for each class: label `n` has the columns from `4 n`.
/// Background and ignored RoIs have no loss, and need no columns.
typedef struct {
    /// The label of each RoI: a class, `OHEM_BACKGROUND` or `OHEM_IGNORED`.
    const uint32_t *labels;
    /// Number of RoIs.
    size_t length;
    /// The predicted deltas.
    const double *deltas;
    /// Number of their columns.
    size_t delta_columns;
    /// The targets.
    const double *targets;
    /// Number of columns of the targets and of the weights.
    size_t target_columns;
    /// Weights of differences; a column of weight 0 is left out. `NULL` if all are 1.
    const double *inside;
    /// Weights of losses; `NULL` if all are 1.
    const double *outside;
    /// The `|x|` at which the loss turns from a square into a line: 1 in the original, 0 for the L1 loss. Not negative.
    double beta;
    /// Label of the background: 0 in the original.
    uint32_t background;
    /// How a label that has no columns is handled.
    ohem_invalid_key invalid_labels;
} ohem_regression_f64;

/// Tables of `4 * classes` columns, to be written: targets with columns for each class, and their weights.
typedef struct {
    /// The targets, in the columns of the RoI's class; 0 in all others.
    float *targets;
    /// The inside weights, in the same columns.
    float *inside_weights;
    /// 1 for each inside weight above 0.
    float *outside_weights;
} ohem_per_class_targets_f32;

/// Tables of `4 * classes` columns, to be written: targets with columns for each class, and their weights.
typedef struct {
    /// The targets, in the columns of the RoI's class; 0 in all others.
    double *targets;
    /// The inside weights, in the same columns.
    double *inside_weights;
    /// 1 for each inside weight above 0.
    double *outside_weights;
} ohem_per_class_targets_f64;

/// How mmdetection's `OHEMSampler` mines.
typedef struct {
    /// Number of RoIs to sample of an image.
    size_t num;
    /// Largest share of positives among them.
    float pos_fraction;
    /// Largest number of negatives for each positive (for one, if there is none); negative for no limit.
    float neg_pos_ub;
    /// How a NaN loss is handled.
    ohem_nan_policy nan;
} ohem_mmdet_config_f32;

/// How mmdetection's `OHEMSampler` mines.
typedef struct {
    /// Number of RoIs to sample of an image.
    size_t num;
    /// Largest share of positives among them.
    double pos_fraction;
    /// Largest number of negatives for each positive (for one, if there is none); negative for no limit.
    double neg_pos_ub;
    /// How a NaN loss is handled.
    ohem_nan_policy nan;
} ohem_mmdet_config_f64;

/// How many RoIs of an image are drawn, and how many of them may be foreground.
typedef struct {
    /// Largest number of RoIs to draw.
    size_t batch_size;
    /// Largest fraction of the batch that may be foreground; the original's `FG_FRACTION`.
    float foreground_fraction;
    /// IoU thresholds for foreground and background.
    ohem_label_config_f32 labels;
} ohem_sample_config_f32;

/// How many RoIs of an image are drawn, and how many of them may be foreground.
typedef struct {
    /// Largest number of RoIs to draw.
    size_t batch_size;
    /// Largest fraction of the batch that may be foreground; the original's `FG_FRACTION`.
    double foreground_fraction;
    /// IoU thresholds for foreground and background.
    ohem_label_config_f64 labels;
} ohem_sample_config_f64;

/// Number of pixels kept when fewer than `min_kept` pass the threshold: one of `OHEM_COUNTING_...`.
typedef uint32_t ohem_counting;

/// What a step of mining saw, for a training log.
typedef struct {
    /// How many RoIs there were.
    size_t total;
    /// How many were looked at.
    size_t visited;
    /// How many of those overlapped a harder one of their group.
    size_t suppressed;
    /// Number of RoIs passed over because they are ignored.
    size_t ignored;
    /// How many were selected.
    size_t selected;
    /// The loss of the easiest one selected; 0 if nothing was selected.
    float cut;
    /// Mean loss of those selected; NaN if nothing was selected, or one of them is NaN.
    double mean_selected;
    /// Mean loss of all that are not NaN; NaN if there are none.
    double mean_all;
} ohem_statistics_f32;

/// What a step of mining saw, for a training log.
typedef struct {
    /// How many RoIs there were.
    size_t total;
    /// How many were looked at.
    size_t visited;
    /// How many of those overlapped a harder one of their group.
    size_t suppressed;
    /// Number of RoIs passed over because they are ignored.
    size_t ignored;
    /// How many were selected.
    size_t selected;
    /// The loss of the easiest one selected; 0 if nothing was selected.
    double cut;
    /// Mean loss of those selected; NaN if nothing was selected, or one of them is NaN.
    double mean_selected;
    /// Mean loss of all that are not NaN; NaN if there are none.
    double mean_all;
} ohem_statistics_f64;

/// What a step of mining saw, for a training log.
typedef struct {
    /// How many RoIs there were.
    size_t total;
    /// How many were looked at.
    size_t visited;
    /// How many of those overlapped a harder one of their group.
    size_t suppressed;
    /// Number of RoIs passed over because they are ignored.
    size_t ignored;
    /// How many were selected.
    size_t selected;
    /// The loss of the easiest one selected; 0 if nothing was selected.
    int8_t cut;
    /// Mean loss of those selected; NaN if nothing was selected, or one of them is NaN.
    double mean_selected;
    /// Mean loss of all that are not NaN; NaN if there are none.
    double mean_all;
} ohem_statistics_i8;

/// What a step of mining saw, for a training log.
typedef struct {
    /// How many RoIs there were.
    size_t total;
    /// How many were looked at.
    size_t visited;
    /// How many of those overlapped a harder one of their group.
    size_t suppressed;
    /// Number of RoIs passed over because they are ignored.
    size_t ignored;
    /// How many were selected.
    size_t selected;
    /// The loss of the easiest one selected; 0 if nothing was selected.
    int16_t cut;
    /// Mean loss of those selected; NaN if nothing was selected, or one of them is NaN.
    double mean_selected;
    /// Mean loss of all that are not NaN; NaN if there are none.
    double mean_all;
} ohem_statistics_i16;

/// What a step of mining saw, for a training log.
typedef struct {
    /// How many RoIs there were.
    size_t total;
    /// How many were looked at.
    size_t visited;
    /// How many of those overlapped a harder one of their group.
    size_t suppressed;
    /// Number of RoIs passed over because they are ignored.
    size_t ignored;
    /// How many were selected.
    size_t selected;
    /// The loss of the easiest one selected; 0 if nothing was selected.
    int32_t cut;
    /// Mean loss of those selected; NaN if nothing was selected, or one of them is NaN.
    double mean_selected;
    /// Mean loss of all that are not NaN; NaN if there are none.
    double mean_all;
} ohem_statistics_i32;

/// What a step of mining saw, for a training log.
typedef struct {
    /// How many RoIs there were.
    size_t total;
    /// How many were looked at.
    size_t visited;
    /// How many of those overlapped a harder one of their group.
    size_t suppressed;
    /// Number of RoIs passed over because they are ignored.
    size_t ignored;
    /// How many were selected.
    size_t selected;
    /// The loss of the easiest one selected; 0 if nothing was selected.
    uint16_t cut;
    /// Mean loss of those selected; NaN if nothing was selected, or one of them is NaN.
    double mean_selected;
    /// Mean loss of all that are not NaN; NaN if there are none.
    double mean_all;
} ohem_statistics_f16;

/// What a step of mining saw, for a training log.
typedef struct {
    /// How many RoIs there were.
    size_t total;
    /// How many were looked at.
    size_t visited;
    /// How many of those overlapped a harder one of their group.
    size_t suppressed;
    /// Number of RoIs passed over because they are ignored.
    size_t ignored;
    /// How many were selected.
    size_t selected;
    /// The loss of the easiest one selected; 0 if nothing was selected.
    uint16_t cut;
    /// Mean loss of those selected; NaN if nothing was selected, or one of them is NaN.
    double mean_selected;
    /// Mean loss of all that are not NaN; NaN if there are none.
    double mean_all;
} ohem_statistics_bf16;

/// Keeps the hardest k of a stream of losses, which are numbered as they come.
typedef struct {
    /// private
    uint64_t state[14];
} ohem_top_k_stream_f32;

/// Keeps the hardest k of a stream of losses, which are numbered as they come.
typedef struct {
    /// private
    uint64_t state[14];
} ohem_top_k_stream_f64;

/// Keeps the hardest k of a stream of losses, which are numbered as they come.
typedef struct {
    /// private
    uint64_t state[14];
} ohem_top_k_stream_i8;

/// Keeps the hardest k of a stream of losses, which are numbered as they come.
typedef struct {
    /// private
    uint64_t state[14];
} ohem_top_k_stream_i16;

/// Keeps the hardest k of a stream of losses, which are numbered as they come.
typedef struct {
    /// private
    uint64_t state[14];
} ohem_top_k_stream_i32;

/// Keeps the hardest k of a stream of losses, which are numbered as they come.
typedef struct {
    /// private
    uint64_t state[14];
} ohem_top_k_stream_f16;

/// Keeps the hardest k of a stream of losses, which are numbered as they come.
typedef struct {
    /// private
    uint64_t state[14];
} ohem_top_k_stream_bf16;

/// They take no part.
#define OHEM_IGNORED_ANCHORS_EXCLUDED 0

/// They compete like any other, as in the original framework, and use up its budget.
#define OHEM_IGNORED_ANCHORS_COMPETE 1

/// Decoding undoes encoding.
#define OHEM_DECODE_EXACT 0

/// One pixel further out on pixel boxes, as in the original.
#define OHEM_DECODE_ORIGINAL 1

/// They do not, so a box is `x2 - x1` wide (torchvision, COCO).
#define OHEM_CONVENTION_CONTINUOUS 0

/// They do, as pixels: a box is `x2 - x1 + 1` wide (PASCAL VOC, the original).
#define OHEM_CONVENTION_PIXEL 1

/// `iou > t`: the original's GPU and Python NMS, torchvision.
#define OHEM_SUPPRESS_ABOVE 0

/// `iou >= t`: the original's Cython NMS.
#define OHEM_SUPPRESS_AT_OR_ABOVE 1

/// It is an error that names the first one.
#define OHEM_NAN_ERROR 0

/// It is skipped: neither visited nor selected.
#define OHEM_NAN_SKIP 1

/// It ranks before everything, +infinity included.
#define OHEM_NAN_FIRST 2

/// It is an error that names the first one.
#define OHEM_INVALID_KEY_ERROR 0

/// Its RoI is ignored, as one labelled `OHEM_IGNORED` is.
#define OHEM_INVALID_KEY_IGNORE 1

/// It is foreground.
#define OHEM_ON_OVERLAP_FOREGROUND 0

/// It is listed twice, once as each, as in the original.
#define OHEM_ON_OVERLAP_DUPLICATE 1

/// A row for every RoI, 0 for those not selected: for a backward pass over the whole batch.
#define OHEM_LAYOUT_DENSE 0

/// A row for every index, in the order of the indices: for a backward pass over the selected RoIs alone.
#define OHEM_LAYOUT_GATHERED 1

/// Any, at random, as in mmdetection.
#define OHEM_PICK_RANDOM 0

/// The hardest, by loss; the generator is not asked.
#define OHEM_PICK_HARDEST 1

/// Exactly `min_kept`, or all if there are fewer.
#define OHEM_COUNTING_EXACT 0

/// As mmsegmentation counts: pixels that tie with the last one are lost.
#define OHEM_COUNTING_MMSEGMENTATION 1

/// As PaddleSeg counts: the same with one pixel fewer, and all pixels if `min_kept` is 0.
#define OHEM_COUNTING_PADDLE_SEG 2

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/// Returns the defaults of TensorFlow's configuration file: 64 anchors, IoU 0.7, any number of negatives.
ohem_tensorflow_config_f32 ohem_tensorflow_config_new_f32(void);

/// Returns Caffe-SSD's defaults: three negatives a positive, of overlaps below 0.5; 64 examples; no NMS.
ohem_ssd_config_f32 ohem_ssd_config_new_f32(void);

/// TensorFlow: NMS over all anchors of one image, then negatives by a ratio; hardest first.
///
/// The boxes are decoded predictions, and the losses those of `ohem_weighted_sum_...`, or one of the two.
OHEM_MUST_USE
ohem_status ohem_tensorflow_f32(ohem_miner_f32 *miner,
                                const ohem_anchors_f32 *anchors,
                                const ohem_tensorflow_config_f32 *config,
                                ohem_selection *selection,
                                size_t *offender);

/// Adds the two losses of each anchor: `classification * cls_weight + localization * loc_weight`. O(n).
OHEM_MUST_USE
ohem_status ohem_weighted_sum_f32(const float *classification,
                                  float cls_weight,
                                  const float *localization,
                                  float loc_weight,
                                  size_t length,
                                  float *losses,
                                  size_t *offender);

/// SSD: mines the hard negatives of one image, in a ratio to its positives; hardest first.
///
/// All positives train, too; the selection does not name them. `overlaps` has the highest IoU of each
/// anchor with ground truth.
OHEM_MUST_USE
ohem_status ohem_ssd_negatives_f32(ohem_miner_f32 *miner,
                                   const ohem_anchors_f32 *anchors,
                                   const float *overlaps,
                                   const ohem_ssd_config_f32 *config,
                                   ohem_selection *selection,
                                   size_t *offender);

/// SSD: mines the hardest anchors of one image, positive or not; hardest first. No others train.
OHEM_MUST_USE
ohem_status ohem_ssd_hard_examples_f32(ohem_miner_f32 *miner,
                                       const ohem_anchors_f32 *anchors,
                                       const ohem_ssd_config_f32 *config,
                                       ohem_selection *selection,
                                       size_t *offender);

/// Returns the defaults of TensorFlow's configuration file: 64 anchors, IoU 0.7, any number of negatives.
ohem_tensorflow_config_f64 ohem_tensorflow_config_new_f64(void);

/// Returns Caffe-SSD's defaults: three negatives a positive, of overlaps below 0.5; 64 examples; no NMS.
ohem_ssd_config_f64 ohem_ssd_config_new_f64(void);

/// TensorFlow: NMS over all anchors of one image, then negatives by a ratio; hardest first.
///
/// The boxes are decoded predictions, and the losses those of `ohem_weighted_sum_...`, or one of the two.
OHEM_MUST_USE
ohem_status ohem_tensorflow_f64(ohem_miner_f64 *miner,
                                const ohem_anchors_f64 *anchors,
                                const ohem_tensorflow_config_f64 *config,
                                ohem_selection *selection,
                                size_t *offender);

/// Adds the two losses of each anchor: `classification * cls_weight + localization * loc_weight`. O(n).
OHEM_MUST_USE
ohem_status ohem_weighted_sum_f64(const double *classification,
                                  double cls_weight,
                                  const double *localization,
                                  double loc_weight,
                                  size_t length,
                                  double *losses,
                                  size_t *offender);

/// SSD: mines the hard negatives of one image, in a ratio to its positives; hardest first.
///
/// All positives train, too; the selection does not name them. `overlaps` has the highest IoU of each
/// anchor with ground truth.
OHEM_MUST_USE
ohem_status ohem_ssd_negatives_f64(ohem_miner_f64 *miner,
                                   const ohem_anchors_f64 *anchors,
                                   const double *overlaps,
                                   const ohem_ssd_config_f64 *config,
                                   ohem_selection *selection,
                                   size_t *offender);

/// SSD: mines the hardest anchors of one image, positive or not; hardest first. No others train.
OHEM_MUST_USE
ohem_status ohem_ssd_hard_examples_f64(ohem_miner_f64 *miner,
                                       const ohem_anchors_f64 *anchors,
                                       const ohem_ssd_config_f64 *config,
                                       ohem_selection *selection,
                                       size_t *offender);

/// Returns a coder of which decoding undoes encoding, without a limit.
ohem_box_coder_f32 ohem_box_coder_new_f32(ohem_convention convention);

/// Returns the original's coder: pixel boxes, and decoding that is off by a pixel.
ohem_box_coder_f32 ohem_box_coder_fast_rcnn_f32(void);

/// Writes the regression target that leads from each box to its partner: four values for each. O(n).
OHEM_MUST_USE
ohem_status ohem_encode_f32(const ohem_box_coder_f32 *coder,
                            const ohem_bbox_f32 *from,
                            const ohem_bbox_f32 *to,
                            size_t length,
                            float *targets,
                            size_t *offender);

/// Writes the boxes to which predicted deltas lead: from each box one for each class. O(n x classes).
///
/// `deltas` has `length` rows of `4 * classes` columns, and `decoded` `length` rows of `classes` boxes.
OHEM_MUST_USE
ohem_status ohem_decode_f32(const ohem_box_coder_f32 *coder,
                            const ohem_bbox_f32 *from,
                            size_t length,
                            const float *deltas,
                            size_t classes,
                            ohem_bbox_f32 *decoded,
                            size_t *offender);

/// Clips boxes to an image, in place; the last pixel of pixel boxes is `width - 1`. O(n).
OHEM_MUST_USE
ohem_status ohem_clip_f32(ohem_bbox_f32 *boxes,
                          size_t length,
                          float width,
                          float height,
                          ohem_convention convention,
                          size_t *offender);

/// Subtracts the mean from each value of the targets and divides by the standard deviation, in place.
///
/// `classes` has the class of each target, or `OHEM_BACKGROUND` or `OHEM_IGNORED`, whose values stay;
/// `targets` has `length` rows of four. O(n).
OHEM_MUST_USE
ohem_status ohem_normalize_f32(const ohem_normalization_f32 *normalization,
                               const uint32_t *classes,
                               float *targets,
                               size_t length,
                               size_t *offender);

/// Multiplies each value by the standard deviation and adds the mean: undoes `ohem_normalize_...`. O(n).
OHEM_MUST_USE
ohem_status ohem_denormalize_f32(const ohem_normalization_f32 *normalization,
                                 const uint32_t *classes,
                                 float *targets,
                                 size_t length,
                                 size_t *offender);

/// Returns a coder of which decoding undoes encoding, without a limit.
ohem_box_coder_f64 ohem_box_coder_new_f64(ohem_convention convention);

/// Returns the original's coder: pixel boxes, and decoding that is off by a pixel.
ohem_box_coder_f64 ohem_box_coder_fast_rcnn_f64(void);

/// Writes the regression target that leads from each box to its partner: four values for each. O(n).
OHEM_MUST_USE
ohem_status ohem_encode_f64(const ohem_box_coder_f64 *coder,
                            const ohem_bbox_f64 *from,
                            const ohem_bbox_f64 *to,
                            size_t length,
                            double *targets,
                            size_t *offender);

/// Writes the boxes to which predicted deltas lead: from each box one for each class. O(n x classes).
///
/// `deltas` has `length` rows of `4 * classes` columns, and `decoded` `length` rows of `classes` boxes.
OHEM_MUST_USE
ohem_status ohem_decode_f64(const ohem_box_coder_f64 *coder,
                            const ohem_bbox_f64 *from,
                            size_t length,
                            const double *deltas,
                            size_t classes,
                            ohem_bbox_f64 *decoded,
                            size_t *offender);

/// Clips boxes to an image, in place; the last pixel of pixel boxes is `width - 1`. O(n).
OHEM_MUST_USE
ohem_status ohem_clip_f64(ohem_bbox_f64 *boxes,
                          size_t length,
                          double width,
                          double height,
                          ohem_convention convention,
                          size_t *offender);

/// Subtracts the mean from each value of the targets and divides by the standard deviation, in place.
///
/// `classes` has the class of each target, or `OHEM_BACKGROUND` or `OHEM_IGNORED`, whose values stay;
/// `targets` has `length` rows of four. O(n).
OHEM_MUST_USE
ohem_status ohem_normalize_f64(const ohem_normalization_f64 *normalization,
                               const uint32_t *classes,
                               double *targets,
                               size_t length,
                               size_t *offender);

/// Multiplies each value by the standard deviation and adds the mean: undoes `ohem_normalize_...`. O(n).
OHEM_MUST_USE
ohem_status ohem_denormalize_f64(const ohem_normalization_f64 *normalization,
                                 const uint32_t *classes,
                                 double *targets,
                                 size_t length,
                                 size_t *offender);

/// Returns the paper's setting on continuous boxes: NMS at IoU > 0.7.
ohem_mine_config_f32 ohem_mine_config_new_f32(size_t batch_size);

/// Returns the original's setting (Fast R-CNN): 128 RoIs, NMS at IoU > 0.7, pixel boxes.
ohem_mine_config_f32 ohem_mine_config_fast_rcnn_f32(void);

/// Returns the paper's setting on continuous boxes: NMS at IoU > 0.7.
ohem_mine_config_f64 ohem_mine_config_new_f64(size_t batch_size);

/// Returns the original's setting (Fast R-CNN): 128 RoIs, NMS at IoU > 0.7, pixel boxes.
ohem_mine_config_f64 ohem_mine_config_fast_rcnn_f64(void);

/// Makes a gate that passes about this share of the samples, from 0 (none) to 1 (all).
///
/// It compares with the last `length` losses, at least 1. `window` has as many elements, and stays lent
/// to the gate as long as you use it.
OHEM_MUST_USE
ohem_status ohem_gate_init_f32(ohem_gate_f32 *gate,
                               uint64_t *window,
                               size_t length,
                               float share,
                               size_t *offender);

/// Returns whether a sample of this loss is worth a backward pass, and remembers the loss. O(window).
///
/// A NaN is harder than any other loss. Every sample passes a bad pointer, or a gate that is all 0: training
/// goes on, and takes longer.
bool ohem_gate_observe_f32(ohem_gate_f32 *gate, float loss);

/// Makes a gate that passes about this share of the samples, from 0 (none) to 1 (all).
///
/// It compares with the last `length` losses, at least 1. `window` has as many elements, and stays lent
/// to the gate as long as you use it.
OHEM_MUST_USE
ohem_status ohem_gate_init_i8(ohem_gate_i8 *gate,
                              uint64_t *window,
                              size_t length,
                              float share,
                              size_t *offender);

/// Returns whether a sample of this loss is worth a backward pass, and remembers the loss. O(window).
///
/// A NaN is harder than any other loss. Every sample passes a bad pointer, or a gate that is all 0: training
/// goes on, and takes longer.
bool ohem_gate_observe_i8(ohem_gate_i8 *gate, int8_t loss);

/// Makes a gate that passes about this share of the samples, from 0 (none) to 1 (all).
///
/// It compares with the last `length` losses, at least 1. `window` has as many elements, and stays lent
/// to the gate as long as you use it.
OHEM_MUST_USE
ohem_status ohem_gate_init_i16(ohem_gate_i16 *gate,
                               uint64_t *window,
                               size_t length,
                               float share,
                               size_t *offender);

/// Returns whether a sample of this loss is worth a backward pass, and remembers the loss. O(window).
///
/// A NaN is harder than any other loss. Every sample passes a bad pointer, or a gate that is all 0: training
/// goes on, and takes longer.
bool ohem_gate_observe_i16(ohem_gate_i16 *gate, int16_t loss);

/// Makes a gate that passes about this share of the samples, from 0 (none) to 1 (all).
///
/// It compares with the last `length` losses, at least 1. `window` has as many elements, and stays lent
/// to the gate as long as you use it.
OHEM_MUST_USE
ohem_status ohem_gate_init_i32(ohem_gate_i32 *gate,
                               uint64_t *window,
                               size_t length,
                               float share,
                               size_t *offender);

/// Returns whether a sample of this loss is worth a backward pass, and remembers the loss. O(window).
///
/// A NaN is harder than any other loss. Every sample passes a bad pointer, or a gate that is all 0: training
/// goes on, and takes longer.
bool ohem_gate_observe_i32(ohem_gate_i32 *gate, int32_t loss);

/// Makes a gate that passes about this share of the samples, from 0 (none) to 1 (all).
///
/// It compares with the last `length` losses, at least 1. `window` has as many elements, and stays lent
/// to the gate as long as you use it.
OHEM_MUST_USE
ohem_status ohem_gate_init_f16(ohem_gate_f16 *gate,
                               uint64_t *window,
                               size_t length,
                               float share,
                               size_t *offender);

/// Returns whether a sample of this loss is worth a backward pass, and remembers the loss. O(window).
///
/// A NaN is harder than any other loss. Every sample passes a bad pointer, or a gate that is all 0: training
/// goes on, and takes longer.
bool ohem_gate_observe_f16(ohem_gate_f16 *gate, uint16_t loss);

/// Makes a gate that passes about this share of the samples, from 0 (none) to 1 (all).
///
/// It compares with the last `length` losses, at least 1. `window` has as many elements, and stays lent
/// to the gate as long as you use it.
OHEM_MUST_USE
ohem_status ohem_gate_init_bf16(ohem_gate_bf16 *gate,
                                uint64_t *window,
                                size_t length,
                                float share,
                                size_t *offender);

/// Returns whether a sample of this loss is worth a backward pass, and remembers the loss. O(window).
///
/// A NaN is harder than any other loss. Every sample passes a bad pointer, or a gate that is all 0: training
/// goes on, and takes longer.
bool ohem_gate_observe_bf16(ohem_gate_bf16 *gate, uint16_t loss);

/// Writes 1 to the bytes of the selected RoIs, and 0 to the rest of `length`.
OHEM_MUST_USE
ohem_status ohem_mask(const uint32_t *indices,
                      size_t count,
                      uint8_t *out,
                      size_t length,
                      size_t *offender);

/// Copies the selected rows of a table to `out`, in the order of the indices.
///
/// A row has `row_bytes` bytes; the table has `rows` rows, and `out` has `count`.
OHEM_MUST_USE
ohem_status ohem_gather_rows(const uint32_t *indices,
                             size_t count,
                             const void *table,
                             size_t rows,
                             size_t row_bytes,
                             void *out,
                             size_t *offender);

/// Zeros all rows of a table except the selected ones, in place: the deltas of a backward pass.
///
/// A row has `row_bytes` bytes. They all become 0, which is the number 0 in every type. O(count^2 + rows).
OHEM_MUST_USE
ohem_status ohem_mask_rows(const uint32_t *indices,
                           size_t count,
                           void *table,
                           size_t rows,
                           size_t row_bytes,
                           size_t *offender);

/// Writes one weight for each selected RoI, and another one for the rest of `length`.
OHEM_MUST_USE
ohem_status ohem_weights_f32(const uint32_t *indices,
                             size_t count,
                             float selected,
                             float rest,
                             float *out,
                             size_t length,
                             size_t *offender);

/// Writes one weight for each selected RoI, and another one for the rest of `length`.
OHEM_MUST_USE
ohem_status ohem_weights_f64(const uint32_t *indices,
                             size_t count,
                             double selected,
                             double rest,
                             double *out,
                             size_t length,
                             size_t *offender);

/// Computes intersection over union; 0 if a box is invalid, NaN if the convention is unknown.
float ohem_iou_f32(ohem_bbox_f32 a, ohem_bbox_f32 b, ohem_convention convention);

/// Writes the IoU of each of `rows` with each of `columns`, row by row.
///
/// `out` has `row_count * column_count` values, the same bits as `ohem_iou_...` of each pair.
/// O(rows x columns).
OHEM_MUST_USE
ohem_status ohem_iou_matrix_f32(const ohem_bbox_f32 *rows,
                                size_t row_count,
                                const ohem_bbox_f32 *columns,
                                size_t column_count,
                                ohem_convention convention,
                                float *out,
                                size_t *offender);

/// Computes intersection over union; 0 if a box is invalid, NaN if the convention is unknown.
double ohem_iou_f64(ohem_bbox_f64 a, ohem_bbox_f64 b, ohem_convention convention);

/// Writes the IoU of each of `rows` with each of `columns`, row by row.
///
/// `out` has `row_count * column_count` values, the same bits as `ohem_iou_...` of each pair.
/// O(rows x columns).
OHEM_MUST_USE
ohem_status ohem_iou_matrix_f64(const ohem_bbox_f64 *rows,
                                size_t row_count,
                                const ohem_bbox_f64 *columns,
                                size_t column_count,
                                ohem_convention convention,
                                double *out,
                                size_t *offender);

/// Returns the usual setting: foreground and a regression target from an IoU of 0.5, background below.
ohem_label_config_f32 ohem_label_config_new_f32(void);

/// Writes the label of each RoI: the class of its ground-truth box, `OHEM_BACKGROUND` or `OHEM_IGNORED`.
///
/// `overlaps` and `matches` are those of `ohem_assign_...`, and `classes` has the class of each of the
/// `count` ground-truth boxes. O(length).
OHEM_MUST_USE
ohem_status ohem_label_f32(const float *overlaps,
                           const uint32_t *matches,
                           size_t length,
                           const uint32_t *classes,
                           size_t count,
                           const ohem_label_config_f32 *config,
                           uint32_t *labels,
                           size_t *offender);

/// Makes the best RoIs of each ground-truth box foreground, as RPN, SSD and RetinaNet do. O(length x count).
///
/// Call it after `ohem_label_...`, with the same matches and classes; it changes `labels`.
OHEM_MUST_USE
ohem_status ohem_force_best_f32(const ohem_bbox_f32 *rois,
                                size_t length,
                                const ohem_bbox_f32 *ground_truth,
                                const uint32_t *classes,
                                size_t count,
                                const uint32_t *matches,
                                ohem_convention convention,
                                uint32_t *labels,
                                size_t *offender);

/// Ignores background RoIs of which a share lies in a region, such as a crowd. O(length x count).
///
/// It compares the common area with the RoI's area. Call it for one image, after `ohem_label_...`; it changes `labels`.
OHEM_MUST_USE
ohem_status ohem_ignore_regions_f32(const ohem_bbox_f32 *rois,
                                    size_t length,
                                    const ohem_bbox_f32 *regions,
                                    size_t count,
                                    float share,
                                    ohem_convention convention,
                                    uint32_t *labels,
                                    size_t *offender);

/// Lists the indices of foreground, then those of background, each ascending. O(length).
///
/// `indices` has `capacity` elements, of which `*count` are used, `*foreground` of them for foreground.
/// Under `OHEM_ON_OVERLAP_DUPLICATE` a RoI can be listed twice.
OHEM_MUST_USE
ohem_status ohem_split_f32(const float *overlaps,
                           size_t length,
                           const ohem_label_config_f32 *config,
                           uint32_t *indices,
                           size_t capacity,
                           size_t *foreground,
                           size_t *count,
                           size_t *offender);

/// Returns the usual setting: foreground and a regression target from an IoU of 0.5, background below.
ohem_label_config_f64 ohem_label_config_new_f64(void);

/// Writes the label of each RoI: the class of its ground-truth box, `OHEM_BACKGROUND` or `OHEM_IGNORED`.
///
/// `overlaps` and `matches` are those of `ohem_assign_...`, and `classes` has the class of each of the
/// `count` ground-truth boxes. O(length).
OHEM_MUST_USE
ohem_status ohem_label_f64(const double *overlaps,
                           const uint32_t *matches,
                           size_t length,
                           const uint32_t *classes,
                           size_t count,
                           const ohem_label_config_f64 *config,
                           uint32_t *labels,
                           size_t *offender);

/// Makes the best RoIs of each ground-truth box foreground, as RPN, SSD and RetinaNet do. O(length x count).
///
/// Call it after `ohem_label_...`, with the same matches and classes; it changes `labels`.
OHEM_MUST_USE
ohem_status ohem_force_best_f64(const ohem_bbox_f64 *rois,
                                size_t length,
                                const ohem_bbox_f64 *ground_truth,
                                const uint32_t *classes,
                                size_t count,
                                const uint32_t *matches,
                                ohem_convention convention,
                                uint32_t *labels,
                                size_t *offender);

/// Ignores background RoIs of which a share lies in a region, such as a crowd. O(length x count).
///
/// It compares the common area with the RoI's area. Call it for one image, after `ohem_label_...`; it changes `labels`.
OHEM_MUST_USE
ohem_status ohem_ignore_regions_f64(const ohem_bbox_f64 *rois,
                                    size_t length,
                                    const ohem_bbox_f64 *regions,
                                    size_t count,
                                    double share,
                                    ohem_convention convention,
                                    uint32_t *labels,
                                    size_t *offender);

/// Lists the indices of foreground, then those of background, each ascending. O(length).
///
/// `indices` has `capacity` elements, of which `*count` are used, `*foreground` of them for foreground.
/// Under `OHEM_ON_OVERLAP_DUPLICATE` a RoI can be listed twice.
OHEM_MUST_USE
ohem_status ohem_split_f64(const double *overlaps,
                           size_t length,
                           const ohem_label_config_f64 *config,
                           uint32_t *indices,
                           size_t capacity,
                           size_t *foreground,
                           size_t *count,
                           size_t *offender);

/// Returns the classes of a table of `count` columns; label 0 is the background, and an invalid label an error.
ohem_classes ohem_classes_new(size_t count);

/// Writes the softmax cross-entropy of every RoI's row of logits.
///
/// `logits` has `classes.count` columns. A row with a NaN, a `+inf` or nothing but `-inf` has a
/// loss of NaN.
OHEM_MUST_USE
ohem_status ohem_cross_entropy_f32(const float *logits,
                                   size_t length,
                                   ohem_classes classes,
                                   const uint32_t *labels,
                                   float *losses,
                                   size_t *offender);

/// Writes the gradient of the softmax cross-entropy by the logits: the softmax, less 1 at the label.
///
/// `out` has `classes.count` columns; the layout says which rows.
OHEM_MUST_USE
ohem_status ohem_cross_entropy_gradient_f32(const float *logits,
                                            size_t length,
                                            ohem_classes classes,
                                            const uint32_t *labels,
                                            const ohem_gradient_spec_f32 *spec,
                                            float *out,
                                            size_t *offender);

/// Writes the cross-entropy of every RoI's row of probabilities, as the original computes it:
/// `-ln(max(p[label], 2.220446049250313e-16))`.
OHEM_MUST_USE
ohem_status ohem_probability_cross_entropy_f32(const float *probabilities,
                                               size_t length,
                                               ohem_classes classes,
                                               const uint32_t *labels,
                                               float *losses,
                                               size_t *offender);

/// Writes the gradient by the logits from which a softmax made the probabilities.
///
/// `out` has `classes.count` columns; the layout says which rows.
OHEM_MUST_USE
ohem_status ohem_probability_cross_entropy_gradient_f32(const float *probabilities,
                                                        size_t length,
                                                        ohem_classes classes,
                                                        const uint32_t *labels,
                                                        const ohem_gradient_spec_f32 *spec,
                                                        float *out,
                                                        size_t *offender);

/// Writes the sigmoid cross-entropy of every RoI's row of logits: the sum of its columns.
///
/// `logits` has `classes.count` columns, none of them for the background.
OHEM_MUST_USE
ohem_status ohem_sigmoid_cross_entropy_f32(const float *logits,
                                           size_t length,
                                           ohem_classes classes,
                                           const uint32_t *labels,
                                           float *losses,
                                           size_t *offender);

/// Writes the gradient of the sigmoid cross-entropy by the logits: the sigmoid less the target.
///
/// `out` has `classes.count` columns; the layout says which rows.
OHEM_MUST_USE
ohem_status ohem_sigmoid_cross_entropy_gradient_f32(const float *logits,
                                                    size_t length,
                                                    ohem_classes classes,
                                                    const uint32_t *labels,
                                                    const ohem_gradient_spec_f32 *spec,
                                                    float *out,
                                                    size_t *offender);

/// Writes the binary cross-entropy of each logit with a target from 0 to 1.
OHEM_MUST_USE
ohem_status ohem_binary_cross_entropy_f32(const float *logits,
                                          const float *targets,
                                          size_t length,
                                          float *losses,
                                          size_t *offender);

/// Writes the gradient of the binary cross-entropy by the logits: the sigmoid less the target.
///
/// `out` has a value for each logit, or for each selected one, as the layout says.
OHEM_MUST_USE
ohem_status ohem_binary_cross_entropy_gradient_f32(const float *logits,
                                                   const float *targets,
                                                   size_t length,
                                                   const ohem_gradient_spec_f32 *spec,
                                                   float *out,
                                                   size_t *offender);

/// Writes the softmax cross-entropy of every RoI's row of logits.
///
/// `logits` has `classes.count` columns. A row with a NaN, a `+inf` or nothing but `-inf` has a
/// loss of NaN.
OHEM_MUST_USE
ohem_status ohem_cross_entropy_f64(const double *logits,
                                   size_t length,
                                   ohem_classes classes,
                                   const uint32_t *labels,
                                   double *losses,
                                   size_t *offender);

/// Writes the gradient of the softmax cross-entropy by the logits: the softmax, less 1 at the label.
///
/// `out` has `classes.count` columns; the layout says which rows.
OHEM_MUST_USE
ohem_status ohem_cross_entropy_gradient_f64(const double *logits,
                                            size_t length,
                                            ohem_classes classes,
                                            const uint32_t *labels,
                                            const ohem_gradient_spec_f64 *spec,
                                            double *out,
                                            size_t *offender);

/// Writes the cross-entropy of every RoI's row of probabilities, as the original computes it:
/// `-ln(max(p[label], 2.220446049250313e-16))`.
OHEM_MUST_USE
ohem_status ohem_probability_cross_entropy_f64(const double *probabilities,
                                               size_t length,
                                               ohem_classes classes,
                                               const uint32_t *labels,
                                               double *losses,
                                               size_t *offender);

/// Writes the gradient by the logits from which a softmax made the probabilities.
///
/// `out` has `classes.count` columns; the layout says which rows.
OHEM_MUST_USE
ohem_status ohem_probability_cross_entropy_gradient_f64(const double *probabilities,
                                                        size_t length,
                                                        ohem_classes classes,
                                                        const uint32_t *labels,
                                                        const ohem_gradient_spec_f64 *spec,
                                                        double *out,
                                                        size_t *offender);

/// Writes the sigmoid cross-entropy of every RoI's row of logits: the sum of its columns.
///
/// `logits` has `classes.count` columns, none of them for the background.
OHEM_MUST_USE
ohem_status ohem_sigmoid_cross_entropy_f64(const double *logits,
                                           size_t length,
                                           ohem_classes classes,
                                           const uint32_t *labels,
                                           double *losses,
                                           size_t *offender);

/// Writes the gradient of the sigmoid cross-entropy by the logits: the sigmoid less the target.
///
/// `out` has `classes.count` columns; the layout says which rows.
OHEM_MUST_USE
ohem_status ohem_sigmoid_cross_entropy_gradient_f64(const double *logits,
                                                    size_t length,
                                                    ohem_classes classes,
                                                    const uint32_t *labels,
                                                    const ohem_gradient_spec_f64 *spec,
                                                    double *out,
                                                    size_t *offender);

/// Writes the binary cross-entropy of each logit with a target from 0 to 1.
OHEM_MUST_USE
ohem_status ohem_binary_cross_entropy_f64(const double *logits,
                                          const double *targets,
                                          size_t length,
                                          double *losses,
                                          size_t *offender);

/// Writes the gradient of the binary cross-entropy by the logits: the sigmoid less the target.
///
/// `out` has a value for each logit, or for each selected one, as the layout says.
OHEM_MUST_USE
ohem_status ohem_binary_cross_entropy_gradient_f64(const double *logits,
                                                   const double *targets,
                                                   size_t length,
                                                   const ohem_gradient_spec_f64 *spec,
                                                   double *out,
                                                   size_t *offender);

/// Writes the selected RoIs of a part with their losses, numbered from `first` on in the whole batch.
///
/// `losses` are all those of the part, and `out` has `count` elements.
OHEM_MUST_USE
ohem_status ohem_selection_ranked_f32(const uint32_t *indices,
                                      size_t count,
                                      const float *losses,
                                      size_t length,
                                      uint32_t first,
                                      ohem_ranked_f32 *out,
                                      size_t *offender);

/// Merges two parts, each hardest first, into the hardest `capacity` RoIs of both, and writes their number.
///
/// Merging is exact, associative and commutative if the parts have no RoI in common: workers that mine
/// their own images get the selection that one worker would have made of all. O(capacity).
OHEM_MUST_USE
ohem_status ohem_merge_f32(const ohem_ranked_f32 *one,
                           size_t one_count,
                           const ohem_ranked_f32 *other,
                           size_t other_count,
                           ohem_ranked_f32 *out,
                           size_t capacity,
                           size_t *count,
                           size_t *offender);

/// Writes the selected RoIs of a part with their losses, numbered from `first` on in the whole batch.
///
/// `losses` are all those of the part, and `out` has `count` elements.
OHEM_MUST_USE
ohem_status ohem_selection_ranked_f64(const uint32_t *indices,
                                      size_t count,
                                      const double *losses,
                                      size_t length,
                                      uint32_t first,
                                      ohem_ranked_f64 *out,
                                      size_t *offender);

/// Merges two parts, each hardest first, into the hardest `capacity` RoIs of both, and writes their number.
///
/// Merging is exact, associative and commutative if the parts have no RoI in common: workers that mine
/// their own images get the selection that one worker would have made of all. O(capacity).
OHEM_MUST_USE
ohem_status ohem_merge_f64(const ohem_ranked_f64 *one,
                           size_t one_count,
                           const ohem_ranked_f64 *other,
                           size_t other_count,
                           ohem_ranked_f64 *out,
                           size_t capacity,
                           size_t *count,
                           size_t *offender);

/// Writes the selected RoIs of a part with their losses, numbered from `first` on in the whole batch.
///
/// `losses` are all those of the part, and `out` has `count` elements.
OHEM_MUST_USE
ohem_status ohem_selection_ranked_i8(const uint32_t *indices,
                                     size_t count,
                                     const int8_t *losses,
                                     size_t length,
                                     uint32_t first,
                                     ohem_ranked_i8 *out,
                                     size_t *offender);

/// Merges two parts, each hardest first, into the hardest `capacity` RoIs of both, and writes their number.
///
/// Merging is exact, associative and commutative if the parts have no RoI in common: workers that mine
/// their own images get the selection that one worker would have made of all. O(capacity).
OHEM_MUST_USE
ohem_status ohem_merge_i8(const ohem_ranked_i8 *one,
                          size_t one_count,
                          const ohem_ranked_i8 *other,
                          size_t other_count,
                          ohem_ranked_i8 *out,
                          size_t capacity,
                          size_t *count,
                          size_t *offender);

/// Writes the selected RoIs of a part with their losses, numbered from `first` on in the whole batch.
///
/// `losses` are all those of the part, and `out` has `count` elements.
OHEM_MUST_USE
ohem_status ohem_selection_ranked_i16(const uint32_t *indices,
                                      size_t count,
                                      const int16_t *losses,
                                      size_t length,
                                      uint32_t first,
                                      ohem_ranked_i16 *out,
                                      size_t *offender);

/// Merges two parts, each hardest first, into the hardest `capacity` RoIs of both, and writes their number.
///
/// Merging is exact, associative and commutative if the parts have no RoI in common: workers that mine
/// their own images get the selection that one worker would have made of all. O(capacity).
OHEM_MUST_USE
ohem_status ohem_merge_i16(const ohem_ranked_i16 *one,
                           size_t one_count,
                           const ohem_ranked_i16 *other,
                           size_t other_count,
                           ohem_ranked_i16 *out,
                           size_t capacity,
                           size_t *count,
                           size_t *offender);

/// Writes the selected RoIs of a part with their losses, numbered from `first` on in the whole batch.
///
/// `losses` are all those of the part, and `out` has `count` elements.
OHEM_MUST_USE
ohem_status ohem_selection_ranked_i32(const uint32_t *indices,
                                      size_t count,
                                      const int32_t *losses,
                                      size_t length,
                                      uint32_t first,
                                      ohem_ranked_i32 *out,
                                      size_t *offender);

/// Merges two parts, each hardest first, into the hardest `capacity` RoIs of both, and writes their number.
///
/// Merging is exact, associative and commutative if the parts have no RoI in common: workers that mine
/// their own images get the selection that one worker would have made of all. O(capacity).
OHEM_MUST_USE
ohem_status ohem_merge_i32(const ohem_ranked_i32 *one,
                           size_t one_count,
                           const ohem_ranked_i32 *other,
                           size_t other_count,
                           ohem_ranked_i32 *out,
                           size_t capacity,
                           size_t *count,
                           size_t *offender);

/// Writes the selected RoIs of a part with their losses, numbered from `first` on in the whole batch.
///
/// `losses` are all those of the part, and `out` has `count` elements.
OHEM_MUST_USE
ohem_status ohem_selection_ranked_f16(const uint32_t *indices,
                                      size_t count,
                                      const uint16_t *losses,
                                      size_t length,
                                      uint32_t first,
                                      ohem_ranked_f16 *out,
                                      size_t *offender);

/// Merges two parts, each hardest first, into the hardest `capacity` RoIs of both, and writes their number.
///
/// Merging is exact, associative and commutative if the parts have no RoI in common: workers that mine
/// their own images get the selection that one worker would have made of all. O(capacity).
OHEM_MUST_USE
ohem_status ohem_merge_f16(const ohem_ranked_f16 *one,
                           size_t one_count,
                           const ohem_ranked_f16 *other,
                           size_t other_count,
                           ohem_ranked_f16 *out,
                           size_t capacity,
                           size_t *count,
                           size_t *offender);

/// Writes the selected RoIs of a part with their losses, numbered from `first` on in the whole batch.
///
/// `losses` are all those of the part, and `out` has `count` elements.
OHEM_MUST_USE
ohem_status ohem_selection_ranked_bf16(const uint32_t *indices,
                                       size_t count,
                                       const uint16_t *losses,
                                       size_t length,
                                       uint32_t first,
                                       ohem_ranked_bf16 *out,
                                       size_t *offender);

/// Merges two parts, each hardest first, into the hardest `capacity` RoIs of both, and writes their number.
///
/// Merging is exact, associative and commutative if the parts have no RoI in common: workers that mine
/// their own images get the selection that one worker would have made of all. O(capacity).
OHEM_MUST_USE
ohem_status ohem_merge_bf16(const ohem_ranked_bf16 *one,
                            size_t one_count,
                            const ohem_ranked_bf16 *other,
                            size_t other_count,
                            ohem_ranked_bf16 *out,
                            size_t capacity,
                            size_t *count,
                            size_t *offender);

/// Mines the hardest RoIs, hardest first; `losses` has one for each RoI.
///
/// A RoI whose label or image is `OHEM_IGNORED` takes no part. If nothing is suppressed (`with_nms` is
/// 0), `boxes` may be `NULL`: any list of losses can be mined, of pixels or of samples. Usually one
/// scan of the `n` losses; at worst `v / capacity + 3` scans and `v capacity` overlap tests if `v` RoIs are
/// visited, and up to `n (capacity + 16)` tests more if `max_visited` is 0.
OHEM_MUST_USE
ohem_status ohem_mine_f32(ohem_miner_f32 *miner,
                          const ohem_rois_f32 *rois,
                          const float *losses,
                          ohem_selection *selection,
                          size_t *offender);

/// Suppresses boxes that overlap a better one of their group; keeps the rest, best first, up to the
/// miner's capacity.
///
/// `groups` has a key for each box, a class or an image; if it is `NULL`, all boxes are one group.
/// A box whose group is `OHEM_IGNORED` takes no part. It reads all of the miner's configuration
/// except the batch size.
OHEM_MUST_USE
ohem_status ohem_batched_nms_f32(ohem_miner_f32 *miner,
                                 const ohem_bbox_f32 *boxes,
                                 const float *scores,
                                 const uint32_t *groups,
                                 size_t length,
                                 ohem_selection *kept,
                                 size_t *offender);

/// Mines the hardest RoIs, hardest first; `losses` has one for each RoI.
///
/// A RoI whose label or image is `OHEM_IGNORED` takes no part. If nothing is suppressed (`with_nms` is
/// 0), `boxes` may be `NULL`: any list of losses can be mined, of pixels or of samples. Usually one
/// scan of the `n` losses; at worst `v / capacity + 3` scans and `v capacity` overlap tests if `v` RoIs are
/// visited, and up to `n (capacity + 16)` tests more if `max_visited` is 0.
OHEM_MUST_USE
ohem_status ohem_mine_f32_i8(ohem_miner_f32 *miner,
                             const ohem_rois_f32 *rois,
                             const int8_t *losses,
                             ohem_selection *selection,
                             size_t *offender);

/// Suppresses boxes that overlap a better one of their group; keeps the rest, best first, up to the
/// miner's capacity.
///
/// `groups` has a key for each box, a class or an image; if it is `NULL`, all boxes are one group.
/// A box whose group is `OHEM_IGNORED` takes no part. It reads all of the miner's configuration
/// except the batch size.
OHEM_MUST_USE
ohem_status ohem_batched_nms_f32_i8(ohem_miner_f32 *miner,
                                    const ohem_bbox_f32 *boxes,
                                    const int8_t *scores,
                                    const uint32_t *groups,
                                    size_t length,
                                    ohem_selection *kept,
                                    size_t *offender);

/// Mines the hardest RoIs, hardest first; `losses` has one for each RoI.
///
/// A RoI whose label or image is `OHEM_IGNORED` takes no part. If nothing is suppressed (`with_nms` is
/// 0), `boxes` may be `NULL`: any list of losses can be mined, of pixels or of samples. Usually one
/// scan of the `n` losses; at worst `v / capacity + 3` scans and `v capacity` overlap tests if `v` RoIs are
/// visited, and up to `n (capacity + 16)` tests more if `max_visited` is 0.
OHEM_MUST_USE
ohem_status ohem_mine_f32_i16(ohem_miner_f32 *miner,
                              const ohem_rois_f32 *rois,
                              const int16_t *losses,
                              ohem_selection *selection,
                              size_t *offender);

/// Suppresses boxes that overlap a better one of their group; keeps the rest, best first, up to the
/// miner's capacity.
///
/// `groups` has a key for each box, a class or an image; if it is `NULL`, all boxes are one group.
/// A box whose group is `OHEM_IGNORED` takes no part. It reads all of the miner's configuration
/// except the batch size.
OHEM_MUST_USE
ohem_status ohem_batched_nms_f32_i16(ohem_miner_f32 *miner,
                                     const ohem_bbox_f32 *boxes,
                                     const int16_t *scores,
                                     const uint32_t *groups,
                                     size_t length,
                                     ohem_selection *kept,
                                     size_t *offender);

/// Mines the hardest RoIs, hardest first; `losses` has one for each RoI.
///
/// A RoI whose label or image is `OHEM_IGNORED` takes no part. If nothing is suppressed (`with_nms` is
/// 0), `boxes` may be `NULL`: any list of losses can be mined, of pixels or of samples. Usually one
/// scan of the `n` losses; at worst `v / capacity + 3` scans and `v capacity` overlap tests if `v` RoIs are
/// visited, and up to `n (capacity + 16)` tests more if `max_visited` is 0.
OHEM_MUST_USE
ohem_status ohem_mine_f32_i32(ohem_miner_f32 *miner,
                              const ohem_rois_f32 *rois,
                              const int32_t *losses,
                              ohem_selection *selection,
                              size_t *offender);

/// Suppresses boxes that overlap a better one of their group; keeps the rest, best first, up to the
/// miner's capacity.
///
/// `groups` has a key for each box, a class or an image; if it is `NULL`, all boxes are one group.
/// A box whose group is `OHEM_IGNORED` takes no part. It reads all of the miner's configuration
/// except the batch size.
OHEM_MUST_USE
ohem_status ohem_batched_nms_f32_i32(ohem_miner_f32 *miner,
                                     const ohem_bbox_f32 *boxes,
                                     const int32_t *scores,
                                     const uint32_t *groups,
                                     size_t length,
                                     ohem_selection *kept,
                                     size_t *offender);

/// Mines the hardest RoIs, hardest first; `losses` has one for each RoI.
///
/// A RoI whose label or image is `OHEM_IGNORED` takes no part. If nothing is suppressed (`with_nms` is
/// 0), `boxes` may be `NULL`: any list of losses can be mined, of pixels or of samples. Usually one
/// scan of the `n` losses; at worst `v / capacity + 3` scans and `v capacity` overlap tests if `v` RoIs are
/// visited, and up to `n (capacity + 16)` tests more if `max_visited` is 0.
OHEM_MUST_USE
ohem_status ohem_mine_f32_f16(ohem_miner_f32 *miner,
                              const ohem_rois_f32 *rois,
                              const uint16_t *losses,
                              ohem_selection *selection,
                              size_t *offender);

/// Suppresses boxes that overlap a better one of their group; keeps the rest, best first, up to the
/// miner's capacity.
///
/// `groups` has a key for each box, a class or an image; if it is `NULL`, all boxes are one group.
/// A box whose group is `OHEM_IGNORED` takes no part. It reads all of the miner's configuration
/// except the batch size.
OHEM_MUST_USE
ohem_status ohem_batched_nms_f32_f16(ohem_miner_f32 *miner,
                                     const ohem_bbox_f32 *boxes,
                                     const uint16_t *scores,
                                     const uint32_t *groups,
                                     size_t length,
                                     ohem_selection *kept,
                                     size_t *offender);

/// Mines the hardest RoIs, hardest first; `losses` has one for each RoI.
///
/// A RoI whose label or image is `OHEM_IGNORED` takes no part. If nothing is suppressed (`with_nms` is
/// 0), `boxes` may be `NULL`: any list of losses can be mined, of pixels or of samples. Usually one
/// scan of the `n` losses; at worst `v / capacity + 3` scans and `v capacity` overlap tests if `v` RoIs are
/// visited, and up to `n (capacity + 16)` tests more if `max_visited` is 0.
OHEM_MUST_USE
ohem_status ohem_mine_f32_bf16(ohem_miner_f32 *miner,
                               const ohem_rois_f32 *rois,
                               const uint16_t *losses,
                               ohem_selection *selection,
                               size_t *offender);

/// Suppresses boxes that overlap a better one of their group; keeps the rest, best first, up to the
/// miner's capacity.
///
/// `groups` has a key for each box, a class or an image; if it is `NULL`, all boxes are one group.
/// A box whose group is `OHEM_IGNORED` takes no part. It reads all of the miner's configuration
/// except the batch size.
OHEM_MUST_USE
ohem_status ohem_batched_nms_f32_bf16(ohem_miner_f32 *miner,
                                      const ohem_bbox_f32 *boxes,
                                      const uint16_t *scores,
                                      const uint32_t *groups,
                                      size_t length,
                                      ohem_selection *kept,
                                      size_t *offender);

/// Mines the hardest RoIs, hardest first; `losses` has one for each RoI.
///
/// A RoI whose label or image is `OHEM_IGNORED` takes no part. If nothing is suppressed (`with_nms` is
/// 0), `boxes` may be `NULL`: any list of losses can be mined, of pixels or of samples. Usually one
/// scan of the `n` losses; at worst `v / capacity + 3` scans and `v capacity` overlap tests if `v` RoIs are
/// visited, and up to `n (capacity + 16)` tests more if `max_visited` is 0.
OHEM_MUST_USE
ohem_status ohem_mine_f64(ohem_miner_f64 *miner,
                          const ohem_rois_f64 *rois,
                          const double *losses,
                          ohem_selection *selection,
                          size_t *offender);

/// Suppresses boxes that overlap a better one of their group; keeps the rest, best first, up to the
/// miner's capacity.
///
/// `groups` has a key for each box, a class or an image; if it is `NULL`, all boxes are one group.
/// A box whose group is `OHEM_IGNORED` takes no part. It reads all of the miner's configuration
/// except the batch size.
OHEM_MUST_USE
ohem_status ohem_batched_nms_f64(ohem_miner_f64 *miner,
                                 const ohem_bbox_f64 *boxes,
                                 const double *scores,
                                 const uint32_t *groups,
                                 size_t length,
                                 ohem_selection *kept,
                                 size_t *offender);

/// Computes the number of bytes that a miner needs; `SIZE_MAX` if that is too many to count.
///
/// `OHEM_MINER_SIZE_...` is the same as a constant expression.
size_t ohem_miner_size_f32(size_t capacity);

/// Computes the same for a miner whose window you choose: `OHEM_MINER_SIZE_WITH_WINDOW_...` as a function.
size_t ohem_miner_size_with_window_f32(size_t capacity, size_t window);

/// Makes a miner that can select `capacity` RoIs, in memory at any address.
///
/// `size` is the size of the memory in bytes, at least `ohem_miner_size_...(capacity)`. The memory
/// stays lent to the miner as long as you use it; there is nothing to free.
OHEM_MUST_USE
ohem_status ohem_miner_init_f32(ohem_miner_f32 *miner,
                                void *memory,
                                size_t size,
                                size_t capacity,
                                const ohem_mine_config_f32 *config,
                                size_t *offender);

/// Makes a miner with a window of this number of candidates, at least 2; usual is `2 * (capacity + 1)`.
///
/// The selection is the same. A short window saves memory: 8 bytes a candidate, 16 for `double`. A
/// long one saves time where far more RoIs are visited than are selected: one scan of the losses
/// finds as many candidates as the window holds. `size` is the size of the memory in bytes, at least
/// `ohem_miner_size_with_window_...(capacity, window)`.
OHEM_MUST_USE
ohem_status ohem_miner_init_with_window_f32(ohem_miner_f32 *miner,
                                            void *memory,
                                            size_t size,
                                            size_t capacity,
                                            size_t window,
                                            const ohem_mine_config_f32 *config,
                                            size_t *offender);

/// Computes the number of bytes that a miner needs; `SIZE_MAX` if that is too many to count.
///
/// `OHEM_MINER_SIZE_...` is the same as a constant expression.
size_t ohem_miner_size_f64(size_t capacity);

/// Computes the same for a miner whose window you choose: `OHEM_MINER_SIZE_WITH_WINDOW_...` as a function.
size_t ohem_miner_size_with_window_f64(size_t capacity, size_t window);

/// Makes a miner that can select `capacity` RoIs, in memory at any address.
///
/// `size` is the size of the memory in bytes, at least `ohem_miner_size_...(capacity)`. The memory
/// stays lent to the miner as long as you use it; there is nothing to free.
OHEM_MUST_USE
ohem_status ohem_miner_init_f64(ohem_miner_f64 *miner,
                                void *memory,
                                size_t size,
                                size_t capacity,
                                const ohem_mine_config_f64 *config,
                                size_t *offender);

/// Makes a miner with a window of this number of candidates, at least 2; usual is `2 * (capacity + 1)`.
///
/// The selection is the same. A short window saves memory: 8 bytes a candidate, 16 for `double`. A
/// long one saves time where far more RoIs are visited than are selected: one scan of the losses
/// finds as many candidates as the window holds. `size` is the size of the memory in bytes, at least
/// `ohem_miner_size_with_window_...(capacity, window)`.
OHEM_MUST_USE
ohem_status ohem_miner_init_with_window_f64(ohem_miner_f64 *miner,
                                            void *memory,
                                            size_t size,
                                            size_t capacity,
                                            size_t window,
                                            const ohem_mine_config_f64 *config,
                                            size_t *offender);

/// Returns MONAI's defaults: at most a third of the batch positive, at least one negative, pools of ten.
ohem_monai_config_f32 ohem_monai_config_new_f32(size_t batch_size);

/// Returns the numbers of mmdetection's Libra R-CNN: 512 RoIs, at most a quarter positive, 3 bins, no floor.
ohem_libra_config_f32 ohem_libra_config_new_f32(void);

/// MONAI: samples positives of one image at random, and negatives at random from the hardest.
///
/// The first `*positives` of the selection are positives. The miner's capacity must be enough for all
/// positives, and then the pool: `pool_size` times the negatives to be drawn, or all negatives.
OHEM_MUST_USE
ohem_status ohem_monai_f32(ohem_miner_f32 *miner,
                           const float *losses,
                           const uint32_t *matches,
                           size_t length,
                           const ohem_monai_config_f32 *config,
                           const ohem_generator *generator,
                           ohem_selection *selection,
                           size_t *positives,
                           size_t *offender);

/// Libra R-CNN: samples positives of one image, then negatives evenly from bins of their overlap.
///
/// The first `*positives` of the selection are positives. `losses` are read only if the hardest are picked.
/// The miner's capacity must be enough for all positives, and for all negatives behind those sampled.
OHEM_MUST_USE
ohem_status ohem_libra_f32(ohem_miner_f32 *miner,
                           const float *overlaps,
                           const float *losses,
                           const uint32_t *matches,
                           size_t length,
                           const ohem_libra_config_f32 *config,
                           const ohem_generator *generator,
                           ohem_selection *selection,
                           size_t *positives,
                           size_t *offender);

/// Returns MONAI's defaults: at most a third of the batch positive, at least one negative, pools of ten.
ohem_monai_config_f64 ohem_monai_config_new_f64(size_t batch_size);

/// Returns the numbers of mmdetection's Libra R-CNN: 512 RoIs, at most a quarter positive, 3 bins, no floor.
ohem_libra_config_f64 ohem_libra_config_new_f64(void);

/// MONAI: samples positives of one image at random, and negatives at random from the hardest.
///
/// The first `*positives` of the selection are positives. The miner's capacity must be enough for all
/// positives, and then the pool: `pool_size` times the negatives to be drawn, or all negatives.
OHEM_MUST_USE
ohem_status ohem_monai_f64(ohem_miner_f64 *miner,
                           const double *losses,
                           const uint32_t *matches,
                           size_t length,
                           const ohem_monai_config_f64 *config,
                           const ohem_generator *generator,
                           ohem_selection *selection,
                           size_t *positives,
                           size_t *offender);

/// Libra R-CNN: samples positives of one image, then negatives evenly from bins of their overlap.
///
/// The first `*positives` of the selection are positives. `losses` are read only if the hardest are picked.
/// The miner's capacity must be enough for all positives, and for all negatives behind those sampled.
OHEM_MUST_USE
ohem_status ohem_libra_f64(ohem_miner_f64 *miner,
                           const double *overlaps,
                           const double *losses,
                           const uint32_t *matches,
                           size_t length,
                           const ohem_libra_config_f64 *config,
                           const ohem_generator *generator,
                           ohem_selection *selection,
                           size_t *positives,
                           size_t *offender);

/// Computes `x^2 / (2 beta)` for `|x| < beta`, and `|x| - beta / 2` otherwise; `beta` is not checked.
float ohem_smooth_l1_f32(float x, float beta);

/// Computes the slope of `ohem_smooth_l1_...`.
float ohem_smooth_l1_slope_f32(float x, float beta);

/// Writes the smooth-L1 loss of every RoI.
OHEM_MUST_USE
ohem_status ohem_regression_losses_f32(const ohem_regression_f32 *regression,
                                       float *losses,
                                       size_t *offender);

/// Adds the smooth-L1 loss of every RoI to its loss of classification.
OHEM_MUST_USE
ohem_status ohem_add_regression_f32(const ohem_regression_f32 *regression,
                                    float *losses,
                                    size_t *offender);

/// Writes the gradient of the selected smooth-L1 losses by the predicted deltas.
///
/// `out` has `delta_columns` columns; the layout says which rows.
OHEM_MUST_USE
ohem_status ohem_regression_gradient_f32(const ohem_regression_f32 *regression,
                                         const ohem_gradient_spec_f32 *spec,
                                         float *out,
                                         size_t *offender);

/// Computes `x^2 / (2 beta)` for `|x| < beta`, and `|x| - beta / 2` otherwise; `beta` is not checked.
double ohem_smooth_l1_f64(double x, double beta);

/// Computes the slope of `ohem_smooth_l1_...`.
double ohem_smooth_l1_slope_f64(double x, double beta);

/// Writes the smooth-L1 loss of every RoI.
OHEM_MUST_USE
ohem_status ohem_regression_losses_f64(const ohem_regression_f64 *regression,
                                       double *losses,
                                       size_t *offender);

/// Adds the smooth-L1 loss of every RoI to its loss of classification.
OHEM_MUST_USE
ohem_status ohem_add_regression_f64(const ohem_regression_f64 *regression,
                                    double *losses,
                                    size_t *offender);

/// Writes the gradient of the selected smooth-L1 losses by the predicted deltas.
///
/// `out` has `delta_columns` columns; the layout says which rows.
OHEM_MUST_USE
ohem_status ohem_regression_gradient_f64(const ohem_regression_f64 *regression,
                                         const ohem_gradient_spec_f64 *spec,
                                         double *out,
                                         size_t *offender);

/// Encodes the way from each RoI to its ground-truth box, if it overlaps the box by `config->target`.
///
/// `overlaps` and `matches` are those of `ohem_assign_...`; `classes` has the class of each of the
/// `count` boxes. `target_classes` becomes the class of each target, `OHEM_BACKGROUND` if a RoI has
/// none; `targets` has `length` rows of four values, 0 without a target. O(length).
OHEM_MUST_USE
ohem_status ohem_regression_targets_f32(const ohem_bbox_f32 *rois,
                                        const float *overlaps,
                                        const uint32_t *matches,
                                        size_t length,
                                        const ohem_bbox_f32 *ground_truth,
                                        const uint32_t *classes,
                                        size_t count,
                                        const ohem_label_config_f32 *config,
                                        const ohem_box_coder_f32 *coder,
                                        uint32_t *target_classes,
                                        float *targets,
                                        size_t *offender);

/// Spreads targets over `4 * classes` columns, with their weights: the tables have `length` rows.
///
/// The target of class `k` fills the columns from `4 k`. `inside_weights` has four values, those of
/// the columns; `NULL` if all are 1. O(length x classes).
OHEM_MUST_USE
ohem_status ohem_expand_per_class_f32(const uint32_t *target_classes,
                                      const float *targets,
                                      size_t length,
                                      size_t classes,
                                      const float *inside_weights,
                                      const ohem_per_class_targets_f32 *out,
                                      size_t *offender);

/// Does the same for selected RoIs alone: the tables have a row for each of `count` indices, in their order.
OHEM_MUST_USE
ohem_status ohem_expand_per_class_rows_f32(const uint32_t *indices,
                                           size_t count,
                                           const uint32_t *target_classes,
                                           const float *targets,
                                           size_t length,
                                           size_t classes,
                                           const float *inside_weights,
                                           const ohem_per_class_targets_f32 *out,
                                           size_t *offender);

/// Encodes the way from each RoI to its ground-truth box, if it overlaps the box by `config->target`.
///
/// `overlaps` and `matches` are those of `ohem_assign_...`; `classes` has the class of each of the
/// `count` boxes. `target_classes` becomes the class of each target, `OHEM_BACKGROUND` if a RoI has
/// none; `targets` has `length` rows of four values, 0 without a target. O(length).
OHEM_MUST_USE
ohem_status ohem_regression_targets_f64(const ohem_bbox_f64 *rois,
                                        const double *overlaps,
                                        const uint32_t *matches,
                                        size_t length,
                                        const ohem_bbox_f64 *ground_truth,
                                        const uint32_t *classes,
                                        size_t count,
                                        const ohem_label_config_f64 *config,
                                        const ohem_box_coder_f64 *coder,
                                        uint32_t *target_classes,
                                        double *targets,
                                        size_t *offender);

/// Spreads targets over `4 * classes` columns, with their weights: the tables have `length` rows.
///
/// The target of class `k` fills the columns from `4 k`. `inside_weights` has four values, those of
/// the columns; `NULL` if all are 1. O(length x classes).
OHEM_MUST_USE
ohem_status ohem_expand_per_class_f64(const uint32_t *target_classes,
                                      const double *targets,
                                      size_t length,
                                      size_t classes,
                                      const double *inside_weights,
                                      const ohem_per_class_targets_f64 *out,
                                      size_t *offender);

/// Does the same for selected RoIs alone: the tables have a row for each of `count` indices, in their order.
OHEM_MUST_USE
ohem_status ohem_expand_per_class_rows_f64(const uint32_t *indices,
                                           size_t count,
                                           const uint32_t *target_classes,
                                           const double *targets,
                                           size_t length,
                                           size_t classes,
                                           const double *inside_weights,
                                           const ohem_per_class_targets_f64 *out,
                                           size_t *offender);

/// Returns mmdetection's usual setting: 512 RoIs, at most a quarter of them positive.
ohem_mmdet_config_f32 ohem_mmdet_config_new_f32(void);

/// R-FCN: mines the hardest `quota` RoIs of each image, without NMS; hardest first over all images.
///
/// `images` numbers the image of each RoI from 0 to `image_count - 1`; `selected_of` becomes the number
/// selected of each. A rule needs a miner of enough capacity, here for the quotas of all images, and
/// reads nothing of the miner's configuration. If it refuses an image or a loss, `selected_of` may
/// hold any numbers.
OHEM_MUST_USE
ohem_status ohem_rfcn_f32(ohem_miner_f32 *miner,
                          const uint32_t *images,
                          const float *losses,
                          size_t length,
                          size_t quota,
                          ohem_nan_policy nan,
                          size_t *selected_of,
                          size_t image_count,
                          ohem_selection *selection,
                          size_t *offender);

/// mmdetection: mines the hardest positives of one image, then its hardest negatives.
///
/// The first `*positives` of the selection are positives; each part is hardest first. The miner's
/// capacity must be `config->num` or the number of RoIs, if that is less.
OHEM_MUST_USE
ohem_status ohem_mmdet_f32(ohem_miner_f32 *miner,
                           const float *losses,
                           const uint32_t *matches,
                           size_t length,
                           const ohem_mmdet_config_f32 *config,
                           ohem_selection *selection,
                           size_t *positives,
                           size_t *offender);

/// Returns mmdetection's usual setting: 512 RoIs, at most a quarter of them positive.
ohem_mmdet_config_f64 ohem_mmdet_config_new_f64(void);

/// R-FCN: mines the hardest `quota` RoIs of each image, without NMS; hardest first over all images.
///
/// `images` numbers the image of each RoI from 0 to `image_count - 1`; `selected_of` becomes the number
/// selected of each. A rule needs a miner of enough capacity, here for the quotas of all images, and
/// reads nothing of the miner's configuration. If it refuses an image or a loss, `selected_of` may
/// hold any numbers.
OHEM_MUST_USE
ohem_status ohem_rfcn_f64(ohem_miner_f64 *miner,
                          const uint32_t *images,
                          const double *losses,
                          size_t length,
                          size_t quota,
                          ohem_nan_policy nan,
                          size_t *selected_of,
                          size_t image_count,
                          ohem_selection *selection,
                          size_t *offender);

/// mmdetection: mines the hardest positives of one image, then its hardest negatives.
///
/// The first `*positives` of the selection are positives; each part is hardest first. The miner's
/// capacity must be `config->num` or the number of RoIs, if that is less.
OHEM_MUST_USE
ohem_status ohem_mmdet_f64(ohem_miner_f64 *miner,
                           const double *losses,
                           const uint32_t *matches,
                           size_t length,
                           const ohem_mmdet_config_f64 *config,
                           ohem_selection *selection,
                           size_t *positives,
                           size_t *offender);

/// Draws foreground, then background of an image at random: the baseline that mining replaces.
///
/// `indices` has `capacity` elements, enough for all foreground and background; `*count` are drawn, the
/// first `*foreground` of them foreground. The rest of `indices` is overwritten, too.
OHEM_MUST_USE
ohem_status ohem_sample_f32(const float *overlaps,
                            size_t length,
                            const ohem_sample_config_f32 *config,
                            const ohem_generator *generator,
                            uint32_t *indices,
                            size_t capacity,
                            size_t *foreground,
                            size_t *count,
                            size_t *offender);

/// Draws foreground, then background of an image at random: the baseline that mining replaces.
///
/// `indices` has `capacity` elements, enough for all foreground and background; `*count` are drawn, the
/// first `*foreground` of them foreground. The rest of `indices` is overwritten, too.
OHEM_MUST_USE
ohem_status ohem_sample_f64(const double *overlaps,
                            size_t length,
                            const ohem_sample_config_f64 *config,
                            const ohem_generator *generator,
                            uint32_t *indices,
                            size_t capacity,
                            size_t *foreground,
                            size_t *count,
                            size_t *offender);

/// Keeps pixels harder than a threshold, or the hardest `min_kept` if those are fewer; writes how many.
///
/// Sets the flag of each of them in `kept`, and clears the others. `is_valid` says which pixels take part:
/// those whose label is not ignored. A NaN takes no part. O(n), in 2 KB of stack.
OHEM_MUST_USE
ohem_status ohem_segmentation_by_loss_f32(const float *losses,
                                          const bool *is_valid,
                                          size_t length,
                                          float threshold,
                                          size_t min_kept,
                                          bool *kept,
                                          size_t *count,
                                          size_t *offender);

/// Keeps pixels harder than a threshold, or the hardest `min_kept` if those are fewer; writes how many.
///
/// Sets the flag of each of them in `kept`, and clears the others. `is_valid` says which pixels take part:
/// those whose label is not ignored. A NaN takes no part. O(n), in 2 KB of stack.
OHEM_MUST_USE
ohem_status ohem_segmentation_by_loss_f64(const double *losses,
                                          const bool *is_valid,
                                          size_t length,
                                          double threshold,
                                          size_t min_kept,
                                          bool *kept,
                                          size_t *count,
                                          size_t *offender);

/// Keeps pixels harder than a threshold, or the hardest `min_kept` if those are fewer; writes how many.
///
/// Sets the flag of each of them in `kept`, and clears the others. `is_valid` says which pixels take part:
/// those whose label is not ignored. A NaN takes no part. O(n), in 2 KB of stack.
OHEM_MUST_USE
ohem_status ohem_segmentation_by_loss_i8(const int8_t *losses,
                                         const bool *is_valid,
                                         size_t length,
                                         int8_t threshold,
                                         size_t min_kept,
                                         bool *kept,
                                         size_t *count,
                                         size_t *offender);

/// Keeps pixels harder than a threshold, or the hardest `min_kept` if those are fewer; writes how many.
///
/// Sets the flag of each of them in `kept`, and clears the others. `is_valid` says which pixels take part:
/// those whose label is not ignored. A NaN takes no part. O(n), in 2 KB of stack.
OHEM_MUST_USE
ohem_status ohem_segmentation_by_loss_i16(const int16_t *losses,
                                          const bool *is_valid,
                                          size_t length,
                                          int16_t threshold,
                                          size_t min_kept,
                                          bool *kept,
                                          size_t *count,
                                          size_t *offender);

/// Keeps pixels harder than a threshold, or the hardest `min_kept` if those are fewer; writes how many.
///
/// Sets the flag of each of them in `kept`, and clears the others. `is_valid` says which pixels take part:
/// those whose label is not ignored. A NaN takes no part. O(n), in 2 KB of stack.
OHEM_MUST_USE
ohem_status ohem_segmentation_by_loss_i32(const int32_t *losses,
                                          const bool *is_valid,
                                          size_t length,
                                          int32_t threshold,
                                          size_t min_kept,
                                          bool *kept,
                                          size_t *count,
                                          size_t *offender);

/// Keeps pixels harder than a threshold, or the hardest `min_kept` if those are fewer; writes how many.
///
/// Sets the flag of each of them in `kept`, and clears the others. `is_valid` says which pixels take part:
/// those whose label is not ignored. A NaN takes no part. O(n), in 2 KB of stack.
OHEM_MUST_USE
ohem_status ohem_segmentation_by_loss_f16(const uint16_t *losses,
                                          const bool *is_valid,
                                          size_t length,
                                          uint16_t threshold,
                                          size_t min_kept,
                                          bool *kept,
                                          size_t *count,
                                          size_t *offender);

/// Keeps pixels harder than a threshold, or the hardest `min_kept` if those are fewer; writes how many.
///
/// Sets the flag of each of them in `kept`, and clears the others. `is_valid` says which pixels take part:
/// those whose label is not ignored. A NaN takes no part. O(n), in 2 KB of stack.
OHEM_MUST_USE
ohem_status ohem_segmentation_by_loss_bf16(const uint16_t *losses,
                                           const bool *is_valid,
                                           size_t length,
                                           uint16_t threshold,
                                           size_t min_kept,
                                           bool *kept,
                                           size_t *count,
                                           size_t *offender);

/// Keeps pixels whose probability of the true class is below a threshold, or the lowest `min_kept`.
///
/// As `ohem_segmentation_by_loss_...` with the lowest probability as the hardest, and with the counting of
/// other frameworks by choice.
OHEM_MUST_USE
ohem_status ohem_segmentation_by_probability_f32(const float *probabilities,
                                                 const bool *is_valid,
                                                 size_t length,
                                                 float threshold,
                                                 size_t min_kept,
                                                 ohem_counting counting,
                                                 bool *kept,
                                                 size_t *count,
                                                 size_t *offender);

/// Keeps pixels whose probability of the true class is below a threshold, or the lowest `min_kept`.
///
/// As `ohem_segmentation_by_loss_...` with the lowest probability as the hardest, and with the counting of
/// other frameworks by choice.
OHEM_MUST_USE
ohem_status ohem_segmentation_by_probability_f64(const double *probabilities,
                                                 const bool *is_valid,
                                                 size_t length,
                                                 double threshold,
                                                 size_t min_kept,
                                                 ohem_counting counting,
                                                 bool *kept,
                                                 size_t *count,
                                                 size_t *offender);

/// Computes what a step saw; `losses` are those that were mined, `selection->total` of them.
///
/// It reads every loss once more, and adds them up in `double`. O(total).
OHEM_MUST_USE
ohem_status ohem_selection_statistics_f32(const ohem_selection *selection,
                                          const float *losses,
                                          ohem_statistics_f32 *statistics,
                                          size_t *offender);

/// Computes what a step saw; `losses` are those that were mined, `selection->total` of them.
///
/// It reads every loss once more, and adds them up in `double`. O(total).
OHEM_MUST_USE
ohem_status ohem_selection_statistics_f64(const ohem_selection *selection,
                                          const double *losses,
                                          ohem_statistics_f64 *statistics,
                                          size_t *offender);

/// Computes what a step saw; `losses` are those that were mined, `selection->total` of them.
///
/// It reads every loss once more, and adds them up in `double`. O(total).
OHEM_MUST_USE
ohem_status ohem_selection_statistics_i8(const ohem_selection *selection,
                                         const int8_t *losses,
                                         ohem_statistics_i8 *statistics,
                                         size_t *offender);

/// Computes what a step saw; `losses` are those that were mined, `selection->total` of them.
///
/// It reads every loss once more, and adds them up in `double`. O(total).
OHEM_MUST_USE
ohem_status ohem_selection_statistics_i16(const ohem_selection *selection,
                                          const int16_t *losses,
                                          ohem_statistics_i16 *statistics,
                                          size_t *offender);

/// Computes what a step saw; `losses` are those that were mined, `selection->total` of them.
///
/// It reads every loss once more, and adds them up in `double`. O(total).
OHEM_MUST_USE
ohem_status ohem_selection_statistics_i32(const ohem_selection *selection,
                                          const int32_t *losses,
                                          ohem_statistics_i32 *statistics,
                                          size_t *offender);

/// Computes what a step saw; `losses` are those that were mined, `selection->total` of them.
///
/// It reads every loss once more, and adds them up in `double`. O(total).
OHEM_MUST_USE
ohem_status ohem_selection_statistics_f16(const ohem_selection *selection,
                                          const uint16_t *losses,
                                          ohem_statistics_f16 *statistics,
                                          size_t *offender);

/// Computes what a step saw; `losses` are those that were mined, `selection->total` of them.
///
/// It reads every loss once more, and adds them up in `double`. O(total).
OHEM_MUST_USE
ohem_status ohem_selection_statistics_bf16(const ohem_selection *selection,
                                           const uint16_t *losses,
                                           ohem_statistics_bf16 *statistics,
                                           size_t *offender);

/// Describes a status in English, in static ASCII; never `NULL`.
const char *ohem_status_message(ohem_status status);

/// Finds the best ground-truth box of each RoI of an image, and the IoU with it.
///
/// A match is the index of the box, of equal ones the lowest; `OHEM_BACKGROUND`, with IoU 0, if a RoI
/// overlaps none. `overlaps` and `matches` have `length` elements. O(length x count).
OHEM_MUST_USE
ohem_status ohem_assign_f32(const ohem_bbox_f32 *rois,
                            size_t length,
                            const ohem_bbox_f32 *ground_truth,
                            size_t count,
                            ohem_convention convention,
                            float *overlaps,
                            uint32_t *matches,
                            size_t *offender);

/// Does the same for the RoIs and ground truth of many images; a match is an index into all ground truth.
///
/// RoIs of an image that follow each other are assigned together, and fast. O(length x the count of
/// their image), and one pass over all ground truth for each run of RoIs.
OHEM_MUST_USE
ohem_status ohem_assign_batch_f32(const ohem_bbox_f32 *rois,
                                  const uint32_t *images,
                                  size_t length,
                                  const ohem_bbox_f32 *ground_truth,
                                  const uint32_t *ground_truth_images,
                                  size_t count,
                                  ohem_convention convention,
                                  float *overlaps,
                                  uint32_t *matches,
                                  size_t *offender);

/// Matches each ground-truth box with itself, for ground truth that is among the RoIs. O(count).
///
/// A box whose IoU with itself is 0 is `OHEM_BACKGROUND`.
OHEM_MUST_USE
ohem_status ohem_assign_own_f32(const ohem_bbox_f32 *ground_truth,
                                size_t count,
                                ohem_convention convention,
                                float *overlaps,
                                uint32_t *matches,
                                size_t *offender);

/// Finds the best ground-truth box of each RoI of an image, and the IoU with it.
///
/// A match is the index of the box, of equal ones the lowest; `OHEM_BACKGROUND`, with IoU 0, if a RoI
/// overlaps none. `overlaps` and `matches` have `length` elements. O(length x count).
OHEM_MUST_USE
ohem_status ohem_assign_f64(const ohem_bbox_f64 *rois,
                            size_t length,
                            const ohem_bbox_f64 *ground_truth,
                            size_t count,
                            ohem_convention convention,
                            double *overlaps,
                            uint32_t *matches,
                            size_t *offender);

/// Does the same for the RoIs and ground truth of many images; a match is an index into all ground truth.
///
/// RoIs of an image that follow each other are assigned together, and fast. O(length x the count of
/// their image), and one pass over all ground truth for each run of RoIs.
OHEM_MUST_USE
ohem_status ohem_assign_batch_f64(const ohem_bbox_f64 *rois,
                                  const uint32_t *images,
                                  size_t length,
                                  const ohem_bbox_f64 *ground_truth,
                                  const uint32_t *ground_truth_images,
                                  size_t count,
                                  ohem_convention convention,
                                  double *overlaps,
                                  uint32_t *matches,
                                  size_t *offender);

/// Matches each ground-truth box with itself, for ground truth that is among the RoIs. O(count).
///
/// A box whose IoU with itself is 0 is `OHEM_BACKGROUND`.
OHEM_MUST_USE
ohem_status ohem_assign_own_f64(const ohem_bbox_f64 *ground_truth,
                                size_t count,
                                ohem_convention convention,
                                double *overlaps,
                                uint32_t *matches,
                                size_t *offender);

/// Finds the indices of the hardest `k` of `length` losses, hardest first.
///
/// They are the first `*count` of `indices`; `*count` is less than `k` if fewer losses take part.
/// `indices` has `length` elements, all of which are overwritten, even if a NaN is refused.
/// Expected O(n + k log k).
OHEM_MUST_USE
ohem_status ohem_top_k_f32(const float *losses,
                           size_t length,
                           size_t k,
                           ohem_nan_policy nan,
                           uint32_t *indices,
                           size_t *count,
                           size_t *offender);

/// Finds the indices of the hardest `k` of `length` losses, hardest first.
///
/// They are the first `*count` of `indices`; `*count` is less than `k` if fewer losses take part.
/// `indices` has `length` elements, all of which are overwritten, even if a NaN is refused.
/// Expected O(n + k log k).
OHEM_MUST_USE
ohem_status ohem_top_k_f64(const double *losses,
                           size_t length,
                           size_t k,
                           ohem_nan_policy nan,
                           uint32_t *indices,
                           size_t *count,
                           size_t *offender);

/// Finds the indices of the hardest `k` of `length` losses, hardest first.
///
/// They are the first `*count` of `indices`; `*count` is less than `k` if fewer losses take part.
/// `indices` has `length` elements, all of which are overwritten, even if a NaN is refused.
/// Expected O(n + k log k).
OHEM_MUST_USE
ohem_status ohem_top_k_i8(const int8_t *losses,
                          size_t length,
                          size_t k,
                          ohem_nan_policy nan,
                          uint32_t *indices,
                          size_t *count,
                          size_t *offender);

/// Finds the indices of the hardest `k` of `length` losses, hardest first.
///
/// They are the first `*count` of `indices`; `*count` is less than `k` if fewer losses take part.
/// `indices` has `length` elements, all of which are overwritten, even if a NaN is refused.
/// Expected O(n + k log k).
OHEM_MUST_USE
ohem_status ohem_top_k_i16(const int16_t *losses,
                           size_t length,
                           size_t k,
                           ohem_nan_policy nan,
                           uint32_t *indices,
                           size_t *count,
                           size_t *offender);

/// Finds the indices of the hardest `k` of `length` losses, hardest first.
///
/// They are the first `*count` of `indices`; `*count` is less than `k` if fewer losses take part.
/// `indices` has `length` elements, all of which are overwritten, even if a NaN is refused.
/// Expected O(n + k log k).
OHEM_MUST_USE
ohem_status ohem_top_k_i32(const int32_t *losses,
                           size_t length,
                           size_t k,
                           ohem_nan_policy nan,
                           uint32_t *indices,
                           size_t *count,
                           size_t *offender);

/// Finds the indices of the hardest `k` of `length` losses, hardest first.
///
/// They are the first `*count` of `indices`; `*count` is less than `k` if fewer losses take part.
/// `indices` has `length` elements, all of which are overwritten, even if a NaN is refused.
/// Expected O(n + k log k).
OHEM_MUST_USE
ohem_status ohem_top_k_f16(const uint16_t *losses,
                           size_t length,
                           size_t k,
                           ohem_nan_policy nan,
                           uint32_t *indices,
                           size_t *count,
                           size_t *offender);

/// Finds the indices of the hardest `k` of `length` losses, hardest first.
///
/// They are the first `*count` of `indices`; `*count` is less than `k` if fewer losses take part.
/// `indices` has `length` elements, all of which are overwritten, even if a NaN is refused.
/// Expected O(n + k log k).
OHEM_MUST_USE
ohem_status ohem_top_k_bf16(const uint16_t *losses,
                            size_t length,
                            size_t k,
                            ohem_nan_policy nan,
                            uint32_t *indices,
                            size_t *count,
                            size_t *offender);

/// Starts a stream of which the hardest `k` are kept, in `words` elements of memory: more than `k`.
///
/// Twice as many make a loss cost O(1) amortised. `double` losses take two elements each, and one more
/// for alignment. The memory stays lent to the stream as long as you use it.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_init_f32(ohem_top_k_stream_f32 *stream,
                                       uint64_t *memory,
                                       size_t words,
                                       size_t k,
                                       ohem_nan_policy nan,
                                       size_t *offender);

/// Takes in the next losses of the stream; its first loss has index 0.
///
/// After a NaN was refused, the losses before it may have been taken in: clear the stream.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_extend_f32(ohem_top_k_stream_f32 *stream,
                                         const float *losses,
                                         size_t length,
                                         size_t *offender);

/// Writes the hardest so far, hardest first, and their number.
///
/// `hardest` has `capacity` elements; with fewer than `k`, the rest is left out. You may extend the stream
/// afterwards.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_hardest_f32(ohem_top_k_stream_f32 *stream,
                                          ohem_ranked_f32 *hardest,
                                          size_t capacity,
                                          size_t *count,
                                          size_t *offender);

/// Forgets everything, to start a new stream.
OHEM_MUST_USE ohem_status ohem_top_k_stream_clear_f32(ohem_top_k_stream_f32 *stream, size_t *offender);

/// Starts a stream of which the hardest `k` are kept, in `words` elements of memory: more than `k`.
///
/// Twice as many make a loss cost O(1) amortised. `double` losses take two elements each, and one more
/// for alignment. The memory stays lent to the stream as long as you use it.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_init_f64(ohem_top_k_stream_f64 *stream,
                                       uint64_t *memory,
                                       size_t words,
                                       size_t k,
                                       ohem_nan_policy nan,
                                       size_t *offender);

/// Takes in the next losses of the stream; its first loss has index 0.
///
/// After a NaN was refused, the losses before it may have been taken in: clear the stream.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_extend_f64(ohem_top_k_stream_f64 *stream,
                                         const double *losses,
                                         size_t length,
                                         size_t *offender);

/// Writes the hardest so far, hardest first, and their number.
///
/// `hardest` has `capacity` elements; with fewer than `k`, the rest is left out. You may extend the stream
/// afterwards.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_hardest_f64(ohem_top_k_stream_f64 *stream,
                                          ohem_ranked_f64 *hardest,
                                          size_t capacity,
                                          size_t *count,
                                          size_t *offender);

/// Forgets everything, to start a new stream.
OHEM_MUST_USE ohem_status ohem_top_k_stream_clear_f64(ohem_top_k_stream_f64 *stream, size_t *offender);

/// Starts a stream of which the hardest `k` are kept, in `words` elements of memory: more than `k`.
///
/// Twice as many make a loss cost O(1) amortised. `double` losses take two elements each, and one more
/// for alignment. The memory stays lent to the stream as long as you use it.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_init_i8(ohem_top_k_stream_i8 *stream,
                                      uint64_t *memory,
                                      size_t words,
                                      size_t k,
                                      ohem_nan_policy nan,
                                      size_t *offender);

/// Takes in the next losses of the stream; its first loss has index 0.
///
/// After a NaN was refused, the losses before it may have been taken in: clear the stream.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_extend_i8(ohem_top_k_stream_i8 *stream,
                                        const int8_t *losses,
                                        size_t length,
                                        size_t *offender);

/// Writes the hardest so far, hardest first, and their number.
///
/// `hardest` has `capacity` elements; with fewer than `k`, the rest is left out. You may extend the stream
/// afterwards.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_hardest_i8(ohem_top_k_stream_i8 *stream,
                                         ohem_ranked_i8 *hardest,
                                         size_t capacity,
                                         size_t *count,
                                         size_t *offender);

/// Forgets everything, to start a new stream.
OHEM_MUST_USE ohem_status ohem_top_k_stream_clear_i8(ohem_top_k_stream_i8 *stream, size_t *offender);

/// Starts a stream of which the hardest `k` are kept, in `words` elements of memory: more than `k`.
///
/// Twice as many make a loss cost O(1) amortised. `double` losses take two elements each, and one more
/// for alignment. The memory stays lent to the stream as long as you use it.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_init_i16(ohem_top_k_stream_i16 *stream,
                                       uint64_t *memory,
                                       size_t words,
                                       size_t k,
                                       ohem_nan_policy nan,
                                       size_t *offender);

/// Takes in the next losses of the stream; its first loss has index 0.
///
/// After a NaN was refused, the losses before it may have been taken in: clear the stream.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_extend_i16(ohem_top_k_stream_i16 *stream,
                                         const int16_t *losses,
                                         size_t length,
                                         size_t *offender);

/// Writes the hardest so far, hardest first, and their number.
///
/// `hardest` has `capacity` elements; with fewer than `k`, the rest is left out. You may extend the stream
/// afterwards.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_hardest_i16(ohem_top_k_stream_i16 *stream,
                                          ohem_ranked_i16 *hardest,
                                          size_t capacity,
                                          size_t *count,
                                          size_t *offender);

/// Forgets everything, to start a new stream.
OHEM_MUST_USE ohem_status ohem_top_k_stream_clear_i16(ohem_top_k_stream_i16 *stream, size_t *offender);

/// Starts a stream of which the hardest `k` are kept, in `words` elements of memory: more than `k`.
///
/// Twice as many make a loss cost O(1) amortised. `double` losses take two elements each, and one more
/// for alignment. The memory stays lent to the stream as long as you use it.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_init_i32(ohem_top_k_stream_i32 *stream,
                                       uint64_t *memory,
                                       size_t words,
                                       size_t k,
                                       ohem_nan_policy nan,
                                       size_t *offender);

/// Takes in the next losses of the stream; its first loss has index 0.
///
/// After a NaN was refused, the losses before it may have been taken in: clear the stream.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_extend_i32(ohem_top_k_stream_i32 *stream,
                                         const int32_t *losses,
                                         size_t length,
                                         size_t *offender);

/// Writes the hardest so far, hardest first, and their number.
///
/// `hardest` has `capacity` elements; with fewer than `k`, the rest is left out. You may extend the stream
/// afterwards.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_hardest_i32(ohem_top_k_stream_i32 *stream,
                                          ohem_ranked_i32 *hardest,
                                          size_t capacity,
                                          size_t *count,
                                          size_t *offender);

/// Forgets everything, to start a new stream.
OHEM_MUST_USE ohem_status ohem_top_k_stream_clear_i32(ohem_top_k_stream_i32 *stream, size_t *offender);

/// Starts a stream of which the hardest `k` are kept, in `words` elements of memory: more than `k`.
///
/// Twice as many make a loss cost O(1) amortised. `double` losses take two elements each, and one more
/// for alignment. The memory stays lent to the stream as long as you use it.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_init_f16(ohem_top_k_stream_f16 *stream,
                                       uint64_t *memory,
                                       size_t words,
                                       size_t k,
                                       ohem_nan_policy nan,
                                       size_t *offender);

/// Takes in the next losses of the stream; its first loss has index 0.
///
/// After a NaN was refused, the losses before it may have been taken in: clear the stream.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_extend_f16(ohem_top_k_stream_f16 *stream,
                                         const uint16_t *losses,
                                         size_t length,
                                         size_t *offender);

/// Writes the hardest so far, hardest first, and their number.
///
/// `hardest` has `capacity` elements; with fewer than `k`, the rest is left out. You may extend the stream
/// afterwards.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_hardest_f16(ohem_top_k_stream_f16 *stream,
                                          ohem_ranked_f16 *hardest,
                                          size_t capacity,
                                          size_t *count,
                                          size_t *offender);

/// Forgets everything, to start a new stream.
OHEM_MUST_USE ohem_status ohem_top_k_stream_clear_f16(ohem_top_k_stream_f16 *stream, size_t *offender);

/// Starts a stream of which the hardest `k` are kept, in `words` elements of memory: more than `k`.
///
/// Twice as many make a loss cost O(1) amortised. `double` losses take two elements each, and one more
/// for alignment. The memory stays lent to the stream as long as you use it.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_init_bf16(ohem_top_k_stream_bf16 *stream,
                                        uint64_t *memory,
                                        size_t words,
                                        size_t k,
                                        ohem_nan_policy nan,
                                        size_t *offender);

/// Takes in the next losses of the stream; its first loss has index 0.
///
/// After a NaN was refused, the losses before it may have been taken in: clear the stream.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_extend_bf16(ohem_top_k_stream_bf16 *stream,
                                          const uint16_t *losses,
                                          size_t length,
                                          size_t *offender);

/// Writes the hardest so far, hardest first, and their number.
///
/// `hardest` has `capacity` elements; with fewer than `k`, the rest is left out. You may extend the stream
/// afterwards.
OHEM_MUST_USE
ohem_status ohem_top_k_stream_hardest_bf16(ohem_top_k_stream_bf16 *stream,
                                           ohem_ranked_bf16 *hardest,
                                           size_t capacity,
                                           size_t *count,
                                           size_t *offender);

/// Forgets everything, to start a new stream.
OHEM_MUST_USE ohem_status ohem_top_k_stream_clear_bf16(ohem_top_k_stream_bf16 *stream, size_t *offender);

/// Returns the version of the library, in ASCII.
const char *ohem_version(void);

/// Returns the version of the library as one number, to be compared with `OHEM_VERSION_NUMBER` of the header.
uint32_t ohem_version_number(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* OHEM_H */
