/* woo.c - WooCommerce REST v3: listings of products, variations and orders.
 * Before it: sim.c. Beside it: woo_fields.c, which writes the rows.
 *
 * As the real one: the time filters are exclusive and know seconds only; they
 * mean the site's local time unless dates_are_gmt, and a value with an offset
 * is turned into local time first; "any" leaves out what is in the bin; a page
 * past the end is an empty list.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/out.h"
#include "tests/sim/woo_fields.h"

static const char *const post_statuses[] = {"publish", "draft", "private",
                                            "trash", NULL};
static const char *const order_statuses[] = {
    "pending",  "processing", "on-hold", "completed", "cancelled",
    "refunded", "failed",     "trash",   NULL};
/* Known to WordPress, but no row of ours ever has it. */
static const char *const empty_statuses[] = {"future", "pending", "auto-draft",
                                             "checkout-draft"};

static const struct resource {
    const char *path;
    enum table_name table;
    unsigned kinds; /* bits of enum post_kind */
    const char *const *statuses;
    uint8_t trash;
    const struct woo_fields *fields;
} resources[] = {
    {"/wp-json/wc/v3/products", T_POST, 1u << POST_SIMPLE | 1u << POST_VARIABLE,
     post_statuses, POST_TRASH, &woo_products},
    {"/wp-json/wc/v3/variations", T_POST, 1u << POST_VARIATION, post_statuses,
     POST_TRASH, &woo_variations},
    {"/wp-json/wc/v3/orders", T_ORDER, 0, order_statuses, ORDER_TRASH,
     &woo_orders},
};

struct listing {
    const struct resource *resource;
    const struct world *world;
    int64_t per_page, page, offset; /* offset: -1 if not given */
    bool descending, by_stamp;
    unsigned statuses; /* a bit for each */
    int64_t from, to;
    const char *include;
    uint64_t fields; /* a bit for each */
};

static void refuse_param(struct exchange *x, const char *name, const char *why)
{
    exchange_reset(x, 400);
    buf_printf(&x->out,
               "{\"code\":\"rest_invalid_param\",\"message\":\"Invalid "
               "parameter(s): %s\",\"data\":{\"status\":400,\"params\":{\"%s\":"
               "\"%s %s\"}}}",
               name, name, name, why);
}

static int read_int(struct exchange *x, const char *name, int64_t min,
                    int64_t max, int64_t *out)
{
    const char *text = exchange_param(x, name);
    char *end, why[80];

    if (!text)
        return 0;
    *out = strtoll(text, &end, 10);
    if (*text && !*end && *out >= min && *out <= max)
        return 0;
    snprintf(why, sizeof why,
             "must be between %d (inclusive) and %lld (inclusive)", (int)min,
             (long long)max);
    refuse_param(x, name, why);
    return -1;
}

static int read_order(struct exchange *x, struct listing *l)
{
    const char *by = exchange_param_or(x, "orderby", "date");
    const char *order = exchange_param_or(x, "order", "desc");

    l->by_stamp = strcmp(by, "modified") == 0;
    l->descending = strcmp(order, "desc") == 0;
    if (!l->by_stamp && strcmp(by, "date") != 0 && strcmp(by, "id") != 0) {
        refuse_param(x, "orderby", "is not one of date, id, modified.");
        return -1;
    }
    if (!l->descending && strcmp(order, "asc") != 0) {
        refuse_param(x, "order", "is not one of asc, desc.");
        return -1;
    }
    return 0;
}

