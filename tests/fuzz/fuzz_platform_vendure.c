/* fuzz_platform_vendure.c - see fuzz_platform.h. */
#include "tests/fuzz/fuzz_platform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const settings[] = {"{}", "{\"channel\":\"c\"}"};

    return fuzz_platform(&platform_vendure, settings, data, size);
}
