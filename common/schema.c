/* schema.c - the tables, as steps from each version to the next.
 *
 * Account leads every key, so that tables can be distributed by account. Times
 * are us UTC, days are days since 1970 of the account's local date, money and
 * quantities are fixed point (1e-6). Steps are never changed once released:
 * add one at the end.
 */
#include "common/base.h"
#include "common/schema.h"

/* Who there is. */
static const char accounts[] =
    "CREATE TABLE account ("
    " id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " zone TEXT NOT NULL, settings TEXT NOT NULL DEFAULT '{}',"
    " created_at BIGINT NOT NULL, retries BIGINT NOT NULL DEFAULT 0"
    ") WITHOUT ROWID;"
    "CREATE TABLE connection ("
    " account BIGINT NOT NULL, id BIGINT NOT NULL, name TEXT NOT NULL,"
    " platform TEXT NOT NULL, url TEXT NOT NULL,"
    " username TEXT NOT NULL DEFAULT '', secret TEXT NOT NULL DEFAULT '',"
    " settings TEXT NOT NULL DEFAULT '{}',"
    " private_allowed BIGINT NOT NULL DEFAULT 0,"
    " enabled BIGINT NOT NULL DEFAULT 1, created_at BIGINT NOT NULL,"
    " PRIMARY KEY (account, id), UNIQUE (account, name)"
    ") WITHOUT ROWID;"
    "CREATE TABLE item_rule ("
    " account BIGINT NOT NULL, item TEXT NOT NULL, settings TEXT NOT NULL,"
    " PRIMARY KEY (account, item)"
    ") WITHOUT ROWID;";

/* When. A row with a minute runs daily, one without runs once. */
static const char schedules[] =
    "CREATE TABLE schedule ("
    " account BIGINT NOT NULL, id BIGINT NOT NULL, type BIGINT NOT NULL,"
    " minute BIGINT, next_at BIGINT NOT NULL,"
    " PRIMARY KEY (account, id)"
    ") WITHOUT ROWID;"
    "CREATE INDEX schedule_due ON schedule (next_at);";

/* The protocol: see protocol.h. */
static const char streams[] =
    "CREATE TABLE stream ("
    " account BIGINT NOT NULL, connection BIGINT NOT NULL,"
    " name BIGINT NOT NULL, platform TEXT NOT NULL,"
    " want BIGINT NOT NULL DEFAULT 0, gen BIGINT NOT NULL DEFAULT 0,"
    " done BIGINT NOT NULL DEFAULT 0, fence BIGINT NOT NULL DEFAULT 0,"
    " claim_id TEXT, owner TEXT, beat BIGINT NOT NULL DEFAULT 0,"
    " lease_until BIGINT, page BIGINT NOT NULL DEFAULT 0,"
    " position TEXT NOT NULL DEFAULT '', window_from BIGINT,"
    " window_to BIGINT, cursor BIGINT, as_of BIGINT,"
    " whole BIGINT NOT NULL DEFAULT 0,"
    " whole_want BIGINT NOT NULL DEFAULT 0,"
    " tries BIGINT NOT NULL DEFAULT 0, crashes BIGINT NOT NULL DEFAULT 0,"
    " not_before BIGINT NOT NULL DEFAULT 0,"
    " urgent BIGINT NOT NULL DEFAULT 0, last_error TEXT, outcome TEXT,"
    " held BIGINT, started_at BIGINT, ended_at BIGINT,"
    " rows BIGINT NOT NULL DEFAULT 0, added BIGINT NOT NULL DEFAULT 0,"
    " changed BIGINT NOT NULL DEFAULT 0,"
    " removed BIGINT NOT NULL DEFAULT 0,"
    " PRIMARY KEY (account, connection, name),"
    " CHECK (done <= gen AND gen <= want AND want <= gen + 1"
    "  AND gen <= done + 1)"
    ") WITHOUT ROWID;"
    "CREATE INDEX stream_runnable ON stream (urgent DESC, not_before)"
    " WHERE want > done AND owner IS NULL;"
    "CREATE INDEX stream_leased ON stream (owner) WHERE owner IS NOT NULL;";
