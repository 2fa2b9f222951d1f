#include "check.h"

static const OF(ohem_bbox_) boxes[] = {{0, 0, 9, 9}, {0, 0, 9, 4}, {6, 5, 5, 5}};

static void one(void) {
    CHECK(OF(ohem_iou_)(boxes[0], boxes[1], OHEM_CONVENTION_PIXEL) == (REAL)0.5);
    CHECK(OF(ohem_iou_)(boxes[0], boxes[1], OHEM_CONVENTION_CONTINUOUS) == (REAL)36 / (REAL)81);
    CHECK(OF(ohem_iou_)(boxes[2], boxes[2], OHEM_CONVENTION_CONTINUOUS) == 0);
    CHECK(isnan(OF(ohem_iou_)(boxes[0], boxes[1], 2)));
}

static void matrix(void) {
    REAL out[6] = {7, 7, 7, 7, 7, 7};
    OK(OF(ohem_iou_matrix_)(boxes, 2, boxes, 3, OHEM_CONVENTION_PIXEL, out, &offender));
    CHECK(out[0] == 1 && out[1] == (REAL)0.5 && out[2] == 0);
    CHECK(out[3] == (REAL)0.5 && out[4] == 1 && out[5] == 0);
    OK(OF(ohem_iou_matrix_)(NULL, 0, boxes, 3, OHEM_CONVENTION_PIXEL, NULL, &offender));
    OK(OF(ohem_iou_matrix_)(boxes, 2, NULL, 0, OHEM_CONVENTION_PIXEL, NULL, &offender));
}

static void refusals(void) {
    REAL out[6] = {7, 7, 7, 7, 7, 7};
    REFUSED(POINTER_BOXES, OF(ohem_iou_matrix_)(NULL, 2, boxes, 3, OHEM_CONVENTION_PIXEL, out, &offender));
    REFUSED(POINTER_BOXES, OF(ohem_iou_matrix_)(boxes, 2, NULL, 3, OHEM_CONVENTION_PIXEL, out, &offender));
    REFUSED(POINTER_BOXES, OF(ohem_iou_matrix_)(boxes, SIZE_MAX / 4, boxes, 0, OHEM_CONVENTION_PIXEL, out, &offender));
    REFUSED(POINTER_OUT, OF(ohem_iou_matrix_)(boxes, 2, boxes, 3, OHEM_CONVENTION_PIXEL, NULL, &offender));
    REFUSED(POINTER_OUT, OF(ohem_iou_matrix_)(boxes, 2, boxes, 3, OHEM_CONVENTION_PIXEL, MISALIGNED(REAL, out), &offender));
    REFUSED(POINTER_OUT, OF(ohem_iou_matrix_)(boxes, SIZE_MAX / 2, boxes, 3, OHEM_CONVENTION_PIXEL, out, &offender));
    REFUSED(CHOICE, OF(ohem_iou_matrix_)(boxes, 2, boxes, 3, 2, out, &offender));
    CHECK(out[0] == 7 && out[5] == 7);
    CHECK(OF(ohem_iou_matrix_)(boxes, 2, boxes, 3, 2, out, NULL) == OHEM_STATUS_CHOICE);
}

void test_iou(void) {
    one();
    matrix();
    refusals();
}
