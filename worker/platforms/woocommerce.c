/* woocommerce.c - WooCommerce REST v3: variants with their stock, and sales.
 *
 *   variants  /products, the binned ones, /variations, the binned ones; then,
 *             in a sweep, the ids of both. The records carry the stock too.
 *   sales     /orders, the binned ones
 *
 * Each of these lists is a phase. Inside it we walk by the second of the last
 * change, never by page number alone: a row that is changed while we walk
 * moves to the end, and the pages after it would slide over other rows.
 *   - Free walk: the rows since a second, oldest first. A full page tells the
 *     second of its last row, where the next request starts again.
 *   - Range walk: where seconds cannot carry us on, the rows of a closed range
 *     of seconds are walked by row number. That is needed when one second fills
 *     a page (bulk edits), and where the shop's clock was set back: Woo filters
 *     by UTC but sorts products by local time, so rows may hide behind a later
 *     page. Rows that are changed leave the range and those behind them move
 *     up; so pages overlap by some rows, X-WP-Total tells how many have left,
 *     and when that is more than the overlap we step back by as many. A sweep
 *     walks its ids in the same way.
 *
 * Filters exclude their bounds, and take UTC only without a zone and with
 * dates_are_gmt=true. Woo knows one location and no currency of a product
 * (setting "currency"). A `variable` product is only the parent of its
 * variations. Stock that the parent manages for its variations is not a level
 * of any of them. Refunds of an order are totals; only where its refunds carry
 * their lines are returned pieces known, else all pieces once the order as a
 * whole is `refunded`.
 */
#include <stdio.h>
#include <string.h>

#include "common/arena.h"
#include "common/base64.h"
#include "common/instant.h"
#include "worker/platforms/list.h"
#include "worker/platforms/position.h"
#include "worker/platforms/record.h"

enum {
    PER_PAGE = 100, /* the most that Woo gives */
    OVERLAP = 10    /* rows that two pages of a range share */
};

#define SECONDS_MAX INT64_C(253402300799) /* the year 9999: four digits */

/* One list of records. The phases of a stream stand together, in order. */
struct phase {
    enum stream stream;
    const char *resource, *status;
    const char *kind; /* for messages */
    bool ids;         /* a list of ids, for a sweep */
    void (*read)(const struct question *question, const struct record *r);
};

/* Where in a phase we are. Seconds since 1970; NONE: no bound. */
struct place {
    int64_t phase;
    int64_t from;   /* the first second asked for */
    int64_t until;  /* the last second of a range walk; NONE: free walk */
    int64_t row;    /* how many rows of the range are read; 0 in a free walk */
    int64_t total;  /* X-WP-Total of the page before, -1 not known */
    int64_t offset; /* local time minus UTC at FROM, NONE not known */
};

static int64_t second_of(int64_t instant)
{
    if (instant == INSTANT_NONE)
        return INSTANT_NONE;
    return instant / SECOND - (instant % SECOND < 0);
}

/* Records -> rows. */

static bool is_variant(const struct record *r)
{
    const char *type = record_text(r, "type");

    return strncmp(type, "variable", 8) != 0 && strcmp(type, "grouped") != 0;
}

static bool is_for_sale(const char *status, bool is_variation)
{
    /* "private" hides a product, but is how a variation is switched off. */
    return !*status || strcmp(status, "publish") == 0 ||
           (!is_variation && strcmp(status, "private") == 0);
}

static void read_stock(const struct record *r, int64_t updated_at)
{
    struct rows *rows = &r->page->rows;
    struct stock_row *row;

    rows_whole_stock(rows, r->id);
    /* It may be true, false, or "parent". */
    if (!json_true(json_get(r->v, "manage_stock")) ||
        !record_says(r, "stock_quantity"))
        return;
    row = rows_stock(rows);
    row->variant = r->id;
    row->on_hand = record_amount(r, "stock_quantity", 0);
    row->updated_at = updated_at;
}

