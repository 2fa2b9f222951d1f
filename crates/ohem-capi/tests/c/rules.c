#include "check.h"

static uint8_t memory[OHEM_MINER_SIZE_F64(8)];

static const REAL losses[] = {1, 3, 9, 2, 4}, with_nan[] = {1, NAN, 9, 2, 4};
static const uint32_t matches[] = {0, OHEM_BACKGROUND, OHEM_IGNORED, 1, OHEM_BACKGROUND};
static const OF(ohem_bbox_) boxes[] = {{0, 0, 1, 1}, {2, 0, 3, 1}, {4, 0, 5, 1}, {6, 0, 7, 1}, {6, 0, 7, 1}};
static const OF(ohem_anchors_) anchors = {boxes, losses, matches, 5};

static OF(ohem_miner_) miner_of(size_t capacity) {
    OF(ohem_miner_) miner = {{0, 0, 0, 0, 0, 0, 0}, 0, 0, NULL};
    OF(ohem_mine_config_) config = OF(ohem_mine_config_new_)(0);
    OK(OF(ohem_miner_init_)(&miner, memory, sizeof memory, capacity, &config, &offender));
    return miner;
}

static void mmdet(void) {
    OF(ohem_miner_) miner = miner_of(8), zero = {{0, 0, 0, 0, 0, 0, 0}, 0, 0, NULL}, small;
    OF(ohem_mmdet_config_) config = OF(ohem_mmdet_config_new_)();
    ohem_selection hard;
    size_t positives = 77;
    config.num = 3;
    config.pos_fraction = (REAL)0.5;
    OK(OF(ohem_mmdet_)(&miner, losses, matches, 5, &config, &hard, &positives, &offender));
    CHECK(positives == 1 && hard.count == 3 && hard.indices[0] == 3 && hard.indices[1] == 4 && hard.indices[2] == 1);
    config.neg_pos_ub = 1;
    OK(OF(ohem_mmdet_)(&miner, losses, matches, 5, &config, &hard, &positives, &offender));
    CHECK(positives == 1 && hard.count == 2);
    REFUSED_AT(NAN_LOSS, 1, OF(ohem_mmdet_)(&miner, with_nan, matches, 5, &config, &hard, &positives, &offender));
    REFUSED(POINTER_MINER, OF(ohem_mmdet_)(&zero, losses, matches, 5, &config, &hard, &positives, &offender));
    REFUSED(POINTER_MINER, OF(ohem_mmdet_)(NULL, losses, matches, 5, &config, &hard, &positives, &offender));
    REFUSED(POINTER_LOSSES, OF(ohem_mmdet_)(&miner, NULL, matches, 5, &config, &hard, &positives, &offender));
    REFUSED(POINTER_MATCHES, OF(ohem_mmdet_)(&miner, losses, NULL, 5, &config, &hard, &positives, &offender));
    REFUSED(POINTER_CONFIG, OF(ohem_mmdet_)(&miner, losses, matches, 5, NULL, &hard, &positives, &offender));
    REFUSED(POINTER_OUT, OF(ohem_mmdet_)(&miner, losses, matches, 5, &config, NULL, &positives, &offender));
    REFUSED(POINTER_OUT, OF(ohem_mmdet_)(&miner, losses, matches, 5, &config, &hard, NULL, &offender));
    config.nan = 3;
    REFUSED(CHOICE, OF(ohem_mmdet_)(&miner, losses, matches, 5, &config, &hard, &positives, &offender));
    config = OF(ohem_mmdet_config_new_)();
    config.pos_fraction = 1;
    small = miner_of(1);
    REFUSED_AT(BATCH_SIZE, 2, OF(ohem_mmdet_)(&small, losses, matches, 5, &config, &hard, &positives, &offender));
}

static void rfcn(void) {
    const uint32_t images[] = {0, 0, 1, 1, 1}, beyond[] = {0, 0, 1, 2, 1};
    OF(ohem_miner_) miner = miner_of(8);
    ohem_selection hard;
    size_t selected_of[2];
    OK(OF(ohem_rfcn_)(&miner, images, losses, 5, 1, OHEM_NAN_ERROR, selected_of, 2, &hard, &offender));
    CHECK(hard.count == 2 && hard.indices[0] == 2 && hard.indices[1] == 1 && selected_of[0] == 1 && selected_of[1] == 1);
    REFUSED_AT(INDEX, 3, OF(ohem_rfcn_)(&miner, beyond, losses, 5, 1, OHEM_NAN_ERROR, selected_of, 2, &hard, &offender));
    REFUSED(POINTER_IMAGES, OF(ohem_rfcn_)(&miner, NULL, losses, 5, 1, OHEM_NAN_ERROR, selected_of, 2, &hard, &offender));
    REFUSED(POINTER_OUT, OF(ohem_rfcn_)(&miner, images, losses, 5, 1, OHEM_NAN_ERROR, NULL, 2, &hard, &offender));
    REFUSED(CHOICE, OF(ohem_rfcn_)(&miner, images, losses, 5, 1, 3, selected_of, 2, &hard, &offender));
}

