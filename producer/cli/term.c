/* term.c - text, colours, errors. See term.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "producer/cli/term.h"

enum { WIDTH_DEFAULT = 80 };

bool term_live(void)
{
    const char *term = getenv("TERM");

    return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
}

int term_width(void)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == -1 || size.ws_col == 0)
        return WIDTH_DEFAULT;
    return size.ws_col;
}

const char *term_color(enum color color)
{
    static const char *const codes[COLORS] = {
        [PLAIN] = "\033[0m",  [BOLD] = "\033[1m",    [DIM] = "\033[2m",
        [GREEN] = "\033[32m", [YELLOW] = "\033[33m", [RED] = "\033[31m",
    };
    const char *no = getenv("NO_COLOR");

    if (!term_live() || (no && *no))
        return "";
    return codes[color];
}

char *term_clean(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++) {
        if ((*c < ' ' && *c != '\n') || *c == 127)
            *c = ' ';
        /* U+0080 to U+009F are control characters as well. */
        if (*c == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f)
            c[0] = c[1] = ' ';
    }
    return text;
}

static char *printf_like(1, 0) text_of(const char *format, va_list args)
{
    char *text = NULL;

    if (vasprintf(&text, format, args) < 0)
        die("out of memory (vasprintf)");
    return term_clean(text);
}

void say(const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = text_of(format, args);
    va_end(args);
    fputs(text, stdout);
    free(text);
}

void say_in(enum color color, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = text_of(format, args);
    va_end(args);
    printf("%s%s%s", term_color(color), text,
           color == PLAIN ? "" : term_color(PLAIN));
    free(text);
}

static void printf_like(1, 0) complain(const char *format, va_list args)
{
    char *text = text_of(format, args);

    fflush(stdout); /* or the two would change places */
    fprintf(stderr, "stocktide: %s\n", text);
    free(text);
}

int fail(int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    complain(format, args);
    va_end(args);
    return code;
}

void note(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    complain(format, args);
    va_end(args);
}
