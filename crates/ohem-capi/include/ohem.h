/*
 * ohem: online hard example mining, without a heap and without surprises.
 *
 * Made by cbindgen from crates/ohem-capi: change it there, then run `scripts/capi.sh --header`.
 *
 * What holds for every function:
 *
 * - The caller owns all memory. Nothing is allocated, nothing is global: calls that share no memory that one of them
 *   writes to may run at the same time, in interrupts, too.
 * - A pointer with a length is an array of so many values, which the caller promises can be read, or written if it is
 *   not const. What is written overlaps nothing else that the same call reads or writes. Where the length is 0 the
 *   pointer may be anything, NULL for example.
 * - A pointer that is NULL or not aligned for its type, or an array larger than memory can be, is refused by a status
 *   that names the argument.
 * - A call that returns another status than OHEM_STATUS_OK has written nothing but the offender, unless said otherwise.
 * - `offender` is the last argument; it may be NULL. Where a status other than OHEM_STATUS_OK is returned, it is set to
 *   the index at fault as the status says, or to SIZE_MAX where there is none.
 */

#ifndef OHEM_H
#define OHEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/// How many bytes of memory a miner of `float` boxes needs: `ohem_miner_size_f32` as a constant expression.
#define OHEM_MINER_SIZE_F32(capacity) (40 * (size_t)(capacity) + 24)
/// How many bytes of memory a miner of `double` boxes needs: `ohem_miner_size_f64` as a constant expression.
#define OHEM_MINER_SIZE_F64(capacity) (76 * (size_t)(capacity) + 48)

/// How many losses a gate remembers.
#define OHEM_GATE_WINDOW 64

/// What became of a call; nothing but 0 is success.
///
/// The status of a pointer says that it is `NULL` where something is to be read or written, or is not
/// aligned for its type, or that the array would be larger than memory can be.
enum ohem_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Means: done.
    OHEM_STATUS_OK = 0,
    /// Means: refused for a reason that the header does not know.
    OHEM_STATUS_UNEXPECTED = 1,
    /// Means: a loss is NaN (the offender is its index).
    OHEM_STATUS_NAN_LOSS = 2,
    /// Means: a label is out of range (the offender is its row).
    OHEM_STATUS_LABEL = 3,
    /// Means: an index is out of range (the offender is its position among the indices).
    OHEM_STATUS_INDEX = 4,
    /// Means: a table of boxes has neither 4 columns nor 4 for each label.
    OHEM_STATUS_COLUMNS = 5,
    /// Means: a convention, suppression, NaN policy or layout is none of those declared.
    OHEM_STATUS_CHOICE = 6,
    /// Means: the NMS threshold is NaN.
    OHEM_STATUS_NAN_THRESHOLD = 7,
    /// Means: the batch is larger than the miner's capacity (the offender is its size).
    OHEM_STATUS_BATCH_SIZE = 8,
    /// Means: the memory is too small (the offender is how many bytes are needed).
    OHEM_STATUS_SHORT_MEMORY = 9,
    /// Means: more RoIs than 32 bits can number (the offender is how many).
    OHEM_STATUS_TOO_MANY = 10,
    /// Means: bad pointer: miner.
    OHEM_STATUS_POINTER_MINER = 32,
    /// Means: bad pointer: config.
    OHEM_STATUS_POINTER_CONFIG = 33,
    /// Means: bad pointer: rois.
    OHEM_STATUS_POINTER_ROIS = 34,
    /// Means: bad pointer: backward.
    OHEM_STATUS_POINTER_BACKWARD = 35,
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
    /// Means: bad pointer: logits, probabilities, predictions or table.
    OHEM_STATUS_POINTER_TABLE = 42,
    /// Means: bad pointer: targets.
    OHEM_STATUS_POINTER_TARGETS = 43,
    /// Means: bad pointer: inside or outside weights.
    OHEM_STATUS_POINTER_WEIGHTS = 44,
    /// Means: bad pointer: selected.
    OHEM_STATUS_POINTER_SELECTED = 45,
    /// Means: bad pointer: memory.
    OHEM_STATUS_POINTER_MEMORY = 46,
    /// Means: bad pointer: what is to be written.
    OHEM_STATUS_POINTER_OUT = 47,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum ohem_status ohem_status;
