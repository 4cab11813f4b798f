/* tryton.c - Tryton 6 over JSON-RPC. See common/platform.h.
 *
 * This file reads the streams that are lists of records: variants, sales and
 * the three kinds of stock orders; stock has its own way (tryton_stock.c). Both
 * write calls and read values by tryton_rpc.c.
 *
 * A list goes by id ("id > the last one"), so it cannot drift. What counts as
 * changed is a record or one that it consists of: a line written alone, or a
 * part receipt, does not touch its order. A list of the records that a PATH
 * reaches may hold some whose change is older; that costs a read only. After
 * them, for a sweep, come all ids: a deleted draft leaves no trace.
 *
 * Amounts of lines are in their own unit ("dozen"), those of moves in the
 * product's: lines are converted. Dates without a time are noon UTC.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/fixed.h"
#include "common/instant.h"
#include "worker/platforms/list.h"
#include "worker/platforms/tryton_rpc.h"
#include "worker/platforms/tryton_stock.h"

enum { ERROR_SIZE = 256, IDS = 1000, PATHS_MAX = 3, CURRENCY = 8 };

/* --- Kinds: what each stream is a list of. */

struct reading { /* what the rows of one page have in common */
    struct page *page;
    const char *currency; /* the company's; variants only */
};

struct kind {
    enum stream stream;
    const char *model;
    int limit;
    const char *domain; /* more clauses, each with a comma before it */
    bool of_company;    /* restricted to the company */
    const char *paths[PATHS_MAX]; /* whose dates count; NULL: no more */
    const char *fields;
    void (*read)(const struct reading *reading, const char *id,
                 struct json_value record);
};

static void read_variant(const struct reading *r, const char *id,
                         struct json_value record);
static void read_sale(const struct reading *r, const char *id,
                      struct json_value record);
static void read_purchase(const struct reading *r, const char *id,
                          struct json_value record);
static void read_transfer(const struct reading *r, const char *id,
                          struct json_value record);
static void read_production(const struct reading *r, const char *id,
                            struct json_value record);

#define DATES "\"write_date\",\"create_date\""
#define HEAD DATES ",\"number\",\"state\""
#define LINE                                                                   \
    "\"lines.type\",\"lines.quantity\",\"lines.unit.factor\","                 \
    "\"lines.product.type\",\"lines.product.default_uom.factor\""
#define MOVE(name)                                                             \
    "\"" name ".product\",\"" name ".state\",\"" name ".internal_quantity\""

static const struct kind kinds[] = {
    {STREAM_VARIANTS,
     "product.product",
     200,
     ",[\"type\",\"!=\",\"service\"]",
     false,
     {"", "template.", "identifiers."},
     "[" DATES ",\"code\",\"name\",\"list_price\",\"cost_price\",\"active\","
     "\"template.write_date\",\"template.create_date\",\"identifiers.type\","
     "\"identifiers.code\",\"categories.name\"]",
     read_variant},
    {STREAM_SALES,
     "sale.sale",
     100,
     "",
     true,
     {"", "lines."},
     "[" HEAD ",\"sale_date\",\"currency.code\",\"warehouse.name\"," LINE
     ",\"lines.amount\"]",
     read_sale},
    {STREAM_PURCHASE_ORDERS,
     "purchase.purchase",
     100,
     "",
     true,
     {"", "lines.", "lines.moves."},
     "[" HEAD ",\"shipment_state\",\"purchase_date\",\"delivery_date\","
     "\"party.name\",\"currency.code\",\"warehouse.name\"," LINE
     ",\"lines.unit_price\",\"lines.delivery_date\",\"lines.moves.state\","
     "\"lines.moves.internal_quantity\"]",
     read_purchase},
    {STREAM_TRANSFER_ORDERS,
     "stock.shipment.internal",
     100,
     "",
     true,
     {"", "moves."},
     "[" HEAD ",\"planned_date\",\"transit_location\"," RPC_PLACE(
         "from_location.") "," RPC_PLACE("to_location.") "," MOVE("moves") ",\""
                                                                           "mov"
                                                                           "es."
                                                                           "fro"
                                                                           "m_"
                                                                           "loc"
                                                                           "ati"
                                                                           "on"
                                                                           "\","
                                                                           "\"m"
                                                                           "ove"
                                                                           "s."
                                                                           "to_"
                                                                           "loc"
                                                                           "ati"
                                                                           "on"
                                                                           "\""
                                                                           "]",
     read_transfer},
    {STREAM_ASSEMBLY_ORDERS,
     "production",
     100,
     "",
     true,
     {"", "inputs.", "outputs."},
     "[" HEAD ",\"planned_date\"," MOVE("inputs") "," RPC_PLACE(
         "inputs.from_location.") "," MOVE("outputs") "," RPC_PLACE("outputs."
                                                                    "to_"
                                                                    "location.") "]",
     read_production},
};

