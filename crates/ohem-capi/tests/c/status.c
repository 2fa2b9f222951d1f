#include "check.h"

void test_status(void) {
    CHECK(strncmp(ohem_version(), "0.", 2) == 0);
    CHECK(strcmp(ohem_status_message(OHEM_STATUS_OK), "done") == 0);
    CHECK(strcmp(ohem_status_message(OHEM_STATUS_POINTER_LOSSES), "bad pointer: losses, or scores") == 0);
    CHECK(strcmp(ohem_status_message(4711), "unknown status") == 0);
}
