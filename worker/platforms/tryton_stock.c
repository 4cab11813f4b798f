/* tryton_stock.c - stock levels of Tryton. Called by tryton.c.
 *
 * Tryton has no table of levels: product.quantity is computed from the moves
 * for the locations that the context names, their sum. So:
 *
 *   places ----> moves: whose products moved? -----.
 *       '------> products: all of them ------------+--> levels, one place
 *                        ^                         |    after the other
 *                        '---- the next batch <----'
 *
 * "products" when the window has no beginning, or a location or warehouse was
 * changed in it (one that is archived or renamed must lose its levels). The
 * answers for one batch of products are kept in the position until the last
 * place has answered, so that all levels of a product are on one page.
 *
 * Only places within a warehouse: the transit location holds what transfer
 * orders have sent and not received, and would be counted twice. Reserved
 * pieces are not told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/instant.h"
#include "worker/platforms/tryton_rpc.h"
#include "worker/platforms/tryton_stock.h"

enum {
    ERROR_SIZE = 256,
    BATCH_MAX = 200,   /* products or moves of one round */
    LEVELS_MAX = 5000, /* levels that a position may have to keep */
    PLACES_MAX = 1000,
};

enum step { PLACES, MOVES, PRODUCTS, LEVELS };
static const char *const steps[] = {[PLACES] = "places",
                                    [MOVES] = "moves",
                                    [PRODUCTS] = "products",
                                    [LEVELS] = "levels"};

/* A position: {"step":"levels","source":"moves","places":[[3,"Warehouse"]],
 * "last":17,"more":true,"ids":[1,2],"at":1,"found":[[1,0,2000000]]}. A found
 * level is the product, the place's number in PLACES, and the quantity. */
struct round {
    enum step step;
    enum step source; /* where products come from: MOVES or PRODUCTS */
    int64_t last;     /* id of the last move or product read there */
    bool more;        /* may there be more behind LAST? */
    int64_t at;       /* the place whose levels are asked for */
    struct json_value places, ids, found;
    struct json *json; /* owns the values */
};

static int step_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        if (strcmp(steps[i], name) == 0)
            return (int)i;
    return -1;
}

static int place_at(const struct round *round, int64_t at, int64_t *id)
{
    struct json_value place = json_at(round->places, (size_t)at);

    return at < 0 || !json_str(json_at(place, 1))
               ? -1
               : rpc_id(json_at(place, 0), id);
}

/* Ended by json_free(round->json) also after -1. */
static int round_read(const struct question *q, struct round *round)
{
    struct json_value root;
    int64_t place;
    int step, source;

    *round = (struct round){.step = PLACES};
    if (!*q->position)
        return 0;
    round->json = json_new();
    if (json_parse(round->json, q->position, strlen(q->position), &root) < 0)
        return -1;
    step = step_find(json_str_or(json_get(root, "step"), ""));
    source = step_find(json_str_or(json_get(root, "source"), ""));
    if (step < MOVES || (source != MOVES && source != PRODUCTS) ||
        json_int(json_get(root, "last"), &round->last) < 0)
        return -1;
    round->step = (enum step)step;
    round->source = (enum step)source;
    round->more = json_true(json_get(root, "more"));
    round->places = json_get(root, "places");
    round->ids = json_get(root, "ids");
    round->found = json_get(root, "found");
    if (step != LEVELS)
        return place_at(round, 0, &place);
    if (json_int(json_get(root, "at"), &round->at) < 0)
        return -1;
    return place_at(round, round->at, &place);
}

static int batch_of(const struct round *round)
{
    size_t places = json_size(round->places);
    int batch = places ? (int)(LEVELS_MAX / places) : BATCH_MAX;

    if (batch > BATCH_MAX)
        return BATCH_MAX;
    return batch > 0 ? batch : 1;
}

/* --- Requests. */

static void ask_source(const struct question *q, const struct round *round,
                       struct request *request)
{
    static const char *const own[] = {""};
    struct buf *b = &request->body;
    bool moves = round->step == MOVES;

    rpc_start(q, request, moves ? "stock.move" : "product.product",
              moves ? "search_read" : "search");
    buf_printf(b, "[[\"id\",\">\",%lld]", (long long)round->last);
    if (moves) {
        buf_printf(b, ",[\"state\",\"=\",\"done\"],[\"company\",\"=\",%lld]",
                   (long long)rpc_company(q->endpoint));
        rpc_changed(b, &q->window, own, ARRAY_LEN(own));
    } else {
        buf_text(b, ",[\"type\",\"!=\",\"service\"]");
    }
    buf_printf(b, "],0,%d,[[\"id\",\"ASC\"]]%s", batch_of(round),
               moves ? ",[\"product\"]" : "");
    rpc_end(q, request, "");
}

static void ask_levels(const struct question *q, const struct round *round,
                       struct request *request)
{
    struct json_iter it = json_each(round->ids);
    struct json_value v;
    struct buf context = {0};
    int64_t id, place = 0;
    const char *comma = "";

