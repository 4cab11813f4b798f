/* forecast_abc.c - items by revenue, from lines "id,revenue" on standard input.
 * See forecast_run.h; the rule is in common/metrics/abc.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/arena.h"
#include "common/fixed.h"
#include "common/metrics/abc.h"
#include "producer/cli/call.h"
#include "producer/cli/forecast_run.h"
#include "producer/cli/numbers.h"
#include "producer/cli/table.h"

enum { ITEMS_MAX = NUMBERS_MAX };

struct items {
    struct abc_item *items;
    size_t n, size;
    struct arena *ids;
};

static char *trim(char *text)
{
    size_t end;

    text += strspn(text, " \t\r\n");
    for (end = strlen(text); end && strchr(" \t\r\n", text[end - 1]); end--)
        ;
    text[end] = '\0';
    return text;
}

/* Without its quotes, if it has any; "" in them is ". In place. */
static char *unquote(char *text)
{
    size_t end = strlen(text);
    char *to = text;

    if (end < 2 || text[0] != '"' || text[end - 1] != '"')
        return text;
    text[end - 1] = '\0';
    for (char *from = text + 1; *from; from++) {
        if (from[0] == '"' && from[1] == '"')
            from++;
        *to++ = *from;
    }
    *to = '\0';
    return text;
}

static int take_line(struct items *a, char *text, size_t line)
{
    char *comma = strrchr(text, ','), *id;
    int64_t revenue;

    if (!comma)
        return fail(EXIT_FAILED, "line %zu: '%.40s' is not id,revenue", line,
                    text);
    *comma++ = '\0';
    id = unquote(trim(text));
    comma = trim(comma);
    if (line == 1 && strcasecmp(comma, "revenue") == 0)
        return EXIT_DONE;
    if (!*id)
        return fail(EXIT_FAILED, "line %zu: there is no id", line);
    if (fixed_parse(comma, &revenue) < 0)
        return fail(EXIT_FAILED, "line %zu: '%.40s' is not an amount", line,
                    comma);
    if (a->n == ITEMS_MAX)
        return fail(EXIT_FAILED, "line %zu: more than %d items", line,
                    ITEMS_MAX);
    if (a->n == a->size) {
        a->size = a->size ? 2 * a->size : 64;
        a->items = xrealloc(a->items, a->size * sizeof *a->items);
    }
    a->items[a->n++] = (struct abc_item){
        .id = arena_text(a->ids, id, strlen(id)), .revenue = revenue};
    return EXIT_DONE;
}

static int read_items(struct items *a)
{
    char *text = NULL;
    size_t size = 0;
    ssize_t length;
    int code = EXIT_DONE;

    for (size_t line = 1; !code; line++) {
        length = getline(&text, &size, stdin);
        if (length < 0)
            break;
        if (memchr(text, '\0', (size_t)length))
            code = fail(EXIT_FAILED, "line %zu: not text", line);
        else if (*trim(text) && *trim(text) != '#')
            code = take_line(a, trim(text), line);
    }
    free(text);
    if (!code && ferror(stdin))
        code = fail(EXIT_FAILED, "standard input: %s", strerror(errno));
    if (!code && a->n == 0)
        code = forecast_refused(REFUSE_EMPTY);
    return code;
}

static int by_id(const void *a, const void *b)
{
    const struct abc_item *left = a, *right = b;

    return strcmp(left->id, right->id);
}

/* An item that is there twice would be two halves. */
static int check_unique(struct items *a)
{
    qsort(a->items, a->n, sizeof *a->items, by_id);
    for (size_t i = 1; i < a->n; i++)
        if (by_id(&a->items[i - 1], &a->items[i]) == 0)
            return fail(EXIT_FAILED, "'%.60s' is there twice", a->items[i].id);
    return EXIT_DONE;
}

static void print_json(const struct items *a)
{
    struct out o = {0};

    out_open(&o, NULL, '[');
    for (size_t i = 0; i < a->n; i++) {
        const struct abc_item *item = &a->items[i];
        out_open(&o, NULL, '{');
        out_text(&o, "id", item->id);
        out_fixed(&o, "revenue", item->revenue);
        out_real(&o, "share", item->share);
        out_real(&o, "before", item->before);
        out_text(&o, "class", (char[]){item->grade, '\0'});
        out_close(&o, '}');
    }
    out_close(&o, ']');
    out_print(&o);
}

static void print_text(const struct items *a)
{
    struct table *t =
        table_new("CLASS", "ITEM", ">REVENUE", ">SHARE", ">BEFORE", NULL);
    char text[FIXED_TEXT];

    for (size_t i = 0; i < a->n; i++) {
        const struct abc_item *item = &a->items[i];
        table_cell(t, PLAIN, "%c", item->grade);
        table_cell(t, PLAIN, "%s", item->id);
        table_cell(t, PLAIN, "%s", fixed_text(item->revenue, text));
        table_cell(t, PLAIN, "%.2f %%", 100 * item->share);
        table_cell(t, PLAIN, "%.2f %%", 100 * item->before);
    }
    table_print(t, 0);
}

int forecast_abc(const struct call *call, const char *method)
{
    struct items a = {.ids = arena_new()};
    int code = read_items(&a);

    (void)method; /* there is one only */
    if (!code)
        code = check_unique(&a);
    if (!code) {
        abc_classify(a.items, a.n);
        if (call->json)
            print_json(&a);
        else
            print_text(&a);
    }
    free(a.items);
    arena_free(a.ids);
    return code;
}
