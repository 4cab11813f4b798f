/* list.c - the platforms we know. A new one: its file, and one line here. */
#include <string.h>

#include "common/platform.h"
#include "worker/platforms/list.h"

static const struct platform *const platforms[] = {
    &platform_woocommerce, &platform_odoo, &platform_vendure,
    &platform_tryton,      &platform_csv,  &platform_echo,
};

const struct platform *platform_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(platforms); i++)
        if (strcmp(platforms[i]->name, name) == 0)
            return platforms[i];
    return NULL;
}

const struct platform *platform_at(size_t i)
{
    return i < ARRAY_LEN(platforms) ? platforms[i] : NULL;
}

const struct stream_facts *platform_stream(const struct platform *platform,
                                           enum stream stream)
{
    for (size_t i = 0; i < platform->streams_n; i++)
        if (platform->streams[i].stream == stream)
            return &platform->streams[i];
    return NULL;
}
