#include "check.h"

static const REAL logits[] = {20, 0, 0, 0}, targets[] = {1, 0, 0, 1}, bad_logits[] = {NAN, 0, 0, 0};
static const uint32_t labels[] = {0, 1}, beyond[] = {0, 3}, selected[] = {1}, missing[] = {1, 2};
static const REAL LN_2 = (REAL)0.693147180559945309417232121458;

static OF(ohem_backward_) backward_of(const uint32_t *indices, size_t count, ohem_layout layout) {
    OF(ohem_backward_) backward = {NULL, 0, 2, 0};
    backward.selected = indices;
    backward.count = count;
    backward.layout = layout;
    return backward;
}

typedef ohem_status losses_fn(const REAL *, size_t, size_t, const uint32_t *, REAL *, size_t *);
typedef ohem_status gradient_fn(const REAL *, size_t, size_t, const uint32_t *, const OF(ohem_backward_) *, REAL *,
                                size_t *);

/* What holds for every loss of labelled rows, and its gradient. */
static void labelled(losses_fn *losses_of, gradient_fn *gradient_of) {
    OF(ohem_backward_) backward = backward_of(selected, 1, OHEM_LAYOUT_DENSE);
    OF(ohem_backward_) null = backward_of(NULL, 1, OHEM_LAYOUT_DENSE), other = backward_of(selected, 1, 2);
    OF(ohem_backward_) absent = backward_of(missing, 2, OHEM_LAYOUT_DENSE);
    REAL out[4] = {7, 7, 7, 7};

    OK(losses_of(NULL, 0, 2, NULL, NULL, &offender));
    REFUSED(POINTER_TABLE, losses_of(NULL, 2, 2, labels, out, &offender));
    REFUSED(POINTER_TABLE, losses_of(logits, SIZE_MAX, 2, labels, out, &offender));
    REFUSED(POINTER_LABELS, losses_of(logits, 2, 2, NULL, out, &offender));
    REFUSED(POINTER_OUT, losses_of(logits, 2, 2, labels, NULL, &offender));
    REFUSED_AT(LABEL, 1, losses_of(logits, 2, 2, beyond, out, &offender));
    OK(losses_of(logits, 0, 2, labels, out, &offender));

    REFUSED(POINTER_TABLE, gradient_of(NULL, 2, 2, labels, &backward, out, &offender));
    REFUSED(POINTER_LABELS, gradient_of(logits, 2, 2, NULL, &backward, out, &offender));
    REFUSED(POINTER_BACKWARD, gradient_of(logits, 2, 2, labels, NULL, out, &offender));
    REFUSED(POINTER_SELECTED, gradient_of(logits, 2, 2, labels, &null, out, &offender));
    REFUSED(POINTER_OUT, gradient_of(logits, 2, 2, labels, &backward, NULL, &offender));
    REFUSED(CHOICE, gradient_of(logits, 2, 2, labels, &other, out, &offender));
    REFUSED_AT(LABEL, 1, gradient_of(logits, 2, 2, beyond, &backward, out, &offender));
    REFUSED_AT(INDEX, 1, gradient_of(logits, 2, 2, labels, &absent, out, &offender));
    CHECK(out[0] == 7 && out[3] == 7);

    OK(losses_of(bad_logits, 2, 2, labels, out, &offender));
    CHECK(isnan(out[0]) && !isnan(out[1]) && out[2] == 7);
    OK(gradient_of(logits, 2, 2, labels, &backward, out, &offender));
    CHECK(out[0] == 0 && out[1] == 0 && (out[2] < 0 || out[3] < 0));
}

static void values(void) {
    OF(ohem_backward_) backward = backward_of(selected, 1, OHEM_LAYOUT_GATHERED);
    const REAL probabilities[] = {(REAL)0.5, (REAL)0.5, (REAL)0.75, (REAL)0.25};
    REAL out[2];
    OK(OF(ohem_cross_entropy_)(logits, 2, 2, labels, out, &offender));
    CHECK(out[0] > 0 && out[0] < (REAL)2.1e-9 && out[1] == LN_2);
    OK(OF(ohem_cross_entropy_gradient_)(logits, 2, 2, labels, &backward, out, &offender));
    CHECK(out[0] == 1 && out[1] == -1); /* twice a half, one row of them */
    OK(OF(ohem_sigmoid_cross_entropy_)(logits + 2, 1, 2, labels, out, &offender));
    CHECK(out[0] == 2 * LN_2);
    OK(OF(ohem_sigmoid_cross_entropy_gradient_)(logits, 2, 2, labels, &backward, out, &offender));
    CHECK(out[0] == -1 && out[1] == 1); /* label 1 has its target in the first column */
    OK(OF(ohem_probability_cross_entropy_)(probabilities, 1, 2, labels, out, &offender));
    CHECK(out[0] == LN_2);
    OK(OF(ohem_probability_cross_entropy_gradient_)(probabilities, 2, 2, labels, &backward, out, &offender));
    CHECK(out[0] == (REAL)1.5 && out[1] == (REAL)-1.5);
}

static void binary(void) {
    OF(ohem_backward_) backward = backward_of(selected, 1, OHEM_LAYOUT_GATHERED);
    REAL out[4] = {7, 7, 7, 7};
    OK(OF(ohem_binary_cross_entropy_)(logits, targets, 4, out, &offender));
    CHECK(out[1] == LN_2 && out[2] == LN_2 && out[3] == LN_2);
    OK(OF(ohem_binary_cross_entropy_gradient_)(logits, targets, 4, &backward, out, &offender));
    CHECK(out[0] == 1 && out[1] == LN_2);
    OK(OF(ohem_binary_cross_entropy_)(NULL, NULL, 0, NULL, &offender));
    REFUSED(POINTER_TABLE, OF(ohem_binary_cross_entropy_)(NULL, targets, 4, out, &offender));
    REFUSED(POINTER_TARGETS, OF(ohem_binary_cross_entropy_)(logits, NULL, 4, out, &offender));
    REFUSED(POINTER_OUT, OF(ohem_binary_cross_entropy_)(logits, targets, 4, NULL, &offender));
    REFUSED(POINTER_TABLE, OF(ohem_binary_cross_entropy_gradient_)(NULL, targets, 4, &backward, out, &offender));
    REFUSED(POINTER_TARGETS, OF(ohem_binary_cross_entropy_gradient_)(logits, NULL, 4, &backward, out, &offender));
    REFUSED(POINTER_BACKWARD, OF(ohem_binary_cross_entropy_gradient_)(logits, targets, 4, NULL, out, &offender));
    REFUSED(POINTER_OUT, OF(ohem_binary_cross_entropy_gradient_)(logits, targets, 4, &backward, NULL, &offender));
    REFUSED_AT(INDEX, 0, OF(ohem_binary_cross_entropy_gradient_)(logits, targets, 1, &backward, out, &offender));
}

void test_loss(void) {
    labelled(OF(ohem_cross_entropy_), OF(ohem_cross_entropy_gradient_));
    labelled(OF(ohem_sigmoid_cross_entropy_), OF(ohem_sigmoid_cross_entropy_gradient_));
    labelled(OF(ohem_probability_cross_entropy_), OF(ohem_probability_cross_entropy_gradient_));
    values();
    binary();
}
