/* table.c - aligned columns. See table.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "producer/cli/table.h"

enum { COLUMNS_MAX = 16, GAP = 2 };

struct cell {
    char *text;
    enum color color;
};

struct table {
    const char *headings[COLUMNS_MAX];
    bool right[COLUMNS_MAX];
    size_t columns;
    struct cell *cells;
    size_t n, size;
};

struct table *table_new(const char *heading, ...)
{
    struct table *t = xcalloc(1, sizeof *t);
    va_list args;

    va_start(args, heading);
    for (; heading; heading = va_arg(args, const char *)) {
        if (t->columns == COLUMNS_MAX)
            die("table: more than %d columns", COLUMNS_MAX);
        t->right[t->columns] = *heading == '>';
        t->headings[t->columns++] = heading + (*heading == '>');
    }
    va_end(args);
    return t;
}

void table_cell(struct table *t, enum color color, const char *format, ...)
{
    struct cell cell = {.color = color};
    va_list args;

    va_start(args, format);
    if (vasprintf(&cell.text, format, args) < 0)
        die("out of memory (vasprintf)");
    va_end(args);
    term_clean(cell.text);
    for (char *c = cell.text; *c; c++)
        if (*c == '\n')
            *c = ' ';
    if (t->n == t->size) {
        t->size = t->size ? 2 * t->size : 64;
        t->cells = xrealloc(t->cells, t->size * sizeof *t->cells);
    }
    t->cells[t->n++] = cell;
}

bool table_empty(const struct table *t)
{
    return t->n == 0;
}

/* Code points: near enough to columns for the names people use. */
static int width_of(const char *text)
{
    int width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void measure(const struct table *t, int *widths)
{
    for (size_t i = 0; i < t->columns; i++)
        widths[i] = width_of(t->headings[i]);
    for (size_t i = 0; i < t->n; i++) {
        int width = width_of(t->cells[i].text);
        if (width > widths[i % t->columns])
            widths[i % t->columns] = width;
    }
}

static void print_cell(const struct table *t, size_t column, const char *text,
                       enum color color, int width)
{
    int pad = width - width_of(text);
    bool last = column + 1 == t->columns;

    if (t->right[column])
        printf("%*s", pad, "");
    if (color == PLAIN)
        fputs(text, stdout);
    else
        printf("%s%s%s", term_color(color), text, term_color(PLAIN));
    if (!last)
        printf("%*s", GAP + (t->right[column] ? 0 : pad), "");
    else
        putchar('\n');
}

void table_print(struct table *t, int indent)
{
    int widths[COLUMNS_MAX] = {0};

    measure(t, widths);
    for (size_t i = 0; t->n && i < t->columns; i++) {
        if (i == 0)
            printf("%*s", indent, "");
        print_cell(t, i, t->headings[i], DIM, widths[i]);
    }
    for (size_t i = 0; i < t->n; i++) {
        size_t column = i % t->columns;
        if (column == 0)
            printf("%*s", indent, "");
        print_cell(t, column, t->cells[i].text, t->cells[i].color,
                   widths[column]);
    }
    table_free(t);
}

void table_free(struct table *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n; i++)
        free(t->cells[i].text);
    free(t->cells);
    free(t);
}
