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
/// Number of bytes that a miner of `float` boxes needs: `ohem_miner_size_f32` as a constant expression.
#define OHEM_MINER_SIZE_F32(capacity) (40 * (size_t)(capacity) + 24)
/// Number of bytes that a miner of `double` boxes needs: `ohem_miner_size_f64` as a constant expression.
#define OHEM_MINER_SIZE_F64(capacity) (76 * (size_t)(capacity) + 48)

/// Number of losses that a gate remembers.
#define OHEM_GATE_WINDOW 64

/// Label of a RoI that is background, whatever number the classes give to the background.
#define OHEM_BACKGROUND (UINT32_MAX - 1)

/// Label of a RoI that is neither an object nor background.
///
/// It takes no part in ranking or suppression, and its loss and gradient are 0.
#define OHEM_IGNORED UINT32_MAX

/// The outcome of a call; only 0 is success.
///
/// A bad pointer is `NULL` or misaligned although its array is not empty, or its array is larger than the
/// address space.
enum ohem_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Means: done.
    OHEM_STATUS_OK = 0,
    /// Means: refused for a reason that this version of the header does not name.
    OHEM_STATUS_UNEXPECTED = 1,
    /// Means: a loss is NaN (the offender is its index).
    OHEM_STATUS_NAN_LOSS = 2,
    /// Means: a label is out of range (the offender is its row).
    OHEM_STATUS_LABEL = 3,
    /// Means: an index is out of range (the offender is its position).
    OHEM_STATUS_INDEX = 4,
    /// Means: a table of boxes has neither 4 columns nor 4 for each class.
    OHEM_STATUS_COLUMNS = 5,
    /// Means: unknown convention, suppression, NaN policy, handling of labels or layout.
    OHEM_STATUS_CHOICE = 6,
    /// Means: the IoU threshold is NaN.
    OHEM_STATUS_NAN_THRESHOLD = 7,
    /// Means: the batch is larger than the miner's capacity (the offender is the batch size).
    OHEM_STATUS_BATCH_SIZE = 8,
    /// Means: the memory is too small (the offender is the number of bytes needed).
    OHEM_STATUS_SHORT_MEMORY = 9,
    /// Means: more RoIs than 32 bits can number (the offender is their number).
    OHEM_STATUS_TOO_MANY = 10,
    /// Means: beta is negative or NaN.
    OHEM_STATUS_BETA = 11,
    /// Means: a ground-truth box is invalid (the offender is its index).
    OHEM_STATUS_INVALID_BOX = 12,
    /// Means: bad pointer: miner.
    OHEM_STATUS_POINTER_MINER = 32,
    /// Means: bad pointer: config.
    OHEM_STATUS_POINTER_CONFIG = 33,
    /// Means: bad pointer: rois.
    OHEM_STATUS_POINTER_ROIS = 34,
    /// Means: bad pointer: spec.
    OHEM_STATUS_POINTER_SPEC = 35,
    /// Means: bad pointer: regression.
    OHEM_STATUS_POINTER_REGRESSION = 36,
    /// Means: bad pointer: gate.
    OHEM_STATUS_POINTER_GATE = 37,
    /// Means: bad pointer: boxes, or rows or columns of a matrix.
    OHEM_STATUS_POINTER_BOXES = 38,
    /// Means: bad pointer: images.
    OHEM_STATUS_POINTER_IMAGES = 39,
    /// Means: bad pointer: labels, or groups.
    OHEM_STATUS_POINTER_LABELS = 40,
    /// Means: bad pointer: losses, or scores.
    OHEM_STATUS_POINTER_LOSSES = 41,
    /// Means: bad pointer: logits, probabilities, deltas or table.
    OHEM_STATUS_POINTER_TABLE = 42,
    /// Means: bad pointer: targets.
    OHEM_STATUS_POINTER_TARGETS = 43,
    /// Means: bad pointer: inside or outside weights.
    OHEM_STATUS_POINTER_WEIGHTS = 44,
    /// Means: bad pointer: indices, or selected.
    OHEM_STATUS_POINTER_INDICES = 45,
    /// Means: bad pointer: memory.
    OHEM_STATUS_POINTER_MEMORY = 46,
    /// Means: bad pointer: an output.
    OHEM_STATUS_POINTER_OUT = 47,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ohem_status ohem_status;