#else
typedef uint32_t ohem_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Which side of the threshold suppresses: one of `OHEM_SUPPRESS_...`.
typedef uint32_t ohem_suppress;

/// How wide a box is: one of `OHEM_CONVENTION_...`.
typedef uint32_t ohem_convention;

/// What is done with a loss that is NaN: one of `OHEM_NAN_...`.
typedef uint32_t ohem_nan_policy;

/// How to mine, or to suppress.
typedef struct {
    /// How many RoIs to select at the most, over all images; NMS ignores it.
    size_t batch_size;
    /// The IoU from which a harder RoI of the same group suppresses, rounded to the float type of the boxes.
    double nms_threshold;
    /// Whether anything is suppressed: 0 if not.
    uint32_t with_nms;
    /// Which side of the threshold suppresses.
    ohem_suppress suppress;
    /// How wide a box is.
    ohem_convention convention;
    /// What is done with a loss that is NaN.
    ohem_nan_policy nan;
} ohem_mine_config;

/// Lets the hardest share of samples through, as judged by the losses of the last `OHEM_GATE_WINDOW`.
typedef struct {
    /// What it remembers: for ohem alone.
    uint64_t state[67];
} ohem_gate_f32;

/// Lets the hardest share of samples through, as judged by the losses of the last `OHEM_GATE_WINDOW`.
typedef struct {
    /// What it remembers: for ohem alone.
    uint64_t state[67];
} ohem_gate_i32;

/// A box by its corners; any values are legal, and what is not a box has IoU 0 with everything.
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

/// A box by its corners; any values are legal, and what is not a box has IoU 0 with everything.
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

/// How rows of a gradient are laid out: one of `OHEM_LAYOUT_...`.
typedef uint32_t ohem_layout;

/// What a backward pass asks of a gradient.
typedef struct {
    /// The RoIs selected.
    const uint32_t *selected;
    /// How many they are.
    size_t count;
    /// What their gradients are multiplied by: `1 / count` for the mean of their losses.
    float scale;
    /// Where rows go.
    ohem_layout layout;
} ohem_backward_f32;

/// What a backward pass asks of a gradient.
typedef struct {
    /// The RoIs selected.
    const uint32_t *selected;
    /// How many they are.
    size_t count;
    /// What their gradients are multiplied by: `1 / count` for the mean of their losses.
    double scale;
    /// Where rows go.
    ohem_layout layout;
} ohem_backward_f64;

/// Mines step after step, in memory that was lent for as long as it is used.
///
/// The configuration may be changed between steps; the rest is set by `ohem_miner_init_...`.
typedef struct {
    /// How to mine.
    ohem_mine_config config;
    /// How many RoIs can be selected at the most.
    size_t capacity;
    /// The memory, from its first aligned byte.
    float *memory;
} ohem_miner_f32;

/// Regions of interest: boxes, and the group of each; only RoIs of a group suppress each other.
typedef struct {
    /// Their boxes.
    const ohem_bbox_f32 *boxes;
    /// Which image each is of; `NULL` if all are of one.
    const uint32_t *images;
    /// The class of each; `NULL` if all are of one.
    const uint32_t *labels;
    /// How many RoIs there are.
    size_t length;
} ohem_rois_f32;

/// The RoIs that were selected, hardest first.
typedef struct {
    /// Their indices, in the miner's memory: they last until it is used again.
    const uint32_t *indices;
    /// How many were selected.
    size_t count;
    /// How many RoIs there were.
    size_t total;
    /// How many were looked at: those but `count` of them overlapped a harder one.
    ///
    /// If it is less than `total`, a larger batch might have selected more.
    size_t visited;
} ohem_selection;