static const struct kind *kind_of(enum stream stream)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (kinds[i].stream == stream)
            return &kinds[i];
    return NULL;
}

/* --- Positions: "<step> <last id> <currency or ->". Variants begin by asking
 * for the company's currency, which their records do not tell. */

enum step { STEP_CURRENCY, STEP_ROWS, STEP_IDS };
static const char *const steps[] = {
    [STEP_CURRENCY] = "currency", [STEP_ROWS] = "rows", [STEP_IDS] = "ids"};

struct place {
    enum step step;
    int64_t last;
    char currency[CURRENCY];
};

static int place_read(const struct question *q, struct place *place)
{
    char step[16];
    int used = -1;

    *place = (struct place){STEP_ROWS, 0, "-"};
    if (q->stream == STREAM_VARIANTS)
        place->step = STEP_CURRENCY;
    if (!*q->position)
        return 0;
    if (sscanf(q->position, "%15s %18" SCNd64 " %7s%n", step, &place->last,
               place->currency, &used) != 3 ||
        q->position[used] != '\0' || place->last < 0)
        return -1;
    for (size_t i = STEP_ROWS; i < ARRAY_LEN(steps); i++) {
        place->step = (enum step)i;
        if (strcmp(steps[i], step) == 0)
            return 0;
    }
    return -1;
}

static void set_next(struct page *page, enum step step, int64_t last,
                     const char *currency)
{
    page->next = arena_printf(page->rows.arena, "%s %lld %s", steps[step],
                              (long long)last, currency);
}

/* --- Requests. */

static void ask_currency(const struct question *q, struct request *request)
{
    rpc_start(q, request, "company.company", "search_read");
    buf_printf(&request->body,
               "[[\"id\",\"=\",%lld]],0,1,null,[\"currency.code\"]",
               (long long)rpc_company(q->endpoint));
    rpc_end(q, request, "");
}

static void ask_list(const struct question *q, const struct place *place,
                     struct request *request)
{
    const struct kind *kind = kind_of(q->stream);
    bool rows = place->step == STEP_ROWS;
    struct buf *b = &request->body;
    size_t paths = 0;

    while (paths < PATHS_MAX && kind->paths[paths])
        paths++;
    rpc_start(q, request, kind->model, rows ? "search_read" : "search");
    buf_printf(b, "[[\"id\",\">\",%lld]%s", (long long)place->last,
               kind->domain);
    if (kind->of_company)
        buf_printf(b, ",[\"company\",\"=\",%lld]",
                   (long long)rpc_company(q->endpoint));
    if (rows)
        rpc_changed(b, &q->window, kind->paths, paths);
    buf_printf(b, "],0,%d,[[\"id\",\"ASC\"]]%s%s", rows ? kind->limit : IDS,
               rows ? "," : "", rows ? kind->fields : "");
    rpc_end(q, request, "");
}

static int tryton_request(const struct question *q, struct request *request,
                          char *error)
{
    struct place place;

    if (q->stream == STREAM_STOCK)
        return tryton_stock_request(q, request, error);
    if (!kind_of(q->stream) || place_read(q, &place) < 0) {
        snprintf(error, ERROR_SIZE, "not a position of this stream");
        return -1;
    }
    if (place.step == STEP_CURRENCY)
        ask_currency(q, request);
    else
        ask_list(q, &place, request);
    return 0;
}

static int tryton_login_request(const struct question *q,
                                struct request *request, char *error)
{
    (void)error;
    rpc_post(q->endpoint, request);
    buf_text(&request->body,
             "{\"id\":1,\"method\":\"common.db.login\",\"params\":[");
    buf_json(&request->body, q->endpoint->user);
    buf_text(&request->body, ",{\"password\":");
    buf_json(&request->body, q->endpoint->secret);
    buf_text(&request->body, "},\"en\"]}");
    return 0;
}

