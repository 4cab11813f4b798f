/* base.h - what every file may use: memory that does not fail, clocks, die().
 *
 * Three kinds of trouble, three answers: log_warn() and go on; exit with a
 * clear text when the environment is wrong; die() when it is our own bug or
 * memory is gone. A worker may die at any instruction, so die() is cheap.
 */
#ifndef BASE_H
#define BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define _Noreturn [[noreturn]]
#endif

#define must_check __attribute__((warn_unused_result))
#define printf_like(f, a) __attribute__((format(printf, f, a)))
#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))

#define SECOND INT64_C(1000000) /* one second, in the microseconds we store */

/* Logs, then abort()s: a bug of ours, or no memory. */
_Noreturn void die(const char *format, ...) printf_like(1, 2);

/* These succeed or do not return. Given memory goes back with free(). */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text); /* NULL gives NULL */
char *xstrndup(const char *text, size_t length);
char *xasprintf(const char *format, ...) printf_like(1, 2);

/* Microseconds since 1970 UTC; steps when somebody sets the clock. */
int64_t now_us(void);
/* Microseconds of a clock that never steps; its zero means nothing. */
int64_t mono_us(void);

/* Lower-case hex of LENGTH random bytes; OUT holds 2 * LENGTH + 1. */
void random_hex(char *out, size_t length);

#ifdef __cplusplus
}
#endif

#endif
