#include "check.h"

void test_status(void) {
    char version[16];
    sprintf(version, "%d.%d.%d", OHEM_VERSION_MAJOR, OHEM_VERSION_MINOR, OHEM_VERSION_PATCH);
    CHECK(strcmp(ohem_version(), version) == 0);
    CHECK(ohem_version_number() == OHEM_VERSION_NUMBER);
#if OHEM_VERSION_NUMBER < 100
#error "the version is 0.1.0 at least, also in the preprocessor"
#endif
    CHECK(strcmp(ohem_status_message(OHEM_STATUS_OK), "done") == 0);
    CHECK(strcmp(ohem_status_message(OHEM_STATUS_POINTER_LOSSES), "bad pointer: losses, or scores") == 0);
    CHECK(strcmp(ohem_status_message(4711), "unknown status") == 0);
}