/// Mines step after step, in memory that was lent for as long as it is used.
///
/// The configuration may be changed between steps; the rest is set by `ohem_miner_init_...`.
typedef struct {
    /// How to mine.
    ohem_mine_config config;
    /// How many RoIs can be selected at the most.
    size_t capacity;
    /// The memory, from its first aligned byte.
    double *memory;
} ohem_miner_f64;

/// Regions of interest: boxes, and the group of each; only RoIs of a group suppress each other.
typedef struct {
    /// Their boxes.
    const ohem_bbox_f64 *boxes;
    /// Which image each is of; `NULL` if all are of one.
    const uint32_t *images;
    /// The class of each; `NULL` if all are of one.
    const uint32_t *labels;
    /// How many RoIs there are.
    size_t length;
} ohem_rois_f64;

/// Box deltas that were predicted, those that were wanted, and how they are weighted.
///
/// A table has 4 columns, or 4 for each label. Label 0 is background, which has no loss.
typedef struct {
    /// The label of each RoI.
    const uint32_t *labels;
    /// How many RoIs there are.
    size_t length;
    /// The deltas predicted.
    const float *predictions;
    /// How many columns they have.
    size_t prediction_columns;
    /// The deltas wanted.
    const float *targets;
    /// How many columns these have, and the weights.
    size_t target_columns;
    /// Weights of differences; a column of weight 0 has no loss. `NULL` if all are 1.
    const float *inside;
    /// Weights of losses; `NULL` if all are 1.
    const float *outside;
    /// Where the loss bends: 1 is the reference's, 0 the L1 loss.
    float beta;
} ohem_regression_f32;

/// Box deltas that were predicted, those that were wanted, and how they are weighted.
///
/// A table has 4 columns, or 4 for each label. Label 0 is background, which has no loss.
typedef struct {
    /// The label of each RoI.
    const uint32_t *labels;
    /// How many RoIs there are.
    size_t length;
    /// The deltas predicted.
    const double *predictions;
    /// How many columns they have.
    size_t prediction_columns;
    /// The deltas wanted.
    const double *targets;
    /// How many columns these have, and the weights.
    size_t target_columns;
    /// Weights of differences; a column of weight 0 has no loss. `NULL` if all are 1.
    const double *inside;
    /// Weights of losses; `NULL` if all are 1.
    const double *outside;
    /// Where the loss bends: 1 is the reference's, 0 the L1 loss.
    double beta;
} ohem_regression_f64;

/// `x2 - x1`: corners are points (torchvision, COCO).
#define OHEM_CONVENTION_CONTINUOUS 0

/// `x2 - x1 + 1`: corners are pixels, both inside the box (PASCAL VOC, the reference).
#define OHEM_CONVENTION_PIXEL 1

/// `iou > t`: the reference's GPU and Python NMS, torchvision.
#define OHEM_SUPPRESS_ABOVE 0

/// `iou >= t`: the reference's Cython NMS.
#define OHEM_SUPPRESS_AT_OR_ABOVE 1

/// It is an error that names the first one.
#define OHEM_NAN_ERROR 0

/// It is left out: neither visited nor selected.
#define OHEM_NAN_SKIP 1

/// It ranks before everything, +infinity included.
#define OHEM_NAN_FIRST 2

/// A row for every RoI, 0 where it was not selected: for a backward pass over the whole batch.
#define OHEM_LAYOUT_DENSE 0

/// A row for every index, in the order of the indices: for a backward pass over the hard ones alone.
#define OHEM_LAYOUT_GATHERED 1

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/// Tells the version of this library, in ASCII.
const char *ohem_version(void);

/// The paper's setting on continuous boxes: NMS at IoU > 0.7.
ohem_mine_config ohem_mine_config_new(size_t batch_size);

/// The reference's setting (Fast R-CNN): 128 RoIs, NMS at IoU > 0.7, pixel boxes.
ohem_mine_config ohem_mine_config_fast_rcnn(void);

