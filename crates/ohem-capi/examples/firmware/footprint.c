/* What mining costs in flash: an image that mines, with -DMINES, and the same without it. */
#include "ohem.h"

#ifdef MINES
static uint8_t memory[OHEM_MINER_SIZE_F32(64)];
static ohem_miner_f32 miner;
#endif

/* Where an image would get its RoIs from. */
ohem_rois_f32 *volatile rois;
const float *volatile losses;

void _exit(int status);
void _exit(int status) {
    (void)status;
    for (;;) {
    }
}

int main(void) {
#ifdef MINES
    ohem_mine_config_f32 config = ohem_mine_config_fast_rcnn_f32();
    ohem_selection hard;
    config.batch_size = 64;
    if (ohem_miner_init_f32(&miner, memory, sizeof memory, 64, &config, NULL) != OHEM_STATUS_OK)
        return 1;
    if (ohem_mine_f32(&miner, rois, losses, &hard, NULL) != OHEM_STATUS_OK)
        return 1;
    return (int)hard.count;
#else
    return rois != NULL && losses != NULL;
#endif
}
