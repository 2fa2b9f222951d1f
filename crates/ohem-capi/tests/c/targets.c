#include "check.h"

static const OF(ohem_bbox_) rois[] = {{0, 0, 9, 9}, {0, 0, 9, 4}, {50, 50, 59, 59}};
static const OF(ohem_bbox_) truth[] = {{0, 0, 9, 9}, {40, 50, 49, 59}};
static const uint32_t classes[] = {3, 5}, images[] = {0, 0, 1}, truth_images[] = {0, 1};
static const uint32_t unknown[] = {9, OHEM_BACKGROUND, OHEM_IGNORED}, too_large[] = {3, OHEM_BACKGROUND};

static void assignments(void) {
    REAL overlaps[3];
    uint32_t matches[3];
    const ohem_convention pixel = OHEM_CONVENTION_PIXEL;
    OK(OF(ohem_assign_)(rois, 3, truth, 2, pixel, overlaps, matches, &offender));
    CHECK(overlaps[0] == 1 && overlaps[1] == (REAL)0.5 && overlaps[2] == 0);
    CHECK(matches[0] == 0 && matches[1] == 0 && matches[2] == OHEM_BACKGROUND);
    OK(OF(ohem_assign_batch_)(rois, images, 3, truth, truth_images, 2, pixel, overlaps, matches, &offender));
    CHECK(overlaps[1] == (REAL)0.5 && matches[1] == 0 && matches[2] == OHEM_BACKGROUND);
    OK(OF(ohem_assign_own_)(rois, 3, pixel, overlaps, matches, &offender));
    CHECK(overlaps[1] == 1 && matches[1] == 1 && matches[2] == 2);
    OK(OF(ohem_assign_)(rois, 3, NULL, 0, pixel, overlaps, matches, &offender));
    CHECK(overlaps[0] == 0 && matches[0] == OHEM_BACKGROUND);
    REFUSED(CHOICE, OF(ohem_assign_)(rois, 3, truth, 2, 2, overlaps, matches, &offender));
    REFUSED(POINTER_BOXES, OF(ohem_assign_)(NULL, 3, truth, 2, pixel, overlaps, matches, &offender));
    REFUSED(POINTER_BOXES, OF(ohem_assign_)(rois, 3, NULL, 2, pixel, overlaps, matches, &offender));
    REFUSED(POINTER_OUT, OF(ohem_assign_)(rois, 3, truth, 2, pixel, NULL, matches, &offender));
    REFUSED(POINTER_OUT, OF(ohem_assign_)(rois, 3, truth, 2, pixel, overlaps, NULL, &offender));
    REFUSED(POINTER_IMAGES, OF(ohem_assign_batch_)(rois, NULL, 3, truth, truth_images, 2, pixel, overlaps, matches, &offender));
    REFUSED(POINTER_IMAGES, OF(ohem_assign_batch_)(rois, images, 3, truth, NULL, 2, pixel, overlaps, matches, &offender));
    REFUSED(POINTER_BOXES, OF(ohem_assign_own_)(NULL, 3, pixel, overlaps, matches, &offender));
    CHECK(overlaps[0] == 0 && matches[0] == OHEM_BACKGROUND);
}

