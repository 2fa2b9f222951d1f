#include "check.h"

static const REAL losses[] = {(REAL)0.5, 2, 1, 4, NAN};

/* Two images of a batch: what each selected, numbered through the batch, and the hardest of both. */
static void parts(void) {
    const uint32_t one_hard[] = {1, 2}, other_hard[] = {0, 1}, missing[] = {1, 9};
    OF(ohem_ranked_) one[2], other[2], hardest[3], short_of[1];
    size_t count = 0;
    OK(OF(ohem_selection_ranked_)(one_hard, 2, losses, 3, 0, one, &offender));
    CHECK(one[0].index == 1 && one[0].loss == 2 && one[1].index == 2 && one[1].loss == 1);
    OK(OF(ohem_selection_ranked_)(other_hard, 1, losses + 3, 1, 3, other, &offender));
    CHECK(other[0].index == 3 && other[0].loss == 4);
    OK(OF(ohem_merge_)(one, 2, other, 1, hardest, 3, &count, &offender));
    CHECK(count == 3 && hardest[0].index == 3 && hardest[1].index == 1 && hardest[2].index == 2 && hardest[2].loss == 1);
    OK(OF(ohem_merge_)(one, 2, other, 1, short_of, 1, &count, &offender));
    CHECK(count == 1 && short_of[0].index == 3);
    OK(OF(ohem_merge_)(NULL, 0, one, 1, hardest, 3, &count, &offender));
    CHECK(count == 1 && hardest[0].index == 1 && hardest[1].index == 1);
    REFUSED_AT(INDEX, 1, OF(ohem_selection_ranked_)(missing, 2, losses, 3, 0, one, &offender));
    REFUSED_AT(INDEX, 0, OF(ohem_selection_ranked_)(one_hard, 2, losses, 3, UINT32_MAX, one, &offender));
    REFUSED(POINTER_INDICES, OF(ohem_selection_ranked_)(NULL, 2, losses, 3, 0, one, &offender));
    REFUSED(POINTER_LOSSES, OF(ohem_selection_ranked_)(one_hard, 2, NULL, 3, 0, one, &offender));
    REFUSED(POINTER_OUT, OF(ohem_selection_ranked_)(one_hard, 2, losses, 3, 0, NULL, &offender));
    CHECK(one[0].index == 1 && one[0].loss == 2);
    REFUSED(POINTER_INDICES, OF(ohem_merge_)(NULL, 2, other, 1, hardest, 3, &count, &offender));
    REFUSED(POINTER_INDICES, OF(ohem_merge_)(one, 2, NULL, 1, hardest, 3, &count, &offender));
    REFUSED(POINTER_OUT, OF(ohem_merge_)(one, 2, other, 1, NULL, 3, &count, &offender));
    REFUSED(POINTER_OUT, OF(ohem_merge_)(one, 2, other, 1, hardest, 3, NULL, &offender));
    CHECK(count == 1);
}

/* The hardest of two chunks, of which the second has the hardest loss. */
static void streams(void) {
    static OF(ohem_top_k_stream_) zero;
    uint64_t memory[2 * 4 + 1];
    OF(ohem_top_k_stream_) stream, copy;
    OF(ohem_ranked_) hardest[2];
    size_t count = 77;
    REFUSED(POINTER_STREAM, OF(ohem_top_k_stream_extend_)(&zero, losses, 2, &offender));
    REFUSED(POINTER_STREAM, OF(ohem_top_k_stream_hardest_)(&zero, hardest, 2, &count, &offender));
    REFUSED(POINTER_STREAM, OF(ohem_top_k_stream_clear_)(&zero, &offender));
    OK(OF(ohem_top_k_stream_init_)(&stream, memory, LENGTH(memory), 2, OHEM_NAN_ERROR, &offender));
    OK(OF(ohem_top_k_stream_hardest_)(&stream, NULL, 0, &count, &offender));
    CHECK(count == 0);
    OK(OF(ohem_top_k_stream_extend_)(&stream, losses, 3, &offender));
    OK(OF(ohem_top_k_stream_extend_)(&stream, losses + 3, 1, &offender));
    OK(OF(ohem_top_k_stream_extend_)(&stream, NULL, 0, &offender));
    copy = stream;
    OK(OF(ohem_top_k_stream_hardest_)(&copy, hardest, 2, &count, &offender));
    CHECK(count == 2 && hardest[0].index == 3 && hardest[0].loss == 4 && hardest[1].index == 1);
    REFUSED_AT(NAN_LOSS, 5, OF(ohem_top_k_stream_extend_)(&copy, losses + 3, 2, &offender));
    OK(OF(ohem_top_k_stream_clear_)(&copy, &offender));
    OK(OF(ohem_top_k_stream_extend_)(&copy, losses, 1, &offender));
    OK(OF(ohem_top_k_stream_hardest_)(&copy, hardest, 2, &count, &offender));
    CHECK(count == 1 && hardest[0].index == 0);
    REFUSED(POINTER_LOSSES, OF(ohem_top_k_stream_extend_)(&copy, NULL, 1, &offender));
    REFUSED(POINTER_OUT, OF(ohem_top_k_stream_hardest_)(&copy, NULL, 2, &count, &offender));
    REFUSED(POINTER_OUT, OF(ohem_top_k_stream_hardest_)(&copy, hardest, 2, NULL, &offender));
    REFUSED(POINTER_STREAM, OF(ohem_top_k_stream_init_)(NULL, memory, 9, 2, OHEM_NAN_ERROR, &offender));
    REFUSED(POINTER_MEMORY, OF(ohem_top_k_stream_init_)(&stream, NULL, 9, 2, OHEM_NAN_ERROR, &offender));
    REFUSED(CHOICE, OF(ohem_top_k_stream_init_)(&stream, memory, 9, 2, 3, &offender));
    REFUSED_AT(WINDOW, 10, OF(ohem_top_k_stream_init_)(&stream, memory, 9, 9, OHEM_NAN_ERROR, &offender));
    REFUSED_AT(WINDOW, SIZE_MAX, OF(ohem_top_k_stream_init_)(&stream, memory, 9, SIZE_MAX, OHEM_NAN_ERROR, &offender));
}

static void statistics(void) {
    const uint32_t indices[] = {3, 1};
    ohem_selection hard = {NULL, 2, 5, 3, 1, false}, none = {NULL, 0, 5, 0, 0, false};
    OF(ohem_statistics_) of;
    hard.indices = indices;
    OK(OF(ohem_selection_statistics_)(&hard, losses, &of, &offender));
    CHECK(of.total == 5 && of.visited == 3 && of.suppressed == 1 && of.ignored == 1 && of.selected == 2);
    CHECK(of.cut == 2 && of.mean_selected == 3 && of.mean_all == 1.875);
    OK(OF(ohem_selection_statistics_)(&none, losses, &of, &offender));
    CHECK(of.selected == 0 && of.cut == 0 && of.mean_selected != of.mean_selected && of.mean_all == 1.875);
    REFUSED(POINTER_SELECTION, OF(ohem_selection_statistics_)(NULL, losses, &of, &offender));
    REFUSED(POINTER_LOSSES, OF(ohem_selection_statistics_)(&hard, NULL, &of, &offender));
    REFUSED(POINTER_OUT, OF(ohem_selection_statistics_)(&hard, losses, NULL, &offender));
}

void test_merge(void) {
    parts();
    streams();
    statistics();
}
