/* Mines the two hardest of three RoIs: 1 and 2, because RoI 0 overlaps the harder RoI 1. */
#include <stdio.h>

#include "ohem.h"

enum { BATCH = 2 };

static uint8_t memory[OHEM_MINER_SIZE_F32(BATCH)]; /* all that mining needs */
static ohem_miner_f32 miner;

static const ohem_bbox_f32 boxes[] = {{0, 0, 9, 9}, {0, 0, 9, 8}, {50, 50, 59, 59}};
static const uint32_t labels[] = {1, 1, 0};
static const float losses[] = {0.5F, 2.0F, 1.0F};

void app_main(void) {
    const ohem_rois_f32 rois = {boxes, NULL, labels, 3}; /* all of one image */
    ohem_mine_config_f32 config = ohem_mine_config_fast_rcnn_f32();
    ohem_selection hard;
    ohem_status status;
    size_t i, offender;

    config.batch_size = BATCH;
    status = ohem_miner_init_f32(&miner, memory, sizeof memory, BATCH, &config, &offender);
    if (status == OHEM_STATUS_OK)
        status = ohem_mine_f32(&miner, &rois, losses, &hard, &offender);
    if (status != OHEM_STATUS_OK) {
        printf("%s: %u\n", ohem_status_message(status), (unsigned)offender);
        return;
    }
    for (i = 0; i < hard.count; i++)
        printf("RoI %u\n", (unsigned)hard.indices[i]);
}
