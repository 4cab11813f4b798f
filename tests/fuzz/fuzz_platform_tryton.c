/* fuzz_platform_tryton.c - see fuzz_platform.h. */
#include "tests/fuzz/fuzz_platform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const settings[] = {"{}", "{\"company\":2}"};

    return fuzz_platform(&platform_tryton, settings, data, size);
}
