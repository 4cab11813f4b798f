/* vendure.c - Vendure 3 over its GraphQL Admin API. See common/platform.h.
 *
 * Every list is read by skip and take in the order of ids: Vendure has neither
 * cursors nor id ranges, and no sort by two keys. A row that leaves the list
 * while we read shifts all behind it, so each page but the first asks again
 * for the last row of the page before: when another stands there, the phase
 * begins anew (RESTARTS times at most, then we take what comes).
 *
 *   variants  variants by their own updatedAt, then all variants of products
 *             by theirs (a product that is disabled or renamed does not touch
 *             its variants), then, for a sweep, all ids: who is deleted just
 *             vanishes
 *   stock     all levels of all variants each time: levels have no list of
 *             their own, and an order changes them without touching the variant
 *   sales     placed orders by updatedAt, or placed in the window or the
 *             RECENT_DAYS before it, or in a state that goes on: updatedAt is
 *             frozen from the payment to the delivery
 *
 * What stays behind: the status text of an order that is delivered later than
 * that, without a look at it in between. Amounts do not depend on it.
 */
#include <stdio.h>
#include <string.h>

#include "common/arena.h"
#include "common/fixed.h"
#include "common/instant.h"
#include "worker/platforms/list.h"

enum { RESTARTS = 3, RECENT_DAYS = 14, ERROR_SIZE = 256, SKIP_MAX = 1 << 30 };

#define MILLISECOND INT64_C(1000)
#define DAY (INT64_C(86400) * SECOND)

/* --- Phases: the lists that make up a stream, in the order of reading. */

struct reading { /* what the rows of one page have in common */
    struct page *page;
    int64_t minor; /* one minor unit of money, in 1e-6 */
};

struct phase {
    const char *name; /* in positions */
    enum stream stream;
    enum { ALWAYS, DELTA, SWEEP } when;
    int take;
    const char *query; /* the list is called "list" */
    void (*filter)(struct buf *b, const struct window *window);
    void (*read)(const struct reading *reading, struct json_value item);
};

static void filter_none(struct buf *b, const struct window *window);
static void filter_updated(struct buf *b, const struct window *window);
static void filter_orders(struct buf *b, const struct window *window);
static void read_variant(const struct reading *r, struct json_value item);
static void read_product(const struct reading *r, struct json_value item);
static void read_id(const struct reading *r, struct json_value item);
static void read_stock(const struct reading *r, struct json_value item);
static void read_order(const struct reading *r, struct json_value item);

#define MONEY "globalSettings{serverConfig{moneyStrategyPrecision}}"
#define VARIANT                                                                \
    "id sku name enabled price currencyCode updatedAt "                        \
    "product{id enabled updatedAt}"

static const struct phase phases[] = {
    {"variants", STREAM_VARIANTS, ALWAYS, 200,
     "query($o:ProductVariantListOptions){" MONEY
     " list:productVariants(options:$o){totalItems items{" VARIANT "}}}",
     filter_updated, read_variant},
    {"products", STREAM_VARIANTS, DELTA, 50,
     "query($o:ProductListOptions){" MONEY
     " list:products(options:$o){totalItems items{id variants{" VARIANT "}}}}",
     filter_updated, read_product},
    {"ids", STREAM_VARIANTS, SWEEP, 900,
     "query($o:ProductVariantListOptions){" MONEY
     " list:productVariants(options:$o){totalItems items{id}}}",
     filter_none, read_id},
    {"stock", STREAM_STOCK, ALWAYS, 500,
     "query($o:ProductVariantListOptions){" MONEY
     " list:productVariants(options:$o){totalItems items{id stockLevels{"
     "stockOnHand stockAllocated updatedAt stockLocation{name}}}}}",
     filter_none, read_stock},
    {"orders", STREAM_SALES, ALWAYS, 100,
     "query($o:OrderListOptions){" MONEY
     " list:orders(options:$o){totalItems items{id code state currencyCode "
     "updatedAt orderPlacedAt lines{id quantity orderPlacedQuantity "
     "proratedUnitPrice proratedLinePrice productVariant{id}}}}}",
     filter_orders, read_order},
};