static int add_status(struct listing *l, const char *name)
{
    const struct resource *r = l->resource;

    for (unsigned i = 0; r->statuses[i]; i++) {
        if (strcmp(name, "any") == 0 && i != r->trash)
            l->statuses |= 1u << i;
        if (strcmp(name, r->statuses[i]) == 0) {
            l->statuses |= 1u << i;
            return 0;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(empty_statuses); i++)
        if (strcmp(name, empty_statuses[i]) == 0)
            return 0;
    return strcmp(name, "any") == 0 ? 0 : -1;
}

static int read_statuses(struct exchange *x, struct listing *l)
{
    char *list = xstrdup(exchange_param_or(x, "status", "any")), *rest = list;
    const char *name;
    int result = 0;

    while (result == 0 && (name = strsep(&rest, ",")))
        result = add_status(l, name);
    free(list);
    if (result < 0)
        refuse_param(x, "status", "is not a known status.");
    return result;
}

/* A bound as UTC; see the top of the file for the trap in it. */
static int read_time(struct exchange *x, const char *name, int64_t *out)
{
    const char *text = exchange_param(x, name);
    const char *gmt = exchange_param_or(x, "dates_are_gmt", "false");
    bool is_gmt = strcmp(gmt, "true") == 0 || strcmp(gmt, "1") == 0;
    const char *time;
    int64_t value;

    if (!text)
        return 0;
    if (instant_parse(text, &value) < 0) {
        refuse_param(x, name, "is not a valid date.");
        return -1;
    }
    time = strpbrk(text, "Tt ");
    if (time && strpbrk(time, "Zz+-"))
        value += WOO_LOCAL;
    *out = is_gmt ? value : value - WOO_LOCAL;
    return 0;
}

static int read_window(struct exchange *x, struct listing *l)
{
    int64_t after = INT64_MIN, before = INT64_MAX;

    if (read_time(x, "modified_after", &after) < 0 ||
        read_time(x, "modified_before", &before) < 0)
        return -1;
    if (x->fault.kind == FAULT_IGNOREFILTER)
        return 0;
    l->from = after == INT64_MIN ? after : after + 1;
    l->to = before == INT64_MAX ? before : before - 1;
    return 0;
}

static int read_listing(struct exchange *x, struct listing *l)
{
    l->include = exchange_param_or(x, "include", "");
    l->fields = woo_choose(l->resource->fields, exchange_param(x, "_fields"));
    if (read_int(x, "per_page", 1, 100, &l->per_page) < 0 ||
        read_int(x, "page", 1, INT32_MAX, &l->page) < 0 ||
        read_int(x, "offset", 0, INT32_MAX, &l->offset) < 0)
        return -1;
    if (read_order(x, l) < 0 || read_statuses(x, l) < 0)
        return -1;
    return read_window(x, l);
}

static bool is_included(const struct listing *l, uint32_t row)
{
    uint32_t id = table_id(&l->world->tables[l->resource->table], row);
    const char *c = l->include;
    char *end;

    while (*c) {
        if (strtoul(c, &end, 10) == id)
            return true;
        if (end == c)
            return false;
        c = end + (*end == ',');
    }
    return l->include[0] == '\0';
}

static bool match(void *arg, uint32_t row)
{
    const struct listing *l = arg;

    if (l->resource->table == T_ORDER)
        return l->statuses >> order_at(l->world, row)->status & 1 &&
               is_included(l, row);
    return l->resource->kinds >> post_at(l->world, row)->kind & 1 &&
           l->statuses >> post_at(l->world, row)->status & 1 &&
           is_included(l, row);
}

static const struct hits *find(struct sim *s, struct listing *l)
{
    char *key = xasprintf("%s %x %lld %lld %d %s", l->resource->path,
                          l->statuses, (long long)l->from, (long long)l->to,
                          l->by_stamp, l->include);
    const struct hits *hits =
        query_run(&s->queries, &(struct plan){
                                   .world = s->world,
                                   .table = l->resource->table,
                                   .key = key,
                                   .from = l->from,
                                   .to = l->to,
                                   .by_stamp = l->by_stamp,
                                   .match = match,
                                   .arg = l,
                               });

    free(key);
    return hits;
}

static void put_link(struct exchange *x, int64_t page, const char *rel)
{
    buf_printf(&x->headers, "Link: <http://%s%s?", x->host ? x->host : "shop",
               x->path);
    for (size_t i = 0; i < x->params_n; i++) {
        if (strcmp(x->params[i].name, "page") == 0)
            continue;
        buf_url(&x->headers, x->params[i].name);
        buf_char(&x->headers, '=');
        buf_url(&x->headers, x->params[i].value);
        buf_char(&x->headers, '&');
    }
    buf_printf(&x->headers, "page=%lld>; rel=\"%s\"\n", (long long)page, rel);
}

static void put_headers(struct exchange *x, const struct listing *l,
                        size_t total)
{
    int64_t pages = ((int64_t)total + l->per_page - 1) / l->per_page;

    if (x->fault.kind == FAULT_ENDLESS)
        pages = l->page + 1;
    buf_printf(&x->headers, "X-WP-Total: %zu\nX-WP-TotalPages: %lld\n", total,
               (long long)pages);
    if (l->page > 1)
        put_link(x, l->page - 1, "prev");
    if (l->page < pages)
        put_link(x, l->page + 1, "next");
}

/* Writes the rows from the START-th on, as many as the page has. */
static void put_rows(struct sim *s, struct exchange *x, const struct listing *l,
                     const struct hits *hits, size_t total, size_t start)
{
    bool endless = x->fault.kind == FAULT_ENDLESS;

    buf_char(&x->out, '[');
    for (size_t i = start; i < start + (size_t)l->per_page; i++) {
        struct woo_row row = {.world = s->world, .id = -1};
        size_t at = endless && total ? i % total : i;
        if (at >= total)
            break;
        row.row = hits->rows[l->descending ? hits->n - 1 - at : at];
        row.stamp = s->world->tables[l->resource->table].written[row.row];
        if (endless)
            row.id = 900000000 + s->faults.invented++;
        if (x->fault.kind == FAULT_OUTSIDE && i == start)
            row.stamp = INT64_C(978307200) * SECOND; /* 2001 */
        if (x->rows++)
            buf_char(&x->out, ',');
        woo_put(&x->out, l->resource->fields, l->fields, &row);
    }
    buf_char(&x->out, ']');
}

static void list(struct sim *s, struct exchange *x, struct listing *l)
{
    const struct hits *hits;
    size_t total, start, last;

    if (read_listing(x, l) < 0)
        return;
    hits = find(s, l);
    total = x->fault.kind == FAULT_SHRINK ? hits->n / 10 : hits->n;
    start = l->offset >= 0 ? (size_t)l->offset
                           : (size_t)((l->page - 1) * l->per_page);
    last = total ? (total - 1) / (size_t)l->per_page * (size_t)l->per_page : 0;
    if (x->fault.kind == FAULT_REPEAT && start > last)
        start = last;
    put_headers(x, l, total);
    put_rows(s, x, l, hits, total, start);
    if (x->fault.kind == FAULT_MIDWALK)
        sim_midwalk(s, l->resource->table, hits, start + x->rows,
                    l->descending);
}

static bool may_read(const struct sim *s, const struct exchange *x)
{
    if (x->authorization)
        return strcmp(x->authorization, s->woo_login) == 0;
    return strcmp(exchange_param_or(x, "consumer_key", ""), s->woo_key) == 0 &&
           strcmp(exchange_param_or(x, "consumer_secret", ""), s->woo_secret) ==
               0;
}

void woo_answer(struct sim *s, struct exchange *x)
{
    struct listing l = {.world = s->world,
                        .per_page = 10,
                        .page = 1,
                        .offset = -1,
                        .from = INT64_MIN,
                        .to = INT64_MAX};

    for (size_t i = 0; i < ARRAY_LEN(resources); i++)
        if (strcmp(x->path, resources[i].path) == 0)
            l.resource = &resources[i];
    if (!l.resource || strcmp(x->method, "GET") != 0) {
        exchange_reset(x, 404);
        OUT(&x->out, "{\"code\":\"rest_no_route\",\"message\":\"No route was "
                     "found matching the URL and request method.\","
                     "\"data\":{\"status\":404}}");
    } else if (!may_read(s, x)) {
        exchange_reset(x, 401);
        OUT(&x->out, "{\"code\":\"woocommerce_rest_cannot_view\",\"message\":"
                     "\"Sorry, you cannot list resources.\",\"data\":"
                     "{\"status\":401}}");
    } else {
        list(s, x, &l);
    }
}