/// Makes a gate that lets through about this share of samples, from 0 (none) to 1 (all).
ohem_status ohem_gate_init_f32(ohem_gate_f32 *gate, float share, size_t *offender);

/// Says whether a sample of this loss is worth a backward pass, and remembers the loss.
///
/// A NaN is as hard as can be. Nothing passes a bad pointer.
bool ohem_gate_passes_f32(ohem_gate_f32 *gate, float loss);

/// Makes a gate that lets through about this share of samples, from 0 (none) to 1 (all).
ohem_status ohem_gate_init_i32(ohem_gate_i32 *gate, float share, size_t *offender);

/// Says whether a sample of this loss is worth a backward pass, and remembers the loss.
///
/// A NaN is as hard as can be. Nothing passes a bad pointer.
bool ohem_gate_passes_i32(ohem_gate_i32 *gate, int32_t loss);

/// Writes 1 to the bytes of the RoIs selected, and 0 to the rest of `length`.
ohem_status ohem_mask(const uint32_t *selected, size_t count, uint8_t *mask, size_t length, size_t *offender);

/// Copies the rows of a table that were selected, in that order, to `out`.
///
/// A row is `row_bytes` bytes, of which the table has `rows`, and `out` `count`.
ohem_status ohem_gather_rows(const uint32_t *selected,
                             size_t count,
                             const void *table,
                             size_t rows,
                             size_t row_bytes,
                             void *out,
                             size_t *offender);

/// Zeros the rows of a table that were not selected, in place: the deltas of a backward pass.
///
/// A row is `row_bytes` bytes, all of which become 0, as in 0 of every type. O(count^2 + rows).
ohem_status ohem_mask_rows(const uint32_t *selected,
                           size_t count,
                           void *table,
                           size_t rows,
                           size_t row_bytes,
                           size_t *offender);

/// Writes one weight to the places of the RoIs selected, and another to the rest of `length`.
ohem_status ohem_weights_f32(const uint32_t *selected,
                             size_t count,
                             float weight,
                             float rest,
                             float *weights,
                             size_t length,
                             size_t *offender);

/// Writes one weight to the places of the RoIs selected, and another to the rest of `length`.
ohem_status ohem_weights_f64(const uint32_t *selected,
                             size_t count,
                             double weight,
                             double rest,
                             double *weights,
                             size_t length,
                             size_t *offender);

/// Computes intersection over union; 0 if either is not a box, NaN if there is no such convention.
float ohem_iou_f32(ohem_bbox_f32 a, ohem_bbox_f32 b, ohem_convention convention);

/// Writes the IoU of each of `rows` with each of `columns`, row by row.
///
/// `out` has a place for each pair. O(rows x columns). The same bits as `ohem_iou_...` of each.
ohem_status ohem_iou_matrix_f32(const ohem_bbox_f32 *rows,
                                size_t row_count,
                                const ohem_bbox_f32 *columns,
                                size_t column_count,
                                ohem_convention convention,
                                float *out,
                                size_t *offender);

/// Computes intersection over union; 0 if either is not a box, NaN if there is no such convention.
double ohem_iou_f64(ohem_bbox_f64 a, ohem_bbox_f64 b, ohem_convention convention);

/// Writes the IoU of each of `rows` with each of `columns`, row by row.
///
/// `out` has a place for each pair. O(rows x columns). The same bits as `ohem_iou_...` of each.
ohem_status ohem_iou_matrix_f64(const ohem_bbox_f64 *rows,
                                size_t row_count,
                                const ohem_bbox_f64 *columns,
                                size_t column_count,
                                ohem_convention convention,
                                double *out,
                                size_t *offender);

/// Writes the softmax cross-entropy of every RoI's row of `classes` logits.
///
/// A NaN logit makes the loss NaN, and so do a `+inf` or all `-inf`.
ohem_status ohem_cross_entropy_f32(const float *logits,
                                   size_t length,
                                   size_t classes,
                                   const uint32_t *labels,
                                   float *losses,
                                   size_t *offender);

