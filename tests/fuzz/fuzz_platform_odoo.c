/* fuzz_platform_odoo.c - see fuzz_platform.h. */
#include "tests/fuzz/fuzz_platform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const settings[] = {
        "{}",
        "{\"company\":1,\"sales_location\":\"A\",\"purchase_location\":\"B\"}"};

    return fuzz_platform(&platform_odoo, settings, data, size);
}
