#include "check.h"

static const uint32_t labels[] = {1, 0}, beyond[] = {1, 2}, selected[] = {0};
static const REAL zeros[16] = {0}, deltas[] = {9, 9, 9, 9, (REAL)0.5, 0, 0, -2, 9, 9, 9, 9, 9, 9, 9, 9};
static const REAL inside[] = {2, 1, 1, 0, 1, 1, 1, 1}, outside[] = {3, 1, 1, 9, 1, 1, 1, 1};

/* Two RoIs, of label 1 and background; 8 columns of deltas, 4 of targets. */
static OF(ohem_regression_) sample(void) {
    OF(ohem_regression_) regression = {labels, 2, deltas, 8, zeros, 4, NULL, NULL, 1, 0, OHEM_INVALID_KEY_ERROR};
    return regression;
}

static void values(void) {
    OF(ohem_regression_) regression = sample();
    OF(ohem_gradient_spec_) spec = {selected, 1, 2, OHEM_LAYOUT_GATHERED};
    REAL out[8] = {7, 7, 7, 7, 7, 7, 7, 7};
    OK(OF(ohem_regression_losses_)(&regression, out, &offender));
    CHECK(out[0] == (REAL)(0.125 + 1.5) && out[1] == 0 && out[2] == 7);
    OK(OF(ohem_add_regression_)(&regression, out, &offender));
    CHECK(out[0] == (REAL)3.25 && out[1] == 0);
    OK(OF(ohem_regression_gradient_)(&regression, &spec, out, &offender));
    CHECK(out[0] == 0 && out[3] == 0 && out[4] == 1 && out[5] == 0 && out[7] == -2);
    regression.beta = 0;
    OK(OF(ohem_regression_losses_)(&regression, out, &offender));
    CHECK(out[0] == (REAL)2.5);
    regression.beta = 1;
    regression.inside = inside;
    regression.outside = outside;
    OK(OF(ohem_regression_losses_)(&regression, out, &offender));
    CHECK(out[0] == (REAL)1.5); /* 3 times the smooth-L1 of 2 times 0.5; the fourth column has an inside weight of 0 */
    CHECK(OF(ohem_smooth_l1_)((REAL)0.5, 1) == (REAL)0.125 && OF(ohem_smooth_l1_)(-2, 0) == 2);
    CHECK(OF(ohem_smooth_l1_slope_)((REAL)0.5, 1) == (REAL)0.5 && OF(ohem_smooth_l1_slope_)(-2, 1) == -1);
}

/* Labels that name no class, in every way they can. */
static void matches(void) {
    const uint32_t without_class[] = {OHEM_IGNORED, OHEM_BACKGROUND}, last[] = {1, 2};
    OF(ohem_regression_) regression = sample();
    OF(ohem_gradient_spec_) spec = {selected, 1, 2, OHEM_LAYOUT_GATHERED};
    REAL out[8] = {7, 7, 7, 7, 7, 7, 7, 7};
    regression.labels = without_class;
    OK(OF(ohem_regression_losses_)(&regression, out, &offender));
    CHECK(out[0] == 0 && out[1] == 0 && out[2] == 7);
    OK(OF(ohem_regression_gradient_)(&regression, &spec, out, &offender));
    CHECK(out[0] == 0 && out[4] == 0 && out[7] == 0);
    regression.labels = last;
    REFUSED_AT(LABEL, 1, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression.background = 2;
    OK(OF(ohem_regression_losses_)(&regression, out, &offender));
    CHECK(out[0] == (REAL)(0.125 + 1.5) && out[1] == 0);
    regression.background = 1; /* now RoI 0 is background, and RoI 1 has a label without columns */
    regression.invalid_labels = OHEM_INVALID_KEY_IGNORE;
    OK(OF(ohem_regression_losses_)(&regression, out, &offender));
    CHECK(out[0] == 0 && out[1] == 0);
    regression.invalid_labels = 2;
    REFUSED(CHOICE, OF(ohem_regression_losses_)(&regression, out, &offender));
}

static void refusals(void) {
    OF(ohem_regression_) regression = sample();
    OF(ohem_gradient_spec_) spec = {selected, 1, 2, OHEM_LAYOUT_GATHERED};
    REAL out[8] = {7, 7, 7, 7, 7, 7, 7, 7};
    REFUSED(POINTER_REGRESSION, OF(ohem_regression_losses_)(NULL, out, &offender));
    REFUSED(POINTER_REGRESSION, OF(ohem_add_regression_)(NULL, out, &offender));
    REFUSED(POINTER_REGRESSION, OF(ohem_regression_gradient_)(NULL, &spec, out, &offender));
    REFUSED(POINTER_SPEC, OF(ohem_regression_gradient_)(&regression, NULL, out, &offender));
    REFUSED(POINTER_OUT, OF(ohem_regression_losses_)(&regression, NULL, &offender));
    REFUSED(POINTER_OUT, OF(ohem_add_regression_)(&regression, NULL, &offender));
    REFUSED(POINTER_OUT, OF(ohem_regression_gradient_)(&regression, &spec, NULL, &offender));
    regression.labels = NULL;
    REFUSED(POINTER_LABELS, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression.labels = beyond;
    REFUSED_AT(LABEL, 1, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression = sample();
    regression.deltas = NULL;
    REFUSED(POINTER_TABLE, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression = sample();
    regression.targets = NULL;
    REFUSED(POINTER_TARGETS, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression = sample();
    regression.inside = MISALIGNED(const REAL, inside);
    REFUSED(POINTER_WEIGHTS, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression = sample();
    regression.delta_columns = 6;
    REFUSED(COLUMNS, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression = sample();
    regression.target_columns = SIZE_MAX;
    REFUSED(POINTER_TARGETS, OF(ohem_regression_losses_)(&regression, out, &offender));
    regression = sample();
    regression.beta = -1;
    REFUSED(BETA, OF(ohem_regression_losses_)(&regression, out, &offender));
    REFUSED(BETA, OF(ohem_add_regression_)(&regression, out, &offender));
    regression.beta = (REAL)NAN;
    REFUSED(BETA, OF(ohem_regression_gradient_)(&regression, &spec, out, &offender));
    regression = sample();
    spec.selected = beyond;
    spec.count = 2;
    REFUSED_AT(INDEX, 1, OF(ohem_regression_gradient_)(&regression, &spec, out, &offender));
    CHECK(out[0] == 7 && out[7] == 7);
    regression.length = 0;
    OK(OF(ohem_regression_losses_)(&regression, NULL, &offender));
}

void test_regression(void) {
    values();
    matches();
    refusals();
}
