/* csv.c - tables in files: over https, or from a folder of this machine.
 *
 * One file for each stream under the connection's url: variants.csv, stock.csv,
 * sales.csv, purchase_orders.csv, transfer_orders.csv, assembly_orders.csv, or
 * as the setting files says ({"sales": "export/orders.csv"}). Columns are found
 * by the names in the first line (any case, any order, blanks for "_"; others
 * are ignored); those in brackets may be missing or empty:
 *
 *   variants  sku [id product title barcode vendor category currency price cost
 *             active]
 *   stock     sku on_hand [location reserved date]; a line with a date is the
 *             closing level of that past day, one without is the level now
 *   sales     order date sku quantity revenue [returned location status
 *             currency line]
 *   orders    order sku quantity [received expected location supplier status
 *             unit_cost ordered currency line]; transfers also [from sent];
 *             assemblies also [role]: "product" (if empty) or "component"
 *
 * Lines of one order may stand anywhere in the file; its date, status and so on
 * are those of its first line. Without `line`, lines are numbered as they stand
 * in the order. Times are ISO 8601, UTC where they name no zone. Numbers have no
 * thousands separators; setting decimal "," is for decimal commas.
 *
 * A file is read whole each time (not windowed) and given in pages: all lines of
 * a variant or order on one page, hence sorted by it. The position is the count
 * of lines given and the length and hash of the file, which the loop may fetch
 * again for each page: another file restarts the walk. Lines that left the file
 * leave the stock of their SKU; SKUs and stock orders that left it are found by
 * the sweep. Sales that left it stay (exports often reach back only so far), and
 * so does the stock of a SKU no line of stock.csv names: say 0.
 *
 * For a folder, the loop reads the file that request.path names. File names are
 * kept to letters, digits and "._-/", so that a path needs no encoding.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/arena.h"
#include "common/base64.h"
#include "common/fixed.h"
#include "common/instant.h"
#include "worker/platforms/csv_read.h"
#include "worker/platforms/list.h"
#include "worker/platforms/position.h"

enum {
    LINES = 5000, /* of a page; more only to keep an order together */
    QUOTED = 40   /* bytes of a field that a message repeats */
};

enum column {
    ACTIVE,
    BARCODE,
    CATEGORY,
    COST,
    CURRENCY,
    DATE,
    EXPECTED,
    FROM,
    ID,
    LINE,
    LOCATION,
    ON_HAND,
    ORDER,
    ORDERED,
    PRICE,
    PRODUCT,
    QUANTITY,
    RECEIVED,
    RESERVED,
    RETURNED,
    REVENUE,
    ROLE,
    SENT,
    SKU,
    STATUS,
    SUPPLIER,
    TITLE,
    UNIT_COST,
    VENDOR,
    COLUMNS
};

/* The names a column may have; the first is ours. */
static const char *const names[COLUMNS][4] = {
    [ACTIVE] = {"active"},
    [BARCODE] = {"barcode", "ean", "gtin"},
    [CATEGORY] = {"category"},
    [COST] = {"cost", "unit_cost"},
    [CURRENCY] = {"currency"},
    [DATE] = {"date", "day"},
    [EXPECTED] = {"expected", "expected_at", "eta", "due"},
    [FROM] = {"from", "from_location"},
    [ID] = {"id", "variant_id"},
    [LINE] = {"line", "line_id"},
    [LOCATION] = {"location", "warehouse", "to"},
    [ON_HAND] = {"on_hand", "quantity", "qty", "stock"},
    [ORDER] = {"order", "order_id", "order_number"},
    [ORDERED] = {"ordered", "ordered_at", "date"},
    [PRICE] = {"price"},
    [PRODUCT] = {"product", "product_id"},
    [QUANTITY] = {"quantity", "qty"},
    [RECEIVED] = {"received"},
    [RESERVED] = {"reserved"},
    [RETURNED] = {"returned"},
    [REVENUE] = {"revenue", "total", "amount"},
    [ROLE] = {"role"},
    [SENT] = {"sent"},
    [SKU] = {"sku", "item", "article"},
    [STATUS] = {"status", "state"},
    [SUPPLIER] = {"supplier", "vendor"},
    [TITLE] = {"title", "name"},
    [UNIT_COST] = {"unit_cost", "cost", "price"},
    [VENDOR] = {"vendor", "brand", "supplier"},
};

