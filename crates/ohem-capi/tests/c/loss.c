#include "check.h"

static const REAL logits[] = {20, 0, 0, 0}, targets[] = {1, 0, 0, 1}, bad_logits[] = {NAN, 0, 0, 0};
static const uint32_t labels[] = {0, 1}, beyond[] = {0, 3}, selected[] = {1}, missing[] = {1, 2};
static const ohem_classes two = {2, 0, OHEM_INVALID_KEY_ERROR};
static const REAL LN_2 = (REAL)0.693147180559945309417232121458;

static OF(ohem_gradient_spec_) spec_of(const uint32_t *indices, size_t count, ohem_layout layout) {
    OF(ohem_gradient_spec_) spec = {NULL, 0, 2, 0};
    spec.selected = indices;
    spec.count = count;
    spec.layout = layout;
    return spec;
}

typedef ohem_status losses_fn(const REAL *, size_t, ohem_classes, const uint32_t *, REAL *, size_t *);
typedef ohem_status gradient_fn(const REAL *, size_t, ohem_classes, const uint32_t *, const OF(ohem_gradient_spec_) *,
                                REAL *, size_t *);

/* Every loss of labelled rows, and its gradient, do this. */
static void labelled(losses_fn *losses_of, gradient_fn *gradient_of) {
    OF(ohem_gradient_spec_) spec = spec_of(selected, 1, OHEM_LAYOUT_DENSE);
    OF(ohem_gradient_spec_) null = spec_of(NULL, 1, OHEM_LAYOUT_DENSE), other = spec_of(selected, 1, 2);
    OF(ohem_gradient_spec_) absent = spec_of(missing, 2, OHEM_LAYOUT_DENSE);
    const ohem_classes unknown = {2, 0, 2};
    REAL out[4] = {7, 7, 7, 7};

    OK(losses_of(NULL, 0, two, NULL, NULL, &offender));
    REFUSED(POINTER_TABLE, losses_of(NULL, 2, two, labels, out, &offender));
    REFUSED(POINTER_TABLE, losses_of(logits, SIZE_MAX, two, labels, out, &offender));
    REFUSED(POINTER_LABELS, losses_of(logits, 2, two, NULL, out, &offender));
    REFUSED(POINTER_OUT, losses_of(logits, 2, two, labels, NULL, &offender));
    REFUSED_AT(LABEL, 1, losses_of(logits, 2, two, beyond, out, &offender));
    REFUSED(CHOICE, losses_of(logits, 2, unknown, labels, out, &offender));
    OK(losses_of(logits, 0, two, labels, out, &offender));

    REFUSED(POINTER_TABLE, gradient_of(NULL, 2, two, labels, &spec, out, &offender));
    REFUSED(POINTER_LABELS, gradient_of(logits, 2, two, NULL, &spec, out, &offender));
    REFUSED(POINTER_SPEC, gradient_of(logits, 2, two, labels, NULL, out, &offender));
    REFUSED(POINTER_INDICES, gradient_of(logits, 2, two, labels, &null, out, &offender));
    REFUSED(POINTER_OUT, gradient_of(logits, 2, two, labels, &spec, NULL, &offender));
    REFUSED(CHOICE, gradient_of(logits, 2, two, labels, &other, out, &offender));
    REFUSED_AT(LABEL, 1, gradient_of(logits, 2, two, beyond, &spec, out, &offender));
    REFUSED_AT(INDEX, 1, gradient_of(logits, 2, two, labels, &absent, out, &offender));
    CHECK(out[0] == 7 && out[3] == 7);

    OK(losses_of(bad_logits, 2, two, labels, out, &offender));
    CHECK(isnan(out[0]) && !isnan(out[1]) && out[2] == 7);
    OK(gradient_of(logits, 2, two, labels, &spec, out, &offender));
    CHECK(out[0] == 0 && out[1] == 0 && (out[2] < 0 || out[3] < 0));
}