static void tensorflow(void) {
    const REAL cls[] = {1, 2}, loc[] = {3, 4};
    OF(ohem_miner_) miner = miner_of(8);
    OF(ohem_tensorflow_config_) config = OF(ohem_tensorflow_config_new_)();
    OF(ohem_anchors_) none = anchors;
    ohem_selection hard;
    REAL sum[2];
    config.max_negatives_per_positive = 1;
    OK(OF(ohem_tensorflow_)(&miner, &anchors, &config, &hard, &offender));
    /* RoI 3 overlaps the harder RoI 4, and RoI 2 is ignored: of the two negatives, one stays for RoI 0. */
    CHECK(hard.count == 2 && hard.indices[0] == 4 && hard.indices[1] == 0);
    none.boxes = NULL;
    REFUSED(POINTER_BOXES, OF(ohem_tensorflow_)(&miner, &none, &config, &hard, &offender));
    REFUSED(POINTER_ANCHORS, OF(ohem_tensorflow_)(&miner, NULL, &config, &hard, &offender));
    config.iou_threshold = NAN;
    REFUSED(NAN_THRESHOLD, OF(ohem_tensorflow_)(&miner, &anchors, &config, &hard, &offender));
    config.ignored = 2;
    REFUSED(CHOICE, OF(ohem_tensorflow_)(&miner, &anchors, &config, &hard, &offender));
    OK(OF(ohem_weighted_sum_)(cls, (REAL)0.5, loc, (REAL)0.25, 2, sum, &offender));
    CHECK(sum[0] == (REAL)1.25 && sum[1] == 2);
    REFUSED(POINTER_LOSSES, OF(ohem_weighted_sum_)(cls, 1, NULL, 1, 2, sum, &offender));
    REFUSED(POINTER_OUT, OF(ohem_weighted_sum_)(cls, 1, loc, 1, 2, NULL, &offender));
}

static void ssd(void) {
    const REAL overlaps[] = {(REAL)0.8, (REAL)0.1, 0, (REAL)0.7, (REAL)0.6};
    OF(ohem_miner_) miner = miner_of(8);
    OF(ohem_ssd_config_) config = OF(ohem_ssd_config_new_)();
    OF(ohem_anchors_) none = anchors;
    ohem_selection hard;
    none.boxes = NULL;
    OK(OF(ohem_ssd_negatives_)(&miner, &none, overlaps, &config, &hard, &offender));
    CHECK(hard.count == 1 && hard.indices[0] == 1); /* RoI 4 overlaps an object too much */
    config.sample_size = 2;
    OK(OF(ohem_ssd_hard_examples_)(&miner, &none, &config, &hard, &offender));
    CHECK(hard.count == 2 && hard.indices[0] == 4 && hard.indices[1] == 1);
    config.with_nms = 1;
    config.sample_size = 5;
    OK(OF(ohem_ssd_hard_examples_)(&miner, &anchors, &config, &hard, &offender));
    CHECK(hard.count == 3 && hard.indices[2] == 0);
    REFUSED(POINTER_BOXES, OF(ohem_ssd_hard_examples_)(&miner, &none, &config, &hard, &offender));
    REFUSED(POINTER_OVERLAPS, OF(ohem_ssd_negatives_)(&miner, &anchors, NULL, &config, &hard, &offender));
    REFUSED(POINTER_CONFIG, OF(ohem_ssd_negatives_)(&miner, &anchors, overlaps, NULL, &hard, &offender));
    REFUSED(POINTER_OUT, OF(ohem_ssd_negatives_)(&miner, &anchors, overlaps, &config, NULL, &offender));
}

/* A generator that always gives the same number, and counts how often it was asked. */
static uint32_t same(void *asked) {
    *(unsigned *)asked += 1;
    return 0;
}