/* A line of the file, found again at START. KEY names what must stay together
 * on a page; two lines of the same key and DETAIL are one too many. */
struct line {
    const char *key, *detail;
    const char *start;
    long number;
};

struct table {
    struct csv csv;
    const struct question *question;
    struct page *page;
    const char *file;   /* its name, for messages */
    bool comma;         /* decimal comma */
    size_t columns_n;   /* of the file */
    int where[COLUMNS]; /* number of the file's column, -1: it has none */
    struct line *lines; /* sorted; freed by table_close() */
    size_t lines_n, size;
};

/* Fields. */

static const char *file_of(const struct question *question)
{
    struct json_value files = json_get(question->endpoint->settings, "files");

    return json_str_or(json_get(files, stream_name(question->stream)), "");
}

static void fail(struct table *t, enum column column, const char *text,
                 const char *what)
{
    if (t->page->class == PAGE_GOOD)
        page_fail(t->page, PAGE_BROKEN, "%s line %ld: %s '%.*s' %s", t->file,
                  t->csv.line, names[column][0], QUOTED, text, what);
}

/* A field of the current line; "" where the file has no such column. */
static const char *text_of(struct table *t, enum column column)
{
    const char *text;

    if (t->where[column] < 0)
        return "";
    text = csv_text(t->page->rows.arena, &t->csv.fields[t->where[column]]);
    if (!text)
        fail(t, column, "", "is not UTF-8 text");
    return text ? text : "";
}

static const char *needed(struct table *t, enum column column)
{
    const char *text = text_of(t, column);

    if (!*text)
        fail(t, column, "", "is empty");
    return text;
}

static int64_t amount_of(struct table *t, enum column column, int64_t otherwise)
{
    const char *text = text_of(t, column);
    char *copy = arena_text(t->page->rows.arena, text, strlen(text));
    char *comma = t->comma ? strchr(copy, ',') : NULL;
    int64_t amount = otherwise;

    if (!*text)
        return otherwise;
    if (comma)
        *comma = '.';
    if ((t->comma && strchr(text, '.')) || fixed_parse(copy, &amount) < 0)
        fail(t, column, text, "is not a number");
    return amount;
}

static int64_t time_of(struct table *t, enum column column)
{
    const char *text = text_of(t, column);
    int64_t at = INSTANT_NONE;

    if (*text && instant_parse(text, &at) < 0)
        fail(t, column, text, "is not a time (2026-11-23T04:00:00Z)");
    return at;
}

static bool is_one_of(const char *text, const char *const *set, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(text, set[i]) == 0)
            return true;
    return false;
}

static bool yes_of(struct table *t, enum column column)
{
    static const char *const yes[] = {"", "1", "true", "yes", "y"};
    static const char *const no[] = {"0", "false", "no", "n"};
    const char *text = text_of(t, column);

    if (is_one_of(text, yes, ARRAY_LEN(yes)))
        return true;
    if (!is_one_of(text, no, ARRAY_LEN(no)))
        fail(t, column, text, "is neither yes nor no");
    return false;
}

/* rows.h: how a line names a variant that it knows only by its SKU. */
static const char *variant_of(struct table *t)
{
    return arena_printf(t->page->rows.arena, "sku:%s", needed(t, SKU));
}

/* Lines -> rows. Each reads the current line, number I of its group. */

static void read_variant(struct table *t, const struct line *line, size_t i)
{
    struct variant_row *row = rows_variant(&t->page->rows);

    (void)i;
    row->id = line->key;
    row->sku = needed(t, SKU);
    row->product_id = text_of(t, PRODUCT);
    row->barcode = text_of(t, BARCODE);
    row->title = text_of(t, TITLE);
    row->vendor = text_of(t, VENDOR);
    row->category = text_of(t, CATEGORY);
    row->currency = text_of(t, CURRENCY);
    row->price = amount_of(t, PRICE, FIXED_NONE);
    row->cost = amount_of(t, COST, FIXED_NONE);
    row->active = yes_of(t, ACTIVE);
}

static int64_t day_of(int64_t instant)
{
    int64_t day = 86400 * SECOND;

    return instant / day - (instant % day < 0);
}