/* The session is "user:uid:key", to be sent in base64. */
static void tryton_login(const struct question *q, const struct answer *answer,
                         char *session, struct page *page)
{
    struct json_value result = rpc_result(answer, page);
    const char *key = json_str(json_at(result, 1));
    int64_t uid;
    int length;

    if (page->class != PAGE_GOOD)
        return;
    if (rpc_id(json_at(result, 0), &uid) < 0 || !key) {
        page_fail(page, PAGE_BROKEN, "login answered no session");
        return;
    }
    length = snprintf(session, SESSION_MAX, "%s:%lld:%s", q->endpoint->user,
                      (long long)uid, key);
    if (length >= SESSION_MAX)
        page_fail(page, PAGE_BROKEN, "login answered too long a session");
}

/* --- Answers. */

/* All ids up to LAST are read, N of at most LIMIT on this page. */
static void go_on(const struct question *q, const struct place *place,
                  int64_t last, int n, int limit, struct page *page)
{
    if (n >= limit)
        set_next(page, place->step, last, place->currency);
    else if (place->step == STEP_ROWS && q->window.sweep)
        set_next(page, STEP_IDS, 0, place->currency);
}

static void take_currency(struct json_value result, struct page *page)
{
    struct json_value company = json_at(result, 0);
    const char *code =
        json_str_or(json_get(json_get(company, "currency."), "code"), "");

    if (json_type(company) != JSON_OBJECT)
        page_fail(page, PAGE_REFUSED,
                  "no such company: see the setting \"company\"");
    else
        set_next(page, STEP_ROWS, 0,
                 *code && strlen(code) < CURRENCY && !strpbrk(code, " \t\r\n")
                     ? code
                     : "-");
}

static void take_list(const struct question *q, const struct place *place,
                      struct json_value result, struct page *page)
{
    const struct kind *kind = kind_of(q->stream);
    const struct reading r = {
        page, strcmp(place->currency, "-") != 0 ? place->currency : ""};
    bool rows = place->step == STEP_ROWS;
    struct json_iter it = json_each(result);
    struct json_value v;
    int64_t id, last = place->last;
    int n = 0;

    for (; page->class == PAGE_GOOD && json_next(&it, &v); n++, last = id) {
        struct json_value at = rows ? json_get(v, "id") : v;

        if (rpc_id(at, &id) < 0 || id <= last) {
            page_fail(page, PAGE_BROKEN, "an answer without ids in order");
            return;
        }
        if (rows)
            kind->read(&r, page_id(page, at), v);
        else
            rows_id(&page->rows, page_id(page, at));
    }
    if (page->class == PAGE_GOOD)
        go_on(q, place, last, n, rows ? kind->limit : IDS, page);
}

static void tryton_page(const struct question *q, const struct answer *answer,
                        struct page *page)
{
    struct json_value result;
    struct place place;

    if (q->stream == STREAM_STOCK) {
        tryton_stock_page(q, answer, page);
        return;
    }
    result = rpc_result(answer, page);
    if (page->class != PAGE_GOOD)
        return;
    if (!kind_of(q->stream) || place_read(q, &place) < 0)
        page_fail(page, PAGE_RESTART, "not a position of this stream");
    else if (place.step == STEP_CURRENCY)
        take_currency(result, page);
    else
        take_list(q, &place, result, page);
}

/* --- Values of records. */

static bool is(struct json_value record, const char *field, const char *value)
{
    return strcmp(json_str_or(json_get(record, field), ""), value) == 0;
}

static bool is_one_of(struct json_value record, const char *field,
                      const char *const *values)
{
    for (; *values; values++)
        if (is(record, field, *values))
            return true;
    return false;
}

/* A boolean; SQLite answers 1 for true. */
static bool is_true(struct json_value v)
{
    int64_t number = 0;

    return json_true(v) || (json_int(v, &number) == 0 && number != 0);
}

static int64_t amount_or(struct json_value v, int64_t otherwise)
{
    int64_t amount;

    return rpc_amount(v, &amount) < 0 ? otherwise : amount;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* A sum that stays within the range. */
static int64_t plus(int64_t a, int64_t b)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return a < 0 ? INT64_MIN + 1 : INT64_MAX;
    return sum;
}

static int64_t size_of(int64_t amount)
{
    return amount < 0 ? (amount == INT64_MIN ? INT64_MAX : -amount) : amount;
}

/* How many of the product's own unit are one of LINE's? */
static double pieces(struct json_value line)
{
    struct json_value product = json_get(line, "product.");
    double unit = 0, own = 0;

    if (json_double(json_path(json_get(line, "unit."), "factor"), &unit) < 0 ||
        json_double(json_get(json_get(product, "default_uom."), "factor"),
                    &own) < 0 ||
        !(unit > 0) || !(own > 0))
        return 1;
    return unit / own;
}

