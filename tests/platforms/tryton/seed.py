#!/usr/bin/python3
"""Fills a fresh Tryton: seed.py [templates] [variants] [orders of each kind]

create() over RPC fills in defaults but runs no on_change, so units, prices and
moves are given outright. The states are spread evenly, and every rarer case
comes at least once: another unit, a return, a second "Storage Zone", a barcode,
an archived product.
"""
import datetime as dt
import sys
from decimal import Decimal as D

from rpc import Tryton

TEMPLATES, VARIANTS, ORDERS = map(int, sys.argv[1:4] or (40, 3, 24))
T = Tryton()
today = dt.date.today()


def every(ids, n, *wanted):
    """Those of IDS whose place modulo N is wanted."""
    return [i for place, i in enumerate(ids) if place % n in wanted]


def company():
    gbp, = T.create('currency.currency', {
        'name': 'Pound', 'code': 'GBP', 'symbol': '£', 'rounding': D('0.01'),
        'digits': 2, 'rates': [['create', [
            {'date': today.replace(month=1, day=1), 'rate': D(1)}]]]})
    party, = T.create('party.party', {'name': 'Test Company'})
    made, = T.create('company.company', {'party': party, 'currency': gbp})
    T.call('res.user', 'write', [T.one('res.user', [['login', '=', 'admin']])],
           {'companies': [['add', [made]]], 'company': made})
    T.context = T.raw('model.res.user.get_preferences', True, {})
    return made, gbp


def warehouses():
    """Two; the second one's storage has the same name as the first one's."""
    first = T.one('stock.location', [['type', '=', 'warehouse']])
    storage, arrival, departure, work = T.create(
        'stock.location',
        {'name': 'Storage Zone', 'code': 'STO2', 'type': 'storage'},
        {'name': 'Input Zone', 'code': 'IN2', 'type': 'storage'},
        {'name': 'Output Zone', 'code': 'OUT2', 'type': 'storage'},
        {'name': 'Production', 'code': 'PROD2', 'type': 'production'})
    second, = T.create('stock.location', {
        'name': 'Second Warehouse', 'code': 'WH2', 'type': 'warehouse',
        'storage_location': storage, 'input_location': arrival,
        'output_location': departure, 'production_location': work,
        'lost_found_location':
            T.one('stock.location', [['type', '=', 'lost_found']])})
    return first, second


def products(unit):
    category, = T.create('product.category',
                         {'name': 'Goods', 'accounting': True})
    templates = T.create('product.template', *[{
        'name': f'Product {t:05}', 'code': f'P{t:05}', 'type': 'goods',
        'default_uom': unit, 'sale_uom': unit, 'purchase_uom': unit,
        'list_price': D(10 + t) + D('0.5'), 'salable': True,
        'purchasable': True, 'producible': t < 10,
        'account_category': category,
        'products': [['create', [
            {'suffix_code': '-' + 'ABCDEFGHIJ'[v], 'cost_price': D(5)}
            for v in range(VARIANTS)]]]} for t in range(TEMPLATES)])
    made = [r['id'] for r in
            T.find('product.product', [['template', 'in', templates]], 'id')]
    T.call('product.product', 'write', [made[0]], {'identifiers': [
        ['create', [{'type': 'ean', 'code': '4006381333931'}]]]})
    T.call('product.product', 'write', [made[-1]], {'active': False})
    T.call('product.template', 'write', [templates[-2]], {
        'active': False, 'products': [
            ['write', made[-2 * VARIANTS:-VARIANTS], {'active': False}]]})
    return made[:-2 * VARIANTS]


def stock(places, variants):
    for place, base in zip(places, (1000, 500)):
        made = T.create('stock.inventory', {
            'location': place, 'lines': [['create', [
                {'product': p, 'quantity': float(base + i)}
                for i, p in enumerate(variants)]]]})
        T.call('stock.inventory', 'confirm', made)


def people():
    made = T.create('party.party', *[
        {'name': f'{kind} {i}', 'addresses': [['create', [
            {'street': f'{i} High St', 'city': 'Leeds'}]]]}
        for kind in ('Customer', 'Supplier') for i in range(5)])
    address = {r['party']: r['id'] for r in T.find(
        'party.address', [['party', 'in', made]], 'party')}
    return [(p, address[p]) for p in made[:5]], [
        (p, address[p]) for p in made[5:]]


def lines(rows, price):
    return [['create', [{'type': 'line', 'product': p, 'quantity': q,
                         'unit': u, 'unit_price': D(price)}
                        for p, q, u in rows]]]


def purchases(suppliers, houses, variants, unit, dozen, gbp):
    """A quarter each: draft, quotation, confirmed, received in part."""
    made = T.create('purchase.purchase', *[{
        'party': suppliers[i % 5][0], 'invoice_address': suppliers[i % 5][1],
        'warehouse': houses[i % 2], 'currency': gbp,
        'invoice_method': 'manual', 'purchase_date': today,
        'lines': lines([(variants[(i * 5 + k) % len(variants)], 10.0,
                         dozen if i % 6 == 3 and k == 0 else unit)
                        for k in range(3)], '4.50')} for i in range(ORDERS)])
    T.do('purchase.purchase', every(made, 4, 1, 2, 3), 'quote')
    T.do('purchase.purchase', every(made, 4, 2, 3), 'confirm', 'process')
    T.do('purchase.purchase', every(made, 8, 1), 'cancel')
    part = T.call('purchase.purchase', 'read', every(made, 4, 3),
                  ['party', 'warehouse', 'moves'])
    T.call('stock.move', 'write', [r['moves'][1] for r in part],
           {'quantity': 4.0})
    T.do('stock.shipment.in', T.create('stock.shipment.in', *[{
        'supplier': r['party'], 'warehouse': r['warehouse'],
        'incoming_moves': [['add', r['moves'][:2]]]} for r in part]),
        'receive', 'done')


