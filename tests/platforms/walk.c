/* walk.c - reads a real server through a platform and prints what it brings.
 *
 *   platform-walk [-u user] [-p secret] [-s settings] [-f from] [-t to] [-w]
 *                 [-i] platform url [stream ...]
 *
 * A synchronous stand-in for worker/fetch.c, so that a platform can be checked
 * against its real server alone. Prints the lines that README.md here
 * describes, sorted; of lines with the same key the last one read.
 * -f and -t: the window (ISO 8601; default: since ever, until now)
 * -w: sweep after the window's rows
 * -i: print the ids that the sweeps name: "id<TAB>kind<TAB>id"
 */
#include <curl/curl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/fixed.h"
#include "common/instant.h"
#include "worker/platforms/list.h"

enum { ERROR_SIZE = 256, TRIES = 5 };

struct line {
    char *text;
    size_t key; /* bytes of the text that identify it */
    size_t seq;
};

struct walk {
    const struct platform *platform;
    struct endpoint endpoint;
    char *origin;
    char session[SESSION_MAX];
    struct window window;
    bool show_ids;
    CURL *curl;
    struct buf headers, body;
    struct page page;
    struct line *lines;
    size_t lines_n, requests;
};

static const struct platform *const platforms[] = {&platform_vendure,
                                                   &platform_tryton};

_Noreturn static void fail(const char *what, const char *why)
{
    fprintf(stderr, "platform-walk: %s: %s\n", what, why);
    exit(1);
}

/* --- Lines. */

/* Adds TEXT, whose first KEYS columns identify it. */
static void add_line(struct walk *w, int keys, struct buf *text)
{
    size_t n = w->lines_n, key = 0;

    for (size_t i = 0; i < text->length; i++)
        if (text->data[i] == '\n' || text->data[i] == '\r')
            text->data[i] = ' ';
    for (; keys > 0 && key < text->length; key++)
        if (text->data[key] == '\t')
            keys--;
    if ((n & (n - 1)) == 0)
        w->lines = xrealloc(w->lines, (n ? 2 * n : 1) * sizeof *w->lines);
    w->lines[n] = (struct line){xstrdup(text->data), key, n};
    w->lines_n++;
    buf_clear(text);
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    size_t shorter = x->key < y->key ? x->key : y->key;
    int order = memcmp(x->text, y->text, shorter);

    if (order)
        return order;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->seq < y->seq ? -1 : 1;
}

static bool same_key(const struct line *a, const struct line *b)
{
    return a->key == b->key && memcmp(a->text, b->text, a->key) == 0;
}

static void print_lines(struct walk *w)
{
    if (w->lines_n)
        qsort(w->lines, w->lines_n, sizeof *w->lines, compare_lines);
    for (size_t i = 0; i < w->lines_n; i++) {
        if (i + 1 == w->lines_n || !same_key(&w->lines[i], &w->lines[i + 1]))
            puts(w->lines[i].text);
        free(w->lines[i].text);
    }
    free(w->lines);
}

static void put_text(struct buf *b, const char *text)
{
    buf_char(b, '\t');
    for (; *text; text++)
        buf_char(b, *text == '\t' ? ' ' : *text);
}

static void put_amount(struct buf *b, int64_t amount)
{
    char text[FIXED_TEXT];

    put_text(b, amount == FIXED_NONE ? "-" : fixed_text(amount, text));
}

static void put_time(struct buf *b, int64_t at)
{
    char text[INSTANT_TEXT];

    if (at == INSTANT_NONE)
        put_text(b, "-");
    else
        buf_printf(b, "\t%sZ", instant_seconds(at, 'T', text));
}

static void put_bool(struct buf *b, bool value)
{
    put_text(b, value ? "1" : "0");
}

static void add_variants(struct walk *w, struct buf *b)
{
    for (size_t i = 0; i < w->page.rows.variants_n; i++) {
        const struct variant_row *row = &w->page.rows.variants[i];

        buf_text(b, "variant");
        put_text(b, row->id);
        put_text(b, row->sku);
        put_text(b, row->barcode);
        put_text(b, row->title);
        put_text(b, row->currency);
        put_amount(b, row->price);
        put_amount(b, row->cost);
        put_bool(b, row->active);
        add_line(w, 2, b);
    }
}

static void add_stock(struct walk *w, struct buf *b)
{
    for (size_t i = 0; i < w->page.rows.stock_n; i++) {
        const struct stock_row *row = &w->page.rows.stock[i];

        if (row->on_hand == 0 && row->reserved == 0)
            continue;
        buf_text(b, "stock");
        put_text(b, row->variant);
        put_text(b, row->location);
        put_amount(b, row->on_hand);
        put_amount(b, row->reserved);
        add_line(w, 3, b);
    }
}