static bool phase_due(const struct phase *phase, const struct question *q)
{
    return phase->stream == q->stream &&
           (phase->when == ALWAYS ||
            (phase->when == DELTA && q->window.from != INSTANT_NONE) ||
            (phase->when == SWEEP && q->window.sweep));
}

/* The first phase due at or behind INDEX; NULL if there is none. */
static const struct phase *phase_from(const struct question *q, size_t index)
{
    for (size_t i = index; i < ARRAY_LEN(phases); i++)
        if (phase_due(&phases[i], q))
            return &phases[i];
    return NULL;
}

/* --- Positions: {"phase":"orders","skip":100,"last":"17","restarts":0} */

struct place {
    const struct phase *phase;
    int64_t skip;     /* rows of the phase that we have */
    const char *last; /* the id of the last of them; "" when there are none */
    int64_t restarts;
    struct json *json; /* owns LAST */
};

static void place_end(struct place *place)
{
    json_free(place->json);
}

static const struct phase *phase_named(const struct question *q,
                                       const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(phases); i++)
        if (phase_due(&phases[i], q) && strcmp(phases[i].name, name) == 0)
            return &phases[i];
    return NULL;
}

/* Where QUESTION stands. Ended by place_end() also after -1. */
static int place_read(const struct question *q, struct place *place)
{
    struct json_value root;

    *place = (struct place){.phase = phase_from(q, 0), .last = ""};
    if (!*q->position)
        return place->phase ? 0 : -1;
    place->json = json_new();
    if (json_parse(place->json, q->position, strlen(q->position), &root) < 0 ||
        json_int(json_get(root, "skip"), &place->skip) < 0 ||
        json_int(json_get(root, "restarts"), &place->restarts) < 0)
        return -1;
    place->phase = phase_named(q, json_str_or(json_get(root, "phase"), ""));
    place->last = json_str_or(json_get(root, "last"), "");
    if (!place->phase || place->skip < 0 || place->skip > SKIP_MAX)
        return -1;
    return (place->skip > 0) == (*place->last != '\0') ? 0 : -1;
}

static void set_next(struct page *page, const struct phase *phase, int64_t skip,
                     const char *last, int64_t restarts)
{
    struct buf b = {0};

    buf_printf(&b, "{\"phase\":\"%s\",\"skip\":%lld,\"last\":", phase->name,
               (long long)skip);
    buf_json(&b, last);
    buf_printf(&b, ",\"restarts\":%lld}", (long long)restarts);
    page->next = arena_text(page->rows.arena, b.data, b.length);
    buf_free(&b);
}

/* --- Writing requests. */

/* Vendure keeps milliseconds or (PostgreSQL) microseconds but shows and takes
 * milliseconds, and with SQLite some stamps without decimals sort before the
 * same instant with them: so one millisecond more on each side. "between" is
 * one operator; "after" and "before" side by side inside _or would be or-ed. */
static void buf_between(struct buf *b, const char *field, int64_t from,
                        int64_t to)
{
    char start[INSTANT_TEXT], end[INSTANT_TEXT];

    from -= from % MILLISECOND + MILLISECOND;
    to -= to % MILLISECOND - MILLISECOND;
    buf_printf(b, "\"%s\":{\"between\":{\"start\":\"%s\",\"end\":\"%s\"}}",
               field, instant_text(from, start), instant_text(to, end));
}

static void filter_none(struct buf *b, const struct window *window)
{
    (void)b, (void)window;
}

static void filter_updated(struct buf *b, const struct window *window)
{
    if (window->from != INSTANT_NONE)
        buf_between(b, "updatedAt", window->from, window->to);
}

