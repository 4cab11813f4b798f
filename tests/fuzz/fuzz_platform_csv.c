/* fuzz_platform_csv.c - see fuzz_platform.h. */
#include "tests/fuzz/fuzz_platform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const settings[] = {"{}", "{\"decimal\":\",\"}"};

    return fuzz_platform(&platform_csv, settings, data, size);
}
