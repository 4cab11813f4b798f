/* table.h - aligned columns.
 *
 *   struct table *t = table_new("NAME", "ZONE", ">ROWS", NULL);
 *   table_cell(t, PLAIN, "%s", name); ...        row by row
 *   table_print(t, 2);                           indented by 2, and freed
 *
 * A '>' before a heading aligns its column to the right.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "producer/cli/term.h"

struct table;

struct table *table_new(const char *heading, ...) __attribute__((sentinel));
void table_cell(struct table *table, enum color color, const char *format, ...)
    printf_like(3, 4);
bool table_empty(const struct table *table);
/* Prints it, with its headings unless it is empty, and frees it. */
void table_print(struct table *table, int indent);
void table_free(struct table *table); /* unprinted; NULL is fine */

#endif
