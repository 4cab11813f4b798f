/* cmd_platforms.c - platforms: which there are and what they need. */
#include <string.h>

#include "common/platform.h"
#include "producer/cli/call.h"

static void platforms_json(void)
{
    const struct platform *p;
    struct out o = {0};

    out_open(&o, NULL, '[');
    for (size_t i = 0; (p = platform_at(i)); i++) {
        out_open(&o, NULL, '{');
        out_text(&o, "name", p->name);
        out_text(&o, "title", p->title);
        out_text(&o, "needs", p->needs);
        out_bool(&o, "needs_user", p->needs_user);
        out_bool(&o, "needs_secret", p->needs_secret);
        out_bool(&o, "local", p->is_local);
        out_open(&o, "streams", '[');
        for (size_t s = 0; s < p->streams_n; s++)
            out_text(&o, NULL, stream_name(p->streams[s].stream));
        out_close(&o, ']');
        out_close(&o, '}');
    }
    out_close(&o, ']');
    out_print(&o);
}

static void platform_text(const struct platform *p)
{
    say_in(BOLD, "%s", p->name);
    say("  %s\n  streams:", p->title);
    for (size_t s = 0; s < p->streams_n; s++)
        say(" %s", stream_name(p->streams[s].stream));
    say("\n  needs: %s\n", p->needs);
}

static int run_platforms(struct call *call)
{
    const struct platform *p;

    if (call->json) {
        platforms_json();
        return EXIT_DONE;
    }
    for (size_t i = 0; (p = platform_at(i)); i++)
        platform_text(p);
    return EXIT_DONE;
}

const struct command platform_commands[] = {
    {"platforms", "", 0, 0, "the platforms there are, and what they need", NULL,
     NULL, false, STORE_NONE, run_platforms},
    {0},
};
