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

/* 1, 2, 2, -1 and infinity as f16 and as bf16: their bits in arrays of uint16_t. */
static void of_halves(ohem_miner_f32 *miner, const ohem_rois_f32 *rois) {
    const uint16_t f16[] = {0x3C00, 0x4000, 0x4000, 0xBC00, 0x7C00}, bf16[] = {0x3F80, 0x4000, 0x4000, 0xBF80, 0x7F80};
    const uint16_t nan_f16[] = {0x3C00, 0x7C01, 0, 0, 0}, nan_bf16[] = {0x3F80, 0, 0x7F81, 0, 0};
    ohem_selection hard;
    OK(ohem_mine_f32_f16(miner, rois, f16, &hard, &offender));
    CHECK(hard.count == 4 && hard.indices[0] == 4 && hard.indices[1] == 1 && hard.indices[2] == 2 && hard.indices[3] == 3);
    OK(ohem_mine_f32_bf16(miner, rois, bf16, &hard, &offender));
    CHECK(hard.count == 4 && hard.indices[0] == 4 && hard.indices[1] == 1 && hard.indices[2] == 2 && hard.indices[3] == 3);
    OK(ohem_batched_nms_f32_f16(miner, boxes, f16, NULL, 3, &hard, &offender));
    CHECK(hard.count == 2 && hard.indices[0] == 1 && hard.indices[1] == 2);
    OK(ohem_batched_nms_f32_bf16(miner, boxes, bf16, NULL, 3, &hard, &offender));
    CHECK(hard.count == 2 && hard.indices[0] == 1 && hard.indices[1] == 2);
    REFUSED_AT(NAN_LOSS, 1, ohem_mine_f32_f16(miner, rois, nan_f16, &hard, &offender));
    REFUSED_AT(NAN_LOSS, 2, ohem_mine_f32_bf16(miner, rois, nan_bf16, &hard, &offender));
    REFUSED(POINTER_LOSSES, ohem_mine_f32_bf16(miner, rois, NULL, &hard, &offender));
}

void test_quantised(void) {
    ohem_mine_config_f32 config = ohem_mine_config_new_f32(4);
    ohem_rois_f32 rois = {boxes, NULL, NULL, LENGTH(boxes)};
    ohem_miner_f32 miner;
    OK(ohem_miner_init_f32(&miner, memory, sizeof memory, 4, &config, &offender));
    of_i8(&miner, &rois);
    of_i16(&miner, &rois);
    of_i32(&miner, &rois);
    of_halves(&miner, &rois);
}
