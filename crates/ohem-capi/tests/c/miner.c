#include "check.h"

#define SIZE(capacity) EXPAND(OHEM_MINER_SIZE_, EXPAND(UPPER_, SUFFIX))(capacity)
#define UPPER_f32 F32
#define UPPER_f64 F64

enum { CAPACITY = 5 };

/* The macro is a constant expression, and includes the bytes for alignment. */
static uint8_t memory[16 + SIZE(CAPACITY) + 16];

static const OF(ohem_bbox_) boxes[] = {{0, 0, 9, 9}, {0, 0, 9, 8}, {50, 50, 59, 59}, {0, 0, 9, 9}, {20, 20, 29, 29},
                                       {70, 0, 79, 9}, {80, 0, 89, 9}};
static const REAL losses[] = {2, 3, 4, 1, 5, 6, 7};

static void sizes(void) {
    size_t capacity;
    for (capacity = 0; capacity < 3000; capacity++)
        CHECK(SIZE(capacity) == OF(ohem_miner_size_)(capacity));
    CHECK(OF(ohem_miner_size_)(SIZE_MAX / 8) == SIZE_MAX);
}

/* Mining writes nothing outside the memory, wherever it begins, and uses its full capacity. */
static void any_address(void) {
    size_t at, i, size = SIZE(CAPACITY);
    OF(ohem_mine_config_) config = OF(ohem_mine_config_new_)(CAPACITY);
    for (at = 0; at < 16; at++) {
        OF(ohem_miner_) miner;
        OF(ohem_rois_) rois = {boxes, NULL, NULL, LENGTH(boxes)};
        ohem_selection hard;
        memset(memory, 0xA5, sizeof memory);
        OK(OF(ohem_miner_init_)(&miner, memory + at, size, CAPACITY, &config, &offender));
        OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
        CHECK(hard.count == CAPACITY && hard.indices[0] == 6 && hard.indices[1] == 5 && hard.indices[2] == 4);
        CHECK(hard.indices[3] == 2 && hard.indices[4] == 1);
        for (i = 0; i < sizeof memory; i++)
            CHECK((i >= at && i < at + size) || memory[i] == 0xA5);
    }
}

/* More RoIs than the window holds, so it takes several passes to find them: all except one are suppressed. */
static void a_crowd(void) {
    static OF(ohem_bbox_) same[300];
    static const REAL ties[300] = {0};
    const OF(ohem_rois_) rois = {same, NULL, NULL, LENGTH(same)};
    OF(ohem_mine_config_) config = OF(ohem_mine_config_fast_rcnn_)();
    OF(ohem_miner_) miner;
    ohem_selection hard;
    config.batch_size = CAPACITY;
    OK(OF(ohem_miner_init_)(&miner, memory, sizeof memory, CAPACITY, &config, &offender));
    OK(OF(ohem_mine_)(&miner, &rois, ties, &hard, &offender));
    CHECK(hard.count == 1 && hard.indices[0] == 0 && hard.visited == 300);
}

#define WINDOW_SIZE(capacity, window) EXPAND(OHEM_MINER_SIZE_WITH_WINDOW_, EXPAND(UPPER_, SUFFIX))(capacity, window)

