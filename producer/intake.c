/* intake.c - from the public door into SQL, without a moment in which a request
 * is nowhere. Before it: `redis-cli LPUSH sync:variants acme`. After it:
 * common/accept.c.
 *
 *   sync:<type> --BLMOVE--> sync:intake:<me>:<type> --accept, commit--> SQL
 *                                     |                     '--> taken off
 *                                     '-- put back by another producer (or by
 *                                         this one, born again) when I am dead
 *
 * Who is dead says the key sync:alive:<me>, which runs out. A producer that
 * slept longer than that is dead to the others: it must not take off what it
 * accepted, for the list may hold newer elements. So taking off asks for the
 * key in the same script, and without it we go on under a new name. Accepting
 * twice is harmless: it is one more run at most. Likewise when the answer to a
 * take was lost: our list may hold an element that we never saw, and taking off
 * the oldest would take off that one.
 */
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/account.h"
#include "common/keys.h"
#include "common/log.h"
#include "common/redis.h"
#include "producer/element.h"
#include "producer/producer.h"

#define BLOCK_SECONDS "2"
#define REDIS_SECONDS 6.
#define ALIVE_MS "10000"
#define ALIVE_SECONDS 3. /* between two signs of life */
#define REAP_SECONDS 2.
#define RETRY_SECONDS .5
#define FORGET_AFTER "86400" /* seconds a dead producer's name is kept */

enum { NAME = 6 }; /* random bytes of our name */

static const char alive_script[] =
    /* KEYS: alive, producers; ARGV: me, ms, "first" or "again" */
    "if ARGV[3] == 'again' and redis.call('EXISTS', KEYS[1]) == 0 then "
    "return 0 end "
    "redis.call('SET', KEYS[1], '1', 'PX', ARGV[2]) "
    "redis.call('ZADD', KEYS[2], redis.call('TIME')[1], ARGV[1]) return 1";

static const char taken_off_script[] =
    /* KEYS: alive, intake list; ARGV: how many of the oldest */
    "if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end "
    "redis.call('RPOP', KEYS[2], ARGV[1]) return 1";

/* Everything of a dead producer goes back to where it would be taken next, in
 * its order; names that are long dead are forgotten. */
static const char put_back_script[] =
    /* KEYS: producers; ARGV: seconds to remember, types... */
    "local moved, now = 0, tonumber(redis.call('TIME')[1]) "
    "for _, who in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do "
    "if redis.call('EXISTS', '" KEY_ALIVE "' .. who) == 0 then "
    "for i = 2, #ARGV do "
    "local from = '" KEY_INTAKE "' .. who .. ':' .. ARGV[i] "
    "if redis.call('TYPE', from).ok == 'list' then "
    "while redis.call('LMOVE', from, '" KEY_DOOR "' .. ARGV[i], "
    "'LEFT', 'RIGHT') do moved = moved + 1 end end end "
    "if now - tonumber(redis.call('ZSCORE', KEYS[1], who)) > "
    "tonumber(ARGV[1]) then redis.call('ZREM', KEYS[1], who) end "
    "end end return moved";

struct taken { /* an element that is not in SQL yet */
    struct taken *next;
    enum sync_type type;
    size_t length;
    char text[];
};

struct door {
    struct intake *intake;
    enum sync_type type;
    struct redis *line; /* waits at the door */
    char list[128];     /* our intake list */
    int64_t unanswered; /* accepted, not taken off yet */
    bool waiting, acking;
    ev_timer again;
};

struct intake {
    struct producer *producer;
    char me[2 * NAME + 1];
    struct door doors[SYNC_TYPES];
    struct taken *first, **last;
    ev_prepare prepare;
    ev_timer alive, reap;
    bool known;  /* our sign of life is in Redis */
    bool unsure; /* our lists may hold what we did not see */
};

static void wait_at(struct door *door);
static void new_name(struct intake *intake);

