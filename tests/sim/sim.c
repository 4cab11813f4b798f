/* sim.c - who answers what. See sim.h. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/out.h"
#include "tests/sim/sim.h"

static const struct {
    const char *prefix;
    enum platform_name platform;
    void (*answer)(struct sim *s, struct exchange *x);
} platforms[PLATFORMS] = {
    {"/wp-json/", PLATFORM_WOO, woo_answer},
    {"/json/2/", PLATFORM_ODOO, odoo_answer},
};

/* "Basic " and USER:PASSWORD in base64. */
static char *basic_login(const char *user, const char *password)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
                                 "qrstuvwxyz0123456789+/";
    char *plain = xasprintf("%s:%s", user, password);
    size_t length = strlen(plain);
    struct buf b = {0};

    buf_text(&b, "Basic ");
    for (size_t i = 0; i < length; i += 3) {
        unsigned bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits =
                bits << 8 | (i + k < length ? (unsigned char)plain[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            buf_char(&b,
                     i + k > length ? '=' : digits[bits >> (18 - 6 * k) & 63]);
    }
    free(plain);
    return b.data;
}

void sim_init(struct sim *s, struct world *world, const struct sim_keys *keys)
{
    *s = (struct sim){.world = world,
                      .json = json_new(),
                      .woo_login = basic_login(keys->woo_key, keys->woo_secret),
                      .woo_key = keys->woo_key,
                      .woo_secret = keys->woo_secret,
                      .odoo_key = keys->odoo_key};
}

void sim_free(struct sim *s)
{
    world_free(s->world);
    queries_free(&s->queries);
    json_free(s->json);
    free(s->woo_login);
    for (int i = 0; i < PLATFORMS; i++)
        limit_set(&s->limits[i], 0);
}

void sim_begin(struct sim *s, struct exchange *x)
{
    for (int i = 0; i < PLATFORMS; i++)
        if (strncmp(x->path, platforms[i].prefix,
                    strlen(platforms[i].prefix)) == 0)
            x->platform = (int)platforms[i].platform;
    if (x->platform < 0)
        return;
    stats_asked(&s->stats, x, mono_us());
    x->fault = fault_take(&s->faults, x->uri);
}

int64_t sim_wait(const struct sim *s, const struct exchange *x)
{
    if (x->platform < 0)
        return 0;
    return s->latency + (x->fault.kind == FAULT_DELAY
                             ? atoi(x->fault.arg) * INT64_C(1000)
                             : 0);
}

/* 429 when the platform's budget of this minute is spent. */
static bool is_over(struct sim *s, struct exchange *x)
{
    int wait = limit_take(&s->limits[x->platform], mono_us());

    if (!wait)
        return false;
    s->stats.platforms[x->platform].over++;
    exchange_refuse(x, 429, "too many requests");
    buf_printf(&x->headers, "Retry-After: %d\n", wait);
    return true;
}

static void answer_platform(struct sim *s, struct exchange *x)
{
    live_run(s->world);
    if (is_over(s, x) || fault_replaces(x, world_now(s->world)))
        return;
    platforms[x->platform].answer(s, x);
    if (x->status == 200)
        fault_spoils(x);
}

void sim_answer(struct sim *s, struct exchange *x)
{
    if (x->platform >= 0) {
        answer_platform(s, x);
        stats_answered(&s->stats, x);
    } else if (strncmp(x->path, "/sim/", 5) == 0) {
        control_answer(s, x);
    } else {
        exchange_refuse(x, 404, "nothing is at %s", x->path);
    }
    OUT(&x->headers, "Date: ");
    out_http_date(&x->headers, world_now(s->world));
    OUT(&x->headers, "\n");
}

void sim_midwalk(struct sim *s, enum table_name table, const struct hits *hits,
                 size_t served, bool descending)
{
    struct table *t = &s->world->tables[table];
    uint32_t rows[2] = {NO_ROW, NO_ROW};

    for (size_t i = 0; i < ARRAY_LEN(rows) && served + i < hits->n; i++)
        rows[i] =
            hits->rows[descending ? hits->n - 1 - served - i : served + i];
    if (rows[0] != NO_ROW) {
        int64_t now = world_now(s->world);
        table_touch(t, rows[0],
                    table == T_POST || table == T_ORDER ? now - now % SECOND
                                                        : now);
    }
    if (rows[1] != NO_ROW)
        table_remove(t, rows[1]);
}
