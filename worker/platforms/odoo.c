/* odoo.c - Odoo 19 and newer over JSON-2: all six streams.
 *
 * A stream is read in steps; the position (odoo_place.c) says which:
 *   list     the records changed in the window, 200 at a time, by ascending id.
 *            Bulk edits give thousands of rows one write_date, so time cannot
 *            order pages; ids can, and nothing moves under them.
 *   places   where the listed orders name an operation type or a warehouse:
 *            the locations of those
 *   details  the lines of the listed orders, all lines of an order on one page
 *   sweep    all ids, 1,000 at a time
 * A row is what odoo_kinds.c makes of a record.
 *
 * Stock has no list of its own. A quant vanishes at zero, so no query for
 * changed quants can see that; and lots and packages split one level into many
 * quants, which a page boundary would cut. So the lists only collect products
 * (of quants changed in the window, then of stock moves done in it), and the
 * details read all internal quants of these products, whole products at a
 * time: what is not there is zero. On a first load the moves are left out.
 *
 * Details have no page of their own. We ask for one row more than fits; if it
 * comes, half as many orders (or products) are asked for. One alone is asked
 * for without a limit.
 *
 * write_date is the start of the transaction: rows of a long one appear late,
 * hence the lookback of 15 minutes. Odoo shows times in whole seconds and
 * compares microseconds, so the upper bound is a second later.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/instant.h"
#include "worker/platforms/list.h"
#include "worker/platforms/odoo.h"

enum {
    SWEEP_LIMIT = 1000,
    DETAILS_MAX = 4000, /* rows of details on a page */
};

/* Requests. */

static void add_bound(struct buf *body, const char *field, const char *operator,
                      int64_t instant)
{
    char text[INSTANT_TEXT];

    buf_printf(body, "[\"%s\",\"%s\",\"%s\"],", field, operator,
               instant_seconds(instant, ' ', text));
}

static void add_window(struct buf *body, const struct window *window,
                       const char *field)
{
    if (window->from != INSTANT_NONE) {
        buf_text(body, "\"&\",");
        add_bound(body, field, ">=", window->from);
    }
    add_bound(body, field, "<=", window->to + SECOND);
}

static void add_company(struct buf *body, const struct endpoint *endpoint,
                        enum odoo_company company)
{
    int64_t id;

    if (json_int(json_get(endpoint->settings, "company"), &id) < 0)
        return;
    if (company == ODOO_OWN)
        buf_printf(body, "[\"company_id\",\"=\",%lld],", (long long)id);
    if (company == ODOO_SHARED)
        buf_printf(body, "[\"company_id\",\"in\",[false,%lld]],",
                   (long long)id);
}

/* The ids of the first LIMIT entries, or what their extras name. */
static void add_among(struct buf *body, const char *field, const char *entries,
                      int64_t limit, bool extras)
{
    const char *extra, *comma = "";
    size_t length;
    int64_t id;

    buf_printf(body, "[\"%s\",\"in\",[", field);
    for (; limit > 0 && odoo_entry_next(&entries, &id, &extra, &length);
         limit--) {
        if (extras && length == 0)
            continue;
        if (extras)
            buf_printf(body, "%s%lld", comma, strtoll(extra, NULL, 10));
        else
            buf_printf(body, "%s%lld", comma, (long long)id);
        comma = ",";
    }
    buf_text(body, "]],");
}

/* A domain is built of terms that each end with a comma; the last one goes. */
static void end_domain(struct buf *body)
{
    body->data[body->length - 1] = ']';
}

static void ask_list(struct buf *body, const struct question *question,
                     const struct odoo_kind *kind,
                     const struct odoo_place *place)
{
    const struct odoo_list *list = &kind->lists[place->list];

    buf_printf(body, "{\"domain\":[[\"id\",\">\",%lld],%s",
               (long long)place->last, list->scope);
    add_company(body, question->endpoint, list->company);
    if (list->touched)
        buf_text(body, "\"|\",");
    add_window(body, &question->window, "write_date");
    if (list->touched)
        add_window(body, &question->window, list->touched);
    end_domain(body);
    buf_printf(body, ",\"fields\":%s,\"limit\":%d", list->fields, kind->limit);
}

static void ask_sweep(struct buf *body, const struct question *question,
                      const struct odoo_kind *kind,
                      const struct odoo_place *place)
{
    const struct odoo_list *list = &kind->lists[0];

    buf_printf(body, "{\"domain\":[[\"id\",\">\",%lld],%s",
               (long long)place->last, list->scope);
    add_company(body, question->endpoint, list->company);
    end_domain(body);
    buf_printf(body, ",\"limit\":%d", SWEEP_LIMIT);
}

