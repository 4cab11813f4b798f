/* numbers.c - numbers that somebody types. See numbers.h. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "producer/cli/call.h"
#include "producer/cli/numbers.h"

enum { WORD = 64 }; /* longer than any number needs to be */

/* Decimal digits alone: strtod() would take "inf", "nan" and "0x10". */
static bool parse(const char *text, double *out)
{
    char *end;

    if (!*text || text[strspn(text, "+-.0123456789eE")])
        return false;
    *out = strtod(text, &end);
    return *end == '\0' && isfinite(*out);
}

/* -- standard input -- */

struct reader {
    struct numbers *out;
    size_t line;
    char word[WORD]; /* what was read of the number at hand */
    size_t length;
    bool separated; /* there was none since a comma, or on this line */
};

static int take_word(struct reader *r)
{
    struct numbers *out = r->out;
    double value;

    if (r->length == 0)
        return EXIT_DONE;
    r->word[r->length] = '\0';
    r->length = 0;
    r->separated = false;
    if (!parse(r->word, &value))
        return fail(EXIT_FAILED, "line %zu: '%.40s' is not a number", r->line,
                    r->word);
    if (out->n == NUMBERS_MAX)
        return fail(EXIT_FAILED, "line %zu: more than %d numbers", r->line,
                    NUMBERS_MAX);
    if (out->n == out->size) {
        out->size = out->size ? 2 * out->size : 64;
        out->values = xrealloc(out->values, out->size * sizeof *out->values);
    }
    out->values[out->n++] = value;
    return EXIT_DONE;
}

static void skip_comment(void)
{
    int c = getchar();

    while (c != EOF && c != '\n')
        c = getchar();
    ungetc(c, stdin);
}

static int take(struct reader *r, int c)
{
    int code = EXIT_DONE;

    if (!strchr(" \t\r\n,#", c) || c == '\0') {
        if (r->length + 1 < sizeof r->word)
            r->word[r->length++] = c ? (char)c : '?';
        return EXIT_DONE;
    }
    code = take_word(r);
    if (!code && c == ',' && r->separated)
        code = fail(EXIT_FAILED, "line %zu: no number before a comma", r->line);
    if (c == ',' || c == '\n')
        r->separated = true;
    if (c == '#')
        skip_comment();
    r->line += c == '\n';
    return code;
}

int numbers_read(struct numbers *out)
{
    struct reader r = {.out = out, .line = 1, .separated = true};
    int c, code = EXIT_DONE;

    if (isatty(STDIN_FILENO))
        note("type numbers, then Ctrl-D");
    while (!code && (c = getchar()) != EOF)
        code = take(&r, c);
    if (!code && ferror(stdin))
        code = fail(EXIT_FAILED, "standard input: %s", strerror(errno));
    return code ? code : take_word(&r);
}

void numbers_free(struct numbers *numbers)
{
    free(numbers->values);
}

/* -- flags, and output -- */

int numbers_flag(const struct call *call, const char *name, double otherwise,
                 double *out)
{
    const char *text = call_flag(call, name);

    *out = otherwise;
    if (!text && isnan(otherwise))
        return fail(EXIT_USAGE, "--%s is missing; see: stocktide help %s", name,
                    call->command->name);
    if (text && !parse(text, out))
        return fail(EXIT_USAGE, "--%s: a number, not '%.40s'", name, text);
    return EXIT_DONE;
}

const char *number_text(double value, char out[NUMBER_TEXT])
{
    double size = fabs(value);
    size_t end;

    if (size >= 1e15 || (size < 0.001 && size > 0)) {
        snprintf(out, NUMBER_TEXT, "%.6g", value);
        return out;
    }
    snprintf(out, NUMBER_TEXT, "%.4f", value + 0.); /* no "-0" */
    for (end = strlen(out); out[end - 1] == '0'; end--)
        ;
    out[out[end - 1] == '.' ? end - 1 : end] = '\0';
    return out;
}
