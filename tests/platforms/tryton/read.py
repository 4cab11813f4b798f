#!/usr/bin/python3
"""Everything the store must hold of this Tryton, as lines of ../README.md.

Reads another way than our platform does: whole tables, every model on its own
and joined here; levels are the sums of the moves that are done.
"""
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal as D

from rpc import Tryton

T = Tryton()
out = []


def text(value):
    if value is None:
        return '-'
    if isinstance(value, bool):
        return '1' if value else '0'
    if isinstance(value, (int, float, D)):
        value = D(str(value)).quantize(D('0.000001'), ROUND_HALF_UP)
        return f'{value.normalize() + 0:f}'
    return ' '.join(value.split()) if value.strip() else value


def add(*columns):
    out.append('\t'.join(text(c) for c in columns))


def noon(date):
    return date and f'{date}T12:00:00Z'


def table(model, *fields):
    """All records of MODEL by id, the archived ones, too."""
    ids = T.call(model, 'search', [], 0, None, None, active_test=False)
    return {r['id']: r for r in T.call(model, 'read', ids, list(fields))}


locations = table('stock.location', 'name', 'type', 'parent',
                  'storage_location', 'active')
units = table('product.uom', 'factor')
templates = table('product.template', 'default_uom', 'type', 'name',
                  'list_price')
products = table('product.product', 'template', 'code', 'cost_price', 'active')
currencies = table('currency.currency', 'code')
parties = table('party.party', 'name')
company, = table('company.company', 'currency').values()
moves = table('stock.move', 'product', 'from_location', 'to_location', 'state',
              'internal_quantity', 'origin', 'shipment', 'production_input',
              'production_output')


def warehouse(location):
    while location and locations[location]['type'] != 'warehouse':
        location = locations[location]['parent']
    return location


def place(location):
    """The name of LOCATION in our store."""
    house, name = warehouse(location), locations[location]['name']
    if not house or location == house:
        return name
    if locations[house]['storage_location'] == location:
        return locations[house]['name']
    return f"{locations[house]['name']}: {name}"


def template(product):
    return templates[products[product]['template']]


def variants():
    barcodes = defaultdict(str)
    for r in table('product.identifier', 'product', 'type', 'code').values():
        if r['type'] in ('ean', 'isbn', 'upc'):
            barcodes[r['product']] = r['code']
    for i, r in products.items():
        t = template(i)
        if t['type'] != 'service':
            add('variant', str(i), r['code'] or '', barcodes[i], t['name'],
                currencies[company['currency']]['code'], t['list_price'],
                r['cost_price'], bool(r['active']))


def stock():
    levels = defaultdict(D)
    for m in moves.values():
        if m['state'] == 'done':
            quantity = D(str(m['internal_quantity']))
            levels[m['product'], m['from_location']] -= quantity
            levels[m['product'], m['to_location']] += quantity
    for (product, location), quantity in levels.items():
        known = locations[location]
        if quantity and known['type'] == 'storage' and known['active'] \
                and warehouse(location):
            add('stock', str(product), place(location), quantity, 0)


def in_pieces(line, unit):
    """How many pieces are one of the line's units?"""
    own = template(line['product'])['default_uom']
    return D(str(units[line[unit]]['factor'])) / D(str(units[own]['factor']))


def goods(model, *fields):
    return {i: r for i, r in table(model, 'type', 'product', 'unit',
                                   'quantity', *fields).items()
            if r['type'] == 'line' and r['product']
            and template(r['product'])['type'] != 'service'}


def sales():
    orders = table('sale.sale', 'number', 'state', 'sale_date', 'currency',
                   'warehouse')
    for i, r in orders.items():
        add('sale', str(i), r['number'] or '',
            currencies[r['currency']]['code'],
            r['state'] in ('confirmed', 'processing', 'done'),
            noon(r['sale_date']))
    for i, r in goods('sale.line', 'sale', 'amount').items():
        quantity = D(str(r['quantity'])) * in_pieces(r, 'unit')
        house = orders[r['sale']]['warehouse']
        add('sale_line', str(r['sale']), str(i), str(r['product']),
            place(house), max(quantity, 0), max(-quantity, 0),
            r['amount'] if quantity > 0 else 0)


def purchases():
    orders = table('purchase.purchase', 'number', 'state', 'shipment_state',
                   'party', 'currency', 'delivery_date', 'warehouse')
    received = defaultdict(D)
    for m in moves.values():
        if m['state'] == 'done' and m['origin']:
            received[m['origin']] += D(str(m['internal_quantity']))
    for i, r in orders.items():
        add('stock_order', 'purchase', str(i), r['number'] or '',
            parties[r['party']]['name'], currencies[r['currency']]['code'],
            r['state'] in ('confirmed', 'processing')
            and r['shipment_state'] != 'received', noon(r['delivery_date']))
    for i, r in goods('purchase.line', 'purchase', 'unit_price').items():
        pieces = in_pieces(r, 'unit')
        quantity = D(str(r['quantity'])) * pieces
        ends = ['', place(orders[r['purchase']]['warehouse'])]
        got = received[f'purchase.line,{i}']
        add('stock_order_line', 'purchase', str(r['purchase']), str(i),
            str(r['product']), *(ends if quantity >= 0 else ends[::-1]),
            abs(quantity), got, got, r['unit_price'] / pieces)


def transfers():
    orders = table('stock.shipment.internal', 'number', 'state',
                   'from_location', 'to_location', 'transit_location',
                   'planned_date')
    for i, r in orders.items():
        add('stock_order', 'transfer', str(i), r['number'] or '', '', '',
            r['state'] in ('waiting', 'assigned', 'shipped'),
            noon(r['planned_date']))
        lines = defaultdict(lambda: [D(0)] * 3)
        for m in moves.values():
            if m['shipment'] != f'stock.shipment.internal,{i}' \
                    or m['state'] == 'cancelled':
                continue
            quantity = D(str(m['internal_quantity']))
            done = quantity if m['state'] == 'done' else 0
            line, transit = lines[m['product']], r['transit_location']
            sums = [quantity, done, done]
            if transit and m['to_location'] == transit:
                sums[2] = 0
            elif transit and m['from_location'] == transit:
                sums[:2] = 0, 0
            lines[m['product']] = [a + b for a, b in zip(line, sums)]
        for product, sums in lines.items():
            add('stock_order_line', 'transfer', str(i), str(product),
                str(product), place(r['from_location']),
                place(r['to_location']), *sums, None)


def productions():
    for i, r in table('production', 'number', 'state',
                      'planned_date').items():
        add('stock_order', 'assembly', str(i), r['number'] or '', '', '',
            r['state'] in ('waiting', 'assigned', 'running'),
            noon(r['planned_date']))
    for i, m in moves.items():
        order = m['production_output'] or m['production_input']
        if not order or m['state'] == 'cancelled':
            continue
        ends = ['', place(m['to_location'])] if m['production_output'] \
            else [place(m['from_location']), '']
        done = m['internal_quantity'] if m['state'] == 'done' else 0
        add('stock_order_line', 'assembly', str(order), str(i),
            str(m['product']), *ends, m['internal_quantity'], done, done, None)


for kind in (variants, stock, sales, purchases, transfers, productions):
    kind()
print('\n'.join(sorted(out)))