static void ask_places(struct buf *body, const struct odoo_kind *kind,
                       const struct odoo_place *place)
{
    buf_text(body, "{\"domain\":[");
    add_among(body, "id", place->entries, kind->limit, true);
    end_domain(body);
    buf_printf(body, ",\"fields\":[\"%s\"]", kind->place_field);
}

static void ask_details(struct buf *body, const struct question *question,
                        const struct odoo_kind *kind,
                        const struct odoo_place *place)
{
    const struct odoo_list *details = &kind->details;

    buf_printf(body, "{\"domain\":[%s", details->scope);
    add_company(body, question->endpoint, details->company);
    add_among(body, kind->parent, place->entries, place->batch, false);
    end_domain(body);
    buf_printf(body, ",\"fields\":%s", details->fields);
    if (place->batch > 1)
        buf_printf(body, ",\"limit\":%d", DETAILS_MAX + 1);
}

static const char *model_of(const struct odoo_kind *kind,
                            const struct odoo_place *place)
{
    if (place->list == ODOO_SWEEP)
        return kind->lists[0].model;
    if (place->step == ODOO_PLACES)
        return kind->place_model;
    if (place->step == ODOO_DETAILS)
        return kind->details.model;
    return kind->lists[place->list].model;
}

static void ask(struct buf *body, const struct question *question,
                const struct odoo_kind *kind, const struct odoo_place *place)
{
    int64_t company;

    if (place->list == ODOO_SWEEP)
        ask_sweep(body, question, kind, place);
    else if (place->step == ODOO_PLACES)
        ask_places(body, kind, place);
    else if (place->step == ODOO_DETAILS)
        ask_details(body, question, kind, place);
    else
        ask_list(body, question, kind, place);
    /* Archived variants are rows too, and have stock and orders. */
    buf_text(body, ",\"order\":\"id asc\",\"context\":{\"active_test\":false");
    if (json_int(json_get(question->endpoint->settings, "company"), &company) ==
        0)
        buf_printf(body, ",\"allowed_company_ids\":[%lld]", (long long)company);
    buf_text(body, "}}");
}

/* May TEXT stand in a header line? */
static bool is_header_text(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 127)
            return false;
    return true;
}

static void add_headers(struct buf *headers, const struct endpoint *endpoint)
{
    const char *database =
        json_str_or(json_get(endpoint->settings, "database"), "");

    buf_printf(headers, "Authorization: bearer %s\n", endpoint->secret);
    if (*database)
        buf_printf(headers, "X-Odoo-Database: %s\n", database);
    buf_text(headers, "Content-Type: application/json\n"
                      "Accept: application/json\n");
}

static int odoo_check(const struct endpoint *endpoint, char *error)
{
    static const char *const texts[] = {"database", "purchase_location",
                                        "sales_location"};
    struct json_value v = json_get(endpoint->settings, "company");
    int64_t company = 1;

    if (json_type(v) != JSON_NONE &&
        (json_int(v, &company) < 0 || company < 1)) {
        snprintf(error, 256, "setting company: the number of a company");
        return -1;
    }
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        v = json_get(endpoint->settings, texts[i]);
        if (json_type(v) == JSON_NONE ||
            (json_str(v) && is_header_text(json_str(v))))
            continue;
        snprintf(error, 256, "setting %s: a text of one line", texts[i]);
        return -1;
    }
    if (is_header_text(endpoint->secret))
        return 0;
    snprintf(error, 256, "the API key must be one line");
    return -1;
}

static int odoo_request(const struct question *question,
                        struct request *request, char *error)
{
    const struct odoo_kind *kind = odoo_kind_of(question->stream);
    struct odoo_place place;

    if (odoo_check(question->endpoint, error) < 0)
        return -1;
    if (!kind || odoo_place_read(question, kind, &place) < 0) {
        snprintf(error, 256, "the position is broken: %.60s",
                 question->position);
        return -1;
    }
    request->method = "POST";
    buf_printf(&request->path, "%s/json/2/%s/%s", question->endpoint->path,
               model_of(kind, &place),
               place.list == ODOO_SWEEP ? "search" : "search_read");
    add_headers(&request->headers, question->endpoint);
    ask(&request->body, question, kind, &place);
    return 0;
}

/* Pages. */

/* The next page when what this list's page named is read. */
static void go_on(struct odoo_reading *reading)
{
    const struct window *window = &reading->question->window;
    const struct odoo_kind *kind = reading->kind;
    struct odoo_place next = odoo_place_start(kind, reading->place.list);

    if (reading->place.more) {
        next.last = reading->place.last;
        odoo_place_write(reading->page, &next, NULL, 0);
        return;
    }
    next.list++;
    /* Only a first load's lists name all products: no need for the moves. */
    if (next.list < (int64_t)kind->lists_n && window->from != INSTANT_NONE)
        odoo_place_write(reading->page, &next, NULL, 0);
    else if (window->sweep && kind->sweeps &&
             reading->place.list != ODOO_SWEEP) {
        next.list = ODOO_SWEEP;
        odoo_place_write(reading->page, &next, NULL, 0);
    }
}

