/* cmd_doctor.c - doctor: looks at everything this program needs, and says what
 * to do. The looks themselves are in doctor_*.c. */
#include <stdio.h>
#include <stdlib.h>

#include "producer/cli/checkup.h"

void checkup_line(struct checkup *c, enum verdict verdict, const char *what,
                  const char *advice, const char *seen, ...)
{
    static const char *const words[] = {"ok", "warn", "FAIL"};
    static const enum color colors[] = {GREEN, YELLOW, RED};
    char text[1024];
    va_list args;

    va_start(args, seen);
    vsnprintf(text, sizeof text, seen, args);
    va_end(args);
    c->problems += verdict == CHECK_FAIL;
    if (c->call->json) {
        out_open(&c->json, NULL, '{');
        out_text(&c->json, "check", what);
        out_text(&c->json, "verdict", words[verdict]);
        out_text(&c->json, "seen", text);
        out_text(&c->json, "advice", advice && *advice ? advice : NULL);
        out_close(&c->json, '}');
        return;
    }
    say_in(colors[verdict], "%-4s ", words[verdict]);
    say("%-11s %s\n", what, text);
    if (advice && *advice)
        say("     %-11s -> %s\n", "", advice);
}

static int run_doctor(struct call *call)
{
    struct checkup c = {.call = call};

    out_open(&c.json, NULL, '[');
    doctor_store(&c);
    doctor_redis(&c);
    doctor_key(&c);
    if (call->store) {
        doctor_zones(&c);
        doctor_connections(&c);
    }
    out_close(&c.json, ']');
    if (call->json)
        out_print(&c.json);
    buf_free(&c.json.text);
    return c.problems ? EXIT_FAILED : EXIT_DONE;
}

const struct command doctor_commands[] = {
    {"doctor", "", 0, 0, "check store, Redis, zones, keys, connections",
     "Each line says ok, warn or FAIL and what to do. The exit code is 1 if "
     "anything\nFAILed. It changes nothing, and does not talk to platforms: "
     "only workers do.",
     NULL, false, STORE_NONE, run_doctor},
    {0},
};
