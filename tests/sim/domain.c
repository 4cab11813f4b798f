/* domain.c - Odoo's search domains. See domain.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/domain.h"

static const char *const compares[] = {
    "=", "!=", ">", ">=", "<", "<=", "in", "not in"};

static int fail(struct domain *d, const char *format, ...) printf_like(2, 3);
static int fail(struct domain *d, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(d->error, sizeof d->error, format, args);
    va_end(args);
    return -1;
}

static struct node *add_node(struct domain *d, char op)
{
    if (d->n == d->room) {
        d->room = 2 * d->room + 8;
        d->nodes = xrealloc(d->nodes, d->room * sizeof *d->nodes);
    }
    d->nodes[d->n] = (struct node){.op = op};
    return &d->nodes[d->n++];
}

/* --- reading --- */

static bool is_relation(const struct field *f)
{
    return f->kind == FIELD_ONE || f->kind == FIELD_MANY;
}

/* The tables that the value of F depends on, besides its own: a made text may
 * come from anywhere. */
static uint32_t other_tables(const struct field *f)
{
    if (f->kind == FIELD_CALL)
        return UINT32_MAX;
    return is_relation(f) || f->kind == FIELD_VIA ? 1u << f->target : 0;
}

/* One step of a leaf's path, to F of MODEL. */
static void add_step(struct domain *d, struct node *leaf,
                     const struct model *model, const struct field *f)
{
    leaf->path[leaf->steps] = f;
    leaf->tables[leaf->steps++] = model->table;
    d->joins |= other_tables(f);
}

/* "product_id.default_code": the fields on the way. A related field leads on
 * through the many2one that it is read by. */
static int read_path(struct domain *d, struct node *leaf, const char *path)
{
    const struct model *model = d->model;
    char *copy = xstrdup(path), *rest = copy;
    const struct field *f = NULL;
    const char *name;

    while ((name = strsep(&rest, ".")) && model) {
        f = model_field(model, name);
        if (f && rest && f->kind == FIELD_VIA) {
            add_step(d, leaf, model, f);
            model = model_of(f->target);
            f = model_field(model, f->via);
        }
        if (!f || leaf->steps + 2 > PATH_MAX_STEPS || (rest && !is_relation(f)))
            break;
        add_step(d, leaf, model, f);
        model = rest ? model_of(f->target) : NULL;
    }
    free(copy);
    return model ? fail(d, "Invalid field %s.%s in leaf", d->model->name, path)
                 : 0;
}

static const struct field *last_field(const struct node *leaf)
{
    const struct field *f = leaf->path[leaf->steps - 1];

    while (f->kind == FIELD_VIA)
        f = model_field(model_of(f->target), f->via);
    return f;
}

static void add_number(struct operand *o, int64_t n)
{
    o->numbers = xrealloc(o->numbers, (o->numbers_n + 1) * sizeof *o->numbers);
    o->numbers[o->numbers_n++] = n;
}

static void add_text(struct operand *o, const char *text)
{
    o->texts = xrealloc(o->texts, (o->texts_n + 1) * sizeof *o->texts);
    o->texts[o->texts_n++] = xstrdup(text);
}

static int read_value(struct domain *d, const struct field *f,
                      struct operand *o, struct json_value v)
{
    bool is_bool = json_type(v) == JSON_BOOL;
    int64_t n;

    if (json_type(v) == JSON_NULL ||
        (is_bool && !json_true(v) && f->kind != FIELD_BOOL)) {
        o->null = true;
        return 0;
    }
    switch (f->kind) {
    case FIELD_CREATED:
    case FIELD_WRITTEN:
    case FIELD_TIME:
        if (instant_parse(json_str_or(v, ""), &n) < 0)
            return fail(d, "Invalid date for %s", f->name);
        break;
    case FIELD_AMOUNT:
        if (json_fixed(v, &n) < 0)
            return fail(d, "Invalid number for %s", f->name);
        break;
    case FIELD_BOOL:
        n = is_bool ? json_true(v) : -1;
        break;
    case FIELD_TEXT:
    case FIELD_CHOICE:
    case FIELD_CALL:
        add_text(o, json_str_or(v, ""));
        return 0;
    default:
        if (json_int(v, &n) < 0)
            return fail(d, "Invalid id for %s", f->name);
    }
    add_number(o, n);
    return 0;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static int read_operand(struct domain *d, struct node *leaf,
                        struct json_value v)
{
    const struct field *f = last_field(leaf);
    struct json_iter it = json_each(v);
    struct json_value element;

