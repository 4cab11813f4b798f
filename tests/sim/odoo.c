/* odoo.c - Odoo's JSON-2: POST /json/2/<model>/<method>, arguments by name.
 * Before it: sim.c. Beside it: domain.c (which rows), model.c (what they show).
 *
 * As the real one: stamps have microseconds but are shown cut to seconds; null
 * is false; archived rows are hidden unless the domain names `active` or the
 * context says active_test false; a bare value is the answer.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/domain.h"
#include "tests/sim/out.h"
#include "tests/sim/sim.h"

enum { FIELDS_MAX = 32, SORTS_MAX = 4 };

struct sort {
    const struct field *field;
    bool descending;
};

struct call {
    struct sim *sim;
    struct exchange *x;
    const struct model *model;
    struct json_value args;
    struct domain domain;
    const struct field *active; /* must be true of each row; NULL: need not */
    const struct field *fields[FIELDS_MAX];
    size_t fields_n;
    struct sort sorts[SORTS_MAX];
    size_t sorts_n;
    bool by_id, by_stamp, descending; /* orders that need no sorting */
    int64_t offset, limit;            /* limit: -1 for none */
    struct buf scratch[2];
};

static void refuse(struct exchange *x, int status, const char *name,
                   const char *message)
{
    exchange_reset(x, status);
    OUT(&x->out, "{\"name\":");
    out_string(&x->out, name);
    OUT(&x->out, ",\"message\":");
    out_string(&x->out, message);
    OUT(&x->out, ",\"arguments\":[");
    out_string(&x->out, message);
    OUT(&x->out, "],\"context\":{},\"debug\":\"Traceback (most recent call "
                 "last):\\n  ...\"}");
}

static int refuse_field(struct call *c, const char *name)
{
    char *text = xasprintf("Invalid field '%s' on '%s'", name, c->model->name);

    refuse(c->x, 422, "builtins.ValueError", text);
    free(text);
    return -1;
}

/* --- arguments --- */

static int add_field(struct call *c, const char *name)
{
    const struct field *f = model_field(c->model, name);

    if (!f || c->fields_n == FIELDS_MAX)
        return refuse_field(c, name);
    if (f->kind != FIELD_ID)
        c->fields[c->fields_n++] = f;
    return 0;
}

static int read_fields(struct call *c)
{
    static const char *const always[] = {"display_name", "create_date",
                                         "write_date"};
    struct json_value list = json_get(c->args, "fields"), v;
    struct json_iter it = json_each(list);

    while (json_next(&it, &v))
        if (add_field(c, json_str_or(v, "")) < 0)
            return -1;
    if (json_size(list))
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(always); i++)
        if (add_field(c, always[i]) < 0)
            return -1;
    for (size_t i = 0; i < c->model->fields_n; i++)
        if (add_field(c, c->model->fields[i].name) < 0)
            return -1;
    return 0;
}

static int add_sort(struct call *c, char *text)
{
    const char *name = strtok_r(text, " ", &text);
    const char *way = name ? strtok_r(NULL, " ", &text) : NULL;
    const struct field *f = name ? model_field(c->model, name) : NULL;

    if (!f || c->sorts_n == SORTS_MAX)
        return refuse_field(c, name ? name : "");
    c->sorts[c->sorts_n++] = (struct sort){
        .field = f, .descending = way && strcasecmp(way, "desc") == 0};
    return 0;
}

/* By id, or by (write_date, id), or by anything. */
static int read_order(struct call *c)
{
    const char *given = json_str_or(json_get(c->args, "order"), "");
    char *text = xstrdup(*given ? given : "id"), *rest = text, *term;
    const struct sort *s = c->sorts;
    int result = 0;

    while (result == 0 && (term = strsep(&rest, ",")))
        result = add_sort(c, term);
    free(text);
    if (result < 0)
        return -1;
    c->by_id = s[0].field->kind == FIELD_ID;
    c->by_stamp = s[0].field->kind == FIELD_WRITTEN &&
                  (c->sorts_n == 1 || (s[1].field->kind == FIELD_ID &&
                                       s[1].descending == s[0].descending));
    c->descending = (c->by_id || c->by_stamp) && s[0].descending;
    return 0;
}

