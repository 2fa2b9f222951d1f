#include "check.h"

static uint8_t memory[OHEM_MINER_SIZE_F64(64)];

static const OF(ohem_bbox_) boxes[] = {{0, 0, 9, 9}, {0, 0, 9, 8}, {50, 50, 59, 59}, {0, 0, 9, 9}};
static const uint32_t images[] = {0, 0, 0, 1};
static const uint32_t labels[] = {1, 1, 0, 1};
static const REAL losses[] = {(REAL)0.5, 2, 1, (REAL)0.25};
static const REAL with_nan[] = {1, 2, NAN, 4};

static OF(ohem_miner_) miner_of(size_t batch) {
    OF(ohem_miner_) miner = {{0, 0, 0, 0, 0, 0, 0}, 0, 0, NULL};
    OF(ohem_mine_config_) config = OF(ohem_mine_config_fast_rcnn_)();
    config.batch_size = batch;
    OK(OF(ohem_miner_init_)(&miner, memory, sizeof memory, 64, &config, &offender));
    return miner;
}

static void groups(void) {
    OF(ohem_miner_) miner = miner_of(64);
    OF(ohem_rois_) rois = {boxes, images, labels, 4};
    ohem_selection hard;
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 3 && hard.total == 4 && hard.visited == 4 && hard.ignored == 0);
    CHECK(hard.indices[0] == 1 && hard.indices[1] == 2 && hard.indices[2] == 3);
    rois.images = NULL; /* now RoI 3 is in the group of RoI 1 */
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 2 && hard.indices[0] == 1 && hard.indices[1] == 2);
    rois.images = images;
    rois.labels = NULL;
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 3 && hard.indices[2] == 3);
    rois.images = NULL;
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, NULL));
    CHECK(hard.count == 2);
}

/* Labels as ohem writes them: RoI 1 is ignored, so it does not suppress RoI 0, and background RoIs are a group. */
static void matches(void) {
    const uint32_t ignored[] = {1, OHEM_IGNORED, OHEM_BACKGROUND, OHEM_BACKGROUND};
    OF(ohem_miner_) miner = miner_of(64);
    OF(ohem_rois_) rois = {boxes, NULL, ignored, 4};
    ohem_selection hard;
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 3 && hard.indices[0] == 2 && hard.indices[1] == 0 && hard.indices[2] == 3);
    CHECK(hard.total == 4 && hard.visited == 3 && hard.ignored == 1);
    rois.images = ignored; /* an image can be ignored, too */
    rois.labels = NULL;
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 3 && hard.ignored == 1);
    miner.config.batch_size = 1; /* RoI 2 fills it: of those after it, mining meets none */
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 1 && hard.visited == 1 && hard.ignored == 1);
}

static void batches(void) {
    OF(ohem_miner_) miner = miner_of(1);
    OF(ohem_rois_) rois = {boxes, images, labels, 4}, none = {NULL, NULL, NULL, 0};
    ohem_selection hard;
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 1 && hard.indices[0] == 1 && hard.visited == 1);
    OK(OF(ohem_mine_)(&miner, &none, NULL, &hard, &offender));
    CHECK(hard.count == 0 && hard.total == 0 && hard.visited == 0);
    miner.config.batch_size = 0;
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 0 && hard.total == 4 && hard.visited == 0);
    miner.config.batch_size = 64;
    miner.config.with_nms = 0;
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 4 && hard.indices[2] == 0);
}

static void thresholds(void) {
    const OF(ohem_bbox_) halves[] = {{0, 0, 9, 9}, {0, 0, 9, 4}};
    OF(ohem_miner_) miner = miner_of(64);
    OF(ohem_rois_) rois = {halves, NULL, NULL, 2};
    ohem_selection hard;
    miner.config.iou_threshold = 0.5;
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 2);
    miner.config.suppress = OHEM_SUPPRESS_AT_OR_ABOVE;
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 1 && hard.indices[0] == 1);
    miner.config.convention = OHEM_CONVENTION_CONTINUOUS; /* with which the IoU is 4/9 */
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 2);
}