static void add_sales(struct walk *w, struct buf *b)
{
    const struct rows *rows = &w->page.rows;

    for (size_t i = 0; i < rows->sales_n; i++) {
        buf_text(b, "sale");
        put_text(b, rows->sales[i].id);
        put_text(b, rows->sales[i].number);
        put_text(b, rows->sales[i].currency);
        put_bool(b, rows->sales[i].counted);
        put_time(b, rows->sales[i].placed_at);
        add_line(w, 2, b);
    }
    for (size_t i = 0; i < rows->sale_lines_n; i++) {
        buf_text(b, "sale_line");
        put_text(b, rows->sale_lines[i].sale);
        put_text(b, rows->sale_lines[i].id);
        put_text(b, rows->sale_lines[i].variant);
        put_text(b, rows->sale_lines[i].location);
        put_amount(b, rows->sale_lines[i].quantity);
        put_amount(b, rows->sale_lines[i].returned);
        put_amount(b, rows->sale_lines[i].revenue);
        add_line(w, 3, b);
    }
}

static void add_stock_orders(struct walk *w, const char *kind, struct buf *b)
{
    const struct rows *rows = &w->page.rows;

    for (size_t i = 0; i < rows->stock_orders_n; i++) {
        buf_printf(b, "stock_order\t%s", kind);
        put_text(b, rows->stock_orders[i].id);
        put_text(b, rows->stock_orders[i].number);
        put_text(b, rows->stock_orders[i].supplier);
        put_text(b, rows->stock_orders[i].currency);
        put_bool(b, rows->stock_orders[i].open);
        put_time(b, rows->stock_orders[i].expected_at);
        add_line(w, 3, b);
    }
    for (size_t i = 0; i < rows->stock_order_lines_n; i++) {
        const struct stock_order_line_row *row = &rows->stock_order_lines[i];

        buf_printf(b, "stock_order_line\t%s", kind);
        put_text(b, row->order);
        put_text(b, row->id);
        put_text(b, row->variant);
        put_text(b, row->from);
        put_text(b, row->to);
        put_amount(b, row->quantity);
        put_amount(b, row->sent);
        put_amount(b, row->received);
        put_amount(b, row->unit_cost);
        add_line(w, 4, b);
    }
}

/* "purchase_orders" -> "purchase", "sales" -> "sale" */
static void kind_of(enum stream stream, char kind[32])
{
    size_t length;

    snprintf(kind, 32, "%s", stream_name(stream));
    length = strcspn(kind, "_");
    if (length > 0 && kind[length - 1] == 's')
        length--;
    kind[length] = '\0';
}

static void keep_rows(struct walk *w, enum stream stream)
{
    struct buf b = {0};
    char kind[32];

    kind_of(stream, kind);
    add_variants(w, &b);
    add_stock(w, &b);
    add_sales(w, &b);
    add_stock_orders(w, kind, &b);
    for (size_t i = 0; w->show_ids && i < w->page.rows.ids_n; i++) {
        buf_printf(&b, "id\t%s", kind);
        put_text(&b, w->page.rows.ids[i].id);
        add_line(w, 3, &b);
    }
    buf_free(&b);
}

/* --- Transfers. */

static size_t on_bytes(char *bytes, size_t size, size_t n, void *arg)
{
    buf_add(arg, bytes, size * n);
    return size * n;
}

/* Sends REQUEST (and frees it); the answer is valid until the next one. */
static struct answer ask(struct walk *w, struct request *request)
{
    char *url = xasprintf("%s%s", w->origin, buf_str(&request->path));
    char *line, *rest = request->headers.data;
    struct curl_slist *list = NULL;
    long status = 0;
    CURLcode code;