static int read_domain(struct call *c)
{
    struct domain_options options = {.by_id = c->by_id && !c->descending,
                                     .ignore_times = c->x->fault.kind ==
                                                     FAULT_IGNOREFILTER};
    bool shows_all =
        json_type(json_path(c->args, "context.active_test")) == JSON_BOOL &&
        !json_true(json_path(c->args, "context.active_test"));

    if (domain_read(&c->domain, c->sim->world, c->model,
                    json_get(c->args, "domain"), &options) < 0) {
        refuse(c->x, 422, "builtins.ValueError", c->domain.error);
        return -1;
    }
    if (!shows_all && !c->domain.names_active)
        c->active = model_field(c->model, "active");
    return 0;
}

static int read_call(struct call *c)
{
    struct json_value limit = json_get(c->args, "limit");

    c->limit = -1;
    if (json_int(json_get(c->args, "offset"), &c->offset) < 0)
        c->offset = 0;
    if (json_int(limit, &c->limit) < 0 || c->limit == 0)
        c->limit = -1;
    if (c->offset < 0 || c->limit < -1) {
        refuse(c->x, 422, "builtins.ValueError", "negative limit or offset");
        return -1;
    }
    if (read_fields(c) < 0 || read_order(c) < 0)
        return -1;
    return read_domain(c);
}

/* --- rows --- */

static bool match(void *arg, uint32_t row)
{
    struct call *c = arg;

    if (c->active &&
        !field_value(c->sim->world, c->active, c->model->table, row, NULL).n)
        return false;
    return domain_match(&c->domain, row);
}

static int compare_values(const struct value *a, const struct value *b)
{
    if (a->kind == VALUE_NULL || b->kind == VALUE_NULL)
        return (a->kind == VALUE_NULL) - (b->kind == VALUE_NULL);
    if (a->kind == VALUE_TEXT)
        return strcmp(a->text, b->text);
    return a->n < b->n ? -1 : a->n > b->n;
}

static int compare(const void *a, const void *b, void *arg)
{
    struct call *c = arg;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    const struct world *w = c->sim->world;

    for (size_t i = 0; i < c->sorts_n; i++) {
        const struct field *f = c->sorts[i].field;
        struct value v = field_value(w, f, c->model->table, x, &c->scratch[0]);
        struct value u = field_value(w, f, c->model->table, y, &c->scratch[1]);
        int order = compare_values(&v, &u);
        if (order)
            return c->sorts[i].descending ? -order : order;
    }
    return x < y ? -1 : x > y;
}

