/* arena.h - memory that is freed all at once: the rows of one page.
 *
 * What arena_alloc() gives stays valid until arena_reset() or arena_free().
 */
#ifndef ARENA_H
#define ARENA_H

#include "common/base.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a); /* NULL is fine */
/* Forgets all but keeps one block, so that a steady flow of pages allocates
 * nothing. */
void arena_reset(struct arena *a);
/* Zeroed, aligned for anything. */
void *arena_alloc(struct arena *a, size_t size);
char *arena_text(struct arena *a, const char *text, size_t length);
char *arena_printf(struct arena *a, const char *format, ...) printf_like(2, 3);

#endif