def sales(customers, house, variants, unit, dozen, gbp):
    """A fifth each: draft, quotation, processing, assigned, sent."""
    made = T.create('sale.sale', *[{
        'party': customers[i % 5][0], 'invoice_address': customers[i % 5][1],
        'shipment_address': customers[i % 5][1], 'warehouse': house,
        'currency': gbp, 'invoice_method': 'manual',
        'shipment_method': 'order', 'sale_date': today,
        'lines': lines([(variants[(i * 7 + k) % len(variants)],
                         -1.0 if i % 5 == 2 and k == 1 else 2.0,
                         dozen if i % 6 == 3 and k == 0 else unit)
                        for k in range(2)], '12.34')} for i in range(ORDERS)])
    T.do('sale.sale', every(made, 5, 1, 2, 3, 4), 'quote')
    T.do('sale.sale', every(made, 5, 2, 3, 4), 'confirm', 'process')
    T.do('sale.sale', every(made, 10, 1), 'cancel')

    def shipments(ids):
        return [r['shipments'][0] for r in
                T.call('sale.sale', 'read', ids, ['shipments'])]
    T.do('stock.shipment.out', shipments(every(made, 5, 3, 4)), 'assign_try')
    T.do('stock.shipment.out', shipments(every(made, 5, 4)),
         'pick', 'pack', 'done')


def transfers(source, target, variants, unit, firm):
    """A quarter each: draft, waiting, shipped, done; some take time."""
    made = T.create('stock.shipment.internal', *[{
        'from_location': source, 'to_location': target, 'company': firm,
        'planned_date': today + dt.timedelta(days=i % 3),
        'planned_start_date': today,
        'moves': [['create', [
            {'product': variants[(i * 3 + k) % len(variants)],
             'quantity': 5.0, 'uom': unit, 'from_location': source,
             'to_location': target, 'company': firm} for k in range(2)]]]}
        for i in range(ORDERS)])
    T.do('stock.shipment.internal', every(made, 4, 1, 2, 3), 'wait')
    T.do('stock.shipment.internal', every(made, 4, 2, 3), 'assign_try', 'ship')
    T.do('stock.shipment.internal', every(made, 4, 3), 'done')
    T.do('stock.shipment.internal', every(made, 8, 1), 'cancel')


def productions(house, storage, variants, unit, firm, gbp):
    """A fifth each: draft, waiting, assigned, running, done."""
    work = T.one('stock.location', [['id', '=', house]], 'production_location')

    def move(product, quantity, source, target, **more):
        return {'product': product, 'quantity': quantity, 'uom': unit,
                'from_location': source, 'to_location': target,
                'company': firm, **more}
    trios = [(variants[t * VARIANTS], variants[-1 - 2 * t],
              variants[-2 - 2 * t]) for t in range(min(10, TEMPLATES - 4))]
    boms = T.create('production.bom', *[{
        'name': f'BOM {t}',
        'inputs': [['create', [{'product': a, 'quantity': 2.0, 'uom': unit},
                               {'product': b, 'quantity': 3.0, 'uom': unit}]]],
        'outputs': [['create', [{'product': out, 'quantity': 1.0,
                                 'uom': unit}]]]}
        for t, (out, a, b) in enumerate(trios)])
    T.create('product.product-production.bom', *[
        {'product': trio[0], 'bom': bom} for trio, bom in zip(trios, boms)])
    rows = [(trios[i % len(trios)], boms[i % len(boms)])
            for i in range(ORDERS)]
    made = T.create('production', *[{
        'product': out, 'bom': bom, 'quantity': 4.0, 'uom': unit,
        'warehouse': house, 'location': work, 'company': firm,
        'planned_date': today, 'planned_start_date': today,
        'inputs': [['create', [move(a, 8.0, storage, work),
                               move(b, 12.0, storage, work)]]],
        'outputs': [['create', [move(out, 4.0, work, storage,
                                     unit_price=D(25), currency=gbp)]]]}
        for (out, a, b), bom in rows])
    T.do('production', every(made, 5, 1, 2, 3, 4), 'wait')
    T.do('production', every(made, 5, 2, 3, 4), 'assign_try')
    T.do('production', every(made, 5, 3, 4), 'run')
    T.do('production', every(made, 5, 4), 'done')


firm, gbp = company()
houses = warehouses()
places = [T.one('stock.location', [['id', '=', h]], 'storage_location')
          for h in houses]
unit = T.one('product.uom', [['name', '=', 'Unit']])
dozen, = T.create('product.uom', {
    'name': 'Dozen', 'symbol': 'dz', 'factor': 12.0,
    'rate': round(1 / 12, 12), 'digits': 0, 'rounding': 1.0,
    'category': T.one('product.uom', [['id', '=', unit]], 'category')})
variants = products(unit)
stock(places, variants)
customers, suppliers = people()
purchases(suppliers, houses, variants, unit, dozen, gbp)
sales(customers, houses[0], variants, unit, dozen, gbp)
transfers(*places, variants, unit, firm)
productions(houses[0], places[0], variants, unit, firm, gbp)
print(f'tryton: {TEMPLATES * VARIANTS} variants, {ORDERS} orders of each kind')