static void labels_of(void) {
    const REAL overlaps[] = {1, (REAL)0.5, 0};
    const uint32_t matches[] = {0, 0, OHEM_BACKGROUND}, nothing[] = {OHEM_BACKGROUND, OHEM_IGNORED, OHEM_BACKGROUND};
    OF(ohem_label_config_) config = OF(ohem_label_config_new_)();
    uint32_t labels[3] = {77, 77, 77}, indices[3];
    size_t foreground = 77, count = 77;
    const ohem_convention pixel = OHEM_CONVENTION_PIXEL;
    config.foreground = (REAL)0.6;
    REFUSED_AT(INDEX, 0, OF(ohem_label_)(overlaps, unknown, 3, classes, 2, &config, labels, &offender));
    REFUSED_AT(LABEL, 1, OF(ohem_label_)(overlaps, matches, 3, too_large, 2, &config, labels, &offender));
    REFUSED(POINTER_CONFIG, OF(ohem_label_)(overlaps, matches, 3, classes, 2, NULL, labels, &offender));
    REFUSED(POINTER_OVERLAPS, OF(ohem_label_)(NULL, matches, 3, classes, 2, &config, labels, &offender));
    REFUSED(POINTER_MATCHES, OF(ohem_label_)(overlaps, NULL, 3, classes, 2, &config, labels, &offender));
    REFUSED(POINTER_LABELS, OF(ohem_label_)(overlaps, matches, 3, NULL, 2, &config, labels, &offender));
    REFUSED(POINTER_OUT, OF(ohem_label_)(overlaps, matches, 3, classes, 2, &config, NULL, &offender));
    CHECK(labels[0] == 77);
    OK(OF(ohem_label_)(overlaps, matches, 3, classes, 2, &config, labels, &offender));
    CHECK(labels[0] == 3 && labels[1] == OHEM_IGNORED && labels[2] == OHEM_BACKGROUND);
    OK(OF(ohem_split_)(overlaps, 3, &config, indices, 3, &foreground, &count, &offender));
    CHECK(foreground == 1 && count == 2 && indices[0] == 0 && indices[1] == 2);
    REFUSED_AT(CAPACITY, 2, OF(ohem_split_)(overlaps, 3, &config, indices, 1, &foreground, &count, &offender));
    REFUSED(POINTER_OUT, OF(ohem_split_)(overlaps, 3, &config, indices, 3, NULL, &count, &offender));
    OK(OF(ohem_force_best_)(rois, 3, rois + 2, classes, 1, nothing, pixel, labels, &offender));
    CHECK(labels[2] == OHEM_BACKGROUND); /* it is the best, but matches no object */
    OK(OF(ohem_force_best_)(rois, 3, rois, classes, 1, matches, pixel, labels, &offender));
    CHECK(labels[0] == 3);
    OK(OF(ohem_ignore_regions_)(rois, 3, rois + 2, 1, (REAL)0.9, pixel, labels, &offender));
    CHECK(labels[0] == 3 && labels[2] == OHEM_IGNORED);
    REFUSED(NAN_THRESHOLD, OF(ohem_ignore_regions_)(rois, 3, rois, 1, NAN, pixel, labels, &offender));
    config.foreground = NAN;
    REFUSED(NAN_THRESHOLD, OF(ohem_label_)(overlaps, matches, 3, classes, 2, &config, labels, &offender));
    config = OF(ohem_label_config_new_)();
    config.on_overlap = 2;
    REFUSED(CHOICE, OF(ohem_label_)(overlaps, matches, 3, classes, 2, &config, labels, &offender));
}

static void coding(void) {
    const OF(ohem_bbox_) to[] = {{5, 0, 14, 9}, {0, 0, 9, 4}, {50, 50, 59, 59}};
    const REAL means[] = {0, 0, 0, 0}, stds[] = {(REAL)0.5, 1, 1, 1}, flat[] = {1, 0, 1, 1};
    const uint32_t of[] = {1, OHEM_BACKGROUND, OHEM_IGNORED};
    OF(ohem_box_coder_) coder = OF(ohem_box_coder_new_)(OHEM_CONVENTION_PIXEL);
    OF(ohem_normalization_) normalization = {NULL, NULL, 1};
    OF(ohem_bbox_) decoded[3];
    REAL targets[12];
    OK(OF(ohem_encode_)(&coder, rois, to, 3, targets, &offender));
    CHECK(targets[0] == (REAL)0.5 && targets[1] == 0 && targets[2] == 0 && targets[3] == 0 && targets[4] == 0);
    OK(OF(ohem_decode_)(&coder, rois, 3, targets, 1, decoded, &offender));
    CHECK(decoded[0].x1 == 5 && decoded[0].y1 == 0 && decoded[0].x2 == 14 && decoded[0].y2 == 9 && decoded[2].x2 == 59);
    coder = OF(ohem_box_coder_fast_rcnn_)();
    OK(OF(ohem_decode_)(&coder, rois, 3, targets, 1, decoded, &offender));
    CHECK(decoded[0].x2 == 15); /* the original's are off by a pixel */
    OK(OF(ohem_clip_)(decoded, 3, 10, 100, OHEM_CONVENTION_PIXEL, &offender));
    CHECK(decoded[0].x1 == 5 && decoded[0].x2 == 9 && decoded[0].y2 == 10 && decoded[2].x1 == 9);
    normalization.means = means;
    normalization.stds = stds;
    OK(OF(ohem_normalize_)(&normalization, of, targets, 3, &offender));
    CHECK(targets[0] == 1 && targets[4] == 0);
    OK(OF(ohem_denormalize_)(&normalization, of, targets, 3, &offender));
    CHECK(targets[0] == (REAL)0.5);
    normalization.stds = flat;
    REFUSED_AT(NORMALIZATION, 0, OF(ohem_normalize_)(&normalization, of, targets, 3, &offender));
    normalization.stds = NULL;
    REFUSED(POINTER_NORMALIZATION, OF(ohem_normalize_)(&normalization, of, targets, 3, &offender));
    normalization.rows = 0;
    REFUSED_AT(NORMALIZATION, 0, OF(ohem_normalize_)(&normalization, of, targets, 3, &offender));
    REFUSED(POINTER_NORMALIZATION, OF(ohem_normalize_)(NULL, of, targets, 3, &offender));
    REFUSED(POINTER_CODER, OF(ohem_encode_)(NULL, rois, to, 3, targets, &offender));
    REFUSED(POINTER_BOXES, OF(ohem_encode_)(&coder, rois, NULL, 3, targets, &offender));
    REFUSED(POINTER_OUT, OF(ohem_encode_)(&coder, rois, to, 3, NULL, &offender));
    REFUSED(POINTER_TABLE, OF(ohem_decode_)(&coder, rois, 3, NULL, 1, decoded, &offender));
    REFUSED(POINTER_BOXES, OF(ohem_clip_)(NULL, 3, 10, 100, OHEM_CONVENTION_PIXEL, &offender));
    REFUSED(CHOICE, OF(ohem_clip_)(decoded, 3, 10, 100, 2, &offender));
    coder.decoding = 2;
    REFUSED(CHOICE, OF(ohem_encode_)(&coder, rois, to, 3, targets, &offender));
    CHECK(targets[0] == (REAL)0.5);
}