static void read_stock(struct table *t, const struct line *line, size_t i)
{
    int64_t date = time_of(t, DATE);
    struct stock_row *row = rows_stock(&t->page->rows);

    (void)line;
    needed(t, ON_HAND);
    row->variant = variant_of(t);
    row->location = text_of(t, LOCATION);
    row->on_hand = amount_of(t, ON_HAND, 0);
    row->reserved = amount_of(t, RESERVED, 0);
    if (date != INSTANT_NONE)
        row->day = day_of(date);
    else if (i == 0) /* a line without a date comes before those with one */
        rows_whole_stock(&t->page->rows, row->variant);
}

/* The `line` column, or the line's number within the order. */
static const char *line_id(struct table *t, size_t i)
{
    if (t->where[LINE] >= 0)
        return needed(t, LINE);
    return arena_printf(t->page->rows.arena, "%zu", i + 1);
}

static void read_sale(struct table *t, const struct line *line)
{
    static const char *const not_counted[] = {"cancelled", "canceled", "draft",
                                              "pending",   "failed",   "quote",
                                              "trash"};
    struct sale_row *row = rows_sale(&t->page->rows);

    needed(t, DATE);
    row->id = row->number = line->key;
    row->status = text_of(t, STATUS);
    row->currency = text_of(t, CURRENCY);
    row->counted = !is_one_of(row->status, not_counted, ARRAY_LEN(not_counted));
    row->placed_at = time_of(t, DATE);
    rows_whole(&t->page->rows, line->key);
}

static void read_sale_line(struct table *t, const struct line *line, size_t i)
{
    struct sale_line_row *row;

    if (i == 0)
        read_sale(t, line);
    needed(t, QUANTITY);
    needed(t, REVENUE);
    row = rows_sale_line(&t->page->rows);
    row->sale = line->key;
    row->id = line_id(t, i);
    row->variant = variant_of(t);
    row->location = text_of(t, LOCATION);
    row->quantity = amount_of(t, QUANTITY, 0);
    row->returned = amount_of(t, RETURNED, 0);
    row->revenue = amount_of(t, REVENUE, 0);
}

static void read_order(struct table *t, const struct line *line)
{
    struct stock_order_row *row = rows_stock_order(&t->page->rows);

    row->id = row->number = line->key;
    row->status = text_of(t, STATUS);
    row->supplier = text_of(t, SUPPLIER);
    row->currency = text_of(t, CURRENCY);
    row->ordered_at = time_of(t, ORDERED);
    row->expected_at = time_of(t, EXPECTED);
    rows_whole(&t->page->rows, line->key);
}

static bool is_closed(const char *status)
{
    static const char *const closed[] = {"draft",     "received", "done",
                                         "completed", "closed",   "cancelled",
                                         "canceled"};

    return is_one_of(status, closed, ARRAY_LEN(closed));
}

static bool is_component(struct table *t)
{
    const char *role = text_of(t, ROLE);

    if (*role && strcasecmp(role, "product") != 0 &&
        strcasecmp(role, "component") != 0)
        fail(t, ROLE, role, "is neither product nor component");
    return strcasecmp(role, "component") == 0;
}

/* Where the pieces of a line go from and to, by the kind of order. */
static void read_ways(struct table *t, struct stock_order_line_row *row)
{
    enum stream stream = t->question->stream;
    const char *location = text_of(t, LOCATION), *from = text_of(t, FROM);

    if (stream == STREAM_ASSEMBLY_ORDERS && is_component(t)) {
        row->from = *from ? from : location;
        row->outward = true;
        row->sent = row->received;
        return;
    }
    row->to = location;
    row->inward = true;
    if (stream != STREAM_TRANSFER_ORDERS)
        return;
    row->from = from;
    row->outward = true;
    row->sent = amount_of(t, SENT, 0);
    if (row->sent < row->received) /* what arrived has left */
        row->sent = row->received;
}

static void read_order_line(struct table *t, const struct line *line, size_t i)
{
    struct rows *rows = &t->page->rows;
    struct stock_order_line_row *row;
    struct stock_order_row *order;

    if (i == 0)
        read_order(t, line);
    needed(t, QUANTITY);
    row = rows_stock_order_line(rows);
    row->order = line->key;
    row->id = line_id(t, i);
    row->variant = variant_of(t);
    row->quantity = amount_of(t, QUANTITY, 0);
    row->received = amount_of(t, RECEIVED, 0);
    row->unit_cost = amount_of(t, UNIT_COST, FIXED_NONE);
    row->expected_at = time_of(t, EXPECTED);
    read_ways(t, row);
    order = &rows->stock_orders[rows->stock_orders_n - 1];
    order->open |= row->received < row->quantity && !is_closed(order->status);
}

