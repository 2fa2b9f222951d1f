#include "check.h"

/* Losses that are integers, with boxes of f32: of equal losses, the lower index comes first. */
static uint8_t memory[OHEM_MINER_SIZE_F32(4)];

static const ohem_bbox_f32 boxes[] = {{0, 0, 9, 9}, {0, 0, 9, 9}, {20, 0, 29, 9}, {40, 0, 49, 9}, {60, 0, 69, 9}};

#define TEST(type, suffix)                                                                              \
    static void of_##suffix(ohem_miner_f32 *miner, const ohem_rois_f32 *rois) {                         \
        const type losses[] = {-1, 5, 5, -100, 7};                                                      \
        ohem_selection hard;                                                                            \
        OK(ohem_mine_f32_##suffix(miner, rois, losses, &hard, &offender));                              \
        CHECK(hard.count == 4 && hard.indices[0] == 4 && hard.indices[1] == 1);                         \
        CHECK(hard.indices[2] == 2 && hard.indices[3] == 3 && hard.visited == 5);                       \
        OK(ohem_batched_nms_f32_##suffix(miner, boxes, losses, NULL, 3, &hard, &offender));                     \
        CHECK(hard.count == 2 && hard.indices[0] == 1 && hard.indices[1] == 2);                         \
        REFUSED(POINTER_LOSSES, ohem_mine_f32_##suffix(miner, rois, NULL, &hard, &offender));           \
        REFUSED(POINTER_LOSSES, ohem_batched_nms_f32_##suffix(miner, boxes, NULL, NULL, 3, &hard, &offender));  \
    }

TEST(int8_t, i8)
TEST(int16_t, i16)
TEST(int32_t, i32)

void test_quantised(void) {
    ohem_mine_config config = ohem_mine_config_new(4);
    ohem_rois_f32 rois = {boxes, NULL, NULL, LENGTH(boxes)};
    ohem_miner_f32 miner;
    OK(ohem_miner_init_f32(&miner, memory, sizeof memory, 4, &config, &offender));
    of_i8(&miner, &rois);
    of_i16(&miner, &rois);
    of_i32(&miner, &rois);
}