static void tables(void) {
    const REAL overlaps[] = {1, (REAL)0.5, 0};
    const uint32_t matches[] = {0, 0, OHEM_BACKGROUND}, selected[] = {1}, missing[] = {3};
    OF(ohem_label_config_) config = OF(ohem_label_config_new_)();
    OF(ohem_box_coder_) coder = OF(ohem_box_coder_new_)(OHEM_CONVENTION_PIXEL);
    uint32_t of[3];
    REAL targets[12], wide[4 * 4], inside[4 * 4], outside[4 * 4];
    const REAL weights[] = {2, 1, 1, 0};
    OF(ohem_per_class_targets_) out = {NULL, NULL, NULL};
    OK(OF(ohem_regression_targets_)(rois, overlaps, matches, 3, truth, classes, 2, &config, &coder, of, targets, &offender));
    CHECK(of[0] == 3 && of[1] == 3 && of[2] == OHEM_BACKGROUND);
    CHECK(targets[3] == 0 && targets[5] == (REAL)0.5 && targets[7] > (REAL)0.69 && targets[7] < (REAL)0.7);
    out.targets = wide;
    out.inside_weights = inside;
    out.outside_weights = outside;
    OK(OF(ohem_expand_per_class_rows_)(selected, 1, of, targets, 3, 4, weights, &out, &offender));
    CHECK(wide[0] == 0 && wide[13] == targets[5] && inside[12] == 2 && inside[15] == 0 && inside[0] == 0);
    CHECK(outside[12] == 1 && outside[15] == 0);
    REFUSED_AT(LABEL, 0, OF(ohem_expand_per_class_rows_)(selected, 1, of, targets, 3, 3, weights, &out, &offender));
    REFUSED_AT(INDEX, 0, OF(ohem_expand_per_class_rows_)(missing, 1, of, targets, 3, 4, weights, &out, &offender));
    REFUSED(POINTER_INDICES, OF(ohem_expand_per_class_rows_)(NULL, 1, of, targets, 3, 4, weights, &out, &offender));
    REFUSED(POINTER_WEIGHTS, OF(ohem_expand_per_class_)(of, targets, 1, 4, MISALIGNED(const REAL, weights), &out, &offender));
    OK(OF(ohem_expand_per_class_)(of, targets, 1, 4, NULL, &out, &offender));
    CHECK(inside[12] == 1 && inside[15] == 1 && outside[15] == 1 && wide[13] == 0);
    out.outside_weights = NULL;
    REFUSED(POINTER_OUT, OF(ohem_expand_per_class_)(of, targets, 1, 4, NULL, &out, &offender));
    REFUSED(POINTER_OUT, OF(ohem_expand_per_class_)(of, targets, 1, 4, NULL, NULL, &offender));
    REFUSED(POINTER_CODER, OF(ohem_regression_targets_)(rois, overlaps, matches, 3, truth, classes, 2, &config, NULL, of, targets, &offender));
    REFUSED(POINTER_OUT, OF(ohem_regression_targets_)(rois, overlaps, matches, 3, truth, classes, 2, &config, &coder, NULL, targets, &offender));
}

void test_targets(void) {
    assignments();
    labels_of();
    coding();
    tables();
}
