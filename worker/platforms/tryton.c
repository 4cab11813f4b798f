/* tryton.c - Tryton 6 over JSON-RPC. See common/platform.h.
 *
 * This file reads the streams that are lists of records: variants, sales and
 * the three kinds of stock orders, by tryton_rows.c; stock has its own way
 * (tryton_stock.c). All of them use the calls and values of tryton_rpc.c.
 *
 * A list goes by id ("id > the last one"), so it cannot drift. What counts as
 * changed is a record or one that it consists of: a line written alone, or a
 * part receipt, does not touch its order; or the place that its lines name.
 * After the changed ones come, for a sweep, all ids: a deleted draft leaves no
 * trace.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/arena.h"
#include "worker/platforms/list.h"
#include "worker/platforms/tryton_rows.h"
#include "worker/platforms/tryton_rpc.h"
#include "worker/platforms/tryton_stock.h"

enum { ERROR_SIZE = 256, IDS = 1000, PATHS_MAX = 6, CURRENCY = 8 };

/* --- Kinds: what each stream is a list of. */

struct kind {
    enum stream stream;
    const char *model;
    int limit;
    const char *domain; /* more clauses, each with a comma before it */
    bool of_company;    /* restricted to the company */
    const char *paths[PATHS_MAX]; /* whose dates count; NULL: no more */
    const char *fields;
    void (*read)(const struct tryton_reading *reading, const char *id,
                 struct json_value record);
};

/* Fields of all orders, of their lines, of moves; a dot leads to another
 * record. */
#define DATES "\"write_date\",\"create_date\""
#define ORDER DATES ",\"number\",\"state\""
#define LINE                                                                   \
    "\"lines.type\",\"lines.quantity\",\"lines.unit.factor\","                 \
    "\"lines.product.type\",\"lines.product.default_uom.factor\""
#define MOVE(name)                                                             \
    "\"" name ".product\",\"" name ".state\",\"" name ".internal_quantity\""
#define MOVES MOVE("moves")
#define FROM RPC_PLACE("from_location.")
#define TO RPC_PLACE("to_location.")
#define INPUTS MOVE("inputs") "," RPC_PLACE("inputs.from_location.")
#define OUTPUTS MOVE("outputs") "," RPC_PLACE("outputs.to_location.")

static const struct kind kinds[] = {
    {
        .stream = STREAM_VARIANTS,
        .model = "product.product",
        .limit = 200,
        .domain = ",[\"type\",\"!=\",\"service\"]",
        .of_company = false,
        .paths = {"", "template.", "identifiers."},
        .fields = DATES ",\"code\",\"name\",\"list_price\",\"cost_price\","
                        "\"active\",\"template.write_date\","
                        "\"template.create_date\",\"identifiers.type\","
                        "\"identifiers.code\",\"categories.name\"",
        .read = tryton_variant,
    },
    {
        .stream = STREAM_SALES,
        .model = "sale.sale",
        .limit = 100,
        .domain = "",
        .of_company = true,
        .paths = {"", "lines.", "warehouse."},
        .fields = ORDER "," LINE ",\"lines.amount\",\"sale_date\","
                        "\"currency.code\",\"warehouse.name\"",
        .read = tryton_sale,
    },
    {
        .stream = STREAM_PURCHASE_ORDERS,
        .model = "purchase.purchase",
        .limit = 100,
        .domain = "",
        .of_company = true,
        .paths = {"", "lines.", "lines.moves.", "warehouse."},
        .fields = ORDER "," LINE ",\"lines.unit_price\","
                        "\"lines.delivery_date\",\"lines.moves.state\","
                        "\"lines.moves.internal_quantity\",\"party.name\","
                        "\"shipment_state\",\"purchase_date\","
                        "\"delivery_date\",\"currency.code\","
                        "\"warehouse.name\"",
        .read = tryton_purchase,
    },
    {
        .stream = STREAM_TRANSFER_ORDERS,
        .model = "stock.shipment.internal",
        .limit = 100,
        .domain = "",
        .of_company = true,
        .paths = {"", "moves.", "from_location.", "to_location.",
                  "from_location.parent.", "to_location.parent."},
        .fields = ORDER "," FROM "," TO "," MOVES ",\"moves.from_location\","
                        "\"moves.to_location\",\"planned_date\","
                        "\"transit_location\"",
        .read = tryton_transfer,
    },
    {
        .stream = STREAM_ASSEMBLY_ORDERS,
        .model = "production",
        .limit = 100,
        .domain = "",
        .of_company = true,
        .paths = {"", "inputs.", "outputs.", "warehouse."},
        .fields = ORDER "," INPUTS "," OUTPUTS ",\"planned_date\"",
        .read = tryton_production,
    },
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
    buf_printf(b, "],0,%d,[[\"id\",\"ASC\"]]", rows ? kind->limit : IDS);
    if (rows)
        buf_printf(b, ",[%s]", kind->fields);
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
    const struct tryton_reading r = {
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
