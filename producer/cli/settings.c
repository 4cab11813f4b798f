/* settings.c - a JSON object put together from parts. See settings.h. */
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "producer/cli/out.h"
#include "producer/cli/settings.h"

static struct setting *find(struct settings *s, const char *key)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->list[i].key, key) == 0)
            return &s->list[i];
    return NULL;
}

/* Takes JSON. */
static void put_json(struct settings *s, const char *key, char *json)
{
    struct setting *place = find(s, key);

    if (place) {
        free(place->json);
    } else {
        s->list = xrealloc(s->list, (s->n + 1) * sizeof *s->list);
        place = &s->list[s->n++];
        place->key = xstrdup(key);
    }
    place->json = json;
}

void settings_add(struct settings *s, const char *key, struct json_value value)
{
    struct out o = {0};

    out_value(&o, NULL, value);
    put_json(s, key, o.text.data);
}

int settings_read(struct settings *s, const char *json)
{
    struct json *parser = json_new();
    struct json_value root, value;
    struct json_iter it;
    const char *key;
    int result = -1;

    if (json_parse(parser, json, strlen(json), &root) == 0 &&
        json_type(root) == JSON_OBJECT) {
        it = json_each(root);
        while (json_next_member(&it, &key, &value))
            settings_add(s, key, value);
        result = 0;
    }
    json_free(parser);
    return result;
}

void settings_put(struct settings *s, const char *key, const char *text)
{
    struct json *parser = json_new();
    struct out o = {0};
    struct json_value v;

    if (json_parse(parser, text, strlen(text), &v) == 0 &&
        json_type(v) > JSON_NULL && json_type(v) != JSON_STRING)
        out_value(&o, NULL, v);
    else
        out_text(&o, NULL, text);
    put_json(s, key, o.text.data);
    json_free(parser);
}

void settings_drop(struct settings *s, const char *key)
{
    struct setting *place = find(s, key);

    if (!place)
        return;
    free(place->key);
    free(place->json);
    *place = s->list[--s->n];
}

static int by_key(const void *a, const void *b)
{
    const struct setting *left = a, *right = b;

    return strcmp(left->key, right->key);
}

char *settings_done(struct settings *s)
{
    struct buf text = {0};

    if (s->n)
        qsort(s->list, s->n, sizeof *s->list, by_key);
    buf_char(&text, '{');
    for (size_t i = 0; i < s->n; i++) {
        if (i)
            buf_char(&text, ',');
        buf_json(&text, s->list[i].key);
        buf_printf(&text, ":%s", s->list[i].json);
        free(s->list[i].key);
        free(s->list[i].json);
    }
    buf_char(&text, '}');
    free(s->list);
    *s = (struct settings){0};
    return text.data;
}