    if (json_type(v) != JSON_ARRAY)
        return read_value(d, f, &leaf->operand, v);
    while (json_next(&it, &element))
        if (read_value(d, f, &leaf->operand, element) < 0)
            return -1;
    if (leaf->operand.numbers_n > 1)
        qsort(leaf->operand.numbers, leaf->operand.numbers_n, sizeof(int64_t),
              by_value);
    return 0;
}

static void write_key(struct domain *d, const struct node *leaf)
{
    const struct operand *o = &leaf->operand;

    for (size_t i = 0; i < leaf->steps; i++)
        buf_printf(&d->key, ".%s", leaf->path[i]->name);
    buf_printf(&d->key, " %s %d", leaf->compare, o->null);
    for (size_t i = 0; i < o->numbers_n; i++)
        buf_printf(&d->key, " %" PRId64, o->numbers[i]);
    for (size_t i = 0; i < o->texts_n; i++) {
        buf_char(&d->key, ' ');
        buf_json(&d->key, o->texts[i]);
    }
    buf_char(&d->key, ';');
}

static int read_leaf(struct domain *d, struct json_value v)
{
    const char *path = json_str_or(json_at(v, 0), "");
    const char *compare = json_str_or(json_at(v, 1), "");
    struct node *leaf = add_node(d, '.');

    leaf->end = d->n;
    for (size_t i = 0; i < ARRAY_LEN(compares); i++)
        if (strcmp(compares[i], compare) == 0)
            leaf->compare = compares[i];
    if (json_size(v) != 3 || !leaf->compare)
        return fail(d, "Invalid leaf (%s %s ...)", path, compare);
    d->names_active |= strcmp(path, "active") == 0;
    if (read_path(d, leaf, path) < 0)
        return -1;
    return read_operand(d, leaf, json_at(v, 2));
}

/* One term and all that belongs to it. */
static int read_term(struct domain *d, struct json_iter *it)
{
    struct json_value v;
    const char *op;
    size_t at = d->n;

    if (!json_next(it, &v))
        return fail(d, "the domain ends too early");
    if (json_type(v) == JSON_ARRAY)
        return read_leaf(d, v);
    op = json_str_or(v, "");
    if (strlen(op) != 1 || !strchr("&|!", *op) || d->n > 1000)
        return fail(d, "Invalid term in domain");
    add_node(d, *op);
    if (read_term(d, it) < 0 || (*op != '!' && read_term(d, it) < 0))
        return -1;
    d->nodes[at].end = d->n;
    return 0;
}

/* --- bounds: the leaves that the whole domain demands --- */

static bool is_single_number(const struct node *leaf)
{
    return leaf->operand.numbers_n == 1 && !leaf->operand.null;
}

/* Does it list all the values that there may be? */
static bool names_all(const struct node *leaf)
{
    return !leaf->operand.null && (strcmp(leaf->compare, "in") == 0 ||
                                   strcmp(leaf->compare, "=") == 0);
}

static void bound_time(struct domain *d, const struct node *leaf)
{
    int64_t n = leaf->operand.numbers[0];
    char c = leaf->compare[0];
    bool equal = leaf->compare[1] == '=' || c == '=';

    if ((c == '>' || c == '=') && d->from < (equal ? n : n + 1))
        d->from = equal ? n : n + 1;
    if ((c == '<' || c == '=') && d->to > (equal ? n : n - 1))
        d->to = equal ? n : n - 1;
}

static void use_bound(struct domain *d, struct node *leaf,
                      const struct domain_options *options)
{
    if (leaf->op != '.' || leaf->steps != 1)
        return;
    if (leaf->path[0]->kind == FIELD_WRITTEN && is_single_number(leaf) &&
        !leaf->skip && leaf->compare[0] != '!')
        bound_time(d, leaf);
    if (leaf->path[0]->kind == FIELD_ONE && leaf->tables[0] == T_QUANT &&
        leaf->path[0]->target == T_PRODUCT && names_all(leaf))
        d->quants = leaf;
    if (leaf->path[0]->kind != FIELD_ID)
        return;
    if (options->by_id && strcmp(leaf->compare, ">") == 0 &&
        is_single_number(leaf)) {
        if (leaf->operand.numbers[0] > d->after)
            d->after = leaf->operand.numbers[0];
        leaf->skip = true;
    } else if (names_all(leaf)) {
        d->ids = leaf;
    }
}

static void find_bounds(struct domain *d, const struct domain_options *options)
{
    for (size_t i = 0; i < d->n && options->ignore_times; i++)
        for (size_t s = 0; s < d->nodes[i].steps; s++)
            d->nodes[i].skip |= d->nodes[i].path[s]->kind == FIELD_WRITTEN;
    for (size_t i = 0; i < d->n;) {
        struct node *node = &d->nodes[i];
        use_bound(d, node, options);
        i = node->op == '&' ? i + 1 : node->end;
    }
    for (size_t i = 0; i < d->n; i++) {
        buf_char(&d->key, d->nodes[i].op);
        if (d->nodes[i].op == '.' && !d->nodes[i].skip)
            write_key(d, &d->nodes[i]);
    }
}

int domain_read(struct domain *d, const struct world *w,
                const struct model *model, struct json_value json,
                const struct domain_options *options)
{
    struct json_iter it = json_each(json);
    size_t left = json_size(json);

    *d = (struct domain){.world = w,
                         .model = model,
                         .from = INT64_MIN,
                         .to = INT64_MAX,
                         .after = -1};
    if (json_type(json) != JSON_ARRAY && json_type(json) != JSON_NONE)
        return fail(d, "the domain is not a list");
    for (size_t read = 0; read < left;) {
        size_t before = d->n;
        if (read_term(d, &it) < 0)
            return -1;
        read += d->n - before; /* each node was one element */
    }
    find_bounds(d, options);
    return 0;
}

void domain_free(struct domain *d)
{
    for (size_t i = 0; i < d->n; i++) {
        struct operand *o = &d->nodes[i].operand;
        for (size_t k = 0; k < o->texts_n; k++)
            free(o->texts[k]);
        free(o->texts);
        free(o->numbers);
    }
    free(d->nodes);
    buf_free(&d->key);
    buf_free(&d->scratch);
}

/* --- does a row match? --- */

static bool is_one_of(const struct operand *o, const struct value *v)
{
    if (v->kind == VALUE_NULL)
        return o->null;
    if (v->kind == VALUE_NUMBER)
        return o->numbers_n == 1
                   ? o->numbers[0] == v->n
                   : o->numbers_n && bsearch(&v->n, o->numbers, o->numbers_n,
                                             sizeof(int64_t), by_value) != NULL;
    for (size_t i = 0; i < o->texts_n; i++)
        if (strcmp(o->texts[i], v->text) == 0)
            return true;
    return false;
}

/* Below, at or above what the leaf names; nothing compares with null. */
static bool compares_so(const struct node *leaf, const struct value *v)
{
    const struct operand *o = &leaf->operand;
    bool equal = leaf->compare[1] == '=';
    int order;

    if (v->kind == VALUE_NUMBER && o->numbers_n == 1)
        order = by_value(&v->n, &o->numbers[0]);
    else if (v->kind == VALUE_TEXT && o->texts_n == 1)
        order = strcmp(v->text, o->texts[0]);
    else
        return false;
    return order == 0 ? equal : (order > 0) == (leaf->compare[0] == '>');
}

static bool value_holds(const struct node *leaf, const struct value *v)
{
    switch (leaf->compare[0]) {
    case '=':
    case 'i': /* in */
        return is_one_of(&leaf->operand, v);
    case '!':
    case 'n': /* not in */
        return !is_one_of(&leaf->operand, v);
    default:
        return compares_so(leaf, v);
    }
}

static bool step_holds(struct domain *d, const struct node *leaf, size_t step,
                       uint32_t row);

/* A one2many: does one of its rows do? At the path's end their ids count. */
static bool any_holds(struct domain *d, const struct node *leaf, size_t step,
                      const struct value *many)
{
    const struct field *f = leaf->path[step];
    const struct table *t = &d->world->tables[f->target];
    bool last = step + 1 == leaf->steps, some = false;

    for (uint32_t row = many->first; row < many->first + many->n; row++) {
        struct value id = {.kind = VALUE_NUMBER, .n = table_id(t, row)};
        if (t->gone[row])
            continue;
        some = true;
        if (last ? value_holds(leaf, &id) : step_holds(d, leaf, step + 1, row))
            return true;
    }
    return last && !some && value_holds(leaf, &(struct value){0});
}

static bool step_holds(struct domain *d, const struct node *leaf, size_t step,
                       uint32_t row)
{
    const struct field *f = leaf->path[step];
    struct value v;
    uint32_t next;

    if (f->kind != FIELD_MANY && step + 1 < leaf->steps) {
        next = field_row(d->world, f, leaf->tables[step], row);
        return next != NO_ROW && !d->world->tables[f->target].gone[next] &&
               step_holds(d, leaf, step + 1, next);
    }
    v = field_value(d->world, f, leaf->tables[step], row, &d->scratch);
    return v.kind == VALUE_MANY ? any_holds(d, leaf, step, &v)
                                : value_holds(leaf, &v);
}

static bool node_holds(struct domain *d, size_t at, uint32_t row)
{
    const struct node *node = &d->nodes[at];

    switch (node->op) {
    case '!':
        return !node_holds(d, at + 1, row);
    case '&':
        return node_holds(d, at + 1, row) &&
               node_holds(d, d->nodes[at + 1].end, row);
    case '|':
        return node_holds(d, at + 1, row) ||
               node_holds(d, d->nodes[at + 1].end, row);
    default:
        return node->skip || step_holds(d, node, 0, row);
    }
}

bool domain_match(struct domain *d, uint32_t row)
{
    for (size_t at = 0; at < d->n; at = d->nodes[at].end)
        if (!node_holds(d, at, row))
            return false;
    return true;
}
