/* catalog.c - what the shop sells. See catalog.h. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/catalog.h"
#include "tests/sim/dice.h"

enum options { PLAIN, COLOURS, COLOURS_SIZES, COLOURS_SHOES };

static const struct {
    const char *name;
    enum options options;
    int from, to; /* price, in whole units */
    const char *makes, *items;
} categories[] = {
    {"Knitwear", COLOURS_SIZES, 49, 149,
     "Merino|Cashmere|Lambswool|Cotton|Alpaca|Recycled|Ribbed|Chunky|Fine",
     "Sweater|Cardigan|Turtleneck|Vest|Polo|Hoodie|Jumper"},
    {"Tops", COLOURS_SIZES, 15, 59,
     "Organic|Linen|Oversized|Classic|Slim|Heavy|Bamboo|Pima",
     "T-Shirt|Long Sleeve|Tank Top|Shirt|Blouse|Henley"},
    {"Outerwear", COLOURS_SIZES, 89, 399,
     "Waxed|Quilted|Wool|Down|Packable|Field|Harbour|Alpine",
     "Jacket|Parka|Coat|Gilet|Anorak|Raincoat"},
    {"Shoes", COLOURS_SHOES, 59, 229,
     "Suede|Leather|Canvas|Vegan|Trail|City|Chelsea|Court",
     "Sneaker|Boot|Loafer|Sandal|Derby|Slipper"},
    {"Bags", COLOURS, 29, 189,
     "Waxed|Leather|Canvas|Felt|Roll-top|Commuter|Weekend",
     "Backpack|Tote|Messenger|Duffel|Pouch|Belt Bag"},
    {"Accessories", COLOURS, 9, 69,
     "Merino|Silk|Leather|Ribbed|Cashmere|Woven|Reversible",
     "Beanie|Scarf|Gloves|Belt|Cap|Wallet|Socks"},
    {"Kitchen", PLAIN, 7, 149,
     "Cast Iron|Oak|Stoneware|Steel|Marble|Copper|Bamboo|Glass",
     "Skillet|Cutting Board|Mug|Teapot|Mortar|Carafe|Bowl|Kettle|Knife"},
    {"Home", COLOURS, 12, 199,
     "Linen|Wool|Recycled|Stonewashed|Velvet|Handwoven|Soy",
     "Throw|Cushion|Duvet Cover|Rug|Candle|Towel|Bathrobe|Apron"},
    {"Outdoor", PLAIN, 12, 249,
     "Titanium|Folding|Insulated|Ultralight|Enamel|Solar",
     "Cup|Stool|Bottle|Lantern|Hammock|Stove|Tarp|Cooler"},
    {"Stationery", PLAIN, 3, 49, "Dotted|Brass|Leather|Refillable|Swiss|Vegan",
     "Notebook|Pen|Pencil Case|Planner|Letter Opener|Ruler"},
};
static const char colours[] =
    "Navy|Black|Ecru|Olive|Rust|Charcoal|Sand|Bottle Green|Burgundy|Sky|Oat|"
    "Mustard|Slate|White|Terracotta|Plum";
static const char sizes[] = "XS|S|M|L|XL|XXL";
static const char ranges[] = "|Harbour |Nordic |Studio |Atelier |Field |Polder "
                             "|Heritage |Everyday |Signature |Coast ";

size_t catalog_categories(void)
{
    return ARRAY_LEN(categories);
}

const char *catalog_category(size_t i)
{
    return categories[i].name;
}

static uint32_t words(const char *list)
{
    uint32_t n = 1;

    for (; *list; list++)
        n += *list == '|';
    return n;
}

/* The I-th of LIST, counted around; its length in *LENGTH. */
static const char *word(const char *list, uint32_t i, int *length)
{
    i %= words(list);
    while (i--)
        list = strchr(list, '|') + 1;
    *length = (int)strcspn(list, "|");
    return list;
}

