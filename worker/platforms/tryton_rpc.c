/* tryton_rpc.c - Tryton's JSON-RPC calls. See tryton_rpc.h. */
#include <string.h>

#include "common/arena.h"
#include "common/base64.h"
#include "common/instant.h"
#include "worker/platforms/tryton_rpc.h"

int64_t rpc_company(const struct endpoint *endpoint)
{
    int64_t company = 1;

    if (json_int(json_get(endpoint->settings, "company"), &company) < 0)
        return 1;
    return company;
}

void rpc_post(const struct endpoint *endpoint, struct request *request)
{
    request->method = "POST";
    buf_printf(&request->path, "%s/", endpoint->path);
    buf_text(&request->headers, "Content-Type: application/json\n");
}

void rpc_start(const struct question *q, struct request *request,
               const char *model, const char *method)
{
    rpc_post(q->endpoint, request);
    buf_text(&request->headers, "Authorization: Session ");
    buf_base64(&request->headers, q->session, strlen(q->session));
    buf_char(&request->headers, '\n');
    buf_printf(&request->body,
               "{\"id\":1,\"method\":\"model.%s.%s\",\"params\":[", model,
               method);
}

void rpc_end(const struct question *q, struct request *request,
             const char *context)
{
    buf_printf(&request->body, ",{\"company\":%lld,\"active_test\":false%s}]}",
               (long long)rpc_company(q->endpoint), context);
}

static void add_time(struct buf *b, int64_t at)
{
    struct civil c;

    instant_to_civil(at, &c);
    buf_printf(
        b,
        "{\"__class__\":\"datetime\",\"year\":%d,\"month\":%d,\"day\":%d,"
        "\"hour\":%d,\"minute\":%d,\"second\":%d,\"microsecond\":%d}",
        c.year, c.month, c.day, c.hour, c.minute, c.second, c.microsecond);
}

/* write_date is null until the first write. No upper end: pages go by id, so
 * what was written later may come now as well as with the next window. */
void rpc_changed(struct buf *b, const struct window *window,
                 const char *const *paths, size_t paths_n)
{
    static const char *const dates[] = {"write_date", "create_date"};

    if (window->from == INSTANT_NONE)
        return;
    buf_text(b, ",[\"OR\"");
    for (size_t i = 0; i < paths_n * ARRAY_LEN(dates); i++) {
        buf_printf(b, ",[\"%s%s\",\">=\",", paths[i / 2], dates[i % 2]);
        add_time(b, window->from);
        buf_char(b, ']');
    }
    buf_char(b, ']');
}

/* Errors come with status 200 as ["UserError", ["text", ...]] for what the
 * user did, else as [text of the exception, traceback]. */
static enum page_class class_of(const char *name)
{
    static const struct {
        const char *part;
        enum page_class class;
    } known[] = {
        {"ConcurrencyException", PAGE_RETRY}, {"locked", PAGE_RETRY},
        {"could not serialize", PAGE_RETRY},  {"deadlock", PAGE_RETRY},
        {"LoginException", PAGE_LOGIN},       {"NotLogged", PAGE_LOGIN},
    };

    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (strstr(name, known[i].part))
            return known[i].class;
    return PAGE_REFUSED;
}

struct json_value rpc_result(const struct answer *answer, struct page *page)
{
    const struct json_value absent = {0};
    struct json_value root = page_json(answer, page), error, result;
    const char *name, *text;

    if (page->class != PAGE_GOOD)
        return absent;
    error = json_get(root, "error");
    if (json_type(error) != JSON_NONE && json_type(error) != JSON_NULL) {
        name = json_str_or(json_at(error, 0), "an error without a name");
        text = json_str_or(json_at(json_at(error, 1), 0), "");
        page_fail(page, class_of(name), "%.100s%s%.140s", name,
                  *text ? ": " : "", text);
        return absent;
    }
    result = json_get(root, "result");
    if (json_type(result) != JSON_ARRAY) {
        page_fail(page, PAGE_BROKEN, "an answer without a list as its result");
        return absent;
    }
    return result;
}

static int part(struct json_value v, const char *name, int low, int high,
                int *out)
{
    int64_t number;

    if (json_int(json_get(v, name), &number) < 0 || number < low ||
        number > high)
        return -1;
    *out = (int)number;
    return 0;
}

int64_t rpc_time(struct json_value v)
{
    const char *class = json_str_or(json_get(v, "__class__"), "");
    struct civil c = {.hour = 12};

    if (part(v, "year", 1, 9999, &c.year) < 0 ||
        part(v, "month", 1, 12, &c.month) < 0 ||
        part(v, "day", 1, 31, &c.day) < 0)
        return INSTANT_NONE;
    if (strcmp(class, "datetime") == 0 &&
        (part(v, "hour", 0, 23, &c.hour) < 0 ||
         part(v, "minute", 0, 59, &c.minute) < 0 ||
         part(v, "second", 0, 60, &c.second) < 0 ||
         part(v, "microsecond", 0, 999999, &c.microsecond) < 0))
        return INSTANT_NONE;
    return instant_from_civil(&c);
}

int64_t rpc_written(struct json_value record)
{
    int64_t at = rpc_time(json_get(record, "write_date"));

    return at != INSTANT_NONE ? at : rpc_time(json_get(record, "create_date"));
}

int rpc_amount(struct json_value v, int64_t *out)
{
    if (json_type(v) == JSON_OBJECT)
        v = json_get(v, "decimal");
    return json_fixed(v, out);
}

int rpc_id(struct json_value v, int64_t *out)
{
    int64_t id;

    if (json_int(v, &id) < 0 || id <= 0)
        return -1;
    *out = id;
    return 0;
}

const char *rpc_place(struct page *page, struct json_value location)
{
    struct json_value warehouse = json_get(location, "warehouse.");
    const char *name = json_str_or(json_get(location, "name"), "");
    const char *house = json_str_or(json_get(warehouse, "name"), "");
    int64_t id, storage;

    if (!*house)
        return arena_text(page->rows.arena, name, strlen(name));
    if (rpc_id(json_get(location, "id"), &id) == 0 &&
        rpc_id(json_get(warehouse, "storage_location"), &storage) == 0 &&
        id == storage)
        return arena_text(page->rows.arena, house, strlen(house));
    return arena_printf(page->rows.arena, "%s: %s", house, name);
}
