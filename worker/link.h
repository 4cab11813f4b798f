/* link.h - a connection made ready for fetching one of its streams. */
#ifndef LINK_H
#define LINK_H

#include "common/account.h"
#include "common/config.h"
#include "common/protocol.h"
#include "common/secret.h"

struct zone;

struct link {
    struct connection connection;
    const struct platform *platform;
    const struct stream_facts *facts; /* of the claimed stream */
    const struct zone *zone;          /* of the account */
    struct endpoint endpoint;
    char origin[512], path[512];
    const char *folder;   /* of files, or NULL */
    const char *ca_file;  /* or NULL */
    const char *location; /* where rows belong that name no location */
    bool stock_ignored;   /* setting "stock": false */
    int rate;             /* requests a minute; 0: no budget known */
    struct json *settings_json;
    struct secret *secret;
};

/* Reads what the row of the claim names: account and connection are taken from
 * there and from nowhere else. 0; -1 with the reason in ERROR (256 bytes): the
 * stream cannot be fetched as things are. link_close() in both cases. */
must_check int link_open(struct link *link, struct store *store,
                         const struct config *config, const struct claim *claim,
                         char *error);
void link_close(struct link *link);

#endif
