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

/* Columns at the right end that have nothing to say are left out. */
static size_t columns_shown(const struct table *t)
{
    size_t shown = 0;

    for (size_t i = 0; i < t->n; i++)
        if (*t->cells[i].text && i % t->columns >= shown)
            shown = i % t->columns + 1;
    return shown;
}

/* Returns the blanks that stand before the next cell, if one follows. */
static int print_cell(const struct table *t, size_t column, const char *text,
                      enum color color, int width, int blanks)
{
    int pad = width - width_of(text);

    if (t->right[column]) {
        blanks += pad;
        pad = 0;
    }
    if (!*text)
        return blanks + pad + GAP;
    printf("%*s%s%s%s", blanks, "", color == PLAIN ? "" : term_color(color),
           text, color == PLAIN ? "" : term_color(PLAIN));
    return pad + GAP;
}

/* A row of CELLS, or (NULL) the headings. */
static void print_row(const struct table *t, const struct cell *cells,
                      size_t shown, const int *widths, int indent)
{
    int blanks = indent;

    for (size_t i = 0; i < shown; i++)
        blanks = print_cell(t, i, cells ? cells[i].text : t->headings[i],
                            cells ? cells[i].color : DIM, widths[i], blanks);
    putchar('\n');
}

void table_print(struct table *t, int indent)
{
    int widths[COLUMNS_MAX] = {0};
    size_t shown = columns_shown(t);

    measure(t, widths);
    if (t->n)
        print_row(t, NULL, shown, widths, indent);
    for (size_t i = 0; i < t->n; i += t->columns)
        print_row(t, &t->cells[i], shown, widths, indent);
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
