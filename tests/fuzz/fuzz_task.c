/* fuzz_task.c - any bytes as a bell. What is taken for one is packed again. */
#include <stdlib.h>
#include <string.h>

#include "common/task.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stream_key key, again;
    char bytes[TASK_BYTES];
    size_t length;

    if (task_unpack((const char *)data, size, &key) != 0)
        return 0;
    if (key.account < 0 || key.connection < 0 || key.stream >= STREAM_COUNT)
        abort();
    length = task_pack(&key, bytes);
    if (length > size || task_unpack(bytes, length, &again) != 0 ||
        again.account != key.account || again.connection != key.connection ||
        again.stream != key.stream)
        abort();
    return 0;
}