#else
typedef uint32_t ohem_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

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
    /// IoU above which it does, rounded to the float type of the boxes.
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
} ohem_mine_config;

/// Passes the hardest share of samples, compared with the last `OHEM_GATE_WINDOW` losses.
typedef struct {
    /// private
    uint64_t state[67];
} ohem_gate_f32;

/// Passes the hardest share of samples, compared with the last `OHEM_GATE_WINDOW` losses.
typedef struct {
    /// private
    uint64_t state[67];
} ohem_gate_i32;

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

/// Mines step after step, in memory that stays lent to it.
///
/// You may change the configuration between steps; `ohem_miner_init_...` sets the rest.
typedef struct {
    /// How to mine.
    ohem_mine_config config;
    /// Largest number of RoIs that can be selected.
    size_t capacity;
    /// The memory, from its first aligned byte.
    float *memory;
} ohem_miner_f32;

/// Regions of interest. RoIs suppress each other only within a group: an image and a label.
typedef struct {
    /// Their boxes.
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
/// You may change the configuration between steps; `ohem_miner_init_...` sets the rest.
typedef struct {
    /// How to mine.
    ohem_mine_config config;
    /// Largest number of RoIs that can be selected.
    size_t capacity;
    /// The memory, from its first aligned byte.
    double *memory;
} ohem_miner_f64;

/// Regions of interest. RoIs suppress each other only within a group: an image and a label.
typedef struct {
    /// Their boxes.
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

/// Returns the version of this library, in ASCII.
const char *ohem_version(void);

/// Returns the paper's setting on continuous boxes: NMS at IoU > 0.7.
ohem_mine_config ohem_mine_config_new(size_t batch_size);

/// Returns the original's setting (Fast R-CNN): 128 RoIs, NMS at IoU > 0.7, pixel boxes.
ohem_mine_config ohem_mine_config_fast_rcnn(void);

/// Makes a gate that passes about this share of the samples, from 0 (none) to 1 (all).
ohem_status ohem_gate_init_f32(ohem_gate_f32 *gate, float share, size_t *offender);

/// Returns whether a sample of this loss is worth a backward pass, and remembers the loss.
///
/// A NaN is harder than any other loss. A bad pointer passes no sample.
bool ohem_gate_observe_f32(ohem_gate_f32 *gate, float loss);

/// Makes a gate that passes about this share of the samples, from 0 (none) to 1 (all).
ohem_status ohem_gate_init_i32(ohem_gate_i32 *gate, float share, size_t *offender);

/// Returns whether a sample of this loss is worth a backward pass, and remembers the loss.
///
/// A NaN is harder than any other loss. A bad pointer passes no sample.
bool ohem_gate_observe_i32(ohem_gate_i32 *gate, int32_t loss);

/// Writes 1 to the bytes of the selected RoIs, and 0 to the rest of `length`.
ohem_status ohem_mask(const uint32_t *indices, size_t count, uint8_t *out, size_t length, size_t *offender);

/// Copies the selected rows of a table to `out`, in the order of the indices.
///
/// A row has `row_bytes` bytes; the table has `rows` rows, and `out` has `count`.
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
ohem_status ohem_mask_rows(const uint32_t *indices,
                           size_t count,
                           void *table,
                           size_t rows,
                           size_t row_bytes,
                           size_t *offender);

/// Writes one weight for each selected RoI, and another one for the rest of `length`.
ohem_status ohem_weights_f32(const uint32_t *indices,
                             size_t count,
                             float selected,
                             float rest,
                             float *out,
                             size_t length,
                             size_t *offender);

/// Writes one weight for each selected RoI, and another one for the rest of `length`.
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
ohem_status ohem_cross_entropy_f32(const float *logits,
                                   size_t length,
                                   ohem_classes classes,
                                   const uint32_t *labels,
                                   float *losses,
                                   size_t *offender);

/// Writes the gradient of the softmax cross-entropy by the logits: the softmax, less 1 at the label.
///
/// `out` has `classes.count` columns; the layout says which rows.
ohem_status ohem_cross_entropy_gradient_f32(const float *logits,
                                            size_t length,
                                            ohem_classes classes,
                                            const uint32_t *labels,
                                            const ohem_gradient_spec_f32 *spec,
                                            float *out,
                                            size_t *offender);

/// Writes the cross-entropy of every RoI's row of probabilities, as the original computes it:
/// `-ln(max(p[label], 2.220446049250313e-16))`.
ohem_status ohem_probability_cross_entropy_f32(const float *probabilities,
                                               size_t length,
                                               ohem_classes classes,
                                               const uint32_t *labels,
                                               float *losses,
                                               size_t *offender);

/// Writes the gradient by the logits from which a softmax made the probabilities.
///
/// `out` has `classes.count` columns; the layout says which rows.
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
ohem_status ohem_sigmoid_cross_entropy_f32(const float *logits,
                                           size_t length,
                                           ohem_classes classes,
                                           const uint32_t *labels,
                                           float *losses,
                                           size_t *offender);

/// Writes the gradient of the sigmoid cross-entropy by the logits: the sigmoid less the target.
///
/// `out` has `classes.count` columns; the layout says which rows.
ohem_status ohem_sigmoid_cross_entropy_gradient_f32(const float *logits,
                                                    size_t length,
                                                    ohem_classes classes,
                                                    const uint32_t *labels,
                                                    const ohem_gradient_spec_f32 *spec,
                                                    float *out,
                                                    size_t *offender);

/// Writes the binary cross-entropy of each logit with a target from 0 to 1.
ohem_status ohem_binary_cross_entropy_f32(const float *logits,
                                          const float *targets,
                                          size_t length,
                                          float *losses,
                                          size_t *offender);

/// Writes the gradient of the binary cross-entropy by the logits: the sigmoid less the target.
///
/// `out` has a value for each logit, or for each selected one, as the layout says.
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
ohem_status ohem_cross_entropy_f64(const double *logits,
                                   size_t length,
                                   ohem_classes classes,
                                   const uint32_t *labels,
                                   double *losses,
                                   size_t *offender);

/// Writes the gradient of the softmax cross-entropy by the logits: the softmax, less 1 at the label.
///
/// `out` has `classes.count` columns; the layout says which rows.
ohem_status ohem_cross_entropy_gradient_f64(const double *logits,
                                            size_t length,
                                            ohem_classes classes,
                                            const uint32_t *labels,
                                            const ohem_gradient_spec_f64 *spec,
                                            double *out,
                                            size_t *offender);

/// Writes the cross-entropy of every RoI's row of probabilities, as the original computes it:
/// `-ln(max(p[label], 2.220446049250313e-16))`.
ohem_status ohem_probability_cross_entropy_f64(const double *probabilities,
                                               size_t length,
                                               ohem_classes classes,
                                               const uint32_t *labels,
                                               double *losses,
                                               size_t *offender);

/// Writes the gradient by the logits from which a softmax made the probabilities.
///
/// `out` has `classes.count` columns; the layout says which rows.
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
ohem_status ohem_sigmoid_cross_entropy_f64(const double *logits,
                                           size_t length,
                                           ohem_classes classes,
                                           const uint32_t *labels,
                                           double *losses,
                                           size_t *offender);

/// Writes the gradient of the sigmoid cross-entropy by the logits: the sigmoid less the target.
///
/// `out` has `classes.count` columns; the layout says which rows.
ohem_status ohem_sigmoid_cross_entropy_gradient_f64(const double *logits,
                                                    size_t length,
                                                    ohem_classes classes,
                                                    const uint32_t *labels,
                                                    const ohem_gradient_spec_f64 *spec,
                                                    double *out,
                                                    size_t *offender);

/// Writes the binary cross-entropy of each logit with a target from 0 to 1.
ohem_status ohem_binary_cross_entropy_f64(const double *logits,
                                          const double *targets,
                                          size_t length,
                                          double *losses,
                                          size_t *offender);

/// Writes the gradient of the binary cross-entropy by the logits: the sigmoid less the target.
///
/// `out` has a value for each logit, or for each selected one, as the layout says.
ohem_status ohem_binary_cross_entropy_gradient_f64(const double *logits,
                                                   const double *targets,
                                                   size_t length,
                                                   const ohem_gradient_spec_f64 *spec,
                                                   double *out,
                                                   size_t *offender);

/// Mines the hardest RoIs, hardest first; `losses` has one for each RoI.
///
/// A RoI whose label or image is `OHEM_IGNORED` takes no part. Usually one
/// scan of the `n` losses; at worst `v / capacity + 3` scans and `v capacity` overlap tests if `v` RoIs are
/// visited, and up to `n (capacity + 16)` tests more if `max_visited` is 0.
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
ohem_status ohem_batched_nms_f32(ohem_miner_f32 *miner,
                                 const ohem_bbox_f32 *boxes,
                                 const float *scores,
                                 const uint32_t *groups,
                                 size_t length,
                                 ohem_selection *kept,
                                 size_t *offender);

/// Mines the hardest RoIs, hardest first; `losses` has one for each RoI.
///
/// A RoI whose label or image is `OHEM_IGNORED` takes no part. Usually one
/// scan of the `n` losses; at worst `v / capacity + 3` scans and `v capacity` overlap tests if `v` RoIs are
/// visited, and up to `n (capacity + 16)` tests more if `max_visited` is 0.
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
ohem_status ohem_batched_nms_f32_i8(ohem_miner_f32 *miner,
                                    const ohem_bbox_f32 *boxes,
                                    const int8_t *scores,
                                    const uint32_t *groups,
                                    size_t length,
                                    ohem_selection *kept,
                                    size_t *offender);

/// Mines the hardest RoIs, hardest first; `losses` has one for each RoI.
///
/// A RoI whose label or image is `OHEM_IGNORED` takes no part. Usually one
/// scan of the `n` losses; at worst `v / capacity + 3` scans and `v capacity` overlap tests if `v` RoIs are
/// visited, and up to `n (capacity + 16)` tests more if `max_visited` is 0.
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
ohem_status ohem_batched_nms_f32_i16(ohem_miner_f32 *miner,
                                     const ohem_bbox_f32 *boxes,
                                     const int16_t *scores,
                                     const uint32_t *groups,
                                     size_t length,
                                     ohem_selection *kept,
                                     size_t *offender);

/// Mines the hardest RoIs, hardest first; `losses` has one for each RoI.
///
/// A RoI whose label or image is `OHEM_IGNORED` takes no part. Usually one
/// scan of the `n` losses; at worst `v / capacity + 3` scans and `v capacity` overlap tests if `v` RoIs are
/// visited, and up to `n (capacity + 16)` tests more if `max_visited` is 0.
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
ohem_status ohem_batched_nms_f32_i32(ohem_miner_f32 *miner,
                                     const ohem_bbox_f32 *boxes,
                                     const int32_t *scores,
                                     const uint32_t *groups,
                                     size_t length,
                                     ohem_selection *kept,
                                     size_t *offender);

/// Mines the hardest RoIs, hardest first; `losses` has one for each RoI.
///
/// A RoI whose label or image is `OHEM_IGNORED` takes no part. Usually one
/// scan of the `n` losses; at worst `v / capacity + 3` scans and `v capacity` overlap tests if `v` RoIs are
/// visited, and up to `n (capacity + 16)` tests more if `max_visited` is 0.
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

/// Makes a miner that can select `capacity` RoIs, in memory at any address.
///
/// `size` is the size of the memory in bytes, at least `ohem_miner_size_...(capacity)`. The memory
/// stays lent to the miner as long as you use it; there is nothing to free.
ohem_status ohem_miner_init_f32(ohem_miner_f32 *miner,
                                void *memory,
                                size_t size,
                                size_t capacity,
                                const ohem_mine_config *config,
                                size_t *offender);

/// Computes the number of bytes that a miner needs; `SIZE_MAX` if that is too many to count.
///
/// `OHEM_MINER_SIZE_...` is the same as a constant expression.
size_t ohem_miner_size_f64(size_t capacity);

/// Makes a miner that can select `capacity` RoIs, in memory at any address.
///
/// `size` is the size of the memory in bytes, at least `ohem_miner_size_...(capacity)`. The memory
/// stays lent to the miner as long as you use it; there is nothing to free.
ohem_status ohem_miner_init_f64(ohem_miner_f64 *miner,
                                void *memory,
                                size_t size,
                                size_t capacity,
                                const ohem_mine_config *config,
                                size_t *offender);

/// Computes `x^2 / (2 beta)` for `|x| < beta`, and `|x| - beta / 2` otherwise; `beta` is not checked.
float ohem_smooth_l1_f32(float x, float beta);

/// Computes the slope of `ohem_smooth_l1_...`.
float ohem_smooth_l1_slope_f32(float x, float beta);

/// Writes the smooth-L1 loss of every RoI.
ohem_status ohem_regression_losses_f32(const ohem_regression_f32 *regression,
                                       float *losses,
                                       size_t *offender);

/// Adds the smooth-L1 loss of every RoI to its loss of classification.
ohem_status ohem_add_regression_f32(const ohem_regression_f32 *regression, float *losses, size_t *offender);

/// Writes the gradient of the selected smooth-L1 losses by the predicted deltas.
///
/// `out` has `delta_columns` columns; the layout says which rows.
ohem_status ohem_regression_gradient_f32(const ohem_regression_f32 *regression,
                                         const ohem_gradient_spec_f32 *spec,
                                         float *out,
                                         size_t *offender);

/// Computes `x^2 / (2 beta)` for `|x| < beta`, and `|x| - beta / 2` otherwise; `beta` is not checked.
double ohem_smooth_l1_f64(double x, double beta);

/// Computes the slope of `ohem_smooth_l1_...`.
double ohem_smooth_l1_slope_f64(double x, double beta);

/// Writes the smooth-L1 loss of every RoI.
ohem_status ohem_regression_losses_f64(const ohem_regression_f64 *regression,
                                       double *losses,
                                       size_t *offender);

/// Adds the smooth-L1 loss of every RoI to its loss of classification.
ohem_status ohem_add_regression_f64(const ohem_regression_f64 *regression, double *losses, size_t *offender);

/// Writes the gradient of the selected smooth-L1 losses by the predicted deltas.
///
/// `out` has `delta_columns` columns; the layout says which rows.
ohem_status ohem_regression_gradient_f64(const ohem_regression_f64 *regression,
                                         const ohem_gradient_spec_f64 *spec,
                                         double *out,
                                         size_t *offender);

/// Describes a status in English, in static ASCII; never `NULL`.
const char *ohem_status_message(uint32_t status);

/// Finds the indices of the hardest `k` of `length` losses, hardest first.
///
/// They are the first `*count` of `indices`; `*count` is less than `k` if fewer losses take part.
/// `indices` has `length` elements, all of which are overwritten, even if a NaN is refused.
/// Expected O(n + k log k).
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
ohem_status ohem_top_k_i32(const int32_t *losses,
                           size_t length,
                           size_t k,
                           ohem_nan_policy nan,
                           uint32_t *indices,
                           size_t *count,
                           size_t *offender);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* OHEM_H */