static void add_row(uint32_t **rows, size_t *n, uint32_t row)
{
    if ((*n & (*n - 1)) == 0) /* full at each power of two */
        *rows = xrealloc(*rows, (*n ? 2 * *n : 1) * sizeof **rows);
    (*rows)[(*n)++] = row;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

/* The rows that a list of ids, or of products of quants, names; ours to free.
 * NULL: there is no such list. */
static uint32_t *named_rows(const struct call *c, size_t *n)
{
    const struct world *w = c->sim->world;
    const struct node *leaf = c->domain.ids ? c->domain.ids : c->domain.quants;
    enum table_name table = c->domain.ids ? c->model->table : T_PRODUCT;
    uint32_t *rows = xmalloc(1);

    *n = 0;
    for (size_t i = 0; leaf && i < leaf->operand.numbers_n; i++) {
        int64_t id = leaf->operand.numbers[i];
        uint32_t row = table_find(&w->tables[table], id), quant;
        if (row == NO_ROW || (i && id == leaf->operand.numbers[i - 1]))
            continue;
        if (c->domain.ids) {
            add_row(&rows, n, row);
            continue;
        }
        for (quant = product_at(w, row)->quants; quant != NO_ROW;
             quant = quant_at(w, quant)->next)
            add_row(&rows, n, quant);
    }
    if (*n > 1)
        qsort(rows, *n, sizeof *rows, by_number);
    return rows;
}

static const struct hits *find(struct call *c)
{
    struct buf *key = &c->domain.key;
    bool listed = c->domain.ids || c->domain.quants, sorted;
    uint32_t *only;
    const struct hits *hits;
    struct plan plan = {.world = c->sim->world,
                        .table = c->model->table,
                        .joins = c->domain.joins,
                        .from = c->domain.from,
                        .to = c->domain.to,
                        .match = match,
                        .arg = c};

    only = named_rows(c, &plan.only_n);
    plan.only = listed ? only : NULL;
    plan.by_stamp = c->by_stamp && !listed;
    sorted = c->by_id || plan.by_stamp;
    plan.compare = sorted ? NULL : compare;
    buf_printf(key, " active %d order", c->active != NULL);
    for (size_t i = 0; i < c->sorts_n; i++)
        buf_printf(key, " %s %d", c->sorts[i].field->name,
                   !sorted && c->sorts[i].descending);
    plan.key = buf_str(key);
    if (!sorted || listed)
        c->descending = c->by_id && c->descending;
    hits = query_run(&c->sim->queries, &plan);
    free(only);
    return hits;
}

/* The page: COUNT hits from START on, in the order asked for. */
struct slice {
    const struct hits *hits;
    size_t total, start, count;
};

/* How many hits have an id that is not above the domain's bound. */
static size_t skipped(const struct call *c, const struct hits *hits)
{
    int64_t row =
        c->domain.after - c->sim->world->tables[c->model->table].first_id;
    size_t low = 0, high = hits->n;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (hits->rows[middle] <= row)
            low = middle + 1;
        else
            high = middle;
    }
    return c->domain.after < 0 ? 0 : low;
}

static struct slice slice(struct call *c)
{
    struct slice s = {.hits = find(c)};
    enum fault_kind fault = c->x->fault.kind;

    s.total = fault == FAULT_SHRINK ? s.hits->n / 10 : s.hits->n;
    s.start = skipped(c, s.hits) + (size_t)c->offset;
    if (fault == FAULT_ENDLESS) {
        s.start = 0;
        s.count = s.total && c->limit > 0 ? (size_t)c->limit : s.total;
        return s;
    }
    if (fault == FAULT_REPEAT && s.start >= s.total && c->limit > 0)
        s.start = s.total > (size_t)c->limit ? s.total - (size_t)c->limit : 0;
    s.count = s.start < s.total ? s.total - s.start : 0;
    if (c->limit >= 0 && s.count > (size_t)c->limit)
        s.count = (size_t)c->limit;
    return s;
}

static uint32_t slice_row(const struct call *c, const struct slice *s, size_t i)
{
    size_t at = (s->start + i) % s->total;

    return s->hits->rows[c->descending ? s->hits->n - 1 - at : at];
}

/* --- methods --- */

static void put_row(struct call *c, uint32_t row, const struct shown *shown)
{
    const struct world *w = c->sim->world;
    const struct field *id = model_field(c->model, "id");
    struct buf *out = &c->x->out;

    OUT(out, "{\"id\":");
    field_put(out, w, id, c->model->table, row, shown);
    for (size_t i = 0; i < c->fields_n; i++) {
        OUT(out, ",\"");
        buf_text(out, c->fields[i]->name);
        OUT(out, "\":");
        field_put(out, w, c->fields[i], c->model->table, row, shown);
    }
    buf_char(out, '}');
}