/* The first three letters of TEXT, in capitals. */
static void code(char out[4], const char *text)
{
    int n = 0;

    for (; *text && n < 3; text++)
        if (isalpha((unsigned char)*text))
            out[n++] = (char)toupper((unsigned char)*text);
    out[n] = '\0';
}

static void add_variant(struct arena *arena, struct entry *e, const char *base,
                        const char *colour, const char *size)
{
    char short_colour[4];

    code(short_colour, colour);
    e->attributes[e->count] = arena_printf(arena, "%s%s%s", colour,
                                           *size && *colour ? ", " : "", size);
    e->sku[e->count] =
        arena_printf(arena, "%s%s%s%s%s", base, *colour ? "-" : "",
                     short_colour, *size ? "-" : "", size);
    e->count++;
}

static void add_sizes(struct arena *arena, uint64_t *dice, struct entry *e,
                      const char *base, const char *colour,
                      enum options options)
{
    char size[16];
    uint32_t first = dice_below(dice, 2), n = 4 + dice_below(dice, 3);
    int length;

    if (options == COLOURS) {
        add_variant(arena, e, base, colour, "");
        return;
    }
    for (uint32_t i = first; i < first + n; i++) {
        const char *text = word(sizes, i, &length);
        if (options == COLOURS_SIZES && i >= words(sizes))
            break;
        if (options == COLOURS_SIZES)
            snprintf(size, sizeof size, "%.*s", length, text);
        else
            snprintf(size, sizeof size, "%u", 37 + i);
        add_variant(arena, e, base, colour, size);
    }
}

static void add_variants(struct arena *arena, uint64_t *dice, struct entry *e,
                         const char *base, enum options options)
{
    uint32_t first = dice_below(dice, words(colours));
    uint32_t n = 2 + dice_below(dice, 3);
    char colour[24];
    int length;

    if (options == PLAIN) {
        add_variant(arena, e, base, "", "");
        return;
    }
    for (uint32_t i = 0; i < n && e->count + 6 <= VARIANTS_MAX; i++) {
        const char *text = word(colours, first + i, &length);
        snprintf(colour, sizeof colour, "%.*s", length, text);
        add_sizes(arena, dice, e, base, colour, options);
    }
}

static void make_odd(struct arena *arena, uint32_t number, struct entry *e)
{
    char filler[400];

    switch (number) {
    case 3:
        e->sku[0] = "";
        break;
    case 5:
        e->title = "Crème-brûlée-Set „Größe 2“ 日本 ☕ <b>&amp; \"more\"";
        break;
    case 7:
        memset(filler, 'y', sizeof filler);
        e->title =
            arena_printf(arena, "Ver%.*s Long %s", 380, filler, e->title);
        break;
    default:
        break;
    }
}

void catalog_entry(struct arena *arena, uint64_t *dice, uint32_t number,
                   struct entry *out)
{
    uint32_t category = dice_below(dice, ARRAY_LEN(categories));
    const char *make, *item, *range;
    int make_length, item_length, range_length;
    char base[24], make_code[4], item_code[4];

    make =
        word(categories[category].makes, dice_below(dice, 1000), &make_length);
    item =
        word(categories[category].items, dice_below(dice, 1000), &item_length);
    range = word(ranges, dice_below(dice, 1000), &range_length);
    code(make_code, make);
    code(item_code, item);
    snprintf(base, sizeof base, "%s%s-%04u", make_code, item_code, number);
    *out = (struct entry){.category = category};
    out->title = arena_printf(arena, "%.*s%.*s %.*s", range_length, range,
                              make_length, make, item_length, item);
    out->price =
        dice_between(dice, categories[category].from, categories[category].to) *
            FIXED_ONE -
        (dice_percent(dice, 60) ? FIXED_ONE / 20 : 0);
    out->cost = out->price / 100 * dice_between(dice, 28, 55) /
                (FIXED_ONE / 100) * (FIXED_ONE / 100);
    add_variants(arena, dice, out, base, categories[category].options);
    make_odd(arena, number, out);
}
