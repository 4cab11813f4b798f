/* exchange.c - one request and its answer. See exchange.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/exchange.h"
#include "tests/sim/out.h"

static int hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : (c | 32) - 'a' + 10;
}

/* Percent signs and plus signs, in place. */
static void decode(char *text)
{
    char *to = text;

    for (; *text; text++) {
        if (*text == '%' && isxdigit((unsigned char)text[1]) &&
            isxdigit((unsigned char)text[2])) {
            *to++ = (char)(hex(text[1]) * 16 + hex(text[2]));
            text += 2;
        } else {
            *to++ = *text == '+' ? ' ' : *text;
        }
    }
    *to = '\0';
}

void exchange_init(struct exchange *x, const char *method, const char *uri)
{
    char *rest, *pair;

    *x = (struct exchange){.method = method,
                           .uri = xstrdup(uri),
                           .text = xstrdup(uri),
                           .status = 200,
                           .type = "application/json; charset=UTF-8",
                           .platform = -1,
                           .endpoint = -1};
    rest = x->text;
    x->path = strsep(&rest, "?");
    while ((pair = strsep(&rest, "&")) && x->params_n < PARAMS_MAX) {
        char *value = strchr(pair, '=');
        if (!value)
            continue;
        *value++ = '\0';
        decode(pair);
        decode(value);
        x->params[x->params_n++] = (struct param){pair, value};
    }
}

void exchange_free(struct exchange *x)
{
    free(x->uri);
    free(x->text);
    buf_free(&x->body);
    buf_free(&x->headers);
    buf_free(&x->out);
}

const char *exchange_param(const struct exchange *x, const char *name)
{
    for (size_t i = 0; i < x->params_n; i++)
        if (strcmp(x->params[i].name, name) == 0)
            return x->params[i].value;
    return NULL;
}

const char *exchange_param_or(const struct exchange *x, const char *name,
                              const char *otherwise)
{
    const char *value = exchange_param(x, name);

    return value ? value : otherwise;
}

void exchange_reset(struct exchange *x, int status)
{
    buf_clear(&x->headers);
    buf_clear(&x->out);
    x->status = status;
    x->rows = 0;
}

void exchange_refuse(struct exchange *x, int status, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    exchange_reset(x, status);
    OUT(&x->out, "{\"error\":");
    out_string(&x->out, text);
    OUT(&x->out, "}\n");
}