static int64_t times(int64_t amount, double factor)
{
    int64_t product;

    if (factor == 1 || amount == FIXED_NONE ||
        fixed_from_double(fixed_to_double(amount) * factor, &product) < 0)
        return amount;
    return product;
}

/* The id of the product of a line that we keep: "" for a comment, a subtotal,
 * a service. */
static const char *product_of(struct page *page, struct json_value line)
{
    struct json_value product = json_get(line, "product.");

    if (!is(line, "type", "line") || is(product, "type", "service"))
        return "";
    return page_id(page, json_get(product, "id"));
}

/* --- Variants and sales. */

static const char *barcode_of(struct page *page, struct json_value record)
{
    static const char *const kinds_of_barcode[] = {"ean", "isbn", "upc", NULL};
    struct json_iter it = json_each(json_get(record, "identifiers."));
    struct json_value identifier;

    while (json_next(&it, &identifier))
        if (is_one_of(identifier, "type", kinds_of_barcode))
            return page_text(page, json_get(identifier, "code"));
    return "";
}

static void read_variant(const struct reading *r, const char *id,
                         struct json_value v)
{
    struct page *page = r->page;
    struct variant_row *row = rows_variant(&page->rows);
    struct json_value template = json_get(v, "template.");
    struct json_value category = json_at(json_get(v, "categories."), 0);

    row->id = id;
    row->product_id = page_id(page, json_get(template, "id"));
    row->sku = page_text(page, json_get(v, "code"));
    row->barcode = barcode_of(page, v);
    row->title = page_text(page, json_get(v, "name"));
    row->category = page_text(page, json_get(category, "name"));
    row->currency = arena_printf(page->rows.arena, "%s", r->currency);
    row->price = amount_or(json_get(v, "list_price"), FIXED_NONE);
    row->cost = amount_or(json_get(v, "cost_price"), FIXED_NONE);
    row->active = is_true(json_get(v, "active"));
    row->updated_at = later(rpc_written(v), rpc_written(template));
}

/* A return is a line (often in a sale of its own) with a negative quantity:
 * nothing sold, so many given back. */
static void read_sale_line(struct page *page, const char *sale,
                           const char *location, struct json_value line)
{
    const char *product = product_of(page, line);
    int64_t quantity, amount;
    struct sale_line_row *row;

    if (!*product)
        return;
    if (rpc_amount(json_get(line, "quantity"), &quantity) < 0 ||
        rpc_amount(json_get(line, "amount"), &amount) < 0) {
        page_fail(page, PAGE_BROKEN, "sale %s: a line without its numbers",
                  sale);
        return;
    }
    quantity = times(quantity, pieces(line));
    row = rows_sale_line(&page->rows);
    row->sale = sale;
    row->id = page_id(page, json_get(line, "id"));
    row->variant = product;
    row->location = location;
    row->quantity = quantity > 0 ? quantity : 0;
    row->returned = quantity < 0 ? size_of(quantity) : 0;
    row->revenue = quantity > 0 ? amount : 0;
}

static void read_sale(const struct reading *r, const char *id,
                      struct json_value v)
{
    static const char *const counted[] = {"confirmed", "processing", "done",
                                          NULL};
    struct page *page = r->page;
    struct json_iter it = json_each(json_get(v, "lines."));
    struct json_value house = json_get(v, "warehouse."), line;
    const char *location = page_text(page, json_get(house, "name"));
    struct sale_row *row = rows_sale(&page->rows);

    row->id = id;
    row->number = page_text(page, json_get(v, "number"));
    row->status = page_text(page, json_get(v, "state"));
    row->currency = page_text(page, json_get(json_get(v, "currency."), "code"));
    row->counted = is_one_of(v, "state", counted);
    row->placed_at = rpc_time(json_get(v, "sale_date"));
    row->updated_at = rpc_written(v);
    rows_whole(&page->rows, id);
    while (json_next(&it, &line))
        read_sale_line(page, id, location, line);
}

/* --- Stock orders. */

static struct stock_order_row *add_order(struct page *page, const char *id,
                                         struct json_value v)
{
    struct stock_order_row *row = rows_stock_order(&page->rows);

    row->id = id;
    row->number = page_text(page, json_get(v, "number"));
    row->status = page_text(page, json_get(v, "state"));
    row->updated_at = rpc_written(v);
    rows_whole(&page->rows, id);
    return row;
}

