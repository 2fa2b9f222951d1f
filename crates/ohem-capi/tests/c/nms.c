#include "check.h"

static uint8_t memory[OHEM_MINER_SIZE_F64(2)];

static const OF(ohem_bbox_) boxes[] = {{0, 0, 2, 2}, {0, 0, 2, (REAL)1.5}, {5, 5, 6, 6}};
static const uint32_t groups[] = {0, 1, 0}, ignored[] = {0, OHEM_IGNORED, OHEM_BACKGROUND};
static const REAL scores[] = {(REAL)0.7, (REAL)0.9, (REAL)0.8};

void test_nms(void) {
    OF(ohem_mine_config_) config = OF(ohem_mine_config_new_)(0); /* the batch size does not matter here, the capacity does */
    const REAL with_nan[] = {1, NAN, 2};
    OF(ohem_miner_) miner;
    ohem_selection kept;
    OK(OF(ohem_miner_init_)(&miner, memory, sizeof memory, 2, &config, &offender));
    miner.config.iou_threshold = 0.5;
    OK(OF(ohem_batched_nms_)(&miner, boxes, scores, NULL, 3, &kept, &offender));
    CHECK(kept.count == 2 && kept.indices[0] == 1 && kept.indices[1] == 2);
    OK(OF(ohem_batched_nms_)(&miner, boxes, scores, groups, 3, &kept, &offender));
    CHECK(kept.count == 2 && kept.visited == 2 && kept.total == 3); /* the capacity is 2 */
    OK(OF(ohem_batched_nms_)(&miner, boxes, scores, ignored, 3, &kept, &offender));
    CHECK(kept.count == 2 && kept.indices[0] == 2 && kept.indices[1] == 0 && kept.ignored == 1);
    OK(OF(ohem_batched_nms_)(&miner, NULL, NULL, NULL, 0, &kept, &offender));
    CHECK(kept.count == 0);
    CHECK(miner.config.batch_size == 0);

    REFUSED(POINTER_MINER, OF(ohem_batched_nms_)(NULL, boxes, scores, groups, 3, &kept, &offender));
    REFUSED(POINTER_BOXES, OF(ohem_batched_nms_)(&miner, NULL, scores, groups, 3, &kept, &offender));
    REFUSED(POINTER_LABELS, OF(ohem_batched_nms_)(&miner, boxes, scores, MISALIGNED(const uint32_t, groups), 3, &kept, &offender));
    REFUSED(POINTER_LOSSES, OF(ohem_batched_nms_)(&miner, boxes, NULL, groups, 3, &kept, &offender));
    REFUSED(POINTER_OUT, OF(ohem_batched_nms_)(&miner, boxes, scores, groups, 3, NULL, &offender));
    REFUSED_AT(NAN_LOSS, 1, OF(ohem_batched_nms_)(&miner, boxes, with_nan, groups, 3, &kept, &offender));
    miner.config.iou_threshold = NAN;
    REFUSED(NAN_THRESHOLD, OF(ohem_batched_nms_)(&miner, boxes, scores, groups, 3, &kept, &offender));
}
