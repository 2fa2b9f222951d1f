/* What the tests share. They are compiled twice: for float (f32) and for double (f64). */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ohem.h"

#define PASTE(a, b) a##b
#define EXPAND(a, b) PASTE(a, b)
/* A function or type of the precision under test: OF(ohem_mine_) is ohem_mine_f32. */
#define OF(name) EXPAND(name, SUFFIX)

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

extern int failures;

#define CHECK(condition)                                                        \
    do {                                                                        \
        if (!(condition)) {                                                     \
            failures++;                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
        }                                                                       \
    } while (0)

/* The call, whose last argument is `&offender`, succeeds and leaves the offender as it was. */
#define OK(call)                                    \
    do {                                            \
        size_t offender = 4711;                     \
        CHECK((call) == OHEM_STATUS_OK);            \
        CHECK(offender == 4711);                    \
    } while (0)

/* The call is refused with this status, and sets the offender to this index. */
#define REFUSED_AT(status, index, call)             \
    do {                                            \
        size_t offender = 4711;                     \
        CHECK((call) == OHEM_STATUS_##status);      \
        CHECK(offender == (size_t)(index));         \
    } while (0)

/* The call is refused with a status that has no offender. */
#define REFUSED(status, call) REFUSED_AT(status, SIZE_MAX, call)

/* An address at which no type larger than a byte is aligned. */
#define MISALIGNED(type, array) ((type *)(void *)((char *)(array) + 1))

void test_flush_to_zero(void);
void test_gate(void);
void test_gather(void);
void test_iou(void);
void test_loss(void);
void test_merge(void);
void test_mine(void);
void test_miner(void);
void test_nms(void);
void test_quantised(void);
void test_regression(void);
void test_rules(void);
void test_status(void);
void test_targets(void);
void test_top_k(void);

#endif
