/* The gate as its documentation defines it, for the sketch on this machine: a sample passes if fewer than the share of the
 * last 64 samples were harder; the first one passes. */
#include "ohem.h"

static float losses[64];
static size_t samples;
static float part;

ohem_status ohem_gate_init_f32(ohem_gate_f32 *gate, uint64_t *window, size_t length, float share, size_t *offender) {
    (void)gate;
    (void)window;
    (void)length;
    (void)offender;
    part = share;
    return OHEM_STATUS_OK;
}

bool ohem_gate_observe_f32(ohem_gate_f32 *gate, float loss) {
    const size_t remembered = samples < 64 ? samples : 64;
    size_t i, harder = 0;
    (void)gate;
    for (i = 0; i < remembered; i++)
        harder += losses[i] > loss;
    losses[samples++ % 64] = loss;
    return remembered == 0 || (float)harder < part * (float)remembered;
}
