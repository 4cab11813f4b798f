/* main.c - stocktide-sim: a WooCommerce shop and its Odoo, for tests and demos.
 *
 * Serves on 127.0.0.1, prints "READY http://127.0.0.1:PORT" when it does:
 *   GET  /wp-json/wc/v3/{products,variations,orders}   Basic ck_demo:cs_demo
 *   POST /json/2/{model}/{search_read,search,search_count,read}
 *                                              bearer odoo_demo
 * Both know the same goods. `stocktide-sim --help` lists the options.
 *
 * Control, without login (POST but for the first two; parameters in the query):
 *   GET /sim/stats                    what was asked, by platform and endpoint
 *   GET /sim/world                    how many rows there are, some SKUs
 *   /sim/sell?rate=N                  N orders a minute arrive from now on
 *   /sim/order?sku=&quantity=[&count=]   a sale in the shop, now
 *   /sim/sale?sku=&quantity=          a sales order in the ERP
 *   /sim/price?sku=&price=            in both
 *   /sim/stock?sku=&quantity=[&location=Leeds/Stock]   counted anew
 *   /sim/delete?sku=                  gone from both, without a trace
 *   /sim/trash?sku=                   in the shop's bin, archived in the ERP
 *   /sim/po?sku=&quantity=&days=      a new purchase; answers {"po":"P00121"}
 *   /sim/receive?po=NAME[&part=1]     what is missing arrives, or half of it
 *   /sim/variant?sku=&title=          a new product in both
 *   /sim/late?sku=&seconds=N          a row shows only now, stamped N s ago
 *   /sim/ties?count=N                 N new products with one stamp
 *   /sim/clock?offset=SECONDS         the platforms' clock is ahead
 *   /sim/limit?per_minute=N[&platform=woo|odoo]   then 429; 0: no limit
 *   /sim/latency?ms=N                 before each answer
 *   /sim/fault?what=clear
 *   /sim/fault?what=KIND&match=PART_OF_URI&count=N[&arg=]
 *       status      arg: the code; retry_after=SECONDS|date|date:SECONDS|none
 *       redirect    arg: where to
 *       delay       arg: ms
 *       unauth html deep many bomb      instead of the answer
 *       truncate notice wrongtypes bigint badutf8   the answer spoilt
 *       cut drip slowheader hang        the sending
 *       endless     every page is full and new
 *       repeat      past the end comes the last page, for ever
 *       shrink      only the first tenth of the rows is there
 *       ignorefilter   as if no window had been asked for
 *       outside     the page's first row has a stamp of 2001
 *       midwalk     of the rows still to come one changes, one is deleted
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common/log.h"
#include "tests/sim/serve.h"

struct options {
    struct world_options world;
    struct sim_keys keys;
    int64_t port, rate_limit, latency;
    double sell;
    bool with_parent;
};

static const char usage[] =
    "usage: stocktide-sim [option]...\n"
    "  --port N             of 127.0.0.1; 0: any (0)\n"
    "  --with-parent        end when the parent process does\n"
    "  --seed N             another seed, other goods (1)\n"
    "  --variants N         sellable things in both systems (2000)\n"
    "  --order-lines N      of the shop (10 for each variant)\n"
    "  --days N             of history (365)\n"
    "  --purchase-orders N  (120)  --transfers N (60)  --assemblies N (40)\n"
    "  --woo-stamps spread|bulk   bulk: most products share one second\n"
    "  --sell RATE          orders a minute that arrive (0)\n"
    "  --rate-limit N       requests a minute to each platform; 0: any (0)\n"
    "  --latency MS         before each answer (0)\n"
    "  --woo-key K --woo-secret S --odoo-key K   what opens the platforms\n"
    "The control calls are listed at the top of tests/sim/main.c.\n";

enum option_name {
    PORT = 256,
    WITH_PARENT,
    SEED,
    VARIANTS,
    ORDER_LINES,
    DAYS,
    PURCHASES,
    TRANSFERS,
    ASSEMBLIES,
    WOO_STAMPS,
    SELL,
    RATE_LIMIT,
    LATENCY,
    WOO_KEY,
    WOO_SECRET,
    ODOO_KEY,
    HELP
};

static const struct option names[] = {
    {"port", required_argument, NULL, PORT},
    {"with-parent", no_argument, NULL, WITH_PARENT},
    {"seed", required_argument, NULL, SEED},
    {"variants", required_argument, NULL, VARIANTS},
    {"order-lines", required_argument, NULL, ORDER_LINES},
    {"days", required_argument, NULL, DAYS},
    {"purchase-orders", required_argument, NULL, PURCHASES},
    {"transfers", required_argument, NULL, TRANSFERS},
    {"assemblies", required_argument, NULL, ASSEMBLIES},
    {"woo-stamps", required_argument, NULL, WOO_STAMPS},
    {"sell", required_argument, NULL, SELL},
    {"rate-limit", required_argument, NULL, RATE_LIMIT},
    {"latency", required_argument, NULL, LATENCY},
    {"woo-key", required_argument, NULL, WOO_KEY},
    {"woo-secret", required_argument, NULL, WOO_SECRET},
    {"odoo-key", required_argument, NULL, ODOO_KEY},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0}};

static _Noreturn void refuse(void)
{
    fputs(usage, stderr);
    exit(2);
}

static int64_t whole(const char *text, int64_t min, int64_t max)
{
    char *end;
    int64_t n = strtoll(text, &end, 10);

    if (!*text || *end || n < min || n > max)
        refuse();
    return n;
}

static bool is_bulk(const char *text)
{
    if (strcmp(text, "bulk") != 0 && strcmp(text, "spread") != 0)
        refuse();
    return strcmp(text, "bulk") == 0;
}

static void set_world(struct world_options *w, int name, const char *text)
{
    switch (name) {
    case SEED:
        w->seed = (uint64_t)whole(text, 0, INT64_MAX);
        break;
    case VARIANTS:
        w->variants = (uint32_t)whole(text, 1, 2000000);
        break;
    case ORDER_LINES:
        w->order_lines = (uint32_t)whole(text, 0, 20000000);
        break;
    case DAYS:
        w->days = (uint32_t)whole(text, 1, 3650);
        break;
    case PURCHASES:
        w->purchases = (uint32_t)whole(text, 0, 1000000);
        break;
    case TRANSFERS:
        w->transfers = (uint32_t)whole(text, 0, 1000000);
        break;
    case ASSEMBLIES:
        w->assemblies = (uint32_t)whole(text, 0, 1000000);
        break;
    default:
        refuse();
    }
}

static void set(struct options *o, int name, const char *text)
{
    switch (name) {
    case PORT:
        o->port = whole(text, 0, 65535);
        break;
    case WITH_PARENT:
        o->with_parent = true;
        break;
    case WOO_STAMPS:
        o->world.bulk = is_bulk(text);
        break;
    case SELL:
        o->sell = strtod(text, NULL);
        break;
    case RATE_LIMIT:
        o->rate_limit = whole(text, 0, LIMIT_MAX);
        break;
    case LATENCY:
        o->latency = whole(text, 0, 600000);
        break;
    case WOO_KEY:
        o->keys.woo_key = text;
        break;
    case WOO_SECRET:
        o->keys.woo_secret = text;
        break;
    case ODOO_KEY:
        o->keys.odoo_key = text;
        break;
    case HELP:
        fputs(usage, stdout);
        exit(0);
    default:
        set_world(&o->world, name, text);
    }
}

static void read_options(struct options *o, int argc, char **argv)
{
    int name;

    o->world.order_lines = UINT32_MAX;
    while ((name = getopt_long(argc, argv, "", names, NULL)) != -1)
        set(o, name, optarg);
    if (optind < argc)
        refuse();
    if (o->world.order_lines == UINT32_MAX)
        o->world.order_lines = 10 * o->world.variants;
}

/* The signal comes also when the parent went before we asked for it. */
static void follow_parent(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) == -1 || getppid() != parent)
        exit(1);
}