static void read_variant(const struct question *question,
                         const struct record *r, bool is_variation)
{
    struct json_value currency =
        json_get(question->endpoint->settings, "currency");
    const char *status = record_text(r, "status");
    struct variant_row *row = rows_variant(&r->page->rows);

    row->id = r->id;
    row->product_id = is_variation ? record_text(r, "parent_id") : r->id;
    row->sku = record_text(r, "sku");
    row->barcode = record_text(r, "global_unique_id");
    row->title = record_text(r, "name");
    row->currency = page_text(r->page, currency);
    row->price = record_amount(r, "price", FIXED_NONE);
    row->cost = record_amount(r, "cost_of_goods_sold.total_value", FIXED_NONE);
    row->active = is_for_sale(status, is_variation);
    row->removed = strcmp(status, "trash") == 0;
    row->updated_at = record_time(r, "date_modified_gmt");
    read_stock(r, row->updated_at);
}

static void read_product(const struct question *question,
                         const struct record *r)
{
    struct variant_row *row;

    if (!is_variant(r))
        return;
    read_variant(question, r, false);
    row = &r->page->rows.variants[r->page->rows.variants_n - 1];
    row->category = page_text(
        r->page, json_get(json_at(json_get(r->v, "categories"), 0), "name"));
    row->vendor = page_text(
        r->page, json_get(json_at(json_get(r->v, "brands"), 0), "name"));
}

static void read_variation(const struct question *question,
                           const struct record *r)
{
    read_variant(question, r, true);
}

static void read_id(const struct question *question, const struct record *r)
{
    (void)question;
    if (is_variant(r))
        rows_id(&r->page->rows, r->id);
}

/* Does LINE, one of a refund, give back pieces of the order's line ID? */
static bool gives_back(struct page *page, struct json_value line,
                       const char *id)
{
    struct json_iter it = json_each(json_get(line, "meta_data"));
    struct json_value meta;

    while (json_next(&it, &meta))
        if (strcmp(json_str_or(json_get(meta, "key"), ""),
                   "_refunded_item_id") == 0)
            return strcmp(page_id(page, json_get(meta, "value")), id) == 0;
    return false;
}

/* The pieces of the line ID that the refunds of ORDER give back; their
 * quantities are negative. */
static int64_t returned_of(const struct record *order, const char *id)
{
    struct json_iter refunds = json_each(json_get(order->v, "refunds"));
    struct json_value refund, line;
    int64_t returned = 0, quantity;

    while (json_next(&refunds, &refund)) {
        struct json_iter lines = json_each(json_get(refund, "line_items"));
        while (json_next(&lines, &line)) {
            if (!gives_back(order->page, line, id))
                continue;
            if (json_fixed(json_get(line, "quantity"), &quantity) < 0 ||
                __builtin_sub_overflow(returned, quantity, &returned))
                record_fail(order, "refunds", "have a line of no quantity");
        }
    }
    return returned;
}

static bool is_id(const char *id)
{
    return *id && strcmp(id, "0") != 0;
}

/* What a line sells; "" where it names nothing (a deleted product). */
static const char *variant_of(const struct record *line)
{
    const char *variation = record_text(line, "variation_id");
    const char *product = record_text(line, "product_id");
    const char *sku = record_text(line, "sku");

    if (is_id(variation))
        return variation;
    if (is_id(product))
        return product;
    return *sku ? arena_printf(line->page->rows.arena, "sku:%s", sku) : "";
}

static void read_line(const struct record *order, const struct record *line,
                      bool is_refunded)
{
    const char *variant = variant_of(line);
    struct sale_line_row *row;

    if (!*variant || !record_needs(line, "quantity"))
        return;
    row = rows_sale_line(&line->page->rows);
    row->sale = order->id;
    row->id = line->id;
    row->variant = variant;
    row->quantity = record_amount(line, "quantity", 0);
    row->revenue = record_amount(line, "total", 0);
    row->returned = returned_of(order, line->id);
    if (is_refunded && row->returned == 0)
        row->returned = row->quantity;
}

/* Plugins add states such as "shipped": what is not known to be no sale is one. */
static bool is_counted(const char *status)
{
    static const char *const no_sale[] = {
        "pending", "failed",         "cancelled", "trash",
        "draft",   "checkout-draft", "auto-draft"};

    for (size_t i = 0; i < ARRAY_LEN(no_sale); i++)
        if (strcmp(status, no_sale[i]) == 0)
            return false;
    return true;
}