/* What each stream's file has. */
static const struct sheet {
    enum stream stream;
    bool orders; /* many lines have one key; else DETAIL tells them apart */
    enum column key, needs[5]; /* needs: up to the first 0 */
    void (*read)(struct table *t, const struct line *line, size_t i);
} sheets[] = {
    {STREAM_VARIANTS, false, ID, {SKU}, read_variant},
    {STREAM_STOCK, false, SKU, {SKU, ON_HAND}, read_stock},
    {STREAM_SALES,
     true,
     ORDER,
     {ORDER, DATE, SKU, QUANTITY, REVENUE},
     read_sale_line},
    {STREAM_PURCHASE_ORDERS,
     true,
     ORDER,
     {ORDER, SKU, QUANTITY},
     read_order_line},
    {STREAM_TRANSFER_ORDERS,
     true,
     ORDER,
     {ORDER, SKU, QUANTITY},
     read_order_line},
    {STREAM_ASSEMBLY_ORDERS,
     true,
     ORDER,
     {ORDER, SKU, QUANTITY},
     read_order_line},
};

static const struct sheet *sheet_of(enum stream stream)
{
    for (size_t i = 0; i < ARRAY_LEN(sheets); i++)
        if (sheets[i].stream == stream)
            return &sheets[i];
    return NULL;
}

/* The table: header, lines, order. */

static bool is_name(const char *text, const char *name)
{
    for (; *text && *name; text++, name++) {
        char c = *text == ' ' || *text == '-' ? '_' : *text;
        if (strncasecmp(&c, name, 1) != 0)
            return false;
    }
    return !*text && !*name;
}

static int find_column(const char *const *heads, size_t n, enum column column)
{
    for (size_t i = 0; i < ARRAY_LEN(names[column]); i++)
        for (size_t j = 0; names[column][i] && j < n; j++)
            if (heads[j] && is_name(heads[j], names[column][i]))
                return (int)j;
    return -1;
}

static void find_columns(struct table *t)
{
    const char *heads[CSV_FIELDS_MAX];

    t->columns_n = t->csv.fields_n;
    for (size_t i = 0; i < t->columns_n; i++)
        heads[i] = csv_text(t->page->rows.arena, &t->csv.fields[i]);
    for (int i = 0; i < COLUMNS; i++)
        t->where[i] = find_column(heads, t->columns_n, (enum column)i);
}

static int read_header(struct table *t, const struct sheet *sheet)
{
    if (csv_next(&t->csv) <= 0) {
        page_fail(t->page, PAGE_BROKEN, "%s: no line with column names: %s",
                  t->file, t->csv.error ? t->csv.error : "it is empty");
        return -1;
    }
    find_columns(t);
    for (size_t i = 0; i < ARRAY_LEN(sheet->needs) && sheet->needs[i]; i++) {
        if (t->where[sheet->needs[i]] >= 0)
            continue;
        page_fail(t->page, PAGE_BROKEN, "%s: no column '%s'", t->file,
                  names[sheet->needs[i]][0]);
        return -1;
    }
    return 0;
}

static const char *detail_of(struct table *t, const struct sheet *sheet)
{
    if (sheet->orders)
        return text_of(t, LINE);
    if (sheet->stream == STREAM_STOCK) /* the date first: none sorts first */
        return arena_printf(t->page->rows.arena, "%s\n%s", text_of(t, DATE),
                            text_of(t, LOCATION));
    return "";
}