/* Only orders that were placed: the others are carts. */
static void filter_orders(struct buf *b, const struct window *window)
{
    buf_text(b, "\"orderPlacedAt\":{\"isNull\":false}");
    if (window->from == INSTANT_NONE)
        return;
    buf_text(b, ",\"_or\":[{");
    buf_between(b, "updatedAt", window->from, window->to);
    buf_text(b, "},{");
    buf_between(b, "orderPlacedAt", window->from - RECENT_DAYS * DAY,
                window->to);
    buf_text(b,
             "},{\"state\":{\"in\":[\"PaymentAuthorized\",\"PaymentSettled\","
             "\"PartiallyShipped\",\"PartiallyDelivered\",\"Modifying\","
             "\"ArrangingAdditionalPayment\"]}}]");
}

/* The shop's address alone means the API at its usual place. */
static void start_request(const struct endpoint *endpoint,
                          struct request *request)
{
    const char *channel =
        json_str_or(json_get(endpoint->settings, "channel"), "");

    request->method = "POST";
    buf_text(&request->path, *endpoint->path ? endpoint->path : "/admin-api");
    buf_text(&request->headers, "Content-Type: application/json\n");
    if (*channel)
        buf_printf(&request->headers, "vendure-token: %s\n", channel);
}

static bool uses_key(const struct endpoint *endpoint)
{
    const char *auth = json_str_or(json_get(endpoint->settings, "auth"), "");

    return strcmp(auth, "api-key") == 0;
}

static int vendure_request(const struct question *q, struct request *request,
                           char *error)
{
    struct place place;
    int result = place_read(q, &place), anchor;

    if (result < 0) {
        snprintf(error, ERROR_SIZE, "not a position of this stream");
        goto out;
    }
    start_request(q->endpoint, request);
    if (uses_key(q->endpoint))
        buf_printf(&request->headers, "vendure-api-key: %s\n",
                   q->endpoint->secret);
    else
        buf_printf(&request->headers, "Authorization: Bearer %s\n", q->session);
    anchor = place.skip > 0;
    buf_text(&request->body, "{\"query\":");
    buf_json(&request->body, place.phase->query);
    buf_text(&request->body, ",\"variables\":{\"o\":{\"filter\":{");
    place.phase->filter(&request->body, &q->window);
    buf_printf(&request->body,
               "},\"sort\":{\"id\":\"ASC\"},\"skip\":%lld,\"take\":%d}}}",
               (long long)place.skip - anchor, place.phase->take + anchor);
out:
    place_end(&place);
    return result;
}

static int vendure_login_request(const struct question *q,
                                 struct request *request, char *error)
{
    (void)error;
    if (uses_key(q->endpoint))
        return 0; /* nothing to ask: no login needed */
    start_request(q->endpoint, request);
    buf_text(&request->body,
             "{\"query\":\"mutation($u:String!,$p:String!){login(username:$u,"
             "password:$p){__typename ... on ErrorResult{errorCode message}}}\""
             ",\"variables\":{\"u\":");
    buf_json(&request->body, q->endpoint->user);
    buf_text(&request->body, ",\"p\":");
    buf_json(&request->body, q->endpoint->secret);
    buf_text(&request->body, "}}");
    return 0;
}

/* --- Reading answers. */

static enum page_class class_of(const struct question *q, const char *code)
{
    static const struct {
        const char *code;
        enum page_class class;
    } known[] = {
        {"INTERNAL_SERVER_ERROR", PAGE_RETRY},
        {"THROTTLED", PAGE_THROTTLED},
        {"TOO_MANY_REQUESTS", PAGE_THROTTLED},
    };

    if (strcmp(code, "FORBIDDEN") == 0 || strcmp(code, "UNAUTHENTICATED") == 0)
        return *q->session ? PAGE_LOGIN : PAGE_REFUSED;
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (strcmp(code, known[i].code) == 0)
            return known[i].class;
    return PAGE_REFUSED;
}

/* Errors come with status 200. True when ROOT holds one: then PAGE tells. */
static bool has_errors(const struct question *q, struct json_value root,
                       struct page *page)
{
    struct json_value errors = json_get(root, "errors");
    struct json_value first = json_at(errors, 0);
    const char *code = json_str_or(json_path(first, "extensions.code"), "");

    if (json_size(errors) == 0)
        return false;
    page_fail(page, class_of(q, code), "%s%s%s", code, *code ? ": " : "",
              json_str_or(json_get(first, "message"), "an error, no message"));
    return true;
}

