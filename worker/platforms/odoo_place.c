/* odoo_place.c - the position in an Odoo stream and its text. See odoo.h.
 *
 * "0 2 1 40212 200 40013 40014:Rotterdam%2FStock": list 0, step details, the
 * list goes on behind id 40212, details of 200 entries at once, the entries.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "worker/platforms/odoo.h"
#include "worker/platforms/position.h"

struct odoo_place odoo_place_start(const struct odoo_kind *kind, int64_t list)
{
    return (struct odoo_place){
        .list = list,
        .step = ODOO_LIST,
        .batch = kind->batch,
        .entries = "",
    };
}

static bool is_place(const struct odoo_kind *kind,
                     const struct odoo_place *place, int64_t step)
{
    bool is_list = place->list >= 0 && place->list < (int64_t)kind->lists_n;

    if (place->list == ODOO_SWEEP)
        return kind->sweeps && step == ODOO_LIST;
    if (!is_list || place->last < 0)
        return false;
    if (step == ODOO_LIST)
        return true;
    return *place->entries && place->batch > 0 && place->batch <= kind->batch &&
           (step == ODOO_DETAILS || (step == ODOO_PLACES && kind->place_model));
}

static bool are_entries(const char *at)
{
    const char *extra;
    size_t length;
    int64_t id;

    while (odoo_entry_next(&at, &id, &extra, &length))
        continue;
    return *at == '\0';
}

int odoo_place_read(const struct question *question,
                    const struct odoo_kind *kind, struct odoo_place *place)
{
    const char *at = question->position;
    int64_t step, more;

    *place = odoo_place_start(kind, 0);
    if (!*at)
        return 0;
    if (position_number(&at, &place->list) < 0 ||
        position_number(&at, &step) < 0 || position_number(&at, &more) < 0 ||
        position_number(&at, &place->last) < 0 ||
        position_number(&at, &place->batch) < 0)
        return -1;
    place->entries = at;
    place->more = more != 0;
    if (!is_place(kind, place, step) || !are_entries(at))
        return -1;
    place->step = (enum odoo_step)step;
    return 0;
}

void odoo_place_write(struct page *page, const struct odoo_place *place,
                      const struct odoo_entry *entries, size_t n)
{
    struct buf text = {0};

    buf_printf(&text, "%lld %d %d %lld %lld", (long long)place->list,
               (int)place->step, place->more ? 1 : 0, (long long)place->last,
               (long long)place->batch);
    for (size_t i = 0; i < n; i++) {
        buf_printf(&text, " %lld", (long long)entries[i].id);
        if (*entries[i].extra) {
            buf_char(&text, ':');
            buf_url(&text, entries[i].extra);
        }
    }
    if (text.length < POSITION_MAX)
        page->next = arena_text(page->rows.arena, text.data, text.length);
    else
        page_fail(page, PAGE_BROKEN, "the names of locations are too long");
    buf_free(&text);
}

bool odoo_entry_next(const char **at, int64_t *id, const char **extra,
                     size_t *length)
{
    long long value;
    char *end;

    if (**at < '0' || **at > '9')
        return false;
    errno = 0;
    value = strtoll(*at, &end, 10);
    if (errno || (*end && *end != ' ' && *end != ':'))
        return false;
    *id = value;
    *extra = end + (*end == ':');
    *length = strcspn(*extra, " ");
    *at = *extra + *length;
    *at += **at == ' ';
    return true;
}

static int hex(char c)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *found = c ? strchr(digits, c) : NULL;

    return found ? (int)(found - digits) : 0;
}

static const char *decode(struct page *page, const char *text, size_t length)
{
    char *out = arena_text(page->rows.arena, text, length), *to = out;

    for (size_t i = 0; i < length; i++)
        if (text[i] == '%' && i + 2 < length) {
            *to++ = (char)(hex(text[i + 1]) * 16 + hex(text[i + 2]));
            i += 2;
        } else {
            *to++ = text[i];
        }
    *to = '\0';
    return out;
}

struct odoo_entry *odoo_entries(struct page *page,
                                const struct odoo_place *place, size_t *n)
{
    const char *at = place->entries, *extra;
    struct odoo_entry *entries;
    size_t length, room = 1;
    int64_t id;

    for (const char *c = at; *c; c++)
        room += *c == ' ';
    entries = arena_alloc(page->rows.arena, room * sizeof *entries);
    for (*n = 0; odoo_entry_next(&at, &id, &extra, &length); (*n)++)
        entries[*n] = (struct odoo_entry){id, decode(page, extra, length)};
    return entries;
}
