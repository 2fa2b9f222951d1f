/* Mines a table that a build step makes of a CSV file, and prints the selected rows, hardest first.
 *
 * The same source runs on a PC and on a microcontroller: scripts/capi.sh compares the output of both with the rows
 * that `ohem mine` selects from the same file. */
#include <inttypes.h>
#include <stdio.h>

#include "ohem.h"
#include "table.h" /* ROIS, and arrays of that length: boxes, images, labels and losses */

enum { BATCH = 64 };

/* All the memory that mining needs, its size known at compile time. */
static uint8_t memory[OHEM_MINER_SIZE_F32(BATCH)];

static int fails(const char *what, ohem_status status, size_t offender) {
    printf("%s: %s (%lu)\n", what, ohem_status_message(status), (unsigned long)offender);
    return 1;
}

int main(void) {
    ohem_mine_config_f32 config = ohem_mine_config_fast_rcnn_f32();
    ohem_miner_f32 miner;
    ohem_rois_f32 rois = {boxes, images, labels, ROIS};
    ohem_selection hard;
    ohem_status status;
    size_t offender, i;

    config.batch_size = BATCH;
    status = ohem_miner_init_f32(&miner, memory, sizeof memory, BATCH, &config, &offender);
    if (status != OHEM_STATUS_OK)
        return fails("the miner", status, offender);
    status = ohem_mine_f32(&miner, &rois, losses, &hard, &offender);
    if (status != OHEM_STATUS_OK)
        return fails("mining", status, offender);
    for (i = 0; i < hard.count; i++)
        printf("%" PRIu32 "\n", hard.indices[i]);
    return 0;
}