static const char syncs[] =
    "CREATE TABLE sync ("
    " account BIGINT NOT NULL, id BIGINT NOT NULL, type BIGINT NOT NULL,"
    " state TEXT NOT NULL, step BIGINT NOT NULL DEFAULT 0,"
    " asked_by TEXT NOT NULL, hits BIGINT NOT NULL DEFAULT 1,"
    " urgent BIGINT NOT NULL DEFAULT 0, asked_at BIGINT NOT NULL,"
    " started_at BIGINT, ended_at BIGINT,"
    " PRIMARY KEY (account, id)"
    ") WITHOUT ROWID;"
    "CREATE UNIQUE INDEX sync_running ON sync (account, type)"
    " WHERE state IN ('running', 'processing');"
    "CREATE UNIQUE INDEX sync_waiting ON sync (account, type)"
    " WHERE state = 'waiting';"
    "CREATE INDEX sync_ended ON sync (ended_at) WHERE ended_at IS NOT NULL;"
    "CREATE TABLE sync_part ("
    " account BIGINT NOT NULL, sync BIGINT NOT NULL, step BIGINT NOT NULL,"
    " connection BIGINT NOT NULL, name BIGINT NOT NULL,"
    " target BIGINT NOT NULL, outcome TEXT, error TEXT, ended_at BIGINT,"
    " pages BIGINT, rows BIGINT, added BIGINT, changed BIGINT,"
    " removed BIGINT,"
    " PRIMARY KEY (account, sync, step, connection, name)"
    ") WITHOUT ROWID;"
    "CREATE TABLE rejected ("
    " id BIGINT PRIMARY KEY, at BIGINT NOT NULL, source TEXT NOT NULL,"
    " element TEXT NOT NULL, reason TEXT NOT NULL"
    ") WITHOUT ROWID;";

/* What platforms say. rev counts writes of a row; hash tells whether what we
 * keep of it changed. */
static const char rows[] =
    "CREATE TABLE variant ("
    " account BIGINT NOT NULL, connection BIGINT NOT NULL, id TEXT NOT NULL,"
    " product TEXT NOT NULL, sku TEXT NOT NULL, item TEXT NOT NULL,"
    " barcode TEXT NOT NULL, title TEXT NOT NULL, vendor TEXT NOT NULL,"
    " category TEXT NOT NULL, currency TEXT NOT NULL, price BIGINT,"
    " cost BIGINT, active BIGINT NOT NULL, updated_at BIGINT,"
    " removed_at BIGINT, hash BIGINT NOT NULL,"
    " rev BIGINT NOT NULL DEFAULT 1,"
    " PRIMARY KEY (account, connection, id)"
    ") WITHOUT ROWID;"
    "CREATE INDEX variant_item ON variant (account, item);"
    "CREATE TABLE stock ("
    " account BIGINT NOT NULL, connection BIGINT NOT NULL,"
    " variant TEXT NOT NULL, location TEXT NOT NULL,"
    " on_hand BIGINT NOT NULL, reserved BIGINT NOT NULL,"
    " updated_at BIGINT, hash BIGINT NOT NULL,"
    " rev BIGINT NOT NULL DEFAULT 1,"
    " PRIMARY KEY (account, connection, variant, location)"
    ") WITHOUT ROWID;"
    "CREATE TABLE stock_day ("
    " account BIGINT NOT NULL, connection BIGINT NOT NULL,"
    " variant TEXT NOT NULL, location TEXT NOT NULL, day BIGINT NOT NULL,"
    " on_hand BIGINT NOT NULL,"
    " PRIMARY KEY (account, connection, variant, location, day)"
    ") WITHOUT ROWID;";