/// Writes the gradient of the softmax cross-entropy by the logits: softmax less 1 at the label.
///
/// `out` has `classes` columns, and rows as the layout says.
ohem_status ohem_cross_entropy_gradient_f32(const float *logits,
                                            size_t length,
                                            size_t classes,
                                            const uint32_t *labels,
                                            const ohem_backward_f32 *backward,
                                            float *out,
                                            size_t *offender);

/// Writes the cross-entropy of every RoI's row of probabilities, as the reference has it:
/// `-ln(max(p[label], 2.220446049250313e-16))`.
ohem_status ohem_probability_cross_entropy_f32(const float *probabilities,
                                               size_t length,
                                               size_t classes,
                                               const uint32_t *labels,
                                               float *losses,
                                               size_t *offender);

/// Writes the gradient of the cross-entropy by the logits that the probabilities were made of.
///
/// `out` has `classes` columns, and rows as the layout says.
ohem_status ohem_probability_cross_entropy_gradient_f32(const float *probabilities,
                                                        size_t length,
                                                        size_t classes,
                                                        const uint32_t *labels,
                                                        const ohem_backward_f32 *backward,
                                                        float *out,
                                                        size_t *offender);

/// Writes the sigmoid cross-entropy of every RoI's row of `classes` logits, the sum of its columns.
///
/// Label 0 is background; label `k` has its target of 1 in column `k - 1`.
ohem_status ohem_sigmoid_cross_entropy_f32(const float *logits,
                                           size_t length,
                                           size_t classes,
                                           const uint32_t *labels,
                                           float *losses,
                                           size_t *offender);

/// Writes the gradient of the sigmoid cross-entropy by the logits: sigmoid less target.
///
/// `out` has `classes` columns, and rows as the layout says.
ohem_status ohem_sigmoid_cross_entropy_gradient_f32(const float *logits,
                                                    size_t length,
                                                    size_t classes,
                                                    const uint32_t *labels,
                                                    const ohem_backward_f32 *backward,
                                                    float *out,
                                                    size_t *offender);

/// Writes the binary cross-entropy of each logit with a target from 0 to 1.
ohem_status ohem_binary_cross_entropy_f32(const float *logits,
                                          const float *targets,
                                          size_t length,
                                          float *losses,
                                          size_t *offender);

/// Writes the gradient of the binary cross-entropy by the logits: sigmoid less target.
///
/// `out` has a place for each logit, or for each one selected, as the layout says.
ohem_status ohem_binary_cross_entropy_gradient_f32(const float *logits,
                                                   const float *targets,
                                                   size_t length,
                                                   const ohem_backward_f32 *backward,
                                                   float *out,
                                                   size_t *offender);

/// Writes the softmax cross-entropy of every RoI's row of `classes` logits.
///
/// A NaN logit makes the loss NaN, and so do a `+inf` or all `-inf`.
ohem_status ohem_cross_entropy_f64(const double *logits,
                                   size_t length,
                                   size_t classes,
                                   const uint32_t *labels,
                                   double *losses,
                                   size_t *offender);

/// Writes the gradient of the softmax cross-entropy by the logits: softmax less 1 at the label.
///
/// `out` has `classes` columns, and rows as the layout says.
ohem_status ohem_cross_entropy_gradient_f64(const double *logits,
                                            size_t length,
                                            size_t classes,
                                            const uint32_t *labels,
                                            const ohem_backward_f64 *backward,
                                            double *out,
                                            size_t *offender);

/// Writes the cross-entropy of every RoI's row of probabilities, as the reference has it:
/// `-ln(max(p[label], 2.220446049250313e-16))`.
ohem_status ohem_probability_cross_entropy_f64(const double *probabilities,
                                               size_t length,
                                               size_t classes,
                                               const uint32_t *labels,
                                               double *losses,
                                               size_t *offender);

