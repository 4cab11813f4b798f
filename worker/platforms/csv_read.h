/* csv_read.h - records and fields of a CSV text, without copying it.
 *
 *   struct csv csv;
 *   csv_open(&csv, bytes, length);
 *   while ((n = csv_next(&csv)) > 0)
 *       csv.fields[0 .. csv.fields_n-1], csv.line
 *   if (n < 0) ... csv.error
 *
 * RFC 4180, and what spreadsheets make of it: the separator (comma, semicolon,
 * tab) is the one that the first record has most of; a byte order mark, blank
 * lines and any kind of line end are accepted.
 */
#ifndef PLATFORMS_CSV_READ_H
#define PLATFORMS_CSV_READ_H

#include "common/base.h"

struct arena;

enum { CSV_FIELDS_MAX = 64 };

/* Bytes of the text, the outer quotes left out. */
struct csv_field {
    const char *start;
    size_t length;
    bool quoted;
};

struct csv {
    const char *at, *end; /* what is left; borrowed */
    char separator;
    long line, next_line; /* where the record read last began; where AT is */
    struct csv_field fields[CSV_FIELDS_MAX];
    size_t fields_n;
    const char *error; /* a literal */
};

void csv_open(struct csv *csv, const char *bytes, size_t length);
/* 1: a record; 0: the end; -1: an error in the record that begins at LINE. */
must_check int csv_next(struct csv *csv);
/* A field as text: quotes undone, blanks around an unquoted one left out. NULL:
 * not UTF-8, or a NUL in it. */
char *csv_text(struct arena *arena, const struct csv_field *field);

#endif
