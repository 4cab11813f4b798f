/* rows_store.c - the rows of a page go into the store. See rows_store.h. */
#include "worker/rows_store.h"

#define FNV_PRIME UINT64_C(0x100000001b3)

uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
    return (hash ^ 0xff) * FNV_PRIME; /* "a","b" is not "ab","" */
}

uint64_t hash_int(uint64_t hash, int64_t number)
{
    uint64_t bits = (uint64_t)number;

    hash = (hash ^ (bits & 0xffffffff)) * FNV_PRIME;
    hash = (hash ^ (bits >> 32)) * FNV_PRIME;
    return hash ^ (hash >> 29);
}

int rows_counted(struct rows_target *t, int upsert)
{
    t->counts.added += upsert == UPSERT_ADDED;
    t->counts.changed += upsert == UPSERT_CHANGED;
    return upsert < 0 ? -1 : 0;
}

int rows_dirty(struct rows_target *t, const char *variant)
{
    if (t->whole)
        return 0;
    return store_exec(t->store,
                      "INSERT INTO dirty VALUES (?1, ?2, ?3) "
                      "ON CONFLICT DO NOTHING",
                      WITH(ROWS_KEY(t), TEXT(variant))) < 0
               ? -1
               : 0;
}

const char *rows_location(const struct rows_target *t, const char *name)
{
    if (!*name)
        return t->location;
    return json_str_or(json_get(t->locations, name), name);
}

static int store_ids(struct rows_target *t, const struct rows *rows)
{
    for (size_t i = 0; i < rows->ids_n; i++)
        if (store_exec(t->store,
                       "INSERT INTO seen VALUES (?1, ?2, ?3, ?4) "
                       "ON CONFLICT DO NOTHING",
                       WITH(ROWS_KEY(t), INT(t->key.stream),
                            TEXT(rows->ids[i].id))) < 0)
            return -1;
    return 0;
}

int rows_store(struct rows_target *t, const struct rows *rows)
{
    t->counts = (struct counts){.rows = (int64_t)rows_count(rows)};
    if (rows_store_variants(t, rows) < 0 || rows_store_stock(t, rows) < 0 ||
        rows_store_sales(t, rows) < 0 || rows_store_orders(t, rows) < 0 ||
        store_ids(t, rows) < 0)
        return -1;
    return 0;
}
