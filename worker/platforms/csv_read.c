/* csv_read.c - records and fields of a CSV text. See csv_read.h. */
#include <string.h>

#include "common/arena.h"
#include "common/buf.h"
#include "worker/platforms/csv_read.h"

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

static char find_separator(const char *at, const char *end)
{
    static const char kinds[] = {',', ';', '\t'};
    size_t seen[ARRAY_LEN(kinds)] = {0};
    bool quoted = false;
    size_t best = 0;

    for (; at < end && (quoted || !is_line_end(*at)); at++) {
        quoted ^= *at == '"';
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
            seen[i] += !quoted && *at == kinds[i];
    }
    for (size_t i = 1; i < ARRAY_LEN(kinds); i++)
        if (seen[i] > seen[best])
            best = i;
    return kinds[best];
}

void csv_open(struct csv *csv, const char *bytes, size_t length)
{
    *csv = (struct csv){.at = bytes, .end = bytes + length, .next_line = 1};
    if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        csv->at += 3;
    csv->separator = find_separator(csv->at, csv->end);
}

/* "\r\n" is one line end. */
static void skip_line_end(struct csv *csv)
{
    if (csv->at < csv->end && *csv->at == '\r')
        csv->at += csv->at + 1 < csv->end && csv->at[1] == '\n';
    csv->at++;
    csv->next_line++;
}

static int fail(struct csv *csv, const char *error)
{
    csv->error = error;
    return -1;
}

static int read_quoted(struct csv *csv, struct csv_field *field)
{
    field->quoted = true;
    field->start = ++csv->at;
    for (;; csv->at++) {
        if (csv->at == csv->end)
            return fail(csv, "a quote is not closed");
        if (*csv->at == '"') {
            if (csv->at + 1 == csv->end || csv->at[1] != '"')
                break;
            csv->at++;
        }
        csv->next_line += *csv->at == '\n';
    }
    field->length = (size_t)(csv->at++ - field->start);
    if (csv->at < csv->end && *csv->at != csv->separator &&
        !is_line_end(*csv->at))
        return fail(csv, "text behind a closing quote");
    return 0;
}

static int read_field(struct csv *csv)
{
    struct csv_field *field = &csv->fields[csv->fields_n];

    if (csv->fields_n == CSV_FIELDS_MAX)
        return fail(csv, "too many columns");
    csv->fields_n++;
    if (csv->at < csv->end && *csv->at == '"')
        return read_quoted(csv, field);
    *field = (struct csv_field){.start = csv->at};
    while (csv->at < csv->end && *csv->at != csv->separator &&
           !is_line_end(*csv->at))
        csv->at++;
    field->length = (size_t)(csv->at - field->start);
    return 0;
}

int csv_next(struct csv *csv)
{
    while (csv->at < csv->end && is_line_end(*csv->at))
        skip_line_end(csv);
    if (csv->at == csv->end)
        return 0;
    csv->line = csv->next_line;
    csv->fields_n = 0;
    for (;;) {
        if (read_field(csv) < 0)
            return -1;
        if (csv->at == csv->end || is_line_end(*csv->at))
            break;
        csv->at++;
    }
    if (csv->at < csv->end)
        skip_line_end(csv);
    return 1;
}

static bool is_utf8(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    size_t length;

    for (; *c; c += length) {
        length = utf8_length(c);
        if (length == 0)
            return false;
    }
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

char *csv_text(struct arena *arena, const struct csv_field *field)
{
    const char *start = field->start, *end = start + field->length;
    char *text, *to;

    while (!field->quoted && start < end && is_blank(*start))
        start++;
    while (!field->quoted && start < end && is_blank(end[-1]))
        end--;
    text = to = arena_text(arena, start, (size_t)(end - start));
    if (strlen(text) != (size_t)(end - start))
        return NULL;
    for (const char *c = text; *c; c++) {
        *to++ = *c;
        c += field->quoted && c[0] == '"' && c[1] == '"';
    }
    *to = '\0';
    return is_utf8(text) ? text : NULL;
}
