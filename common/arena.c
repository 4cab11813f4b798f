/* arena.c - memory that is freed all at once. See arena.h. */
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"

enum { BLOCK = 64 * 1024 };

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *blocks; /* the newest first */
};

static struct block *block_new(size_t size, struct block *next)
{
    struct block *b = xmalloc(sizeof *b + size);

    *b = (struct block){.next = next, .size = size};
    return b;
}

struct arena *arena_new(void)
{
    return xcalloc(1, sizeof(struct arena));
}

static void drop(struct block *b)
{
    while (b) {
        struct block *next = b->next;
        free(b);
        b = next;
    }
}

void arena_free(struct arena *a)
{
    if (a)
        drop(a->blocks);
    free(a);
}

void arena_reset(struct arena *a)
{
    if (!a->blocks)
        return;
    drop(a->blocks->next);
    a->blocks->next = NULL;
    a->blocks->used = 0;
    if (a->blocks->size > 16 * BLOCK) { /* one huge page is no rule */
        drop(a->blocks);
        a->blocks = NULL;
    }
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t grain = alignof(max_align_t);
    struct block *b = a->blocks;
    void *p;

    size = (size + grain - 1) / grain * grain;
    if (!b || b->size - b->used < size)
        b = a->blocks = block_new(size > BLOCK ? size : BLOCK, a->blocks);
    p = b->bytes + b->used;
    b->used += size;
    return memset(p, 0, size);
}

char *arena_text(struct arena *a, const char *text, size_t length)
{
    char *copy = arena_alloc(a, length + 1);

    memcpy(copy, text, length);
    return copy;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    char *text;
    int length;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        die("arena_printf: bad format %s", format);
    text = arena_alloc(a, (size_t)length + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}