/* ---- into SQL ---- */

static void tell_rejected(struct intake *intake, enum sync_type type,
                          const char *text, const char *reason)
{
    struct buf json = {0};
    struct redis *redis = intake->producer->redis;

    buf_printf(&json, "{\"type\":\"%s\",\"element\":", sync_type_name(type));
    buf_json(&json, text);
    buf_text(&json, ",\"reason\":");
    buf_json(&json, reason);
    buf_printf(&json, ",\"at\":%lld}", (long long)now_us());
    redis_call(redis, REDIS_SECONDS, NULL, NULL, "LPUSH %s %b", KEY_REJECTED,
               buf_str(&json), json.length);
    redis_call(redis, REDIS_SECONDS, NULL, NULL, "LTRIM %s 0 %s", KEY_REJECTED,
               KEY_REJECTED_MAX);
    buf_free(&json);
    log_warn("door: %s '%.80s' refused: %s", sync_type_name(type), text,
             reason);
}

static int reject(struct intake *intake, const struct taken *t,
                  const char *reason)
{
    char shown[81], source[32];

    snprintf(shown, sizeof shown, "%.80s", t->text);
    snprintf(source, sizeof source, "door:%s", sync_type_name(t->type));
    tell_rejected(intake, t->type, shown, reason);
    return request_reject(intake->producer->store, source, shown, reason);
}

static int accept_one(struct intake *intake, const struct taken *t,
                      struct rings *rings)
{
    struct store *store = intake->producer->store;
    struct element e;
    struct accepted accepted;
    struct ask ask = {.type = t->type};
    char error[256];
    int64_t account;
    int found;

    if (element_read(t->text, t->length, &e, error) < 0)
        return reject(intake, t, error);
    found = account_find(store, e.account, &account);
    if (found <= 0)
        return found < 0 ? -1 : reject(intake, t, "unknown account");
    ask.by = e.by;
    ask.urgent = e.urgent;
    ask.at = now_us();
    return sync_accept(store, account, &ask, &accepted, rings);
}

/* All that was taken so far, in one transaction. */
static int accept_all(struct intake *intake, struct rings *rings)
{
    struct store *store = intake->producer->store;

    if (store_begin(store) < 0)
        return -1;
    for (const struct taken *t = intake->first; t; t = t->next)
        if (accept_one(intake, t, rings) < 0) {
            store_rollback(store);
            return -1;
        }
    return store_commit(store);
}

static void on_taken_off(void *arg, const struct redis_reply *reply)
{
    struct door *door = arg;

    door->acking = false;
    if (reply_type(reply) == REPLY_INT && reply_int(reply) < 0)
        new_name(door->intake);
}

/* Only what is committed is taken off its list. */
static void take_off(struct door *door)
{
    char alive[64];

    if (door->unanswered == 0)
        return;
    snprintf(alive, sizeof alive, KEY_ALIVE "%s", door->intake->me);
    redis_call(door->intake->producer->redis, REDIS_SECONDS, on_taken_off, door,
               "EVAL %s 2 %s %s %lld", taken_off_script, alive, door->list,
               (long long)door->unanswered);
    door->acking = true;
    door->unanswered = 0;
}

static void on_prepare(struct ev_loop *loop, ev_prepare *w, int events)
{
    struct intake *intake = w->data;
    struct rings rings = {0};

    (void)loop;
    (void)events;
    if (!intake->first)
        return;
    if (accept_all(intake, &rings) < 0) {
        /* Nothing is lost: all of it is still in our intake list. Under a new
         * name we take it again, when the store may be well. */
        log_error("intake: the store refused; requests wait in Redis");
        free(rings.list);
        new_name(intake);
        return;
    }
    while (intake->first) {
        struct taken *t = intake->first;
        intake->first = t->next;
        intake->doors[t->type].unanswered++;
        free(t);
    }
    intake->last = &intake->first;
    for (int i = 0; i < SYNC_TYPES; i++)
        take_off(&intake->doors[i]);
    producer_ring(intake->producer, &rings);
}