/// Writes the gradient of the cross-entropy by the logits that the probabilities were made of.
///
/// `out` has `classes` columns, and rows as the layout says.
ohem_status ohem_probability_cross_entropy_gradient_f64(const double *probabilities,
                                                        size_t length,
                                                        size_t classes,
                                                        const uint32_t *labels,
                                                        const ohem_backward_f64 *backward,
                                                        double *out,
                                                        size_t *offender);

/// Writes the sigmoid cross-entropy of every RoI's row of `classes` logits, the sum of its columns.
///
/// Label 0 is background; label `k` has its target of 1 in column `k - 1`.
ohem_status ohem_sigmoid_cross_entropy_f64(const double *logits,
                                           size_t length,
                                           size_t classes,
                                           const uint32_t *labels,
                                           double *losses,
                                           size_t *offender);

/// Writes the gradient of the sigmoid cross-entropy by the logits: sigmoid less target.
///
/// `out` has `classes` columns, and rows as the layout says.
ohem_status ohem_sigmoid_cross_entropy_gradient_f64(const double *logits,
                                                    size_t length,
                                                    size_t classes,
                                                    const uint32_t *labels,
                                                    const ohem_backward_f64 *backward,
                                                    double *out,
                                                    size_t *offender);

/// Writes the binary cross-entropy of each logit with a target from 0 to 1.
ohem_status ohem_binary_cross_entropy_f64(const double *logits,
                                          const double *targets,
                                          size_t length,
                                          double *losses,
                                          size_t *offender);

/// Writes the gradient of the binary cross-entropy by the logits: sigmoid less target.
///
/// `out` has a place for each logit, or for each one selected, as the layout says.
ohem_status ohem_binary_cross_entropy_gradient_f64(const double *logits,
                                                   const double *targets,
                                                   size_t length,
                                                   const ohem_backward_f64 *backward,
                                                   double *out,
                                                   size_t *offender);

/// Mines the hardest RoIs, hardest first, of as many losses as RoIs.
///
/// O(n) to find the hardest, and (visited x selected) overlap tests.
ohem_status ohem_mine_f32(ohem_miner_f32 *miner,
                          const ohem_rois_f32 *rois,
                          const float *losses,
                          ohem_selection *selection,
                          size_t *offender);

/// Suppresses boxes that overlap a better one of their group, and keeps as many as there is room
/// for, best first.
///
/// `groups` is a key for each box, a class or an image; `NULL` if all suppress each other. It is
/// mining, by all of the miner's configuration but the batch size.
ohem_status ohem_nms_f32(ohem_miner_f32 *miner,
                         const ohem_bbox_f32 *boxes,
                         const uint32_t *groups,
                         const float *scores,
                         size_t length,
                         ohem_selection *kept,
                         size_t *offender);

/// Mines the hardest RoIs, hardest first, of as many losses as RoIs.
///
/// O(n) to find the hardest, and (visited x selected) overlap tests.
ohem_status ohem_mine_f32_i8(ohem_miner_f32 *miner,
                             const ohem_rois_f32 *rois,
                             const int8_t *losses,
                             ohem_selection *selection,
                             size_t *offender);

/// Suppresses boxes that overlap a better one of their group, and keeps as many as there is room
/// for, best first.
///
/// `groups` is a key for each box, a class or an image; `NULL` if all suppress each other. It is
/// mining, by all of the miner's configuration but the batch size.
ohem_status ohem_nms_f32_i8(ohem_miner_f32 *miner,
                            const ohem_bbox_f32 *boxes,
                            const uint32_t *groups,
                            const int8_t *scores,
                            size_t length,
                            ohem_selection *kept,
                            size_t *offender);

/// Mines the hardest RoIs, hardest first, of as many losses as RoIs.
///
/// O(n) to find the hardest, and (visited x selected) overlap tests.
ohem_status ohem_mine_f32_i16(ohem_miner_f32 *miner,
                              const ohem_rois_f32 *rois,
                              const int16_t *losses,
                              ohem_selection *selection,
                              size_t *offender);

