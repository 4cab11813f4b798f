/* task.c - a bell: "this stream has work". See task.h. */
#include <msgpack.h>
#include <string.h>

#include "common/task.h"

enum { FIELDS = 4 };

struct out {
    char *bytes;
    size_t length;
};

static int write_out(void *data, const char *bytes, size_t length)
{
    struct out *out = data;

    if (out->length + length > TASK_BYTES)
        return -1;
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
    return 0;
}

size_t task_pack(const struct stream_key *key, char bytes[TASK_BYTES])
{
    struct out out = {.bytes = bytes};
    msgpack_packer packer;

    msgpack_packer_init(&packer, &out, write_out);
    msgpack_pack_array(&packer, FIELDS);
    msgpack_pack_int(&packer, TASK_VERSION);
    msgpack_pack_int64(&packer, key->account);
    msgpack_pack_int64(&packer, key->connection);
    msgpack_pack_int(&packer, (int)key->stream);
    return out.length;
}

/* A number 0..MAX at O. */
static bool number(const msgpack_object *o, uint64_t max, uint64_t *out)
{
    if (o->type != MSGPACK_OBJECT_POSITIVE_INTEGER || o->via.u64 > max)
        return false;
    *out = o->via.u64;
    return true;
}

static int read_array(const msgpack_object *o, struct stream_key *out)
{
    uint64_t version, account, connection, stream;
    const msgpack_object *field = o->via.array.ptr;

    if (o->type != MSGPACK_OBJECT_ARRAY || o->via.array.size < 1 ||
        !number(&field[0], INT32_MAX, &version))
        return -1;
    if (version != TASK_VERSION)
        return 1;
    if (o->via.array.size != FIELDS ||
        !number(&field[1], INT64_MAX, &account) ||
        !number(&field[2], INT64_MAX, &connection) ||
        !number(&field[3], STREAM_COUNT - 1, &stream))
        return -1;
    *out = (struct stream_key){(int64_t)account, (int64_t)connection,
                               (enum stream)stream};
    return 0;
}

/* Bytes of what begins with C; 0 for what may hold others, or be long. */
static size_t scalar_length(unsigned char c)
{
    if (c < 0x80 || c >= 0xe0)
        return 1; /* a small number, positive or negative */
    if (c >= 0xa0 && c < 0xc0)
        return 1 + (size_t)(c & 0x1f); /* a short text */
    switch (c) {
    case 0xc0: /* nil, false, true */
    case 0xc2:
    case 0xc3:
        return 1;
    case 0xcc: /* numbers of 8, 16, 32 and 64 bits */
    case 0xd0:
        return 2;
    case 0xcd:
    case 0xd1:
        return 3;
    case 0xca:
    case 0xce:
    case 0xd2:
        return 5;
    case 0xcb:
    case 0xcf:
    case 0xd3:
        return 9;
    default:
        return 0;
    }
}

/* A short array of scalars? msgpack allocates what an array says it holds
 * before it looks for it: five bytes ask for 128 GB. */
static bool is_flat(const char *bytes, size_t length)
{
    size_t at = 1, n;

    if (length == 0 || ((unsigned char)bytes[0] & 0xf0) != 0x90)
        return false;
    for (n = (unsigned char)bytes[0] & 0x0f; n > 0 && at < length; n--) {
        size_t each = scalar_length((unsigned char)bytes[at]);
        if (each == 0)
            return false;
        at += each;
    }
    return n == 0 && at == length;
}

int task_unpack(const char *bytes, size_t length, struct stream_key *out)
{
    msgpack_unpacked unpacked;
    size_t used = 0;
    int result = -1;

    if (length > TASK_BYTES || !is_flat(bytes, length))
        return -1;
    msgpack_unpacked_init(&unpacked);
    if (msgpack_unpack_next(&unpacked, bytes, length, &used) ==
            MSGPACK_UNPACK_SUCCESS &&
        used == length)
        result = read_array(&unpacked.data, out);
    msgpack_unpacked_destroy(&unpacked);
    return result;
}