static void read_order(const struct question *question, const struct record *r)
{
    struct json_iter it = json_each(json_get(r->v, "line_items"));
    struct sale_row *row = rows_sale(&r->page->rows);
    struct json_value item;
    struct record line;
    bool is_refunded;

    (void)question;
    record_needs(r, "status");
    row->id = r->id;
    row->number = record_text(r, "number");
    row->status = record_text(r, "status");
    row->currency = record_text(r, "currency");
    row->counted = is_counted(row->status);
    row->placed_at = record_time(r, "date_created_gmt");
    row->updated_at = record_time(r, "date_modified_gmt");
    is_refunded = strcmp(row->status, "refunded") == 0;
    for (size_t i = 0; json_next(&it, &item); i++)
        if (record_open(&line, r->page, item, "order line", i))
            read_line(r, &line, is_refunded);
    rows_whole(&r->page->rows, r->id);
}

static const struct phase phases[] = {
    {STREAM_VARIANTS, "products", "any", "product", false, read_product},
    {STREAM_VARIANTS, "products", "trash", "product", false, read_product},
    {STREAM_VARIANTS, "variations", "any", "variation", false, read_variation},
    {STREAM_VARIANTS, "variations", "trash", "variation", false,
     read_variation},
    {STREAM_VARIANTS, "products", "any", "product", true, read_id},
    {STREAM_VARIANTS, "variations", "any", "variation", true, read_id},
    {STREAM_SALES, "orders", "any", "order", false, read_order},
    {STREAM_SALES, "orders", "trash", "order", false, read_order},
};
enum { PHASES = ARRAY_LEN(phases) };

/* Places and their texts. */

static struct place start_of(const struct question *question, int64_t phase)
{
    return (struct place){
        .phase = phase,
        .from = second_of(question->window.from),
        .until = INSTANT_NONE,
        .total = -1,
        .offset = INSTANT_NONE,
    };
}

static bool is_second(int64_t second)
{
    return second == INSTANT_NONE || (second > 0 && second <= SECONDS_MAX);
}

static int place_read(const struct question *question, struct place *place)
{
    const char *at = question->position;
    int64_t phase = 0;

    if (!*at) {
        while (phase < PHASES && phases[phase].stream != question->stream)
            phase++;
        *place = start_of(question, phase);
        return phase < PHASES ? 0 : -1;
    }
    if (position_number(&at, &place->phase) < 0 ||
        position_number(&at, &place->from) < 0 ||
        position_number(&at, &place->until) < 0 ||
        position_number(&at, &place->row) < 0 ||
        position_number(&at, &place->total) < 0 ||
        position_number(&at, &place->offset) < 0 || *at)
        return -1;
    if (place->phase < 0 || place->phase >= PHASES || place->row < 0 ||
        place->row > INT32_MAX || place->total > INT32_MAX ||
        !is_second(place->from) || !is_second(place->until))
        return -1;
    return phases[place->phase].stream == question->stream ? 0 : -1;
}

static void go_on(struct page *page, struct place place)
{
    page->next = arena_printf(page->rows.arena, "%lld %lld %lld %lld %lld %lld",
                              (long long)place.phase, (long long)place.from,
                              (long long)place.until, (long long)place.row,
                              (long long)place.total, (long long)place.offset);
}

static void next_phase(const struct question *question, struct page *page,
                       const struct place *place)
{
    int64_t phase = place->phase + 1;

    if (phase < PHASES && phases[phase].stream == question->stream &&
        (!phases[phase].ids || question->window.sweep))
        go_on(page, start_of(question, phase));
}

/* The row that a page starts with. */
static int64_t first_row(const struct place *place)
{
    return place->row > OVERLAP ? place->row - OVERLAP : 0;
}

/* Requests. */

static void add_time(struct buf *path, const char *name, int64_t second)
{
    char text[INSTANT_TEXT];

    buf_printf(path, "&%s=", name);
    buf_url(path, instant_seconds(second * SECOND, 'T', text));
}