/// Suppresses boxes that overlap a better one of their group, and keeps as many as there is room
/// for, best first.
///
/// `groups` is a key for each box, a class or an image; `NULL` if all suppress each other. It is
/// mining, by all of the miner's configuration but the batch size.
ohem_status ohem_nms_f32_i16(ohem_miner_f32 *miner,
                             const ohem_bbox_f32 *boxes,
                             const uint32_t *groups,
                             const int16_t *scores,
                             size_t length,
                             ohem_selection *kept,
                             size_t *offender);

/// Mines the hardest RoIs, hardest first, of as many losses as RoIs.
///
/// O(n) to find the hardest, and (visited x selected) overlap tests.
ohem_status ohem_mine_f32_i32(ohem_miner_f32 *miner,
                              const ohem_rois_f32 *rois,
                              const int32_t *losses,
                              ohem_selection *selection,
                              size_t *offender);

/// Suppresses boxes that overlap a better one of their group, and keeps as many as there is room
/// for, best first.
///
/// `groups` is a key for each box, a class or an image; `NULL` if all suppress each other. It is
/// mining, by all of the miner's configuration but the batch size.
ohem_status ohem_nms_f32_i32(ohem_miner_f32 *miner,
                             const ohem_bbox_f32 *boxes,
                             const uint32_t *groups,
                             const int32_t *scores,
                             size_t length,
                             ohem_selection *kept,
                             size_t *offender);

/// Mines the hardest RoIs, hardest first, of as many losses as RoIs.
///
/// O(n) to find the hardest, and (visited x selected) overlap tests.
ohem_status ohem_mine_f64(ohem_miner_f64 *miner,
                          const ohem_rois_f64 *rois,
                          const double *losses,
                          ohem_selection *selection,
                          size_t *offender);

/// Suppresses boxes that overlap a better one of their group, and keeps as many as there is room
/// for, best first.
///
/// `groups` is a key for each box, a class or an image; `NULL` if all suppress each other. It is
/// mining, by all of the miner's configuration but the batch size.
ohem_status ohem_nms_f64(ohem_miner_f64 *miner,
                         const ohem_bbox_f64 *boxes,
                         const uint32_t *groups,
                         const double *scores,
                         size_t length,
                         ohem_selection *kept,
                         size_t *offender);

/// Computes how many bytes of memory a miner needs; `SIZE_MAX` if that is too many to count.
///
/// `OHEM_MINER_SIZE_...` is the same as a constant expression.
size_t ohem_miner_size_f32(size_t capacity);

/// Makes a miner that can select `capacity` RoIs, in memory at any address.
///
/// `size` is that of the memory, at least `ohem_miner_size_...(capacity)`. It is lent for as long
/// as the miner is used; nothing need be freed.
ohem_status ohem_miner_init_f32(ohem_miner_f32 *miner,
                                void *memory,
                                size_t size,
                                size_t capacity,
                                const ohem_mine_config *config,
                                size_t *offender);

/// Computes how many bytes of memory a miner needs; `SIZE_MAX` if that is too many to count.
///
/// `OHEM_MINER_SIZE_...` is the same as a constant expression.
size_t ohem_miner_size_f64(size_t capacity);

/// Makes a miner that can select `capacity` RoIs, in memory at any address.
///
/// `size` is that of the memory, at least `ohem_miner_size_...(capacity)`. It is lent for as long
/// as the miner is used; nothing need be freed.
ohem_status ohem_miner_init_f64(ohem_miner_f64 *miner,
                                void *memory,
                                size_t size,
                                size_t capacity,
                                const ohem_mine_config *config,
                                size_t *offender);

/// Computes `x^2 / (2 beta)` where `|x| < beta`, and `|x| - beta / 2` elsewhere.
float ohem_smooth_l1_f32(float x, float beta);

/// Computes the slope of `ohem_smooth_l1_...`.
float ohem_smooth_l1_slope_f32(float x, float beta);

/// Writes the smooth-L1 loss of every RoI.
ohem_status ohem_regression_losses_f32(const ohem_regression_f32 *regression,
                                       float *losses,
                                       size_t *offender);