static int compare_ids(const void *a, const void *b)
{
    const struct odoo_entry *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

/* The products that a page of moves touches, each once. */
static void sort_entries(struct odoo_reading *reading)
{
    size_t kept = 0;

    if (reading->entries_n)
        qsort(reading->entries, reading->entries_n, sizeof *reading->entries,
              compare_ids);
    for (size_t i = 0; i < reading->entries_n; i++)
        if (kept == 0 ||
            reading->entries[kept - 1].id != reading->entries[i].id)
            reading->entries[kept++] = reading->entries[i];
    reading->entries_n = kept;
}

/* From a list's page to what its entries need. */
static void go_into(struct odoo_reading *reading)
{
    reading->place.step = ODOO_DETAILS;
    reading->place.batch = reading->kind->batch;
    for (size_t i = 0; i < reading->entries_n; i++)
        if (reading->kind->place_model && *reading->entries[i].extra)
            reading->place.step = ODOO_PLACES;
    odoo_place_write(reading->page, &reading->place, reading->entries,
                     reading->entries_n);
}

/* Moves place.last to V, an id of a list by ascending id. */
static bool step_to(struct odoo_reading *reading, struct json_value v)
{
    int64_t id;

    if (json_int(v, &id) < 0 || id <= reading->place.last) {
        page_fail(reading->page, PAGE_BROKEN,
                  "%s: ids are not numbers in ascending order",
                  reading->kind->lists[0].model);
        return false;
    }
    reading->place.last = id;
    return true;
}

static void page_list(struct odoo_reading *reading, struct json_value root)
{
    const struct odoo_list *list = &reading->kind->lists[reading->place.list];
    struct json_iter it = json_each(root);
    struct json_value v;
    struct record r;

    reading->entries =
        arena_alloc(reading->page->rows.arena,
                    reading->records_n * sizeof *reading->entries);
    for (size_t i = 0; json_next(&it, &v); i++) {
        if (!record_open(&r, reading->page, v, list->kind, i) ||
            !step_to(reading, json_get(v, "id")))
            return;
        list->read(reading, &r);
    }
    reading->place.more = reading->records_n >= (size_t)reading->kind->limit;
    sort_entries(reading);
    if (reading->page->class != PAGE_GOOD)
        return;
    if (reading->entries_n)
        go_into(reading);
    else
        go_on(reading);
}

static void page_sweep(struct odoo_reading *reading, struct json_value root)
{
    struct json_iter it = json_each(root);
    struct json_value v;

    while (json_next(&it, &v)) {
        if (!step_to(reading, v))
            return;
        rows_id(&reading->page->rows, page_id(reading->page, v));
    }
    reading->place.more = reading->records_n >= SWEEP_LIMIT;
    go_on(reading);
}

/* Gives the entries that named the record R the name of its location. */
static void name_location(struct odoo_reading *reading, const struct record *r,
                          struct odoo_entry *named)
{
    struct json_value link = json_get(r->v, reading->kind->place_field);
    const char *name = page_text(reading->page, json_at(link, 1));

    for (size_t i = 0; i < reading->entries_n; i++)
        if (strcmp(reading->entries[i].extra, r->id) == 0)
            named[i].extra = name;
}

static void page_places(struct odoo_reading *reading, struct json_value root)
{
    struct page *page = reading->page;
    struct json_iter it = json_each(root);
    struct odoo_entry *named;
    struct json_value v;
    struct record r;

    reading->entries = odoo_entries(page, &reading->place, &reading->entries_n);
    named = arena_alloc(page->rows.arena, reading->entries_n * sizeof *named);
    for (size_t i = 0; i < reading->entries_n; i++)
        named[i] = (struct odoo_entry){reading->entries[i].id, ""};
    for (size_t i = 0; json_next(&it, &v); i++) {
        if (!record_open(&r, page, v, reading->kind->place_model, i))
            return;
        if (i < reading->entries_n) /* no more than were asked for */
            name_location(reading, &r, named);
    }
    reading->place.step = ODOO_DETAILS;
    odoo_place_write(page, &reading->place, named, reading->entries_n);
}

static void read_details(struct odoo_reading *reading, struct json_value root)
{
    const struct odoo_kind *kind = reading->kind;
    struct json_iter it = json_each(root);
    struct json_value v;
    struct record r;

    for (size_t i = 0; i < reading->entries_n; i++)
        kind->begin(reading, &reading->entries[i]);
    for (size_t i = 0; json_next(&it, &v); i++) {
        if (!record_open(&r, reading->page, v, kind->details.kind, i))
            return;
        kind->details.read(reading, &r);
    }
    if (kind->end)
        kind->end(reading);
}

static void page_details(struct odoo_reading *reading, struct json_value root)
{
    struct odoo_place *place = &reading->place;
    size_t all;

    reading->entries = odoo_entries(reading->page, place, &all);
    if (place->batch > 1 && reading->records_n > DETAILS_MAX) {
        place->batch /= 2;
        odoo_place_write(reading->page, place, reading->entries, all);
        return;
    }
    reading->entries_n = all;
    if (all > (size_t)place->batch)
        reading->entries_n = (size_t)place->batch;
    read_details(reading, root);
    if (reading->page->class != PAGE_GOOD)
        return;
    /* One giant order does not slow down those behind it. */
    place->batch *= 2;
    if (place->batch > reading->kind->batch)
        place->batch = reading->kind->batch;
    if (reading->entries_n < all)
        odoo_place_write(reading->page, place,
                         reading->entries + reading->entries_n,
                         all - reading->entries_n);
    else
        go_on(reading);
}

static void odoo_page(const struct question *question,
                      const struct answer *answer, struct page *page)
{
    struct odoo_reading reading = {
        .question = question,
        .kind = odoo_kind_of(question->stream),
        .page = page,
    };
    struct json_value root;

    if (!reading.kind ||
        odoo_place_read(question, reading.kind, &reading.place) < 0) {
        page_fail(page, PAGE_RESTART, "the position is broken");
        return;
    }
    root = page_json(answer, page);
    if (page->class != PAGE_GOOD)
        return;
    if (json_type(root) != JSON_ARRAY) {
        page_fail(page, PAGE_BROKEN, "%s: answered no list",
                  model_of(reading.kind, &reading.place));
        return;
    }
    reading.records_n = json_size(root);
    if (reading.place.list == ODOO_SWEEP)
        page_sweep(&reading, root);
    else if (reading.place.step == ODOO_PLACES)
        page_places(&reading, root);
    else if (reading.place.step == ODOO_DETAILS)
        page_details(&reading, root);
    else
        page_list(&reading, root);
}

/* Errors: {"name": "odoo.exceptions.AccessError", "message": ...}. */

static enum page_class class_of(const char *name, enum page_class class)
{
    static const char *const passing[] = {
        "SerializationFailure", "LockNotAvailable", "DeadlockDetected",
        "OperationalError",     "QueryCanceled",    "ConcurrencyError"};

    for (size_t i = 0; i < ARRAY_LEN(passing); i++)
        if (strcmp(name, passing[i]) == 0)
            return PAGE_RETRY;
    return class;
}

static void odoo_refused(const struct question *question,
                         const struct answer *answer, struct page *page)
{
    const struct odoo_kind *kind = odoo_kind_of(question->stream);
    struct odoo_place place;
    struct json_value root;
    const char *name, *dot;

    page_of_status(&platform_odoo, answer, page);
    if (answer->status < 400 || !kind ||
        odoo_place_read(question, kind, &place) < 0 ||
        json_parse(page->json, answer->body, answer->length, &root) < 0)
        return;
    name = json_str(json_get(root, "name"));
    if (!name)
        return;
    dot = strrchr(name, '.');
    name = dot ? dot + 1 : name;
    page_fail(page, class_of(name, page->class),
              "status %d %.40s on %s: %.120s", answer->status, name,
              model_of(kind, &place),
              json_str_or(json_get(root, "message"), ""));
}

static const struct stream_facts streams[] = {
    {STREAM_VARIANTS, .windowed = true, .sweeps = true, .lookback = 900,
     .lag = 5},
    {STREAM_STOCK, .windowed = true, .lookback = 900, .lag = 5},
    {STREAM_SALES, .windowed = true, .lookback = 900, .lag = 5},
    {STREAM_PURCHASE_ORDERS, .windowed = true, .sweeps = true, .lookback = 900,
     .lag = 5},
    {STREAM_TRANSFER_ORDERS, .windowed = true, .sweeps = true, .lookback = 900,
     .lag = 5},
    {STREAM_ASSEMBLY_ORDERS, .windowed = true, .sweeps = true, .lookback = 900,
     .lag = 5},
};

const struct platform platform_odoo = {
    .name = "odoo",
    .title = "Odoo 19 (JSON-2)",
    .needs = "url of the server; secret: API key (profile > Account Security); "
             "settings database, company, purchase_location, sales_location "
             "where needed",
    .needs_secret = true,
    .streams = streams,
    .streams_n = ARRAY_LEN(streams),
    .request = odoo_request,
    .page = odoo_page,
    .refused = odoo_refused,
    .check = odoo_check,
};