    while ((line = strtok_r(rest, "\n", &rest)))
        list = curl_slist_append(list, line);
    buf_clear(&w->headers);
    buf_clear(&w->body);
    curl_easy_reset(w->curl);
    curl_easy_setopt(w->curl, CURLOPT_URL, url);
    curl_easy_setopt(w->curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(w->curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(w->curl, CURLOPT_WRITEDATA, &w->body);
    curl_easy_setopt(w->curl, CURLOPT_HEADERFUNCTION, on_bytes);
    curl_easy_setopt(w->curl, CURLOPT_HEADERDATA, &w->headers);
    if (strcmp(request->method, "POST") == 0)
        curl_easy_setopt(w->curl, CURLOPT_POSTFIELDS, buf_str(&request->body));
    code = curl_easy_perform(w->curl);
    if (code != CURLE_OK)
        fail(url, curl_easy_strerror(code));
    curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(list);
    request_free(request);
    free(url);
    w->requests++;
    return (struct answer){(int)status, buf_str(&w->headers), buf_str(&w->body),
                           w->body.length};
}

/* An answer that is not 2xx: the class by the platform's own rule or ours. */
static bool is_refused(struct walk *w, const struct question *q,
                       const struct answer *answer)
{
    page_reset(&w->page);
    if (answer->status / 100 == 2)
        return false;
    if (w->platform->refused)
        w->platform->refused(q, answer, &w->page);
    else
        page_of_status(w->platform, answer, &w->page);
    return true;
}

static void log_in(struct walk *w, const struct question *q)
{
    struct request request = {0};
    struct answer answer;
    char error[ERROR_SIZE];

    if (!w->platform->login_request)
        return;
    if (w->platform->login_request(q, &request, error) < 0)
        fail("login", error);
    if (!request.method)
        return;
    answer = ask(w, &request);
    if (!is_refused(w, q, &answer))
        w->platform->login(q, &answer, w->session, &w->page);
    if (w->page.class != PAGE_GOOD)
        fail("login", w->page.error);
}

/* Asks for the page at Q's position, at most TRIES times. */
static void get_page(struct walk *w, const struct question *q)
{
    for (int i = 0; i < TRIES; i++) {
        struct request request = {0};
        struct answer answer;
        char error[ERROR_SIZE];

        if (w->platform->request(q, &request, error) < 0)
            fail(stream_name(q->stream), error);
        answer = ask(w, &request);
        if (!is_refused(w, q, &answer))
            w->platform->page(q, &answer, &w->page);
        if (w->page.class == PAGE_GOOD)
            return;
        fprintf(stderr, "%s: %s\n", stream_name(q->stream), w->page.error);
        if (w->page.class == PAGE_LOGIN)
            log_in(w, q);
        else if (w->page.class != PAGE_RETRY)
            break;
    }
    fail(stream_name(q->stream), "gave up");
}

static void walk_stream(struct walk *w, enum stream stream)
{
    char *position = xstrdup("");
    struct question q = {&w->endpoint, stream, w->window, "", w->session};
    size_t rows = 0, ids = 0;

    w->requests = 0;
    if (!*w->session)
        log_in(w, &q);
    while (position) {
        q.position = position;
        get_page(w, &q);
        keep_rows(w, stream);
        rows += rows_count(&w->page.rows);
        ids += w->page.rows.ids_n;
        free(position);
        position = xstrdup(w->page.next);
    }
    fprintf(stderr, "%-16s %5zu requests %6zu rows %6zu ids\n",
            stream_name(stream), w->requests, rows, ids);
}

/* --- Arguments. */

static int64_t instant_of(const char *text)
{
    int64_t at;

    if (instant_parse(text, &at) < 0)
        fail(text, "not an instant");
    return at;
}

/* Splits URL into the origin and the path without a slash at its end. */
static void set_url(struct walk *w, const char *url)
{
    const char *host = strstr(url, "://");
    size_t length, path;

    if (!host)
        fail(url, "not a url");
    length = (size_t)(host + 3 - url) + strcspn(host + 3, "/");
    path = strlen(url + length);
    while (path > 0 && url[length + path - 1] == '/')
        path--;
    w->origin = xstrndup(url, length);
    w->endpoint.path = xstrndup(url + length, path);
}

static void read_options(struct walk *w, int argc, char **argv,
                         struct json *json)
{
    const char *settings = "{}";
    int c;

    while ((c = getopt(argc, argv, "u:p:s:f:t:wi")) != -1) {
        switch (c) {
        case 'u':
            w->endpoint.user = optarg;
            break;
        case 'p':
            w->endpoint.secret = optarg;
            break;
        case 's':
            settings = optarg;
            break;
        case 'f':
            w->window.from = instant_of(optarg);
            break;
        case 't':
            w->window.to = instant_of(optarg);
            break;
        case 'w':
            w->window.sweep = true;
            break;
        case 'i':
            w->show_ids = true;
            break;
        default:
            exit(2);
        }
    }
    if (json_parse(json, settings, strlen(settings), &w->endpoint.settings) < 0)
        fail(settings, json_error(json));
}

int main(int argc, char **argv)
{
    struct json *json = json_new();
    struct walk w = {
        .endpoint = {.path = "", .user = "", .secret = ""},
        .window = {.from = INSTANT_NONE, .to = now_us()},
        .curl = curl_easy_init(),
    };
    char error[ERROR_SIZE];

    read_options(&w, argc, argv, json);
    for (size_t i = 0; i < ARRAY_LEN(platforms) && optind + 1 < argc; i++)
        if (strcmp(platforms[i]->name, argv[optind]) == 0)
            w.platform = platforms[i];
    if (!w.platform)
        fail("usage", "platform-walk [options] platform url [stream ...]");
    set_url(&w, argv[optind + 1]);
    if (w.platform->check && w.platform->check(&w.endpoint, error) < 0)
        fail("settings", error);
    page_init(&w.page);
    for (size_t i = 0; i < w.platform->streams_n; i++) {
        enum stream stream = w.platform->streams[i].stream;
        bool wanted = optind + 2 == argc;
        for (int k = optind + 2; k < argc; k++)
            wanted |= strcmp(argv[k], stream_name(stream)) == 0;
        if (wanted)
            walk_stream(&w, stream);
    }
    print_lines(&w);
    page_free(&w.page);
    json_free(json);
    curl_easy_cleanup(w.curl);
    return 0;
}