/* Labels that name no column, in every way they can. */
static void matches(void) {
    const uint32_t without_column[] = {OHEM_IGNORED, OHEM_BACKGROUND}, both[] = {0, 1};
    const OF(ohem_gradient_spec_) spec = spec_of(both, 2, OHEM_LAYOUT_DENSE);
    ohem_classes classes = ohem_classes_new(2);
    REAL out[4];
    CHECK(classes.count == 2 && classes.background == 0 && classes.invalid_labels == OHEM_INVALID_KEY_ERROR);
    OK(OF(ohem_cross_entropy_)(logits, 2, classes, without_column, out, &offender));
    CHECK(out[0] == 0 && out[1] == LN_2);
    OK(OF(ohem_cross_entropy_gradient_)(logits, 2, classes, without_column, &spec, out, &offender));
    CHECK(out[0] == 0 && out[1] == 0 && out[2] == -1 && out[3] == 1);
    classes.background = 1;
    OK(OF(ohem_cross_entropy_gradient_)(logits, 2, classes, without_column, &spec, out, &offender));
    CHECK(out[2] == 1 && out[3] == -1);
    OK(OF(ohem_sigmoid_cross_entropy_gradient_)(logits, 2, classes, without_column, &spec, out, &offender));
    CHECK(out[0] == 0 && out[1] == 0 && out[2] == 1 && out[3] == 1);
    OK(OF(ohem_sigmoid_cross_entropy_gradient_)(logits, 2, classes, labels, &spec, out, &offender));
    CHECK(out[0] < (REAL)1e-8 && out[1] == 1); /* label 0 is the first column, and 1 the background */
    CHECK(out[2] == 1 && out[3] == 1);
    REFUSED_AT(LABEL, 1, OF(ohem_cross_entropy_)(logits, 2, classes, beyond, out, &offender));
    classes.invalid_labels = OHEM_INVALID_KEY_IGNORE;
    OK(OF(ohem_cross_entropy_)(logits, 2, classes, beyond, out, &offender));
    CHECK(out[1] == 0);
}

static void values(void) {
    OF(ohem_gradient_spec_) spec = spec_of(selected, 1, OHEM_LAYOUT_GATHERED);
    const REAL probabilities[] = {(REAL)0.5, (REAL)0.5, (REAL)0.75, (REAL)0.25};
    REAL out[2];
    OK(OF(ohem_cross_entropy_)(logits, 2, two, labels, out, &offender));
    CHECK(out[0] > 0 && out[0] < (REAL)2.1e-9 && out[1] == LN_2);
    OK(OF(ohem_cross_entropy_gradient_)(logits, 2, two, labels, &spec, out, &offender));
    CHECK(out[0] == 1 && out[1] == -1); /* a half, times the scale of 2 */
    OK(OF(ohem_sigmoid_cross_entropy_)(logits + 2, 1, two, labels, out, &offender));
    CHECK(out[0] == 2 * LN_2);
    OK(OF(ohem_sigmoid_cross_entropy_gradient_)(logits, 2, two, labels, &spec, out, &offender));
    CHECK(out[0] == -1 && out[1] == 1); /* label 1 has the first column */
    OK(OF(ohem_probability_cross_entropy_)(probabilities, 1, two, labels, out, &offender));
    CHECK(out[0] == LN_2);
    OK(OF(ohem_probability_cross_entropy_gradient_)(probabilities, 2, two, labels, &spec, out, &offender));
    CHECK(out[0] == (REAL)1.5 && out[1] == (REAL)-1.5);
}

static void binary(void) {
    OF(ohem_gradient_spec_) spec = spec_of(selected, 1, OHEM_LAYOUT_GATHERED);
    REAL out[4] = {7, 7, 7, 7};
    OK(OF(ohem_binary_cross_entropy_)(logits, targets, 4, out, &offender));
    CHECK(out[1] == LN_2 && out[2] == LN_2 && out[3] == LN_2);
    OK(OF(ohem_binary_cross_entropy_gradient_)(logits, targets, 4, &spec, out, &offender));
    CHECK(out[0] == 1 && out[1] == LN_2);
    OK(OF(ohem_binary_cross_entropy_)(NULL, NULL, 0, NULL, &offender));
    REFUSED(POINTER_TABLE, OF(ohem_binary_cross_entropy_)(NULL, targets, 4, out, &offender));
    REFUSED(POINTER_TARGETS, OF(ohem_binary_cross_entropy_)(logits, NULL, 4, out, &offender));
    REFUSED(POINTER_OUT, OF(ohem_binary_cross_entropy_)(logits, targets, 4, NULL, &offender));
    REFUSED(POINTER_TABLE, OF(ohem_binary_cross_entropy_gradient_)(NULL, targets, 4, &spec, out, &offender));
    REFUSED(POINTER_TARGETS, OF(ohem_binary_cross_entropy_gradient_)(logits, NULL, 4, &spec, out, &offender));
    REFUSED(POINTER_SPEC, OF(ohem_binary_cross_entropy_gradient_)(logits, targets, 4, NULL, out, &offender));
    REFUSED(POINTER_OUT, OF(ohem_binary_cross_entropy_gradient_)(logits, targets, 4, &spec, NULL, &offender));
    REFUSED_AT(INDEX, 0, OF(ohem_binary_cross_entropy_gradient_)(logits, targets, 1, &spec, out, &offender));
}

void test_loss(void) {
    labelled(OF(ohem_cross_entropy_), OF(ohem_cross_entropy_gradient_));
    labelled(OF(ohem_sigmoid_cross_entropy_), OF(ohem_sigmoid_cross_entropy_gradient_));
    labelled(OF(ohem_probability_cross_entropy_), OF(ohem_probability_cross_entropy_gradient_));
    matches();
    values();
    binary();
}
