/* fuzz_element.c - any bytes as an element of the public door. */
#include <stdlib.h>
#include <string.h>

#include "producer/element.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct element e;
    char error[256] = "";

    if (element_read((const char *)data, size, &e, error) == 0) {
        if (!account_name_valid(e.account) ||
            strnlen(e.by, sizeof e.by) == sizeof e.by)
            abort();
    } else if (!*error || strnlen(error, sizeof error) == sizeof error) {
        abort();
    }
    return 0;
}
