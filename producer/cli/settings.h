/* settings.h - a JSON object put together from what people give: stored
 * settings, --settings, --set key=value.
 *
 *   struct settings s = {0};
 *   settings_read(&s, stored);
 *   settings_put(&s, "lead_time", "14");
 *   text = settings_done(&s);              {"lead_time":14}, keys sorted
 */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "common/base.h"

struct json_value;

struct settings {
    struct setting {
        char *key, *json;
    } * list;
    size_t n;
};

/* Adds the members of the object JSON, over those of the same key. -1: it is
 * not a JSON object. */
must_check int settings_read(struct settings *s, const char *json);
void settings_add(struct settings *s, const char *key, struct json_value value);
/* TEXT is taken as JSON if it is a number, true, false, a list or an object;
 * else it is a string. */
void settings_put(struct settings *s, const char *key, const char *text);
void settings_drop(struct settings *s, const char *key);
/* The object's text, given; frees the rest. */
char *settings_done(struct settings *s);

#endif