/* Any window selects the same; its memory is a constant expression, too. */
static void windows(void) {
    static uint8_t least[WINDOW_SIZE(CAPACITY, 2)], most[WINDOW_SIZE(CAPACITY, 64)];
    OF(ohem_mine_config_) config = OF(ohem_mine_config_new_)(CAPACITY);
    OF(ohem_rois_) rois = {boxes, NULL, NULL, LENGTH(boxes)};
    OF(ohem_miner_) small, large;
    ohem_selection hard;
    size_t capacity, window;
    for (capacity = 0; capacity < 30; capacity++)
        for (window = 0; window < 30; window++)
            CHECK(WINDOW_SIZE(capacity, window) == OF(ohem_miner_size_with_window_)(capacity, window));
    CHECK(SIZE(7) == WINDOW_SIZE(7, 16));
    OK(OF(ohem_miner_init_with_window_)(&small, least, sizeof least, CAPACITY, 2, &config, &offender));
    OK(OF(ohem_mine_)(&small, &rois, losses, &hard, &offender));
    CHECK(hard.count == CAPACITY && hard.indices[0] == 6 && hard.indices[3] == 2 && hard.indices[4] == 1);
    OK(OF(ohem_miner_init_with_window_)(&large, most, sizeof most, CAPACITY, 64, &config, &offender));
    OK(OF(ohem_mine_)(&large, &rois, losses, &hard, &offender));
    CHECK(hard.count == CAPACITY && hard.indices[0] == 6 && hard.indices[3] == 2 && hard.indices[4] == 1);
    REFUSED_AT(WINDOW, 2, OF(ohem_miner_init_with_window_)(&large, most, sizeof most, CAPACITY, 1, &config, &offender));
    REFUSED_AT(SHORT_MEMORY, WINDOW_SIZE(CAPACITY, 65),
               OF(ohem_miner_init_with_window_)(&large, most, sizeof most, CAPACITY, 65, &config, &offender));
    REFUSED_AT(SHORT_MEMORY, SIZE_MAX,
               OF(ohem_miner_init_with_window_)(&large, most, sizeof most, CAPACITY, SIZE_MAX, &config, &offender));
}

static void refusals(void) {
    OF(ohem_mine_config_) config = OF(ohem_mine_config_new_)(CAPACITY);
    OF(ohem_miner_) miner;
    size_t needed = SIZE(CAPACITY);
    REFUSED(POINTER_MINER, OF(ohem_miner_init_)(NULL, memory, sizeof memory, CAPACITY, &config, &offender));
    REFUSED(POINTER_MEMORY, OF(ohem_miner_init_)(&miner, NULL, needed, CAPACITY, &config, &offender));
    REFUSED(POINTER_CONFIG, OF(ohem_miner_init_)(&miner, memory, sizeof memory, CAPACITY, NULL, &offender));
    REFUSED_AT(SHORT_MEMORY, needed, OF(ohem_miner_init_)(&miner, memory, needed - 1, CAPACITY, &config, &offender));
    REFUSED_AT(SHORT_MEMORY, needed, OF(ohem_miner_init_)(&miner, NULL, 0, CAPACITY, &config, &offender));
    REFUSED_AT(SHORT_MEMORY, SIZE_MAX, OF(ohem_miner_init_)(&miner, memory, sizeof memory, SIZE_MAX, &config, &offender));
    REFUSED_AT(BATCH_SIZE, CAPACITY, OF(ohem_miner_init_)(&miner, memory, sizeof memory, CAPACITY - 1, &config, &offender));
    config.iou_threshold = NAN;
    REFUSED(NAN_THRESHOLD, OF(ohem_miner_init_)(&miner, memory, sizeof memory, CAPACITY, &config, &offender));
    config.with_nms = 0;
    OK(OF(ohem_miner_init_)(&miner, memory, sizeof memory, CAPACITY, &config, &offender));
    config.suppress = 2;
    REFUSED(CHOICE, OF(ohem_miner_init_)(&miner, memory, sizeof memory, CAPACITY, &config, &offender));
    config = OF(ohem_mine_config_new_)(CAPACITY);
    config.convention = 2;
    REFUSED(CHOICE, OF(ohem_miner_init_)(&miner, memory, sizeof memory, CAPACITY, &config, &offender));
    config = OF(ohem_mine_config_new_)(CAPACITY);
    config.nan = 3;
    REFUSED(CHOICE, OF(ohem_miner_init_)(&miner, memory, sizeof memory, CAPACITY, &config, &offender));
}

void test_miner(void) {
    OF(ohem_mine_config_) config = OF(ohem_mine_config_fast_rcnn_)();
    CHECK(config.batch_size == 128 && config.with_nms && config.iou_threshold == (REAL)0.7);
    CHECK(config.suppress == OHEM_SUPPRESS_ABOVE && config.nan == OHEM_NAN_ERROR);
    CHECK(config.convention == OHEM_CONVENTION_PIXEL);
    CHECK(OF(ohem_mine_config_new_)(3).batch_size == 3);
    CHECK(OF(ohem_mine_config_new_)(3).convention == OHEM_CONVENTION_CONTINUOUS);
    sizes();
    any_address();
    a_crowd();
    windows();
    refusals();
}
