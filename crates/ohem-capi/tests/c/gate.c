#include "check.h"

#define TEST(type, suffix)                                              \
    static void of_##suffix(void) {                                     \
        ohem_gate_##suffix gate;                                        \
        int i;                                                          \
        OK(ohem_gate_init_##suffix(&gate, 0.25F, &offender));           \
        CHECK(ohem_gate_observe_##suffix(&gate, 0));                    \
        for (i = 1; i < OHEM_GATE_WINDOW; i++)                          \
            ohem_gate_observe_##suffix(&gate, (type)i);                 \
        CHECK(!ohem_gate_observe_##suffix(&gate, 47)); /* 48 to 63 are harder: a quarter */ \
        CHECK(ohem_gate_observe_##suffix(&gate, 49));                   \
        OK(ohem_gate_init_##suffix(&gate, 0, &offender));               \
        CHECK(!ohem_gate_observe_##suffix(&gate, 1));                   \
        REFUSED(POINTER_GATE, ohem_gate_init_##suffix(NULL, 0.25F, &offender)); \
        CHECK(!ohem_gate_observe_##suffix(NULL, 1));                    \
    }

TEST(float, f32)
TEST(int32_t, i32)

void test_gate(void) {
    of_f32();
    of_i32();
}
