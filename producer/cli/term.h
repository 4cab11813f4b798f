/* term.h - what goes to the terminal: text, colours, errors.
 *
 * Platforms and askers have put words into our rows. Whatever is printed with
 * these functions has its control characters made harmless, so that none of
 * them can steer somebody's terminal.
 */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include "common/base.h"

enum color { PLAIN, BOLD, DIM, GREEN, YELLOW, RED, COLORS };

/* Standard output is a terminal that can be redrawn. */
bool term_live(void);
int term_width(void);
/* The escape sequence of a colour; "" where there are none (no terminal, or
 * NO_COLOR is set). term_color(PLAIN) ends one. */
const char *term_color(enum color color);
/* Control characters become blanks, in place. Gives TEXT. */
char *term_clean(char *text);

/* A text to standard output. Line ends are only in FORMAT itself. */
void say(const char *format, ...) printf_like(1, 2);
void say_in(enum color color, const char *format, ...) printf_like(2, 3);

/* "stocktide: ..." to standard error, and what to do next. Gives CODE. */
int fail(int code, const char *format, ...) printf_like(2, 3);
/* The same as a remark that ends nothing. */
void note(const char *format, ...) printf_like(1, 2);

#endif