    rpc_start(q, request, "product.product", "search_read");
    buf_text(&request->body, "[[\"id\",\"in\",[");
    for (; json_next(&it, &v); comma = ",")
        if (json_int(v, &id) == 0)
            buf_printf(&request->body, "%s%lld", comma, (long long)id);
    buf_text(&request->body, "]]],0,null,[[\"id\",\"ASC\"]],[\"quantity\"]");
    if (place_at(round, round->at, &place) == 0)
        buf_printf(&context, ",\"locations\":[%lld],\"with_childs\":false",
                   (long long)place);
    rpc_end(q, request, buf_str(&context));
    buf_free(&context);
}

int tryton_stock_request(const struct question *q, struct request *request,
                         char *error)
{
    struct round round;
    int result = round_read(q, &round);

    if (result < 0) {
        snprintf(error, ERROR_SIZE, "not a position of this stream");
    } else if (round.step == PLACES) {
        rpc_start(q, request, "stock.location", "search_read");
        buf_text(&request->body,
                 "[[\"type\",\"in\",[\"storage\",\"warehouse\"]]],0,null,"
                 "[[\"id\",\"ASC\"]],[\"type\",\"active\",\"write_date\","
                 "\"create_date\"," RPC_PLACE("") "]");
        rpc_end(q, request, "");
    } else if (round.step == LEVELS) {
        ask_levels(q, &round, request);
    } else {
        ask_source(q, &round, request);
    }
    json_free(round.json);
    return result;
}

/* --- Positions of the next page. */

/* {"step":..,"source":..,"last":..,"more":..,"places":[..] without the end */
static void start_next(struct buf *b, const struct round *round, enum step step)
{
    struct json_iter it = json_each(round->places);
    struct json_value place;
    const char *comma = "";
    int64_t id = 0;

    buf_printf(b,
               "{\"step\":\"%s\",\"source\":\"%s\",\"last\":%lld,\"more\":%s,"
               "\"places\":[",
               steps[step], steps[round->source], (long long)round->last,
               round->more ? "true" : "false");
    for (; json_next(&it, &place); comma = ",") {
        if (rpc_id(json_at(place, 0), &id) < 0)
            id = 0;
        buf_printf(b, "%s[%lld,", comma, (long long)id);
        buf_json(b, json_str_or(json_at(place, 1), ""));
        buf_char(b, ']');
    }
    buf_char(b, ']');
}

/* Closes and frees what start_next() began. */
static void end_next(struct page *page, struct buf *b)
{
    buf_char(b, '}');
    if (b->length >= POSITION_MAX)
        page_fail(page, PAGE_REFUSED, "too many or too long location names");
    else
        page->next = arena_text(page->rows.arena, b->data, b->length);
    buf_free(b);
}

/* --- Answers. */

static bool changed(const struct question *q, struct json_value location)
{
    return q->window.from == INSTANT_NONE ||
           rpc_written(location) >= q->window.from;
}

static bool is_kept(struct json_value location)
{
    const char *type = json_str_or(json_get(location, "type"), "");
    struct json_value active = json_get(location, "active");
    int64_t number = 0;
    /* SQLite answers 1 for true. */
    bool is_active =
        json_true(active) || (json_int(active, &number) == 0 && number == 1);

    return is_active && strcmp(type, "storage") == 0 &&
           json_type(json_get(location, "warehouse.")) == JSON_OBJECT;
}

static void take_places(const struct question *q, struct json_value result,
                        struct page *page)
{
    struct json_iter it = json_each(result);
    struct json_value v;
    struct buf places = {0}, b = {0};
    enum step source = MOVES;
    int64_t id;
    int n = 0;

    while (json_next(&it, &v)) {
        if (changed(q, v))
            source = PRODUCTS;
        if (!is_kept(v) || rpc_id(json_get(v, "id"), &id) < 0)
            continue;
        buf_printf(&places, "%s[%lld,", n++ ? "," : "", (long long)id);
        buf_json(&places, rpc_place(page, v));
        buf_char(&places, ']');
    }
    if (n > PLACES_MAX) {
        page_fail(page, PAGE_REFUSED, "%d storage locations; %d are too many",
                  n, PLACES_MAX);
    } else if (n > 0) {
        buf_printf(&b,
                   "{\"step\":\"%s\",\"source\":\"%s\",\"last\":0,"
                   "\"more\":true,\"places\":[%s]",
                   steps[source], steps[source], buf_str(&places));
        end_next(page, &b);
    }
    buf_free(&places);
    buf_free(&b);
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Goes on to the levels of the N products in IDS. */
static void ask_for(const struct round *round, int64_t *ids, size_t n,
                    struct page *page)
{
    struct buf b = {0};