static void serve(struct server *server, const sigset_t *stops)
{
    const struct timespec at_once = {0};

    printf("READY http://127.0.0.1:%u\n", serve_port(server));
    fflush(stdout);
    while (sigtimedwait(stops, NULL, &at_once) < 0)
        serve_turn(server);
}

int main(int argc, char **argv)
{
    struct options o = {
        .world = {.seed = 1,
                  .variants = 2000,
                  .days = 365,
                  .purchases = 120,
                  .transfers = 60,
                  .assemblies = 40},
        .keys = {"ck_demo", "cs_demo", "odoo_demo"},
    };
    pid_t parent = getppid();
    struct sim sim;
    struct server *server;
    sigset_t stops;

    log_open("stocktide-sim", LOG_INFO);
    read_options(&o, argc, argv);
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (o.with_parent)
        follow_parent(parent);
    sim_init(&sim, world_new(&o.world), &o.keys);
    sim.latency = o.latency * 1000;
    for (int i = 0; i < PLATFORMS; i++)
        limit_set(&sim.limits[i], (int)o.rate_limit);
    live_rate(sim.world, o.sell);
    server = serve_start(&sim, (uint16_t)o.port);
    if (server) {
        serve(server, &stops);
        serve_stop(server);
    }
    sim_free(&sim);
    return server ? 0 : 1;
}
