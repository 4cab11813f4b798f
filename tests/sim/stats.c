/* stats.c - what the simulator was asked. See stats.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/exchange.h"
#include "tests/sim/stats.h"

const char *const platform_names[PLATFORMS] = {"woo", "odoo"};

int platform_named(const char *name)
{
    for (int i = 0; i < PLATFORMS; i++)
        if (strcmp(name, platform_names[i]) == 0)
            return i;
    return -1;
}

/* The last place takes all that find no room. */
static int find_endpoint(struct stats *s, const struct exchange *x)
{
    struct endpoint_stats *e;

    for (size_t i = 0; i < s->endpoints_n; i++)
        if (strcmp(s->endpoints[i].name, x->path) == 0)
            return (int)i;
    if (s->endpoints_n == ENDPOINTS_MAX)
        return ENDPOINTS_MAX - 1;
    e = &s->endpoints[s->endpoints_n];
    snprintf(e->name, sizeof e->name, "%s", x->path);
    e->platform = x->platform;
    return (int)s->endpoints_n++;
}

/* Forgets the tenths of a second that are over. */
static void advance(struct platform_stats *p, int64_t now)
{
    int64_t slot = now / (SECOND / SLOTS);

    if (slot - p->slot > SLOTS)
        p->slot = slot - SLOTS;
    while (p->slot < slot)
        p->slots[++p->slot % SLOTS] = 0;
}

void stats_asked(struct stats *s, struct exchange *x, int64_t now)
{
    struct platform_stats *p = &s->platforms[x->platform];

    x->endpoint = find_endpoint(s, x);
    s->endpoints[x->endpoint].requests++;
    p->requests++;
    advance(p, now);
    p->slots[p->slot % SLOTS]++;
}

void stats_answered(struct stats *s, const struct exchange *x)
{
    struct platform_stats *p = &s->platforms[x->platform];
    struct endpoint_stats *e = &s->endpoints[x->endpoint];

    e->rows += x->rows;
    e->bytes += x->out.length;
    p->rows += x->rows;
    p->bytes += x->out.length;
    if (x->status > 0 && x->status < STATUS_MAX)
        p->statuses[x->status]++;
}

static void print_platform(const struct platform_stats *p, struct buf *out,
                           int64_t now)
{
    struct platform_stats current = *p;
    uint64_t second = 0;
    const char *comma = "";

    advance(&current, now);
    for (int i = 0; i < SLOTS; i++)
        second += current.slots[i];
    buf_printf(out,
               "\"requests\":%" PRIu64 ",\"rows\":%" PRIu64
               ",\"bytes\":%" PRIu64 ",\"over\":%" PRIu64
               ",\"last_second\":%" PRIu64 ",\"statuses\":{",
               p->requests, p->rows, p->bytes, p->over, second);
    for (int i = 0; i < STATUS_MAX; i++) {
        if (!p->statuses[i])
            continue;
        buf_printf(out, "%s\"%d\":%" PRIu64, comma, i, p->statuses[i]);
        comma = ",";
    }
    buf_char(out, '}');
}

static void print_endpoints(const struct stats *s, int platform,
                            struct buf *out)
{
    const char *comma = "";

    for (size_t i = 0; i < s->endpoints_n; i++) {
        const struct endpoint_stats *e = &s->endpoints[i];
        if (e->platform != platform)
            continue;
        buf_text(out, comma);
        buf_json(out, e->name);
        buf_printf(out,
                   ":{\"requests\":%" PRIu64 ",\"rows\":%" PRIu64
                   ",\"bytes\":%" PRIu64 "}",
                   e->requests, e->rows, e->bytes);
        comma = ",";
    }
}

void stats_print(const struct stats *s, struct buf *out, int64_t now)
{
    buf_printf(out, "{\"concurrent\":%d,\"most_concurrent\":%d", s->now,
               s->most);
    for (int i = 0; i < PLATFORMS; i++) {
        buf_printf(out, ",\"%s\":{", platform_names[i]);
        print_platform(&s->platforms[i], out, now);
        buf_text(out, ",\"endpoints\":{");
        print_endpoints(s, i, out);
        buf_text(out, "}}");
    }
    buf_text(out, "}\n");
}

void limit_set(struct limit *l, int per_minute)
{
    free(l->served);
    *l = (struct limit){.per_minute = per_minute};
    if (per_minute)
        l->served = xcalloc((size_t)per_minute, sizeof *l->served);
}

int limit_take(struct limit *l, int64_t now)
{
    int64_t free_at;

    if (!l->per_minute)
        return 0;
    /* The oldest of the last per_minute requests; 0 if there were fewer. */
    free_at = l->served[l->next] ? l->served[l->next] + 60 * SECOND : 0;
    if (free_at > now)
        return (int)((free_at - now + SECOND - 1) / SECOND);
    l->served[l->next] = now;
    l->next = (l->next + 1) % (size_t)l->per_minute;
    return 0;
}