/* What the done ones of MOVES have moved. */
static int64_t moved(struct json_value moves)
{
    struct json_iter it = json_each(moves);
    struct json_value move;
    int64_t sum = 0;

    while (json_next(&it, &move))
        if (is(move, "state", "done"))
            sum = plus(sum, amount_or(json_get(move, "internal_quantity"), 0));
    return sum;
}

/* A negative quantity goes back to the supplier. */
static void read_purchase_line(struct page *page, const char *order,
                               const char *location, struct json_value line)
{
    const char *product = product_of(page, line);
    double factor = pieces(line);
    struct stock_order_line_row *row;
    int64_t quantity;

    if (!*product)
        return;
    if (rpc_amount(json_get(line, "quantity"), &quantity) < 0) {
        page_fail(page, PAGE_BROKEN, "purchase %s: a line without quantity",
                  order);
        return;
    }
    row = rows_stock_order_line(&page->rows);
    row->order = order;
    row->id = page_id(page, json_get(line, "id"));
    row->variant = product;
    row->inward = quantity >= 0;
    row->outward = quantity < 0;
    *(row->inward ? &row->to : &row->from) = location;
    row->quantity = size_of(times(quantity, factor));
    row->received = moved(json_get(line, "moves."));
    row->sent = row->received;
    row->unit_cost =
        times(amount_or(json_get(line, "unit_price"), FIXED_NONE), 1 / factor);
    row->expected_at = rpc_time(json_get(line, "delivery_date"));
}

/* An order that is received stays "processing" until it is paid. */
static void read_purchase(const struct reading *r, const char *id,
                          struct json_value v)
{
    static const char *const going_on[] = {"confirmed", "processing", NULL};
    struct page *page = r->page;
    struct json_iter it = json_each(json_get(v, "lines."));
    struct json_value house = json_get(v, "warehouse."), line;
    const char *location = page_text(page, json_get(house, "name"));
    struct stock_order_row *row = add_order(page, id, v);

    row->supplier = page_text(page, json_get(json_get(v, "party."), "name"));
    row->currency = page_text(page, json_get(json_get(v, "currency."), "code"));
    row->open =
        is_one_of(v, "state", going_on) && !is(v, "shipment_state", "received");
    row->ordered_at = rpc_time(json_get(v, "purchase_date"));
    row->expected_at = rpc_time(json_get(v, "delivery_date"));
    while (json_next(&it, &line))
        read_purchase_line(page, id, location, line);
}

/* A transfer with a transit has two moves for each line, there and on from
 * there; a part sent splits them further. So: one line for each product. */
struct leg {
    int64_t product, quantity;
    bool leaves, arrives, done;
};

static int compare_legs(const void *a, const void *b)
{
    const struct leg *x = a, *y = b;

    return (x->product > y->product) - (x->product < y->product);
}

/* -1 when the move does not count. */
static int read_leg(struct json_value move, int64_t transit, struct leg *leg)
{
    int64_t from = 0, to = 0;

    if (is(move, "state", "cancelled") ||
        rpc_id(json_get(move, "product"), &leg->product) < 0 ||
        rpc_id(json_get(move, "from_location"), &from) < 0 ||
        rpc_id(json_get(move, "to_location"), &to) < 0 ||
        rpc_amount(json_get(move, "internal_quantity"), &leg->quantity) < 0)
        return -1;
    leg->leaves = !transit || from != transit;
    leg->arrives = !transit || to != transit;
    leg->done = is(move, "state", "done");
    return 0;
}

static void add_leg(struct stock_order_line_row *row, const struct leg *leg)
{
    if (leg->leaves)
        row->quantity = plus(row->quantity, leg->quantity);
    if (leg->leaves && leg->done)
        row->sent = plus(row->sent, leg->quantity);
    if (leg->arrives && leg->done)
        row->received = plus(row->received, leg->quantity);
}

static struct stock_order_line_row *
add_transfer_line(struct page *page, const char *order, const char *from,
                  const char *to, int64_t product)
{
    struct stock_order_line_row *row = rows_stock_order_line(&page->rows);

    row->order = order;
    row->variant = arena_printf(page->rows.arena, "%lld", (long long)product);
    row->id = row->variant;
    row->from = from;
    row->to = to;
    row->inward = true;
    row->outward = true;
    return row;
}

