/* out.h - JSON for programs: what --json prints.
 *
 *   struct out o = {0};
 *   out_open(&o, NULL, '{');
 *   out_text(&o, "name", "acme");
 *   out_open(&o, "rows", '[');
 *   out_int(&o, NULL, 3);         elements have no key
 *   out_close(&o, ']');
 *   out_close(&o, '}');
 *   out_print(&o);                and freed
 *
 * Instants are RFC 3339 in UTC; what is not known is null.
 */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include "common/buf.h"

struct json_value;

struct out {
    struct buf text;
    bool comma; /* something stands before on this level */
};

void out_open(struct out *o, const char *key, char bracket);
void out_close(struct out *o, char bracket);
void out_text(struct out *o, const char *key, const char *text); /* NULL ok */
void out_int(struct out *o, const char *key, int64_t n); /* NONE: null */
void out_bool(struct out *o, const char *key, bool yes);
void out_instant(struct out *o, const char *key, int64_t instant);
void out_fixed(struct out *o, const char *key, int64_t value);
/* With as many digits as it takes to read the same double again (15 or 17);
 * what is not finite is null. */
void out_real(struct out *o, const char *key, double value);
/* VALUE copied, members sorted by key: the same meaning, the same text. */
void out_value(struct out *o, const char *key, struct json_value value);
/* JSON from the store; what does not parse is put in as a string. */
void out_json(struct out *o, const char *key, const char *json);
void out_print(struct out *o);

#endif