/* A list of losses, of pixels or samples, of which one is ignored: nothing is suppressed, so no box is read. */
static void without_boxes(void) {
    const uint32_t ignored[] = {0, OHEM_IGNORED, 3, 3};
    OF(ohem_miner_) miner = miner_of(2);
    OF(ohem_rois_) rois = {NULL, NULL, ignored, 4}, with = {boxes, NULL, ignored, 4};
    ohem_selection hard, same;
    miner.config.with_nms = 0;
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 2 && hard.indices[0] == 2 && hard.indices[1] == 0 && hard.total == 4 && hard.ignored == 1);
    OK(OF(ohem_mine_)(&miner, &with, losses, &same, &offender));
    CHECK(same.count == 2 && same.indices[0] == 2 && same.indices[1] == 0 && same.visited == hard.visited);
    REFUSED(POINTER_LOSSES, OF(ohem_mine_)(&miner, &rois, NULL, &hard, &offender));
    rois.boxes = MISALIGNED(const OF(ohem_bbox_), boxes);
    REFUSED(POINTER_BOXES, OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    rois.boxes = NULL;
    if (SIZE_MAX > UINT32_MAX) {
        rois.labels = NULL;
        rois.length = (size_t)UINT32_MAX + 1;
        REFUSED_AT(TOO_MANY, rois.length, OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
        rois.length = 4;
    }
    miner.config.with_nms = 1;
    REFUSED(POINTER_BOXES, OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
}

static void nans(void) {
    OF(ohem_miner_) miner = miner_of(64);
    OF(ohem_rois_) rois = {boxes, images, labels, 4};
    ohem_selection hard;
    REFUSED_AT(NAN_LOSS, 2, OF(ohem_mine_)(&miner, &rois, with_nan, &hard, &offender));
    miner.config.nan = OHEM_NAN_SKIP;
    OK(OF(ohem_mine_)(&miner, &rois, with_nan, &hard, &offender));
    CHECK(hard.count == 2 && hard.indices[0] == 3 && hard.indices[1] == 1 && hard.visited == 3);
    miner.config.nan = OHEM_NAN_FIRST;
    OK(OF(ohem_mine_)(&miner, &rois, with_nan, &hard, &offender));
    CHECK(hard.count == 3 && hard.indices[0] == 2);
}

static void limits(void) {
    OF(ohem_miner_) miner = miner_of(64);
    OF(ohem_rois_) rois = {boxes, images, labels, 4};
    ohem_selection hard;
    miner.config.max_visited = 2;
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 2 && hard.visited == 2 && hard.is_partial);
    miner.config.max_visited = 0; /* no limit */
    OK(OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    CHECK(hard.count == 3 && hard.visited == 4 && !hard.is_partial);
}

static void bad_pointers(void) {
    OF(ohem_miner_) miner = miner_of(64), zero = {{0, 0, 0, 0, 0, 0, 0}, 0, 0, NULL}, good;
    OF(ohem_rois_) rois = {boxes, images, labels, 4}, sane = rois;
    ohem_selection hard = {NULL, 77, 77, 77, 77, false};
    good = miner;
    REFUSED(POINTER_MINER, OF(ohem_mine_)(NULL, &rois, losses, &hard, &offender));
    REFUSED(POINTER_MINER, OF(ohem_mine_)(&zero, &rois, losses, &hard, &offender));
    REFUSED(POINTER_ROIS, OF(ohem_mine_)(&miner, NULL, losses, &hard, &offender));
    REFUSED(POINTER_LOSSES, OF(ohem_mine_)(&miner, &rois, NULL, &hard, &offender));
    REFUSED(POINTER_LOSSES, OF(ohem_mine_)(&miner, &rois, MISALIGNED(const REAL, losses), &hard, &offender));
    REFUSED(POINTER_OUT, OF(ohem_mine_)(&miner, &rois, losses, NULL, &offender));
    rois.boxes = NULL;
    REFUSED(POINTER_BOXES, OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    rois.boxes = MISALIGNED(const OF(ohem_bbox_), boxes);
    REFUSED(POINTER_BOXES, OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    rois = sane;
    rois.images = MISALIGNED(const uint32_t, images);
    REFUSED(POINTER_IMAGES, OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    rois = sane;
    rois.labels = MISALIGNED(const uint32_t, labels);
    REFUSED(POINTER_LABELS, OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    rois = sane;
    rois.length = SIZE_MAX / 2;
    REFUSED(POINTER_BOXES, OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    miner.memory = MISALIGNED(REAL, miner.memory);
    REFUSED(POINTER_MINER, OF(ohem_mine_)(&miner, &sane, losses, &hard, &offender));
    CHECK(hard.indices == NULL && hard.count == 77);
    OK(OF(ohem_mine_)(&good, &sane, losses, &hard, &offender));
}

static void bad_settings(void) {
    OF(ohem_miner_) miner = miner_of(64);
    OF(ohem_rois_) rois = {boxes, images, labels, 4};
    ohem_selection hard;
    miner.config.batch_size = 65;
    REFUSED_AT(BATCH_SIZE, 65, OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    miner.config.batch_size = 64;
    miner.config.iou_threshold = NAN;
    REFUSED(NAN_THRESHOLD, OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
    miner.config.iou_threshold = (REAL)0.7;
    miner.config.suppress = 4711;
    REFUSED(CHOICE, OF(ohem_mine_)(&miner, &rois, losses, &hard, &offender));
}

void test_mine(void) {
    groups();
    matches();
    batches();
    thresholds();
    without_boxes();
    nans();
    limits();
    bad_pointers();
    bad_settings();
}