static const char orders[] =
    "CREATE TABLE sale ("
    " account BIGINT NOT NULL, connection BIGINT NOT NULL, id TEXT NOT NULL,"
    " number TEXT NOT NULL, status TEXT NOT NULL, currency TEXT NOT NULL,"
    " counted BIGINT NOT NULL, placed_at BIGINT, updated_at BIGINT,"
    " hash BIGINT NOT NULL, rev BIGINT NOT NULL DEFAULT 1,"
    " PRIMARY KEY (account, connection, id)"
    ") WITHOUT ROWID;"
    "CREATE TABLE sale_line ("
    " account BIGINT NOT NULL, connection BIGINT NOT NULL,"
    " variant TEXT NOT NULL, sale TEXT NOT NULL, id TEXT NOT NULL,"
    " location TEXT NOT NULL, quantity BIGINT NOT NULL,"
    " returned BIGINT NOT NULL, revenue BIGINT NOT NULL,"
    " counted BIGINT NOT NULL, placed_at BIGINT, hash BIGINT NOT NULL,"
    " rev BIGINT NOT NULL DEFAULT 1,"
    " PRIMARY KEY (account, connection, variant, sale, id)"
    ") WITHOUT ROWID;"
    "CREATE INDEX sale_line_sale ON sale_line (account, connection, sale);"
    "CREATE TABLE stock_order ("
    " account BIGINT NOT NULL, connection BIGINT NOT NULL,"
    " kind BIGINT NOT NULL, id TEXT NOT NULL, number TEXT NOT NULL,"
    " status TEXT NOT NULL, open BIGINT NOT NULL, supplier TEXT NOT NULL,"
    " currency TEXT NOT NULL, ordered_at BIGINT, expected_at BIGINT,"
    " updated_at BIGINT, hash BIGINT NOT NULL,"
    " rev BIGINT NOT NULL DEFAULT 1,"
    " PRIMARY KEY (account, connection, kind, id)"
    ") WITHOUT ROWID;"
    "CREATE TABLE stock_order_line ("
    " account BIGINT NOT NULL, connection BIGINT NOT NULL,"
    " kind BIGINT NOT NULL, stock_order TEXT NOT NULL, id TEXT NOT NULL,"
    " variant TEXT NOT NULL, from_location TEXT NOT NULL,"
    " to_location TEXT NOT NULL, inward BIGINT NOT NULL,"
    " outward BIGINT NOT NULL, quantity BIGINT NOT NULL,"
    " sent BIGINT NOT NULL, received BIGINT NOT NULL, unit_cost BIGINT,"
    " expected_at BIGINT, hash BIGINT NOT NULL,"
    " rev BIGINT NOT NULL DEFAULT 1,"
    " PRIMARY KEY (account, connection, kind, stock_order, id)"
    ") WITHOUT ROWID;"
    "CREATE TABLE seen ("
    " account BIGINT NOT NULL, connection BIGINT NOT NULL,"
    " name BIGINT NOT NULL, id TEXT NOT NULL,"
    " PRIMARY KEY (account, connection, name, id)"
    ") WITHOUT ROWID;";

