#include "check.h"

#define INTEGERS(type, suffix)                                                                         \
    static void of_##suffix(void) {                                                                    \
        const type losses[] = {-7, 3, 3, 100};                                                         \
        uint32_t indices[4];                                                                           \
        size_t count = 0;                                                                              \
        OK(ohem_top_k_##suffix(losses, 4, 3, OHEM_NAN_ERROR, indices, &count, &offender));             \
        CHECK(count == 3 && indices[0] == 3 && indices[1] == 1 && indices[2] == 2);                    \
        REFUSED(POINTER_LOSSES, ohem_top_k_##suffix(NULL, 4, 3, OHEM_NAN_ERROR, indices, &count, &offender)); \
    }

INTEGERS(int8_t, i8)
INTEGERS(int16_t, i16)
INTEGERS(int32_t, i32)

static void floats(void) {
    const REAL losses[] = {(REAL)0.1, (REAL)0.9, (REAL)0.5, (REAL)0.9}, with_nan[] = {1, NAN, NAN, 2};
    uint32_t indices[4];
    size_t count = 77;
    OK(OF(ohem_top_k_)(losses, 4, 3, OHEM_NAN_ERROR, indices, &count, &offender));
    CHECK(count == 3 && indices[0] == 1 && indices[1] == 3 && indices[2] == 2);
    OK(OF(ohem_top_k_)(losses, 4, 9, OHEM_NAN_ERROR, indices, &count, &offender));
    CHECK(count == 4 && indices[3] == 0);
    OK(OF(ohem_top_k_)(losses, 4, 0, OHEM_NAN_ERROR, indices, &count, &offender));
    CHECK(count == 0);
    OK(OF(ohem_top_k_)(with_nan, 4, 3, OHEM_NAN_SKIP, indices, &count, &offender));
    CHECK(count == 2 && indices[0] == 3 && indices[1] == 0);
    OK(OF(ohem_top_k_)(with_nan, 4, 3, OHEM_NAN_FIRST, indices, &count, &offender));
    CHECK(count == 3 && indices[0] == 1 && indices[1] == 2 && indices[2] == 3);
    OK(OF(ohem_top_k_)(NULL, 0, 3, OHEM_NAN_ERROR, NULL, &count, &offender));
    CHECK(count == 0);
    count = 77;
    REFUSED_AT(NAN_LOSS, 1, OF(ohem_top_k_)(with_nan, 4, 3, OHEM_NAN_ERROR, indices, &count, &offender));
    REFUSED(POINTER_LOSSES, OF(ohem_top_k_)(NULL, 4, 3, OHEM_NAN_ERROR, indices, &count, &offender));
    REFUSED(POINTER_OUT, OF(ohem_top_k_)(losses, 4, 3, OHEM_NAN_ERROR, NULL, &count, &offender));
    REFUSED(POINTER_OUT, OF(ohem_top_k_)(losses, 4, 3, OHEM_NAN_ERROR, indices, NULL, &offender));
    REFUSED(CHOICE, OF(ohem_top_k_)(losses, 4, 3, 3, indices, &count, &offender));
    if (SIZE_MAX > UINT32_MAX)
        REFUSED_AT(TOO_MANY, (size_t)UINT32_MAX + 1,
                   OF(ohem_top_k_)(losses, (size_t)UINT32_MAX + 1, 3, OHEM_NAN_ERROR, indices, &count, &offender));
    CHECK(count == 77);
}

static void halves(void) {
    const uint16_t f16[] = {0x3C00, 0x4000, 0x8000, 0}, bf16[] = {0x3F80, 0x4000, 0x8000, 0};
    uint32_t indices[4];
    size_t count = 0;
    OK(ohem_top_k_f16(f16, 4, 3, OHEM_NAN_ERROR, indices, &count, &offender));
    CHECK(count == 3 && indices[0] == 1 && indices[1] == 0 && indices[2] == 2); /* -0 is 0, and comes first */
    OK(ohem_top_k_bf16(bf16, 4, 3, OHEM_NAN_ERROR, indices, &count, &offender));
    CHECK(count == 3 && indices[0] == 1 && indices[1] == 0 && indices[2] == 2);
}

void test_top_k(void) {
    of_i8();
    of_i16();
    of_i32();
    halves();
    floats();
}
