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

/// Means: unknown convention, suppression, NaN policy, handling of labels or layout.
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

/// The version of this header: its major number.
#define OHEM_VERSION_MAJOR 0

/// The version of this header: its minor number.
#define OHEM_VERSION_MINOR 1

/// The version of this header: its patch number.
#define OHEM_VERSION_PATCH 0

/// The version of this header as one number that grows: 10203 is 1.2.3.
#define OHEM_VERSION_NUMBER (((OHEM_VERSION_MAJOR * 10000) + (OHEM_VERSION_MINOR * 100)) + OHEM_VERSION_PATCH)

/// Whether an IoU that equals the threshold suppresses: one of `OHEM_SUPPRESS_...`.
typedef uint32_t ohem_suppress;

/// Whether the right and bottom edge belong to the box: one of `OHEM_CONVENTION_...`.
typedef uint32_t ohem_convention;

/// How a NaN loss is handled: one of `OHEM_NAN_...`.
typedef uint32_t ohem_nan_policy;

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

/// The outcome of a call, one of `OHEM_STATUS_...`; only 0 is success.
///
/// A bad pointer is `NULL` or misaligned although its array is not empty, or its array is larger than the
/// address space.
typedef uint32_t ohem_status;

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

/// A row for every RoI, 0 for those not selected: for a backward pass over the whole batch.
#define OHEM_LAYOUT_DENSE 0

/// A row for every index, in the order of the indices: for a backward pass over the selected RoIs alone.
#define OHEM_LAYOUT_GATHERED 1

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

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
