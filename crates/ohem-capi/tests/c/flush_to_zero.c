/* The same calls where subnormal numbers count as 0, as in a program that was linked with -ffast-math. */
#include <stdlib.h>

#include "check.h"

#if defined(__SSE__)
#include <xmmintrin.h>

static unsigned int environment;

static void flush(void) {
    environment = _mm_getcsr();
    _mm_setcsr(environment | 0x8040); /* results that are subnormal become 0, and so do operands */
}

static void restore(void) {
    _mm_setcsr(environment);
}
#elif defined(__aarch64__)
static unsigned long environment;

static void flush(void) {
    __asm__ volatile("mrs %0, fpcr" : "=r"(environment));
    __asm__ volatile("msr fpcr, %0" : : "r"(environment | 1UL << 24));
}

static void restore(void) {
    __asm__ volatile("msr fpcr, %0" : : "r"(environment));
}
#else
static void flush(void) {
}

static void restore(void) {
}
#endif

/* A side that is normal, while its square is not. */
#define SIDE ((REAL)(sizeof(REAL) == 4 ? 1e-20 : 1e-160))
#define BOXES 4

void test_flush_to_zero(void) {
    const OF(ohem_bbox_) boxes[BOXES] = {{0, 0, SIDE, SIDE}, {0, 0, 0, 0}, {0, 0, 9, 9}, {0, 0, 9, 4}};
    const REAL losses[3] = {-100, (REAL)1e-30, 100}, targets[3] = {1, (REAL)0.5, 1};
    REAL overlaps[BOXES * BOXES], computed[3];
    size_t at;
    volatile REAL side = SIDE, square;

    flush();
    square = side * side;
    for (at = 0; at < BOXES * BOXES; at++)
        overlaps[at] = OF(ohem_iou_)(boxes[at / BOXES], boxes[at % BOXES], OHEM_CONVENTION_CONTINUOUS);
    restore();
    /* Valgrind keeps subnormal numbers whatever the program asks for. */
#if defined(__SSE__) || defined(__aarch64__)
    CHECK(square == 0 || getenv("KEEPS_SUBNORMALS") != NULL);
#endif
    for (at = 0; at < BOXES * BOXES; at++)
        CHECK(overlaps[at] >= 0 && overlaps[at] <= 1);
    CHECK(overlaps[0] == (square == 0 ? 0 : 1) && overlaps[5] == 0 && overlaps[10] == 1);
    CHECK(overlaps[11] == (REAL)36 / (REAL)81);

    flush();
    OK(OF(ohem_iou_matrix_)(boxes, BOXES, boxes, BOXES, OHEM_CONVENTION_CONTINUOUS, overlaps, &offender));
    OK(OF(ohem_binary_cross_entropy_)(losses, targets, 3, computed, &offender));
    restore();
    for (at = 0; at < BOXES * BOXES; at++)
        CHECK(overlaps[at] >= 0 && overlaps[at] <= 1);
    CHECK(computed[0] == 100 && computed[1] > (REAL)0.69 && computed[2] < (REAL)1e-30);
}