/* What we make of it. */
static const char results[] =
    "CREATE TABLE dirty ("
    " account BIGINT NOT NULL, connection BIGINT NOT NULL,"
    " variant TEXT NOT NULL,"
    " PRIMARY KEY (account, connection, variant)"
    ") WITHOUT ROWID;"
    "CREATE TABLE on_order ("
    " account BIGINT NOT NULL, connection BIGINT NOT NULL,"
    " variant TEXT NOT NULL, location TEXT NOT NULL, day BIGINT NOT NULL,"
    " kind BIGINT NOT NULL, quantity BIGINT NOT NULL,"
    " in_transit BIGINT NOT NULL,"
    " PRIMARY KEY (account, connection, variant, location, day, kind)"
    ") WITHOUT ROWID;"
    "CREATE TABLE metric ("
    " account BIGINT NOT NULL, item TEXT NOT NULL, location TEXT NOT NULL,"
    " day BIGINT NOT NULL, gen BIGINT NOT NULL, as_of BIGINT,"
    " units_7 BIGINT, units_14 BIGINT, units_30 BIGINT, units_365 BIGINT,"
    " revenue_7 BIGINT, revenue_14 BIGINT, revenue_30 BIGINT,"
    " revenue_365 BIGINT, known_days_30 BIGINT, stockout_days_30 BIGINT,"
    " stockout_days_window BIGINT, velocity BIGINT, velocity_days BIGINT,"
    " velocity_rule BIGINT, lost_units_30 BIGINT, lost_revenue_30 BIGINT,"
    " on_hand BIGINT, reserved BIGINT, available BIGINT, on_order BIGINT,"
    " overdue_on_order BIGINT, days_of_cover BIGINT, sells_out_first BIGINT,"
    " sells_out_last BIGINT, forecast_planning_period BIGINT,"
    " replenishment BIGINT, to_order BIGINT, replenish_in BIGINT,"
    " urgency BIGINT,"
    " PRIMARY KEY (account, item, location)"
    ") WITHOUT ROWID;"
    "CREATE INDEX metric_urgent ON metric (account, urgency);";

/* What SQLite's planner should take for granted: rows of an index, then rows
 * for each value of its first column, of its first two, and so on. Without it,
 * an account is thought to have ten rows of anything, and all of them are read
 * to find an item's. */
static const char statistics[] =
    "ANALYZE;"
    "DELETE FROM sqlite_stat1;"
    "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES"
    " ('account', 'account', '1000 1'),"
    " ('connection', 'connection', '3000 3 1'),"
    " ('stream', 'stream', '10000 10 6 1'),"
    " ('stream', 'stream_runnable', '100 50 1'),"
    " ('stream', 'stream_leased', '100 20'),"
    " ('sync', 'sync', '1000000 1000 1'),"
    " ('sync', 'sync_running', '100 1 1'),"
    " ('sync', 'sync_waiting', '100 1 1'),"
    " ('sync', 'sync_ended', '1000000 1'),"
    " ('sync_part', 'sync_part', '5000000 5000 5 3 1 1'),"
    " ('variant', 'variant', '1000000 20000 10000 1'),"
    " ('variant', 'variant_item', '1000000 20000 3'),"
    " ('stock', 'stock', '1000000 20000 10000 1 1'),"
    " ('stock_day', 'stock_day', '90000000 2000000 1000000 100 100 1'),"
    " ('sale', 'sale', '5000000 100000 50000 1'),"
    " ('sale_line', 'sale_line', '9000000 200000 100000 10 1 1'),"
    " ('sale_line', 'sale_line_sale', '9000000 200000 100000 2'),"
    " ('stock_order', 'stock_order', '100000 1000 500 200 1'),"
    " ('stock_order_line', 'stock_order_line', '900000 9000 5000 2000 9 1'),"
    " ('seen', 'seen', '20000 20000 20000 10000 1'),"
    " ('dirty', 'dirty', '2000 200 200 1'),"
    " ('on_order', 'on_order', '100000 1000 1000 2 2 1 1'),"
    " ('metric', 'metric', '1000000 20000 2 1'),"
    " ('metric', 'metric_urgent', '1000000 20000 100');"
    "ANALYZE sqlite_schema;";

static const struct {
    int version; /* the version it leads from */
    const char *sql;
} pieces[] = {
    {0, accounts}, {0, schedules}, {0, streams}, {0, syncs},
    {0, rows},     {0, orders},    {0, results},
};

int schema_version(void)
{
    return pieces[ARRAY_LEN(pieces) - 1].version + 1;
}

const char *schema_piece(int version, int i)
{
    for (size_t at = 0; at < ARRAY_LEN(pieces); at++)
        if (pieces[at].version == version && i-- == 0)
            return pieces[at].sql;
    return NULL;
}

const char *schema_statistics(void)
{
    return statistics;
}
