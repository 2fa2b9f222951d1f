#include "check.h"

#define TEST(type, suffix)                                              \
    static void of_##suffix(void) {                                     \
        static ohem_gate_##suffix zero;                                 \
        static uint64_t window[64];                                     \
        ohem_gate_##suffix gate, copy;                                  \
        int i;                                                          \
        for (i = 0; i < 99; i++)                                        \
            CHECK(ohem_gate_observe_##suffix(&zero, (type)i));          \
        CHECK(ohem_gate_observe_##suffix(NULL, 1));                     \
        OK(ohem_gate_init_##suffix(&gate, window, LENGTH(window), 0.25F, &offender)); \
        CHECK(ohem_gate_observe_##suffix(&gate, 0));                    \
        for (i = 1; i < (int)LENGTH(window); i++)                       \
            (void)ohem_gate_observe_##suffix(&gate, (type)i);           \
        copy = gate;                                                    \
        CHECK(!ohem_gate_observe_##suffix(&copy, 47)); /* 48 to 63 are harder: a quarter */ \
        CHECK(ohem_gate_observe_##suffix(&copy, 49));                   \
        OK(ohem_gate_init_##suffix(&gate, window, 1, 0, &offender));    \
        CHECK(!ohem_gate_observe_##suffix(&gate, 1));                   \
        REFUSED(POINTER_GATE, ohem_gate_init_##suffix(NULL, window, LENGTH(window), 0.25F, &offender)); \
        REFUSED(POINTER_MEMORY, ohem_gate_init_##suffix(&gate, NULL, LENGTH(window), 0.25F, &offender)); \
        REFUSED(POINTER_MEMORY, ohem_gate_init_##suffix(&gate, MISALIGNED(uint64_t, window), 63, 0.25F, &offender)); \
        REFUSED_AT(WINDOW, 1, ohem_gate_init_##suffix(&gate, window, 0, 0.25F, &offender)); \
        CHECK(!ohem_gate_observe_##suffix(&gate, 1));                   \
    }

TEST(float, f32)
TEST(int8_t, i8)
TEST(int16_t, i16)
TEST(int32_t, i32)

/* The bits of 1, 2 and 3. */
static void of_halves(void) {
    uint64_t window[2];
    ohem_gate_f16 f16;
    ohem_gate_bf16 bf16;
    OK(ohem_gate_init_f16(&f16, window, 2, 0.5F, &offender));
    CHECK(ohem_gate_observe_f16(&f16, 0x4000) && ohem_gate_observe_f16(&f16, 0x4200) && !ohem_gate_observe_f16(&f16, 0x3C00));
    OK(ohem_gate_init_bf16(&bf16, window, 2, 0.5F, &offender));
    CHECK(ohem_gate_observe_bf16(&bf16, 0x4000) && ohem_gate_observe_bf16(&bf16, 0x4040) && !ohem_gate_observe_bf16(&bf16, 0x3F80));
}

void test_gate(void) {
    of_f32();
    of_i8();
    of_i16();
    of_i32();
    of_halves();
}
