/* cmd_apply.c - apply: reads the file, checks all of it, makes it so in one
 * transaction. After it: apply_check.c, apply.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "producer/cli/apply.h"
#include "producer/cli/table.h"

enum { ERRORS_SHOWN = 20 };

void apply_error(struct apply_errors *errors, const char *path,
                 const char *format, ...)
{
    char text[300];
    va_list args;

    if (errors->n++ >= ERRORS_SHOWN)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    note("%s: %s%s%s", errors->file, path, *path ? ": " : "", text);
}

/* The whole of FILE ("-": standard input) into OUT. */
static int read_file(const char *file, struct buf *out)
{
    FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
    char block[4096];
    size_t n;
    bool well;

    if (!in)
        return fail(EXIT_FAILED, "%s: %s", file, strerror(errno));
    while (out->length <= JSON_BYTES_MAX &&
           (n = fread(block, 1, sizeof block, in)) > 0)
        buf_add(out, block, n);
    well = !ferror(in);
    if (in != stdin)
        fclose(in);
    if (!well)
        return fail(EXIT_FAILED, "%s: %s", file, strerror(errno));
    return EXIT_DONE;
}

static void print(const struct call *call, struct apply_result *r, bool dry)
{
    struct out o = {0};

    if (!call->json) {
        table_print(r->table, 0);
        r->table = NULL;
        say("%s%d created, %d changed, %d unchanged\n",
            dry ? "dry run, nothing was written: " : "", r->created, r->changed,
            r->unchanged);
        return;
    }
    out_open(&o, NULL, '{');
    out_bool(&o, "dry_run", dry);
    out_int(&o, "created", r->created);
    out_int(&o, "changed", r->changed);
    out_int(&o, "unchanged", r->unchanged);
    out_json(&o, "objects", buf_str(&r->json.text));
    out_close(&o, '}');
    out_print(&o);
}

/* In one transaction, which only a file without a mistake gets through. */
static int apply(const struct call *call, struct json_value root,
                 struct apply_result *result, struct apply_errors *errors)
{
    bool dry = call_flag(call, "dry-run");
    int code = EXIT_DONE;

    if (store_begin(call->store) < 0 ||
        apply_accounts(call, root, result, errors) < 0)
        code = call_store_failed();
    else if (errors->n == 0 && !dry && store_commit(call->store) < 0)
        code = call_store_failed();
    store_rollback(call->store);
    return code;
}

static int apply_root(const struct call *call, struct json_value root,
                      struct apply_errors *errors)
{
    struct apply_result result = {
        .table = table_new("RESULT", "ACCOUNT", "WHAT", NULL)};
    int code = EXIT_DONE;

    out_open(&result.json, NULL, '[');
    apply_check(root, errors);
    if (errors->n == 0)
        code = apply(call, root, &result, errors);
    out_close(&result.json, ']');
    if (code == EXIT_DONE && errors->n)
        code = fail(EXIT_FAILED, "%d %s in %s; nothing was changed", errors->n,
                    errors->n == 1 ? "mistake" : "mistakes", errors->file);
    if (code == EXIT_DONE)
        print(call, &result, call_flag(call, "dry-run"));
    table_free(result.table);
    buf_free(&result.json.text);
    return code;
}

static int run_apply(struct call *call)
{
    bool is_file = strcmp(call->args[0], "-") != 0;
    struct apply_errors errors = {.file = is_file ? call->args[0]
                                                  : "standard input"};
    struct json *parser = json_new();
    struct json_value root;
    struct buf text = {0};
    int code = read_file(call->args[0], &text);

    if (code == EXIT_DONE) {
        if (json_parse(parser, buf_str(&text), text.length, &root) < 0)
            code = fail(EXIT_FAILED, "%s is not JSON: %s", errors.file,
                        json_error(parser));
        else
            code = apply_root(call, root, &errors);
    }
    json_free(parser);
    buf_free(&text);
    return code;
}

static const struct flag flags[] = {
    {"dry-run", NULL, "say what would change, and change nothing"},
    {0},
};

const struct command apply_commands[] = {
    {"apply", "FILE|-", 1, 1, "make accounts what a JSON file says",
     "All of the file is checked before anything is written, and all of it is "
     "written\nor nothing. To apply it again changes nothing. What the file "
     "does not name stays.\n\n"
     "  {\"accounts\": [{\"name\": \"acme\", \"zone\": \"Europe/Berlin\",\n"
     "    \"nightly\": \"02:00\", \"lead_time\": 14,\n"
     "    \"connections\": [{\"name\": \"shop\", \"platform\": "
     "\"woocommerce\",\n"
     "      \"url\": \"https://shop.example\", \"user\": \"ck_123\",\n"
     "      \"secret\": \"env:SHOP_SECRET\", \"settings\": {}}],\n"
     "    \"schedules\": [{\"type\": \"variants\", \"at\": \"13:00\"}],\n"
     "    \"items\": {\"SKU-1\": {\"lead_time\": 30}}}]}\n\n"
     "Secrets are references (env:NAME, file:/path); a connection without one "
     "keeps what\nit has. An item that is null loses its rules.",
     flags, false, STORE_CREATED, run_apply},
    {0},
};
