/* doctor_store.c - the store, and what is in it: zones, keys, connections. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/schema.h"
#include "common/secret.h"
#include "common/zone.h"
#include "producer/cli/checkup.h"

void doctor_store(struct checkup *c)
{
    const char *url = c->call->config->store;
    const char *path = url + strlen("sqlite:");
    char *described;

    if (access(path, F_OK) == -1) {
        checkup_line(c, CHECK_FAIL, "store",
                     "set --store or STOCKTIDE_STORE; or begin with: stocktide "
                     "account add NAME --zone ZONE",
                     "there is no store at %s", path);
        return;
    }
    if (call_create(c->call) != EXIT_DONE) {
        checkup_line(c, CHECK_FAIL, "store",
                     "the log line above says why; check the path, its rights "
                     "and the disk",
                     "cannot open %s", url);
        return;
    }
    described = store_describe(c->call->store);
    checkup_line(c, CHECK_OK, "store", NULL, "%s, schema %d", described,
                 schema_version());
    free(described);
}

/* -- zones -- */

static void read_line(const char *path, char *out, size_t size)
{
    FILE *in = fopen(path, "re");

    *out = '\0';
    if (in && fgets(out, (int)size, in))
        out[strcspn(out, "\n")] = '\0';
    if (in)
        fclose(in);
}

/* "# version 2024a" is how tzdata.zi begins. */
static void zone_version(char *out, size_t size)
{
    char line[128];

    read_line("/usr/share/zoneinfo/tzdata.zi", line, sizeof line);
    snprintf(out, size, "%.60s",
             strncmp(line, "# version ", 10) == 0 ? line + 10 : "unknown");
}

void doctor_zones(struct checkup *c)
{
    struct query *q = store_query(c->call->store,
                                  "SELECT zone, min(name), count(*) "
                                  "FROM account GROUP BY zone ORDER BY zone",
                                  WITHOUT);
    char why[ZONE_ERROR], version[64];
    int good = 0;

    while (query_next(q)) {
        if (zone_get(query_text(q, 0), why))
            good++;
        else
            checkup_line(c, CHECK_FAIL, "time zones",
                         "install the package tzdata, or give the account "
                         "another zone: stocktide account set",
                         "account %s (%lld in all): %s", query_text(q, 1),
                         (long long)query_int(q, 2), why);
    }
    if (query_end(q) < 0)
        checkup_line(c, CHECK_FAIL, "time zones", "see the log line above",
                     "the accounts cannot be read");
    zone_version(version, sizeof version);
    if (zone_get("Europe/Berlin", why))
        checkup_line(c, CHECK_OK, "time zones", NULL,
                     "data of version %s; %d zones of accounts load", version,
                     good);
    else
        checkup_line(c, CHECK_FAIL, "time zones", "install the package tzdata",
                     "%s", why);
}

/* -- keys -- */

static int count_sealed(const struct checkup *c, int64_t *n)
{
    *n = 0;
    if (!c->call->store)
        return 0;
    return store_get(c->call->store, n,
                     "SELECT count(*) FROM connection "
                     "WHERE secret LIKE 'sealed:%'",
                     WITHOUT) < 0
               ? -1
               : 0;
}

void doctor_key(struct checkup *c)
{
    const char *path = c->call->config->key_file;
    const struct secret_binding nobody = {"", "", ""};
    char error[256], *sealed;
    int64_t n;

    if (count_sealed(c, &n) < 0)
        n = 0;
    if (!*path || access(path, F_OK) == -1) {
        checkup_line(c, n ? CHECK_FAIL : CHECK_OK, "key file",
                     n ? "set --key-file or STOCKTIDE_KEY_FILE to the file "
                         "they were sealed with"
                       : NULL,
                     n ? "%s, but %lld secrets are sealed"
                       : "%s, and %lld secrets are sealed: none is needed",
                     *path ? "it is not there" : "none is set", (long long)n);
        return;
    }
    /* Sealing something reads and checks the file. */
    sealed = secret_seal("x", path, &nobody, error);
    if (sealed)
        checkup_line(c, CHECK_OK, "key file", NULL, "%s; %lld sealed secrets",
                     path, (long long)n);
    else
        checkup_line(c, CHECK_FAIL, "key file", "mend the file", "%s", error);
    free(sealed);
}

/* -- connections -- */

static void check_secret(struct checkup *c, const struct connection *link)
{
    char what[160], origin[512] = "", error[256];
    const struct secret_binding binding = {link->account_name, link->name,
                                           origin};
    struct secret *secret;
    bool other = strncmp(link->secret, "sealed:", 7) != 0;

    snprintf(what, sizeof what, "%s/%s", link->account_name, link->name);
    if (url_origin(link->url, origin) < 0)
        checkup_line(c, CHECK_FAIL, "connection",
                     "stocktide connection set ... --url", "%s: bad url", what);
    secret = secret_resolve(link->secret, c->call->config->key_file, &binding,
                            error);
    if (secret)
        checkup_line(c, CHECK_OK, "connection", NULL, "%s: %s, %s%s", what,
                     link->platform, link->url,
                     link->enabled ? "" : " (switched off)");
    else
        /* Another process may well have what this one has not. */
        checkup_line(c, other ? CHECK_WARN : CHECK_FAIL, "connection",
                     other ? "fine, if the workers' environment or files have "
                             "it: only they need it"
                           : "set it again: stocktide connection set ... "
                             "--secret-stdin",
                     "%s: %s", what, error);
    secret_free(secret);
}

static void check_connection(struct checkup *c, int64_t account, int64_t id)
{
    struct connection link;

    if (connection_read(c->call->store, account, id, &link) != 1)
        return;
    if (platform_find(link.platform))
        check_secret(c, &link);
    else
        checkup_line(c, CHECK_FAIL, "connection",
                     "see stocktide platforms; this program may be too old",
                     "%s/%s: there is no platform %s", link.account_name,
                     link.name, link.platform);
    connection_free(&link);
}

void doctor_connections(struct checkup *c)
{
    struct query *q = store_query(c->call->store,
                                  "SELECT account, id FROM connection "
                                  "ORDER BY account, id",
                                  WITHOUT);
    bool any = false;

    while (query_next(q)) {
        check_connection(c, query_int(q, 0), query_int(q, 1));
        any = true;
    }
    if (query_end(q) < 0)
        checkup_line(c, CHECK_FAIL, "connection", "see the log line above",
                     "the connections cannot be read");
    else if (!any)
        checkup_line(c, CHECK_WARN, "connection",
                     "add one: stocktide help connection add",
                     "no account has one");
}