static void add_line(struct table *t, const struct sheet *sheet,
                     const char *start)
{
    enum column key = t->where[sheet->key] >= 0 ? sheet->key : SKU;

    if (t->csv.fields_n != t->columns_n) {
        page_fail(t->page, PAGE_BROKEN,
                  "%s line %ld: has %zu fields where the first line has %zu",
                  t->file, t->csv.line, t->csv.fields_n, t->columns_n);
        return;
    }
    if (t->lines_n == t->size) {
        t->size = t->size ? 2 * t->size : 256;
        t->lines = xrealloc(t->lines, t->size * sizeof *t->lines);
    }
    t->lines[t->lines_n++] = (struct line){
        .key = needed(t, key),
        .detail = detail_of(t, sheet),
        .start = start,
        .number = t->csv.line,
    };
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    if (order == 0)
        order = strcmp(x->detail, y->detail);
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

static void read_lines(struct table *t, const struct sheet *sheet)
{
    const char *start = t->csv.at;
    int got;

    while (t->page->class == PAGE_GOOD && (got = csv_next(&t->csv)) != 0) {
        if (got < 0)
            page_fail(t->page, PAGE_BROKEN, "%s line %ld: %s", t->file,
                      t->csv.line, t->csv.error);
        else
            add_line(t, sheet, start);
        start = t->csv.at;
    }
    if (t->lines_n)
        qsort(t->lines, t->lines_n, sizeof *t->lines, compare_lines);
}

/* Makes LINES[I] the current line again. */
static void go_to(struct table *t, size_t i)
{
    t->csv.at = t->lines[i].start;
    if (csv_next(&t->csv) != 1)
        die("csv: line %ld was there before", t->lines[i].number);
    t->csv.line = t->lines[i].number;
}

static bool is_double(const struct table *t, const struct sheet *sheet,
                      size_t i)
{
    return strcmp(t->lines[i].key, t->lines[i + 1].key) == 0 &&
           strcmp(t->lines[i].detail, t->lines[i + 1].detail) == 0 &&
           (!sheet->orders || t->where[LINE] >= 0);
}

/* Reads the lines of one key, from line I: the number of the line behind. */
static size_t read_group(struct table *t, const struct sheet *sheet, size_t i)
{
    const struct line *first = &t->lines[i];
    size_t n = 0;

    for (; i < t->lines_n && strcmp(t->lines[i].key, first->key) == 0;
         i++, n++) {
        go_to(t, i);
        if (i + 1 < t->lines_n && is_double(t, sheet, i))
            page_fail(t->page, PAGE_BROKEN,
                      "%s line %ld: '%.*s' again, as in line %ld", t->file,
                      t->lines[i + 1].number, QUOTED, first->key,
                      t->lines[i].number);
        if (t->page->class != PAGE_GOOD)
            break;
        sheet->read(t, first, n);
    }
    if (t->question->window.sweep && sheet->stream != STREAM_STOCK)
        rows_id(&t->page->rows, first->key);
    return i;
}

/* Pages. */

/* FNV-1a: tells files apart; nobody gains by forging it. */
static int64_t hash_of(const struct answer *answer)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < answer->length; i++) {
        hash ^= (unsigned char)answer->body[i];
        hash *= UINT64_C(1099511628211);
    }
    return (int64_t)(hash >> 1);
}

static int place_read(const struct question *question, int64_t *lines,
                      int64_t *length, int64_t *hash)
{
    const char *at = question->position;

    if (position_number(&at, lines) < 0 || position_number(&at, length) < 0 ||
        position_number(&at, hash) < 0 || *at || *lines < 0)
        return -1;
    return 0;
}

/* The line to start with. -1: this is another file than before. */
static int start_of(const struct question *question,
                    const struct answer *answer, size_t *start)
{
    int64_t lines, length, hash;

    *start = 0;
    if (!*question->position)
        return 0;
    if (place_read(question, &lines, &length, &hash) < 0 ||
        length != (int64_t)answer->length || hash != hash_of(answer))
        return -1;
    *start = (size_t)lines;
    return 0;
}

static void read_page(struct table *t, const struct sheet *sheet, size_t i,
                      const struct answer *answer)
{
    struct page *page = t->page;
    size_t start = i;

    while (page->class == PAGE_GOOD && i < t->lines_n && i - start < LINES)
        i = read_group(t, sheet, i);
    if (page->class == PAGE_GOOD && i < t->lines_n)
        page->next = arena_printf(page->rows.arena, "%zu %zu %lld", i,
                                  answer->length, (long long)hash_of(answer));
}

static const char *default_file(const struct question *question,
                                struct page *page)
{
    return arena_printf(page->rows.arena, "%s.csv",
                        stream_name(question->stream));
}