static void add_query(struct buf *path, const struct question *question,
                      const struct place *place)
{
    const struct phase *phase = &phases[place->phase];
    int64_t until = place->until;

    buf_printf(path, "/wp-json/wc/v3/%s?status=%s&per_page=%d", phase->resource,
               phase->status, PER_PAGE);
    if (place->row > 0)
        buf_printf(path, "&offset=%lld", (long long)first_row(place));
    if (phase->ids) {
        buf_text(path, "&orderby=id&order=asc&_fields=id,type");
        return;
    }
    buf_text(path, "&orderby=modified&order=asc&dates_are_gmt=true");
    if (place->from != INSTANT_NONE)
        add_time(path, "modified_after", place->from - 1);
    if (until == INSTANT_NONE)
        until = second_of(question->window.to);
    add_time(path, "modified_before", until + 1);
}

static int woo_request(const struct question *question, struct request *request,
                       char *error)
{
    struct place place;

    if (place_read(question, &place) < 0) {
        snprintf(error, 256, "the position is broken: %.60s",
                 question->position);
        return -1;
    }
    request->method = "GET";
    buf_text(&request->path, question->endpoint->path);
    add_query(&request->path, question, &place);
    base64_basic(&request->headers, question->endpoint->user,
                 question->endpoint->secret);
    buf_text(&request->headers, "Accept: application/json\n");
    return 0;
}

/* Pages. */

/* What the records of a page say of the walk. */
struct walk {
    size_t rows;
    int64_t total;         /* X-WP-Total, -1 not said */
    int64_t second, local; /* of the last row */
    int64_t offset, offset_max;
    bool utc_falls, local_falls; /* somewhere a row is before its neighbour */
};

static int64_t total_of(const struct answer *answer)
{
    char text[24];
    const char *at = text;
    int64_t total;

    if (!answer_header(answer, "X-WP-Total", text, sizeof text) ||
        position_number(&at, &total) < 0 || total < 0 || total > INT32_MAX)
        return -1;
    return total;
}

static void step(struct walk *walk, const struct record *r)
{
    int64_t second, local;

    if (!record_needs(r, "date_modified_gmt"))
        return;
    second = second_of(record_time(r, "date_modified_gmt"));
    local = second_of(record_time(r, "date_modified"));
    if (local == INSTANT_NONE)
        local = second;
    if (r->page->class != PAGE_GOOD)
        return;
    if (walk->rows > 0) {
        walk->utc_falls |= second < walk->second;
        walk->local_falls |= local < walk->local;
    }
    walk->second = second;
    walk->local = local;
    walk->offset = local - second;
    if (walk->offset > walk->offset_max)
        walk->offset_max = walk->offset;
    walk->rows++;
}

static void read_records(const struct question *question, struct page *page,
                         const struct place *place, struct json_value root,
                         struct walk *walk)
{
    const struct phase *phase = &phases[place->phase];
    struct json_iter it = json_each(root);
    struct json_value v;
    struct record r;

    for (size_t i = 0; page->class == PAGE_GOOD && json_next(&it, &v); i++) {
        if (!record_open(&r, page, v, phase->kind, i))
            return;
        phase->read(question, &r);
        if (phase->ids)
            walk->rows++;
        else
            step(walk, &r);
    }
}

/* More rows than the first ROWS of the list? A page may be short of rows that
 * are there but cannot be shown (orphans), so where the total is told, it
 * decides. */
static bool has_more(const struct walk *walk, int64_t rows)
{
    if (walk->total >= 0)
        return walk->total > rows;
    return walk->rows >= PER_PAGE;
}

/* Moves PLACE to the next page of a list walked by row number. false: it is
 * drained. */
static bool turn_page(struct place *place, const struct walk *walk)
{
    int64_t start = first_row(place), left = 0;

    if (place->total >= 0 && walk->total >= 0 && walk->total < place->total)
        left = place->total - walk->total;
    place->total = walk->total;
    if (left > place->row - start) {
        place->row = left < place->row ? place->row - left : 0;
        return true;
    }
    place->row = start + PER_PAGE;
    return has_more(walk, place->row);
}

