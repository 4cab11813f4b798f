/* schema.h - the tables, as steps from each version to the next. */
#ifndef SCHEMA_H
#define SCHEMA_H

int schema_version(void);
/* The I-th piece of the SQL that leads from VERSION to VERSION + 1; NULL when
 * there is no more. */
const char *schema_piece(int version, int i);

/* For SQLite: run once all steps were taken. */
const char *schema_statistics(void);

#endif