/* ---- at the door ---- */

static void wait_later(struct door *door)
{
    struct ev_loop *loop = door->intake->producer->loop;

    if (ev_is_active(&door->again))
        return;
    ev_timer_set(&door->again, RETRY_SECONDS, 0.);
    ev_timer_start(loop, &door->again);
}

/* Not in on_moved(): a line cannot be closed inside of its own answer. */
static void on_again(struct ev_loop *loop, ev_timer *w, int events)
{
    struct door *door = w->data;

    (void)loop;
    (void)events;
    if (door->intake->unsure)
        new_name(door->intake);
    else
        wait_at(door);
}

/* Somebody put something else there: out of the way, under a name that tells,
 * and refused by name. */
static void move_wrong_type(struct door *door)
{
    struct producer *p = door->intake->producer;
    const char *type = sync_type_name(door->type);

    redis_call(p->redis, REDIS_SECONDS, NULL, NULL, "RENAME %s%s %s%s:%lld",
               KEY_DOOR, type, KEY_WRONG_TYPE, type, (long long)now_us());
    tell_rejected(door->intake, door->type, "(key)",
                  "the key was not a list; it was renamed to " KEY_WRONG_TYPE
                  "...");
    if (store_begin(p->store) == 0 &&
        (request_reject(p->store, "door", type,
                        "the key was not a list; it was renamed") < 0 ||
         store_commit(p->store) < 0))
        store_rollback(p->store);
}

static void keep(struct door *door, const char *text, size_t length)
{
    struct intake *intake = door->intake;
    /* Of what is too long to be a name, the beginning tells enough. */
    size_t kept = length <= ELEMENT_MAX ? length : 80;
    struct taken *t = xcalloc(1, sizeof *t + kept + 1);

    t->type = door->type;
    t->length = length;
    memcpy(t->text, text, kept);
    *intake->last = t;
    intake->last = &t->next;
}

static void on_moved(void *arg, const struct redis_reply *reply)
{
    struct door *door = arg;
    size_t length;
    const char *text = reply_text(reply, &length);

    door->waiting = false;
    if (reply_type(reply) == REPLY_ERROR) {
        if (strncmp(text, "WRONGTYPE", 9) == 0)
            move_wrong_type(door);
        else
            log_error("door: %s", text);
        wait_later(door);
        return;
    }
    if (!reply) {
        door->intake->unsure = true;
        wait_later(door);
        return;
    }
    if (reply_type(reply) == REPLY_TEXT)
        keep(door, text, length);
    wait_at(door);
}

static void wait_at(struct door *door)
{
    if (door->waiting || !door->intake->known || door->intake->unsure)
        return;
    door->waiting = true;
    redis_call(door->line, REDIS_SECONDS, on_moved, door,
               "BLMOVE %s%s %s RIGHT LEFT %s", KEY_DOOR,
               sync_type_name(door->type), door->list, BLOCK_SECONDS);
}

/* ---- our name ---- */

static void on_alive(void *arg, const struct redis_reply *reply)
{
    struct intake *intake = arg;

    if (reply_type(reply) != REPLY_INT)
        return; /* Redis is away: the next sign of life may come through */
    if (reply_int(reply) == 0) {
        new_name(intake);
        return;
    }
    intake->known = true;
    for (int i = 0; i < SYNC_TYPES; i++)
        wait_at(&intake->doors[i]);
}

static void show_life(struct intake *intake)
{
    char alive[64];

    snprintf(alive, sizeof alive, KEY_ALIVE "%s", intake->me);
    redis_call(intake->producer->redis, REDIS_SECONDS, on_alive, intake,
               "EVAL %s 2 %s %s %s %s %s", alive_script, alive, KEY_PRODUCERS,
               intake->me, ALIVE_MS, intake->known ? "again" : "first");
}