static void read_transfer(const struct reading *r, const char *id,
                          struct json_value v)
{
    static const char *const going_on[] = {"waiting", "assigned", "shipped",
                                           NULL};
    struct page *page = r->page;
    struct json_value moves = json_get(v, "moves."), move;
    struct json_iter it = json_each(moves);
    struct stock_order_row *row = add_order(page, id, v);
    struct stock_order_line_row *line = NULL;
    const char *from = rpc_place(page, json_get(v, "from_location."));
    const char *to = rpc_place(page, json_get(v, "to_location."));
    struct leg *legs =
        arena_alloc(page->rows.arena, (json_size(moves) + 1) * sizeof *legs);
    int64_t transit = 0;
    size_t n = 0;

    row->open = is_one_of(v, "state", going_on);
    row->ordered_at = rpc_time(json_get(v, "create_date"));
    row->expected_at = rpc_time(json_get(v, "planned_date"));
    if (rpc_id(json_get(v, "transit_location"), &transit) < 0)
        transit = 0;
    while (json_next(&it, &move))
        if (read_leg(move, transit, &legs[n]) == 0)
            n++;
    qsort(legs, n, sizeof *legs, compare_legs);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || legs[i].product != legs[i - 1].product)
            line = add_transfer_line(page, id, from, to, legs[i].product);
        add_leg(line, &legs[i]);
    }
}

/* The moves of a production: its outputs come, its inputs go. */
static void read_moves(struct page *page, const char *order,
                       struct json_value moves, bool inward)
{
    struct json_iter it = json_each(moves);
    struct json_value move;

    while (json_next(&it, &move)) {
        struct json_value at =
            json_get(move, inward ? "to_location." : "from_location.");
        struct stock_order_line_row *row;
        int64_t product, quantity;

        if (is(move, "state", "cancelled") ||
            rpc_id(json_get(move, "product"), &product) < 0 ||
            rpc_amount(json_get(move, "internal_quantity"), &quantity) < 0)
            continue;
        row = rows_stock_order_line(&page->rows);
        row->order = order;
        row->id = page_id(page, json_get(move, "id"));
        row->variant = page_id(page, json_get(move, "product"));
        row->inward = inward;
        row->outward = !inward;
        *(inward ? &row->to : &row->from) = rpc_place(page, at);
        row->quantity = quantity;
        row->received = is(move, "state", "done") ? quantity : 0;
        row->sent = row->received;
    }
}

static void read_production(const struct reading *r, const char *id,
                            struct json_value v)
{
    static const char *const going_on[] = {"waiting", "assigned", "running",
                                           NULL};
    struct page *page = r->page;
    struct stock_order_row *row = add_order(page, id, v);

    row->open = is_one_of(v, "state", going_on);
    row->ordered_at = rpc_time(json_get(v, "create_date"));
    row->expected_at = rpc_time(json_get(v, "planned_date"));
    read_moves(page, id, json_get(v, "outputs."), true);
    read_moves(page, id, json_get(v, "inputs."), false);
}

/* --- The table. */

static int tryton_check(const struct endpoint *endpoint, char *error)
{
    struct json_value company = json_get(endpoint->settings, "company");
    int64_t id;

    if (json_type(company) != JSON_NONE && rpc_id(company, &id) < 0) {
        snprintf(error, ERROR_SIZE, "company is the number of a company");
        return -1;
    }
    if (!*endpoint->path) {
        snprintf(error, ERROR_SIZE,
                 "the url ends with the database: https://host/database");
        return -1;
    }
    return 0;
}

/* A row may appear as late as the longest transaction after its stamp. */
#define LATE .windowed = true, .lookback = 900, .lag = 5

static const struct stream_facts streams[] = {
    {STREAM_VARIANTS, .sweeps = true, LATE},
    {STREAM_STOCK, .sweeps = false, LATE},
    {STREAM_SALES, .sweeps = true, LATE},
    {STREAM_PURCHASE_ORDERS, .sweeps = true, LATE},
    {STREAM_TRANSFER_ORDERS, .sweeps = true, LATE},
    {STREAM_ASSEMBLY_ORDERS, .sweeps = true, LATE},
};

const struct platform platform_tryton = {
    .name = "tryton",
    .title = "Tryton JSON-RPC",
    .needs = "https://host/database; user and password; setting company=<its "
             "number> (1)",
    .needs_user = true,
    .needs_secret = true,
    .streams = streams,
    .streams_n = ARRAY_LEN(streams),
    .request = tryton_request,
    .page = tryton_page,
    .login_request = tryton_login_request,
    .login = tryton_login,
    .check = tryton_check,
};
