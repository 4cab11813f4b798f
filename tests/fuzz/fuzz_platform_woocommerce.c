/* fuzz_platform_woocommerce.c - see fuzz_platform.h. */
#include "tests/fuzz/fuzz_platform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const settings[] = {"{}", "{\"currency\":\"EUR\"}"};

    return fuzz_platform(&platform_woocommerce, settings, data, size);
}
