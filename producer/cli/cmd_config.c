/* cmd_config.c - config: the settings in force, and where each came from. */
#include <string.h>

#include "producer/cli/call.h"
#include "producer/cli/table.h"

static void config_json(const struct config *config)
{
    struct config_entry e;
    struct out o = {0};

    out_open(&o, NULL, '{');
    for (size_t i = 0; config_entry(config, i, &e); i++) {
        out_open(&o, e.name, '{');
        out_text(&o, "value", e.value);
        out_text(&o, "source", e.source);
        out_close(&o, '}');
    }
    out_close(&o, '}');
    out_print(&o);
}

static void config_table(const struct config *config)
{
    struct table *t = table_new("SETTING", "VALUE", "FROM", "WHAT", NULL);
    struct config_entry e;

    for (size_t i = 0; config_entry(config, i, &e); i++) {
        bool chosen = strcmp(e.source, "default") != 0;
        table_cell(t, PLAIN, "%s", e.name);
        table_cell(t, chosen ? BOLD : PLAIN, "%s", *e.value ? e.value : "-");
        table_cell(t, chosen ? PLAIN : DIM, "%s", e.source);
        table_cell(t, DIM, "%s", e.help);
    }
    table_print(t, 0);
}

static int run_config(struct call *call)
{
    if (call_flag(call, "markdown"))
        config_markdown();
    else if (call->json)
        config_json(call->config);
    else
        config_table(call->config);
    return EXIT_DONE;
}

static const struct flag flags[] = {
    {"markdown", NULL, "all options as a Markdown table, for README"},
    {0},
};

const struct command config_commands[] = {
    {"config", "", 0, 0, "the settings in force, and their sources",
     "The producer and the workers may have another environment: this shows "
     "what this\nprocess reads.",
     flags, false, STORE_NONE, run_config},
    {0},
};
