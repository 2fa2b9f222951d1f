#include "check.h"

int failures;

int main(void) {
    test_status();
    test_iou();
    test_miner();
    test_mine();
    test_quantised();
    test_nms();
    test_top_k();
    test_gather();
    test_loss();
    test_regression();
    test_merge();
    test_gate();
    test_targets();
    test_rules();
    test_flush_to_zero();
    if (failures == 0)
        puts("all passed");
    return failures != 0;
}