/* How many decimals an amount has is a setting of the shop, and the same for
 * all its currencies. */
static int64_t minor_unit(struct json_value data)
{
    struct json_value at =
        json_path(data, "globalSettings.serverConfig.moneyStrategyPrecision");
    int64_t decimals = 2, unit = FIXED_ONE;

    if (json_int(at, &decimals) < 0 || decimals < 0 || decimals > 6)
        decimals = 2;
    while (decimals-- > 0)
        unit /= 10;
    return unit;
}

/* We have SKIP rows of the phase, the last of them is LAST: what is next? */
static void go_on(const struct question *q, const struct place *place,
                  int64_t skip, int64_t total, const char *last,
                  struct page *page)
{
    const struct phase *next;

    if (skip > place->skip && skip < total) {
        set_next(page, place->phase, skip, last, place->restarts);
        return;
    }
    next = phase_from(q, (size_t)(place->phase - phases) + 1);
    if (next)
        set_next(page, next, 0, "", 0);
}

/* Does the page begin with the row that the page before ended with? */
static bool joins(const struct place *place, struct json_value items,
                  struct page *page)
{
    const char *id = page_id(page, json_get(json_at(items, 0), "id"));

    return place->skip == 0 || strcmp(id, place->last) == 0;
}

static void read_items(const struct question *q, const struct place *place,
                       struct json_value data, struct page *page)
{
    const struct reading reading = {.page = page, .minor = minor_unit(data)};
    struct json_value items = json_path(data, "list.items"), item;
    struct json_iter it = json_each(items);
    const char *last = place->last;
    int64_t total = 0, skip = place->skip;

    if (skip > 0 && joins(place, items, page))
        json_next(&it, &item); /* known already */
    else if (skip > 0)
        skip--; /* not what we expected, but new */
    for (; page->class == PAGE_GOOD && json_next(&it, &item); skip++) {
        last = page_id(page, json_get(item, "id"));
        if (!*last)
            page_fail(page, PAGE_BROKEN, "a row without an id");
        else
            place->phase->read(&reading, item);
    }
    if (json_int(json_path(data, "list.totalItems"), &total) < 0)
        page_fail(page, PAGE_BROKEN, "a list without totalItems");
    if (page->class == PAGE_GOOD)
        go_on(q, place, skip, total, last, page);
}

static void read_list(const struct question *q, const struct place *place,
                      struct json_value data, struct page *page)
{
    struct json_value items = json_path(data, "list.items");

    if (json_type(items) != JSON_ARRAY)
        page_fail(page, PAGE_BROKEN, "an answer without a list of items");
    else if (!joins(place, items, page) && place->restarts < RESTARTS)
        set_next(page, place->phase, 0, "", place->restarts + 1);
    else
        read_items(q, place, data, page);
}

static void vendure_page(const struct question *q, const struct answer *answer,
                         struct page *page)
{
    struct json_value root = page_json(answer, page);
    struct place place;

    if (page->class != PAGE_GOOD || has_errors(q, root, page))
        return;
    if (place_read(q, &place) < 0)
        page_fail(page, PAGE_RESTART, "not a position of this stream");
    else
        read_list(q, &place, json_get(root, "data"), page);
    place_end(&place);
}

/* A query that Vendure cannot even start answers 400, with the errors. */
static void vendure_refused(const struct question *q,
                            const struct answer *answer, struct page *page)
{
    struct json_value root;

    page_of_status(&platform_vendure, answer, page);
    if (json_parse(page->json, answer->body, answer->length, &root) == 0 &&
        page->class == PAGE_REFUSED)
        has_errors(q, root, page);
}