static void random_draws(void) {
    const REAL overlaps[] = {(REAL)0.9, (REAL)0.05, (REAL)0.1, (REAL)0.7, (REAL)0.4};
    OF(ohem_miner_) miner = miner_of(8);
    OF(ohem_monai_config_) monai = OF(ohem_monai_config_new_)(2);
    OF(ohem_libra_config_) libra = OF(ohem_libra_config_new_)();
    OF(ohem_sample_config_) sample;
    unsigned asked = 0;
    ohem_generator generator = {same, NULL}, none = {NULL, NULL};
    ohem_selection hard;
    uint32_t indices[5];
    size_t positives = 77, foreground = 77, count = 77;
    generator.state = &asked;
    monai.positive_fraction = (REAL)0.5;
    OK(OF(ohem_monai_)(&miner, losses, matches, 5, &monai, &generator, &hard, &positives, &offender));
    CHECK(positives == 1 && hard.count == 2 && hard.indices[1] == 4 && asked > 0);
    REFUSED(POINTER_GENERATOR, OF(ohem_monai_)(&miner, losses, matches, 5, &monai, &none, &hard, &positives, &offender));
    REFUSED(POINTER_GENERATOR, OF(ohem_monai_)(&miner, losses, matches, 5, &monai, NULL, &hard, &positives, &offender));
    libra.num = 3;
    libra.pick = OHEM_PICK_HARDEST;
    OK(OF(ohem_libra_)(&miner, overlaps, losses, matches, 5, &libra, &generator, &hard, &positives, &offender));
    CHECK(positives == 0 && hard.count == 2 && hard.indices[0] == 1 && hard.indices[1] == 4); /* of two bins */
    REFUSED(POINTER_LOSSES, OF(ohem_libra_)(&miner, overlaps, NULL, matches, 5, &libra, &generator, &hard, &positives, &offender));
    libra.num_bins = 0;
    REFUSED(SETTING, OF(ohem_libra_)(&miner, overlaps, losses, matches, 5, &libra, &generator, &hard, &positives, &offender));
    libra.pick = 2;
    REFUSED(CHOICE, OF(ohem_libra_)(&miner, overlaps, losses, matches, 5, &libra, &generator, &hard, &positives, &offender));
    sample.batch_size = 4;
    sample.foreground_fraction = (REAL)0.25;
    sample.labels = OF(ohem_label_config_new_)();
    OK(OF(ohem_sample_)(overlaps, 5, &sample, &generator, indices, 5, &foreground, &count, &offender));
    CHECK(foreground == 1 && count == 4 && indices[0] == 0);
    REFUSED_AT(CAPACITY, 5, OF(ohem_sample_)(overlaps, 5, &sample, &generator, indices, 4, &foreground, &count, &offender));
    sample.foreground_fraction = 2;
    REFUSED(SETTING, OF(ohem_sample_)(overlaps, 5, &sample, &generator, indices, 5, &foreground, &count, &offender));
}

static void segmentation(void) {
    const bool valid[] = {true, true, false, true, true};
    bool kept[5] = {true, true, true, true, true};
    size_t count = 77;
    const int8_t small[] = {1, 3, 9, 2, 4};
    const uint16_t half[] = {0x3C00, 0x4200, 0x4880, 0x4000, 0x4400};
    OK(OF(ohem_segmentation_by_loss_)(losses, valid, 5, (REAL)2.5, 1, kept, &count, &offender));
    CHECK(count == 2 && !kept[0] && kept[1] && !kept[2] && !kept[3] && kept[4]);
    OK(ohem_segmentation_by_loss_i8(small, valid, 5, 8, 3, kept, &count, &offender));
    CHECK(count == 3 && !kept[0] && kept[1] && kept[3] && kept[4]);
    OK(ohem_segmentation_by_loss_f16(half, valid, 5, 0x4100, 1, kept, &count, &offender));
    CHECK(count == 2 && kept[1] && kept[4]);
    OK(OF(ohem_segmentation_by_probability_)(losses, valid, 5, (REAL)1.5, 2, OHEM_COUNTING_EXACT, kept, &count, &offender));
    CHECK(count == 2 && kept[0] && kept[3] && !kept[1]);
    REFUSED(CHOICE, OF(ohem_segmentation_by_probability_)(losses, valid, 5, 1, 2, 3, kept, &count, &offender));
    REFUSED(POINTER_FLAGS, OF(ohem_segmentation_by_loss_)(losses, NULL, 5, 1, 1, kept, &count, &offender));
    REFUSED(POINTER_LOSSES, OF(ohem_segmentation_by_loss_)(NULL, valid, 5, 1, 1, kept, &count, &offender));
    REFUSED(POINTER_OUT, OF(ohem_segmentation_by_loss_)(losses, valid, 5, 1, 1, NULL, &count, &offender));
    REFUSED(POINTER_OUT, OF(ohem_segmentation_by_loss_)(losses, valid, 5, 1, 1, kept, NULL, &offender));
    CHECK(count == 2 && kept[0] && kept[3]);
}

void test_rules(void) {
    mmdet();
    rfcn();
    tensorflow();
    ssd();
    random_draws();
    segmentation();
}