static void forget_taken(struct intake *intake)
{
    while (intake->first) {
        struct taken *t = intake->first;
        intake->first = t->next;
        free(t);
    }
    intake->last = &intake->first;
}

/* Others may have put our list back, or will: what we had is theirs. Lines that
 * wait for the old list are closed. */
static void new_name(struct intake *intake)
{
    struct producer *p = intake->producer;

    forget_taken(intake);
    if (*intake->me) /* dead from now on, not only when its key runs out */
        redis_call(p->redis, REDIS_SECONDS, NULL, NULL, "DEL " KEY_ALIVE "%s",
                   intake->me);
    random_hex(intake->me, NAME);
    intake->known = false;
    intake->unsure = false;
    for (int i = 0; i < SYNC_TYPES; i++) {
        struct door *door = &intake->doors[i];
        redis_close(door->line);
        door->line = redis_open(p->loop, &p->config->address);
        door->waiting = false;
        door->unanswered = 0;
        snprintf(door->list, sizeof door->list, KEY_INTAKE "%s:%s", intake->me,
                 sync_type_name(door->type));
    }
    show_life(intake);
}

static void on_life(struct ev_loop *loop, ev_timer *w, int events)
{
    (void)loop;
    (void)events;
    show_life(w->data);
}

static void on_put_back(void *arg, const struct redis_reply *reply)
{
    (void)arg;
    if (reply_type(reply) == REPLY_INT && reply_int(reply) > 0)
        log_warn("intake: put back %lld requests of a dead producer",
                 (long long)reply_int(reply));
    else if (reply_type(reply) == REPLY_ERROR)
        log_error("intake: %s", reply_text(reply, NULL));
}

static void on_reap(struct ev_loop *loop, ev_timer *w, int events)
{
    struct intake *intake = w->data;

    (void)loop;
    (void)events;
    redis_call(intake->producer->redis, REDIS_SECONDS, on_put_back, NULL,
               "EVAL %s 1 %s %s %s %s %s", put_back_script, KEY_PRODUCERS,
               FORGET_AFTER, sync_type_name(SYNC_FULL),
               sync_type_name(SYNC_VARIANTS),
               sync_type_name(SYNC_PURCHASE_ORDERS));
}

struct intake *intake_open(struct producer *producer)
{
    struct intake *intake = xcalloc(1, sizeof *intake);
    struct ev_loop *loop = producer->loop;

    intake->producer = producer;
    intake->last = &intake->first;
    for (int i = 0; i < SYNC_TYPES; i++) {
        struct door *door = &intake->doors[i];
        door->intake = intake;
        door->type = (enum sync_type)i;
        ev_timer_init(&door->again, on_again, 0., 0.);
        door->again.data = door;
    }
    ev_prepare_init(&intake->prepare, on_prepare);
    ev_timer_init(&intake->alive, on_life, ALIVE_SECONDS, ALIVE_SECONDS);
    ev_timer_init(&intake->reap, on_reap, REAP_SECONDS, REAP_SECONDS);
    intake->prepare.data = intake->alive.data = intake->reap.data = intake;
    ev_prepare_start(loop, &intake->prepare);
    ev_timer_start(loop, &intake->alive);
    ev_timer_start(loop, &intake->reap);
    new_name(intake);
    return intake;
}

void intake_close(struct intake *intake)
{
    struct ev_loop *loop;

    if (!intake)
        return;
    loop = intake->producer->loop;
    forget_taken(intake);
    for (int i = 0; i < SYNC_TYPES; i++) {
        redis_close(intake->doors[i].line);
        ev_timer_stop(loop, &intake->doors[i].again);
    }
    ev_prepare_stop(loop, &intake->prepare);
    ev_timer_stop(loop, &intake->alive);
    ev_timer_stop(loop, &intake->reap);
    free(intake);
}