static void vendure_login(const struct question *q, const struct answer *answer,
                          char *session, struct page *page)
{
    struct json_value root = page_json(answer, page), login;
    const char *code;

    if (page->class != PAGE_GOOD || has_errors(q, root, page))
        return;
    login = json_path(root, "data.login");
    code = json_str(json_get(login, "errorCode"));
    if (code)
        page_fail(page, PAGE_REFUSED, "login refused: %s", code);
    else if (!answer_header(answer, "vendure-auth-token", session,
                            SESSION_MAX) ||
             !*session)
        page_fail(page, PAGE_REFUSED,
                  "login gave no vendure-auth-token: the shop's tokenMethod "
                  "must include \"bearer\"");
}

/* --- Rows. */

static int64_t instant_at(struct json_value v)
{
    int64_t at = INSTANT_NONE;

    if (instant_parse(json_str_or(v, ""), &at) < 0)
        return INSTANT_NONE;
    return at;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t money(const struct reading *r, struct json_value v)
{
    int64_t amount;

    if (json_fixed(v, &amount) < 0)
        return FIXED_NONE;
    return fixed_mul(amount, r->minor);
}

static void read_variant(const struct reading *r, struct json_value v)
{
    struct page *page = r->page;
    struct variant_row *row;
    const char *id = page_id(page, json_get(v, "id"));

    if (!*id) {
        page_fail(page, PAGE_BROKEN, "a variant without an id");
        return;
    }
    row = rows_variant(&page->rows);
    row->id = id;
    row->product_id = page_id(page, json_path(v, "product.id"));
    row->sku = page_text(page, json_get(v, "sku"));
    row->title = page_text(page, json_get(v, "name"));
    row->currency = page_text(page, json_get(v, "currencyCode"));
    row->price = money(r, json_get(v, "price"));
    row->active = json_true(json_get(v, "enabled")) &&
                  json_true(json_path(v, "product.enabled"));
    row->updated_at = later(instant_at(json_get(v, "updatedAt")),
                            instant_at(json_path(v, "product.updatedAt")));
}

static void read_product(const struct reading *r, struct json_value product)
{
    struct json_iter it = json_each(json_get(product, "variants"));
    struct json_value variant;

    while (json_next(&it, &variant))
        read_variant(r, variant);
}

static void read_id(const struct reading *r, struct json_value item)
{
    rows_id(&r->page->rows, page_id(r->page, json_get(item, "id")));
}

static void read_stock(const struct reading *r, struct json_value item)
{
    struct page *page = r->page;
    const char *id = page_id(page, json_get(item, "id"));
    struct json_value levels = json_get(item, "stockLevels"), level;
    struct json_iter it = json_each(levels);

    if (json_type(levels) != JSON_ARRAY) {
        page_fail(page, PAGE_BROKEN, "variant %s has no stockLevels", id);
        return;
    }
    rows_whole_stock(&page->rows, id);
    while (json_next(&it, &level)) {
        struct stock_row *row = rows_stock(&page->rows);

        row->variant = id;
        row->location = page_text(page, json_path(level, "stockLocation.name"));
        row->updated_at = instant_at(json_get(level, "updatedAt"));
        if (json_fixed(json_get(level, "stockOnHand"), &row->on_hand) < 0 ||
            json_fixed(json_get(level, "stockAllocated"), &row->reserved) < 0)
            page_fail(page, PAGE_BROKEN, "variant %s: a level without numbers",
                      id);
    }
}

/* What was ordered, when QUANTITY of it are left at LEFT: discounts are spread
 * over the units, so the line's price grows with them. */
static int64_t gross_revenue(int64_t left, int64_t quantity, int64_t ordered,
                             int64_t unit_price)
{
    double share;
    int64_t amount;

    if (quantity == ordered)
        return left;
    if (quantity <= 0)
        return fixed_mul(unit_price, ordered);
    share = (double)ordered / (double)quantity;
    if (fixed_from_double(fixed_to_double(left) * share, &amount) < 0)
        return 0;
    return amount;
}

/* quantity is what is left after cancelled and returned pieces;
 * orderPlacedQuantity what was ordered first (0 for lines added later). A
 * refund alone is money and leaves both. */
static void read_line(const struct reading *r, const char *order,
                      struct json_value line)
{
    struct page *page = r->page;
    struct sale_line_row *row = rows_sale_line(&page->rows);
    int64_t left = money(r, json_get(line, "proratedLinePrice"));
    int64_t unit = money(r, json_get(line, "proratedUnitPrice"));
    int64_t quantity, placed = 0;

    row->sale = order;
    row->id = page_id(page, json_get(line, "id"));
    row->variant = page_id(page, json_path(line, "productVariant.id"));
    if (json_fixed(json_get(line, "quantity"), &quantity) < 0 ||
        json_fixed(json_get(line, "orderPlacedQuantity"), &placed) < 0 ||
        quantity < 0 || placed < 0 || left == FIXED_NONE ||
        unit == FIXED_NONE || !*row->id) {
        page_fail(page, PAGE_BROKEN, "order %s: a line without its numbers",
                  order);
        return;
    }
    row->quantity = later(placed, quantity);
    row->returned = row->quantity - quantity;
    row->revenue = gross_revenue(left, quantity, row->quantity, unit);
}

static bool counts(const char *state)
{
    static const char *const not [] = {"Created", "Draft", "AddingItems",
                                       "ArrangingPayment", "Cancelled"};

    for (size_t i = 0; i < ARRAY_LEN(not ); i++)
        if (strcmp(state, not [i]) == 0)
            return false;
    return *state != '\0';
}

static void read_order(const struct reading *r, struct json_value order)
{
    struct page *page = r->page;
    struct sale_row *row = rows_sale(&page->rows);
    struct json_value lines = json_get(order, "lines"), line;
    struct json_iter it = json_each(lines);
    const char *id = page_id(page, json_get(order, "id"));

    row->id = id;
    row->number = page_text(page, json_get(order, "code"));
    row->status = page_text(page, json_get(order, "state"));
    row->currency = page_text(page, json_get(order, "currencyCode"));
    row->counted = counts(row->status);
    row->placed_at = instant_at(json_get(order, "orderPlacedAt"));
    row->updated_at = instant_at(json_get(order, "updatedAt"));
    if (json_type(lines) != JSON_ARRAY) {
        page_fail(page, PAGE_BROKEN, "order %s has no lines", id);
        return;
    }
    rows_whole(&page->rows, id);
    while (page->class == PAGE_GOOD && json_next(&it, &line))
        read_line(r, id, line);
}

/* --- The table. */

static int vendure_check(const struct endpoint *endpoint, char *error)
{
    const char *auth = json_str_or(json_get(endpoint->settings, "auth"), "");
    const char *channel =
        json_str_or(json_get(endpoint->settings, "channel"), "");

    if (*auth && strcmp(auth, "login") != 0 && strcmp(auth, "api-key") != 0) {
        snprintf(error, ERROR_SIZE, "auth is \"login\" or \"api-key\"");
        return -1;
    }
    if (!uses_key(endpoint) && !*endpoint->user) {
        snprintf(error, ERROR_SIZE, "a login needs a user");
        return -1;
    }
    if (strpbrk(channel, "\r\n") || strpbrk(endpoint->secret, "\r\n")) {
        snprintf(error, ERROR_SIZE, "channel and secret have one line");
        return -1;
    }
    return 0;
}

/* A minute of lookback: database and service stamp by two clocks, one of them
 * in whole seconds. */
static const struct stream_facts streams[] = {
    {STREAM_VARIANTS, .windowed = true, .sweeps = true, 60, 5},
    {STREAM_STOCK, .windowed = false, .sweeps = false, 0, 0},
    {STREAM_SALES, .windowed = true, .sweeps = false, 60, 5},
};

const struct platform platform_vendure = {
    .name = "vendure",
    .title = "Vendure Admin API",
    .needs = "the shop's or its Admin API's url; user and password, or an API "
             "key as secret with the setting auth=api-key; setting "
             "channel=<token> for another than the default channel",
    .needs_secret = true,
    .streams = streams,
    .streams_n = ARRAY_LEN(streams),
    .request = vendure_request,
    .page = vendure_page,
    .refused = vendure_refused,
    .login_request = vendure_login_request,
    .login = vendure_login,
    .check = vendure_check,
};