static void csv_page(const struct question *question,
                     const struct answer *answer, struct page *page)
{
    const struct sheet *sheet = sheet_of(question->stream);
    struct json_value settings = question->endpoint->settings;
    struct table t = {.question = question, .page = page};
    size_t start;

    if (!sheet || start_of(question, answer, &start) < 0) {
        page_fail(page, PAGE_RESTART,
                  "the file has changed since the page "
                  "before");
        return;
    }
    t.file = file_of(question);
    if (!*t.file)
        t.file = default_file(question, page);
    t.comma = strcmp(json_str_or(json_get(settings, "decimal"), "."), ",") == 0;
    csv_open(&t.csv, answer->length ? answer->body : "", answer->length);
    if (read_header(&t, sheet) == 0)
        read_lines(&t, sheet);
    if (page->class == PAGE_GOOD && start > t.lines_n)
        page_fail(page, PAGE_RESTART, "the position is broken");
    read_page(&t, sheet, start, answer);
    free(t.lines);
}

/* Requests. */

/* A path below the url, that needs no encoding and does not climb. */
static bool is_file_name(const char *name)
{
    for (const char *c = name; *c; c++) {
        bool is_start = c == name || c[-1] == '/';
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                    "0123456789._-/",
                    *c) ||
            (is_start && (*c == '/' || *c == '.')))
            return false;
    }
    return *name && name[strlen(name) - 1] != '/';
}

static int check_files(struct json_value files, char *error)
{
    struct json_iter it = json_each(files);
    struct json_value name;
    const char *stream;

    if (json_type(files) != JSON_NONE && json_type(files) != JSON_OBJECT) {
        snprintf(error, 256, "setting files: {\"<stream>\": \"<file>\"}");
        return -1;
    }
    while (json_type(files) == JSON_OBJECT &&
           json_next_member(&it, &stream, &name)) {
        if (stream_find(stream) < 0 || stream_find(stream) >= STREAM_FETCHED) {
            snprintf(error, 256, "setting files: no stream is called '%.40s'",
                     stream);
            return -1;
        }
        if (is_file_name(json_str_or(name, "")))
            continue;
        snprintf(error, 256,
                 "setting files: '%.40s' is not a file name of letters, "
                 "digits and ._-/",
                 json_str_or(name, ""));
        return -1;
    }
    return 0;
}

static int csv_check(const struct endpoint *endpoint, char *error)
{
    struct json_value decimal = json_get(endpoint->settings, "decimal");
    const char *text = json_str_or(decimal, "");

    if (json_type(decimal) != JSON_NONE && strcmp(text, ".") != 0 &&
        strcmp(text, ",") != 0) {
        snprintf(error, 256, "setting decimal: \".\" or \",\"");
        return -1;
    }
    return check_files(json_get(endpoint->settings, "files"), error);
}

static int csv_request(const struct question *question, struct request *request,
                       char *error)
{
    const char *file = file_of(question);
    int64_t lines, length, hash;

    if (csv_check(question->endpoint, error) < 0)
        return -1;
    if (!sheet_of(question->stream) ||
        (*question->position &&
         place_read(question, &lines, &length, &hash) < 0)) {
        snprintf(error, 256, "the position is broken: %.60s",
                 question->position);
        return -1;
    }
    request->method = "GET";
    buf_printf(&request->path, "%s/", question->endpoint->path);
    if (*file)
        buf_text(&request->path, file);
    else
        buf_printf(&request->path, "%s.csv", stream_name(question->stream));
    if (*question->endpoint->user)
        base64_basic(&request->headers, question->endpoint->user,
                     question->endpoint->secret);
    return 0;
}

static const struct stream_facts streams[] = {
    {.stream = STREAM_VARIANTS, .sweeps = true},
    {.stream = STREAM_STOCK},
    {.stream = STREAM_SALES},
    {.stream = STREAM_PURCHASE_ORDERS, .sweeps = true},
    {.stream = STREAM_TRANSFER_ORDERS, .sweeps = true},
    {.stream = STREAM_ASSEMBLY_ORDERS, .sweeps = true},
};

const struct platform platform_csv = {
    .name = "csv",
    .title = "CSV files",
    .needs = "url of a folder: https://... or file:///...; user and secret if "
             "it asks for them; settings files, decimal",
    .is_local = true,
    .streams = streams,
    .streams_n = ARRAY_LEN(streams),
    .request = csv_request,
    .page = csv_page,
    .check = csv_check,
};
