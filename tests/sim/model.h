/* model.h - Odoo's models: which fields each has, and what a row's are.
 *
 * A field is described, not programmed: its kind, and where its value stands in
 * the row's struct of world.h.
 */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include "common/buf.h"
#include "tests/sim/world.h"

enum field_kind {
    FIELD_ID,
    FIELD_CREATED,
    FIELD_WRITTEN,
    FIELD_TEXT,   /* const char *; "" is false */
    FIELD_CHOICE, /* uint8_t, an index into choices */
    FIELD_BOOL,   /* uint8_t */
    FIELD_AMOUNT, /* int64_t, fixed point */
    FIELD_TIME,   /* int64_t */
    FIELD_ONE,    /* uint32_t, a row of target; many2one */
    FIELD_MANY,   /* two uint32_t, first and count; one2many */
    FIELD_CALL,   /* a text that is made when asked for */
    FIELD_VIA,    /* a field of the row that a many2one names */
};

struct field {
    const char *name;
    enum field_kind kind;
    size_t at, count_at;
    enum table_name target;
    const char *const *choices;
    /* Writes the text into OUT. */
    void (*call)(const struct world *w, uint32_t row, struct buf *out);
    const char *via; /* the field's name there; AT and TARGET lead to it */
};

struct model {
    const char *name;
    enum table_name table;
    const struct field *fields;
    size_t fields_n;
    /* What a many2one shows as the row's name. */
    void (*display)(const struct world *w, uint32_t row, struct buf *out);
};

const struct model *model_find(const char *name); /* NULL: none */
const struct model *model_of(enum table_name table);
/* NULL: none. Every model has id, create_date and write_date. */
const struct field *model_field(const struct model *model, const char *name);

enum value_kind {
    VALUE_NULL,   /* false on the wire */
    VALUE_NUMBER, /* ids, fixed-point amounts, times, bools */
    VALUE_TEXT,
    VALUE_MANY /* N rows from FIRST on, those that are not gone */
};
struct value {
    enum value_kind kind;
    int64_t n;
    const char *text; /* borrowed from the world or from SCRATCH */
    uint32_t first;
};

/* SCRATCH is overwritten. A many2one is the id of what it names. */
struct value field_value(const struct world *w, const struct field *field,
                         enum table_name table, uint32_t row,
                         struct buf *scratch);
/* The row that a many2one names; NO_ROW. */
uint32_t field_row(const struct world *w, const struct field *field,
                   enum table_name table, uint32_t row);
/* The value as Odoo's JSON. SHOWN_ID and SHOWN_STAMP stand for the row's own
 * id and write_date where they are not -1. */
struct shown {
    int64_t id, stamp;
};
void field_put(struct buf *out, const struct world *w,
               const struct field *field, enum table_name table, uint32_t row,
               const struct shown *shown);

#endif
