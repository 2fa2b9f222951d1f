#include "check.h"

static const uint32_t labels[] = {1, 0}, beyond[] = {1, 2}, selected[] = {0};
static const REAL zeros[16] = {0}, predictions[] = {9, 9, 9, 9, (REAL)0.5, 0, 0, -2, 9, 9, 9, 9, 9, 9, 9, 9};
static const REAL inside[] = {2, 1, 1, 0, 1, 1, 1, 1}, outside[] = {3, 1, 1, 9, 1, 1, 1, 1};

/* Two RoIs, of label 1 and background; 8 columns predicted, 4 wanted. */
static OF(ohem_regression_) sample(void) {
    OF(ohem_regression_) regression = {labels, 2, predictions, 8, zeros, 4, NULL, NULL, 1};
    return regression;
}

static void values(void) {
    OF(ohem_regression_) regression = sample();
    OF(ohem_backward_) backward = {selected, 1, 2, OHEM_LAYOUT_GATHERED};
    REAL out[8] = {7, 7, 7, 7, 7, 7, 7, 7};
    OK(OF(ohem_regression_losses_)(&regression, out, &offender));
    CHECK(out[0] == (REAL)(0.125 + 1.5) && out[1] == 0 && out[2] == 7);
    OK(OF(ohem_add_regression_losses_)(&regression, out, &offender));
    CHECK(out[0] == (REAL)3.25 && out[1] == 0);
    OK(OF(ohem_regression_gradient_)(&regression, &backward, out, &offender));
    CHECK(out[0] == 0 && out[3] == 0 && out[4] == 1 && out[5] == 0 && out[7] == -2);
    regression.beta = 0;
    OK(OF(ohem_regression_losses_)(&regression, out, &offender));
    CHECK(out[0] == (REAL)2.5);
    regression.beta = 1;
    regression.inside = inside;
    regression.outside = outside;
    OK(OF(ohem_regression_losses_)(&regression, out, &offender));
    CHECK(out[0] == (REAL)1.5); /* 3 times the smooth-L1 of 2 times 0.5; the fourth has no inside weight */
    CHECK(OF(ohem_smooth_l1_)((REAL)0.5, 1) == (REAL)0.125 && OF(ohem_smooth_l1_)(-2, 0) == 2);
    CHECK(OF(ohem_smooth_l1_slope_)((REAL)0.5, 1) == (REAL)0.5 && OF(ohem_smooth_l1_slope_)(-2, 1) == -1);
}

static void refusals(void) {
    OF(ohem_regression_) regression = sample();
    OF(ohem_backward_) backward = {selected, 1, 2, OHEM_LAYOUT_GATHERED};
    REAL out[8] = {7, 7, 7, 7, 7, 7, 7, 7};
    REFUSED(POINTER_REGRESSION, OF(ohem_regression_losses_)(NULL, out, &offender));
    REFUSED(POINTER_REGRESSION, OF(ohem_add_regression_losses_)(NULL, out, &offender));
    REFUSED(POINTER_REGRESSION, OF(ohem_regression_gradient_)(NULL, &backward, out, &offender));
    REFUSED(POINTER_BACKWARD, OF(ohem_regression_gradient_)(&regression, NULL, out, &offender));
    REFUSED(POINTER_OUT, OF(ohem_regression_losses_)(&regression, NULL, &offender));
    REFUSED(POINTER_OUT, OF(ohem_add_regression_losses_)(&regression, NULL, &offender));
    REFUSED(POINTER_OUT, OF(ohem_regression_gradient_)(&regression, &backward, NULL, &offender));
    regression.labels = NULL;
    REFUSED(POINTER_LABELS, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression.labels = beyond;
    REFUSED_AT(LABEL, 1, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression = sample();
    regression.predictions = NULL;
    REFUSED(POINTER_TABLE, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression = sample();
    regression.targets = NULL;
    REFUSED(POINTER_TARGETS, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression = sample();
    regression.inside = MISALIGNED(const REAL, inside);
    REFUSED(POINTER_WEIGHTS, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression = sample();
    regression.prediction_columns = 6;
    REFUSED(COLUMNS, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression = sample();
    regression.target_columns = SIZE_MAX;
    REFUSED(POINTER_TARGETS, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression = sample();
    backward.selected = beyond;
    backward.count = 2;
    REFUSED_AT(INDEX, 1, OF(ohem_regression_gradient_)(&regression, &backward, out, &offender));
    CHECK(out[0] == 7 && out[7] == 7);
    regression.length = 0;
    OK(OF(ohem_regression_losses_)(&regression, NULL, &offender));
}

void test_regression(void) {
    values();
    refusals();
}