static void next_in_ids(const struct question *question, struct page *page,
                        struct place place, const struct walk *walk)
{
    if (turn_page(&place, walk))
        go_on(page, place);
    else
        next_phase(question, page, &place);
}

static void next_in_range(const struct question *question, struct page *page,
                          struct place place, const struct walk *walk)
{
    if (turn_page(&place, walk)) {
        go_on(page, place);
        return;
    }
    place.from = place.until + 1;
    place.until = INSTANT_NONE;
    place.row = 0;
    place.total = -1;
    if (place.from > second_of(question->window.to))
        next_phase(question, page, &place);
    else
        go_on(page, place);
}

static void next_in_walk(const struct question *question, struct page *page,
                         struct place place, const struct walk *walk)
{
    int64_t offset_max =
        walk->offset_max > place.offset ? walk->offset_max : place.offset;

    if (!has_more(walk, PER_PAGE)) {
        next_phase(question, page, &place);
        return;
    }
    if (walk->rows == 0 || (walk->utc_falls && walk->local_falls) ||
        walk->second < place.from || !is_second(walk->second)) {
        page_fail(page, PAGE_BROKEN,
                  "%s are not in the order and since the time asked for",
                  phases[place.phase].resource);
        return;
    }
    place.offset = walk->offset;
    if (walk->second == place.from || offset_max > walk->offset)
        place.until = walk->second;
    else
        place.from = walk->second;
    go_on(page, place);
}

static void woo_page(const struct question *question,
                     const struct answer *answer, struct page *page)
{
    struct walk walk = {.offset_max = INSTANT_NONE, .total = total_of(answer)};
    struct json_value root;
    struct place place;

    if (place_read(question, &place) < 0) {
        page_fail(page, PAGE_RESTART, "the position is broken");
        return;
    }
    root = page_json(answer, page);
    if (page->class != PAGE_GOOD)
        return;
    if (json_type(root) != JSON_ARRAY) {
        page_fail(page, PAGE_BROKEN, "answered no list of %s",
                  phases[place.phase].resource);
        return;
    }
    read_records(question, page, &place, root, &walk);
    if (page->class != PAGE_GOOD)
        return;
    if (phases[place.phase].ids)
        next_in_ids(question, page, place, &walk);
    else if (place.until != INSTANT_NONE)
        next_in_range(question, page, place, &walk);
    else
        next_in_walk(question, page, place, &walk);
}

static void woo_refused(const struct question *question,
                        const struct answer *answer, struct page *page)
{
    struct place place;

    page_of_status(&platform_woocommerce, answer, page);
    if (answer->status == 404 && place_read(question, &place) == 0 &&
        strcmp(phases[place.phase].resource, "variations") == 0)
        page_fail(page, PAGE_REFUSED,
                  "status 404: this shop does not list its variations; "
                  "that needs WooCommerce 10.3 or newer");
}

static int woo_check(const struct endpoint *endpoint, char *error)
{
    struct json_value currency = json_get(endpoint->settings, "currency");

    if (json_type(currency) == JSON_NONE ||
        strlen(json_str_or(currency, "")) == 3)
        return 0;
    snprintf(error, 256, "setting currency: three letters, such as \"EUR\"");
    return -1;
}

static const struct stream_facts streams[] = {
    {STREAM_VARIANTS, .windowed = true, .stamped = true, .sweeps = true,
     .lookback = 60, .lag = 5},
    {STREAM_SALES, .windowed = true, .stamped = true, .lookback = 60, .lag = 5},
};

const struct platform platform_woocommerce = {
    .name = "woocommerce",
    .title = "WooCommerce REST v3",
    .needs = "url of the shop; user: consumer key, secret: consumer secret (a "
             "read key of WooCommerce > Settings > Advanced > REST API); "
             "setting currency",
    .needs_user = true,
    .needs_secret = true,
    .streams = streams,
    .streams_n = ARRAY_LEN(streams),
    .request = woo_request,
    .page = woo_page,
    .refused = woo_refused,
    .check = woo_check,
};