static void put_slice(struct call *c, bool ids_only)
{
    struct slice s = slice(c);
    const struct table *t = &c->sim->world->tables[c->model->table];
    struct buf *out = &c->x->out;

    buf_char(out, '[');
    for (size_t i = 0; i < s.count; i++) {
        uint32_t row = slice_row(c, &s, i);
        struct shown shown = {-1, -1};
        if (c->x->fault.kind == FAULT_ENDLESS)
            shown.id = 900000000 + c->sim->faults.invented++;
        if (c->x->fault.kind == FAULT_OUTSIDE && i == 0)
            shown.stamp = INT64_C(978307200) * SECOND; /* 2001 */
        if (i)
            buf_char(out, ',');
        if (ids_only)
            out_int(out, shown.id >= 0 ? shown.id : table_id(t, row));
        else
            put_row(c, row, &shown);
    }
    buf_char(out, ']');
    c->x->rows = s.count;
    if (c->x->fault.kind == FAULT_MIDWALK)
        sim_midwalk(c->sim, c->model->table, s.hits, s.start + s.count,
                    c->descending);
}

static void search_read(struct call *c)
{
    put_slice(c, false);
}

static void search(struct call *c)
{
    put_slice(c, true);
}

static void search_count(struct call *c)
{
    out_int(&c->x->out, (int64_t)slice(c).count);
    c->x->rows = 1;
}

/* By ids, in their order; archived ones, too. */
static void read_ids(struct call *c)
{
    const struct table *t = &c->sim->world->tables[c->model->table];
    struct json_iter it = json_each(json_get(c->args, "ids"));
    struct shown shown = {-1, -1};
    struct json_value v;

    buf_char(&c->x->out, '[');
    while (json_next(&it, &v)) {
        int64_t id = -1;
        uint32_t row = json_int(v, &id) < 0 ? NO_ROW : table_find(t, id);
        if (row == NO_ROW) {
            refuse(c->x, 404, "odoo.exceptions.MissingError",
                   "Record does not exist or has been deleted.");
            return;
        }
        if (c->x->rows++)
            buf_char(&c->x->out, ',');
        put_row(c, row, &shown);
    }
    buf_char(&c->x->out, ']');
}

static const struct {
    const char *name;
    void (*run)(struct call *c);
} methods[] = {
    {"search_read", search_read},
    {"search", search},
    {"search_count", search_count},
    {"read", read_ids},
};

static void run(struct call *c, const char *method)
{
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (strcmp(methods[i].name, method) != 0)
            continue;
        if (read_call(c) == 0)
            methods[i].run(c);
        return;
    }
    refuse(c->x, 404, "werkzeug.exceptions.NotFound",
           "The method does not exist on the model");
}

/* The model and the method of "/json/2/<model>/<method>"; NULL: neither. */
static const char *split_path(const struct exchange *x, char model[64])
{
    const char *rest = x->path + strlen("/json/2/");
    size_t length = strcspn(rest, "/");

    if (rest[length] != '/' || length >= 64)
        return NULL;
    memcpy(model, rest, length);
    model[length] = '\0';
    return rest + length + 1;
}

static bool may_read(const struct sim *s, const struct exchange *x)
{
    static const char scheme[] = "bearer ";
    const char *given = x->authorization ? x->authorization : "";

    return strncasecmp(given, scheme, strlen(scheme)) == 0 &&
           strcmp(given + strlen(scheme), s->odoo_key) == 0;
}

void odoo_answer(struct sim *s, struct exchange *x)
{
    struct call c = {.sim = s, .x = x};
    char name[64];
    const char *method = split_path(x, name);

    if (strcmp(x->method, "POST") != 0) {
        refuse(x, 405, "werkzeug.exceptions.MethodNotAllowed",
               "405 Method Not Allowed");
    } else if (!may_read(s, x)) {
        refuse(x, 401, "werkzeug.exceptions.Unauthorized", "Invalid apikey");
    } else if (!method || !(c.model = model_find(name))) {
        refuse(x, 404, "werkzeug.exceptions.NotFound",
               "The model does not exist");
    } else if (json_parse(s->json, x->body.data, x->body.length, &c.args) < 0 ||
               json_type(c.args) != JSON_OBJECT) {
        refuse(x, 400, "werkzeug.exceptions.BadRequest",
               "The body is not a JSON object");
    } else {
        run(&c, method);
    }
    domain_free(&c.domain);
    buf_free(&c.scratch[0]);
    buf_free(&c.scratch[1]);
}