    qsort(ids, n, sizeof *ids, compare_ids);
    start_next(&b, round, LEVELS);
    buf_text(&b, ",\"at\":0,\"found\":[],\"ids\":[");
    for (size_t i = 0; i < n; i++)
        if (i == 0 || ids[i] != ids[i - 1])
            buf_printf(&b, "%s%lld", i ? "," : "", (long long)ids[i]);
    buf_char(&b, ']');
    end_next(page, &b);
}

/* Moves as records, or products as ids. */
static void take_source(struct round *round, struct json_value result,
                        struct page *page)
{
    struct json_iter it = json_each(result);
    struct json_value v;
    size_t n = 0, batch = (size_t)batch_of(round);
    int64_t ids[BATCH_MAX];

    for (; n < batch && json_next(&it, &v); n++) {
        bool moves = round->step == MOVES;
        int64_t id, product;

        if (rpc_id(moves ? json_get(v, "id") : v, &id) < 0 ||
            rpc_id(moves ? json_get(v, "product") : v, &product) < 0 ||
            id <= round->last) {
            page_fail(page, PAGE_BROKEN, "an answer without ids in order");
            return;
        }
        round->last = id;
        ids[n] = product;
    }
    round->more = n == batch;
    if (n > 0)
        ask_for(round, ids, n, page);
}

static void add_level(const struct round *round, struct page *page,
                      int64_t product, int64_t at, int64_t quantity)
{
    struct json_value place = json_at(round->places, (size_t)at);
    struct stock_row *row = rows_stock(&page->rows);

    row->variant = arena_printf(page->rows.arena, "%lld", (long long)product);
    row->location = page_text(page, json_at(place, 1));
    row->on_hand = quantity;
}

/* The last place has answered: all levels of the batch are known. */
static void finish_batch(const struct round *round, struct page *page)
{
    struct json_iter it = json_each(round->ids);
    struct json_value v;
    struct buf b = {0};
    int64_t product, at, quantity;

    while (json_next(&it, &v))
        rows_whole_stock(&page->rows, page_id(page, v));
    for (it = json_each(round->found); json_next(&it, &v);)
        if (json_int(json_at(v, 0), &product) == 0 &&
            json_int(json_at(v, 1), &at) == 0 && at >= 0 &&
            json_int(json_at(v, 2), &quantity) == 0)
            add_level(round, page, product, at, quantity);
    if (!round->more)
        return;
    start_next(&b, round, round->source);
    end_next(page, &b);
}

/* Carries what was found so far over to the next place. */
static void start_carry(struct buf *b, const struct round *round)
{
    struct json_iter it;
    struct json_value v;
    const char *comma = "";
    int64_t number = 0;

    start_next(b, round, LEVELS);
    buf_printf(b, ",\"at\":%lld,\"ids\":[", (long long)round->at + 1);
    for (it = json_each(round->ids); json_next(&it, &v); comma = ",")
        if (json_int(v, &number) == 0)
            buf_printf(b, "%s%lld", comma, (long long)number);
    buf_text(b, "],\"found\":[");
    comma = "";
    for (it = json_each(round->found); json_next(&it, &v); comma = ",") {
        buf_printf(b, "%s[", comma);
        for (size_t i = 0; i < 3; i++)
            if (json_int(json_at(v, i), &number) == 0)
                buf_printf(b, "%s%lld", i ? "," : "", (long long)number);
        buf_char(b, ']');
    }
}

static void take_levels(const struct round *round, struct json_value result,
                        struct page *page)
{
    bool last = (size_t)round->at + 1 == json_size(round->places);
    const char *comma = json_size(round->found) ? "," : "";
    struct json_iter it = json_each(result);
    struct json_value v;
    struct buf b = {0};

    if (!last)
        start_carry(&b, round);
    while (page->class == PAGE_GOOD && json_next(&it, &v)) {
        int64_t id, quantity;

        if (rpc_id(json_get(v, "id"), &id) < 0 ||
            rpc_amount(json_get(v, "quantity"), &quantity) < 0)
            page_fail(page, PAGE_BROKEN, "a product without a quantity");
        else if (quantity != 0 && last)
            add_level(round, page, id, round->at, quantity);
        else if (quantity != 0) {
            buf_printf(&b, "%s[%lld,%lld,%lld]", comma, (long long)id,
                       (long long)round->at, (long long)quantity);
            comma = ",";
        }
    }
    if (page->class == PAGE_GOOD && last) {
        finish_batch(round, page);
    } else if (page->class == PAGE_GOOD) {
        buf_char(&b, ']');
        end_next(page, &b);
    }
    buf_free(&b);
}

void tryton_stock_page(const struct question *q, const struct answer *answer,
                       struct page *page)
{
    struct json_value result = rpc_result(answer, page);
    struct round round;

    if (page->class != PAGE_GOOD)
        return;
    if (round_read(q, &round) < 0)
        page_fail(page, PAGE_RESTART, "not a position of this stream");
    else if (round.step == PLACES)
        take_places(q, result, page);
    else if (round.step == LEVELS)
        take_levels(&round, result, page);
    else
        take_source(&round, result, page);
    json_free(round.json);
}
