/* Floats and structs of floats, by value and back: a call between two ABIs would return something else. */
#include "ohem.h"

int main(void) {
    const ohem_bbox_f32 a = {0, 0, 4, 4}, b = {0, 0, 4, 2};
    ohem_gate_f32 gate;
    uint64_t window[4];
    volatile float half = 0.5F;

    if (ohem_iou_f32(a, b, OHEM_CONVENTION_CONTINUOUS) != half)
        return 1;
    if (ohem_gate_init_f32(&gate, window, 4, half, NULL) != OHEM_STATUS_OK || !ohem_gate_observe_f32(&gate, half + half))
        return 2;
    return 0;
}
