#include "check.h"

static const uint32_t selected[] = {3, 1}, beyond[] = {1, 4};

static void masks(void) {
    uint8_t mask[4] = {7, 7, 7, 7};
    REAL weights[4] = {7, 7, 7, 7};
    REFUSED_AT(INDEX, 1, ohem_mask(beyond, 2, mask, 4, &offender));
    REFUSED_AT(INDEX, 1, OF(ohem_weights_)(beyond, 2, 1, 0, weights, 4, &offender));
    CHECK(mask[0] == 7 && weights[0] == 7);
    OK(ohem_mask(selected, 2, mask, 4, &offender));
    CHECK(mask[0] == 0 && mask[1] == 1 && mask[2] == 0 && mask[3] == 1);
    OK(ohem_mask(NULL, 0, mask, 4, &offender));
    CHECK(mask[1] == 0);
    OK(ohem_mask(NULL, 0, NULL, 0, &offender));
    OK(OF(ohem_weights_)(selected, 2, (REAL)0.5, (REAL)0.25, weights, 4, &offender));
    CHECK(weights[0] == (REAL)0.25 && weights[1] == (REAL)0.5 && weights[3] == (REAL)0.5);
    REFUSED(POINTER_INDICES, ohem_mask(NULL, 2, mask, 4, &offender));
    REFUSED(POINTER_OUT, ohem_mask(selected, 2, NULL, 4, &offender));
    REFUSED(POINTER_INDICES, OF(ohem_weights_)(NULL, 2, 1, 0, weights, 4, &offender));
    REFUSED(POINTER_OUT, OF(ohem_weights_)(selected, 2, 1, 0, MISALIGNED(REAL, weights), 3, &offender));
}

static void rows(void) {
    const REAL table[8] = {0, (REAL)0.5, 1, (REAL)1.5, 2, (REAL)2.5, 3, (REAL)3.5};
    const size_t row = 2 * sizeof table[0];
    REAL out[4] = {7, 7, 7, 7};
    REFUSED_AT(INDEX, 1, ohem_gather_rows(beyond, 2, table, 4, row, out, &offender));
    CHECK(out[0] == 7);
    OK(ohem_gather_rows(selected, 2, table, 4, row, out, &offender));
    CHECK(out[0] == 3 && out[1] == (REAL)3.5 && out[2] == 1 && out[3] == (REAL)1.5);
    OK(ohem_gather_rows(NULL, 0, table, 4, row, NULL, &offender));
    OK(ohem_gather_rows(selected, 2, NULL, 4, 0, NULL, &offender));
    REFUSED(POINTER_TABLE, ohem_gather_rows(selected, 2, NULL, 4, row, out, &offender));
    REFUSED(POINTER_TABLE, ohem_gather_rows(selected, 2, table, SIZE_MAX, row, out, &offender));
    REFUSED(POINTER_INDICES, ohem_gather_rows(NULL, 2, table, 4, row, out, &offender));
    REFUSED(POINTER_OUT, ohem_gather_rows(selected, 2, table, 4, row, NULL, &offender));
}

/* The deltas of a layer, as a trainer without autograd has them. */
static void deltas(void) {
    const uint32_t twice[] = {2, 0, 2};
    REAL table[5][2] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 10}};
    const size_t row = sizeof table[0];
    REFUSED_AT(INDEX, 1, ohem_mask_rows(beyond, 2, table, 4, row, &offender));
    CHECK(table[0][0] == 1);
    OK(ohem_mask_rows(selected, 2, table, 4, row, &offender)); /* of 4 rows: the fifth is not touched */
    CHECK(table[0][0] == 0 && table[0][1] == 0 && table[1][0] == 3 && table[1][1] == 4);
    CHECK(table[2][0] == 0 && table[2][1] == 0 && table[3][0] == 7 && table[3][1] == 8 && table[4][0] == 9);
    OK(ohem_mask_rows(twice, 3, table, 5, row, &offender));
    CHECK(table[1][0] == 0 && table[3][1] == 0 && table[4][1] == 0);
    table[4][1] = 1;
    OK(ohem_mask_rows(NULL, 0, table, 5, row, &offender));
    CHECK(table[4][1] == 0);
    OK(ohem_mask_rows(NULL, 0, NULL, 0, row, &offender));
    REFUSED(POINTER_TABLE, ohem_mask_rows(selected, 2, NULL, 4, row, &offender));
    REFUSED(POINTER_TABLE, ohem_mask_rows(selected, 2, table, SIZE_MAX, row, &offender));
    REFUSED(POINTER_INDICES, ohem_mask_rows(MISALIGNED(const uint32_t, selected), 1, table, 4, row, &offender));
}

void test_gather(void) {
    masks();
    rows();
    deltas();
}