/// Adds the smooth-L1 loss of every RoI to what is there: to that of its classification.
ohem_status ohem_add_regression_losses_f32(const ohem_regression_f32 *regression,
                                           float *losses,
                                           size_t *offender);

/// Writes the gradient of the smooth-L1 losses selected by the predictions.
///
/// `out` has as many columns as the predictions, and rows as the layout says.
ohem_status ohem_regression_gradient_f32(const ohem_regression_f32 *regression,
                                         const ohem_backward_f32 *backward,
                                         float *out,
                                         size_t *offender);

/// Computes `x^2 / (2 beta)` where `|x| < beta`, and `|x| - beta / 2` elsewhere.
double ohem_smooth_l1_f64(double x, double beta);

/// Computes the slope of `ohem_smooth_l1_...`.
double ohem_smooth_l1_slope_f64(double x, double beta);

/// Writes the smooth-L1 loss of every RoI.
ohem_status ohem_regression_losses_f64(const ohem_regression_f64 *regression,
                                       double *losses,
                                       size_t *offender);

/// Adds the smooth-L1 loss of every RoI to what is there: to that of its classification.
ohem_status ohem_add_regression_losses_f64(const ohem_regression_f64 *regression,
                                           double *losses,
                                           size_t *offender);

/// Writes the gradient of the smooth-L1 losses selected by the predictions.
///
/// `out` has as many columns as the predictions, and rows as the layout says.
ohem_status ohem_regression_gradient_f64(const ohem_regression_f64 *regression,
                                         const ohem_backward_f64 *backward,
                                         double *out,
                                         size_t *offender);

/// Says in English, in static ASCII, what a status means; never `NULL`.
const char *ohem_status_message(uint32_t status);

/// Finds the indices of the hardest `k` of `length` losses, hardest first.
///
/// They are the first `*count` of `indices`: fewer than `k` if there are not so many. `indices` has
/// `length` places, all of which are written to, also if a NaN is refused. Expected O(n + k log k).
ohem_status ohem_top_k_f32(const float *losses,
                           size_t length,
                           size_t k,
                           ohem_nan_policy nan,
                           uint32_t *indices,
                           size_t *count,
                           size_t *offender);

/// Finds the indices of the hardest `k` of `length` losses, hardest first.
///
/// They are the first `*count` of `indices`: fewer than `k` if there are not so many. `indices` has
/// `length` places, all of which are written to, also if a NaN is refused. Expected O(n + k log k).
ohem_status ohem_top_k_f64(const double *losses,
                           size_t length,
                           size_t k,
                           ohem_nan_policy nan,
                           uint32_t *indices,
                           size_t *count,
                           size_t *offender);

/// Finds the indices of the hardest `k` of `length` losses, hardest first.
///
/// They are the first `*count` of `indices`: fewer than `k` if there are not so many. `indices` has
/// `length` places, all of which are written to, also if a NaN is refused. Expected O(n + k log k).
ohem_status ohem_top_k_i8(const int8_t *losses,
                          size_t length,
                          size_t k,
                          ohem_nan_policy nan,
                          uint32_t *indices,
                          size_t *count,
                          size_t *offender);

/// Finds the indices of the hardest `k` of `length` losses, hardest first.
///
/// They are the first `*count` of `indices`: fewer than `k` if there are not so many. `indices` has
/// `length` places, all of which are written to, also if a NaN is refused. Expected O(n + k log k).
ohem_status ohem_top_k_i16(const int16_t *losses,
                           size_t length,
                           size_t k,
                           ohem_nan_policy nan,
                           uint32_t *indices,
                           size_t *count,
                           size_t *offender);

/// Finds the indices of the hardest `k` of `length` losses, hardest first.
///
/// They are the first `*count` of `indices`: fewer than `k` if there are not so many. `indices` has
/// `length` places, all of which are written to, also if a NaN is refused. Expected O(n + k log k).
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
