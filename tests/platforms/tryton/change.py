#!/usr/bin/python3
"""Changes a seeded Tryton in every way that matters, and prints what it touched:
"kind<TAB>id", "gone_<kind><TAB>id" for what it deleted.

change.py            all but:
change.py rename     a warehouse gets another name: all its levels move
"""
import datetime as dt
import sys
from decimal import Decimal as D

from rpc import Tryton

T = Tryton()
today = dt.date.today()
touched = set()


def touch(kind, *ids):
    touched.update(f'{kind}\t{i}' for i in ids)


def take(model, state):
    """The id of the first record in STATE."""
    return T.one(model, [['state', '=', state]])


def copy_of(model, record, **more):
    """A new draft like RECORD."""
    made, = T.call(model, 'copy', [record], more)
    return made


def products_of(model, record, field):
    return {T.one('stock.move', [['id', '=', m]], 'product')
            for m in T.call(model, 'read', [record], [field])[0][field]}


def delete_draft(model):
    gone = copy_of(model, take(model, 'draft'))
    T.do(model, [gone], 'cancel', 'delete')
    return gone


def variants():
    ids = [r['id'] for r in T.find('product.product', [], 'id')]
    template = T.one('product.product', [['id', '=', ids[4]]], 'template')
    T.call('product.template', 'write', [template], {'list_price': D('77.7')})
    touch('variant', *[r['id'] for r in T.find(
        'product.product', [['template', '=', template]], 'id')])
    T.call('product.product', 'write', [ids[9]], {'suffix_code': '-X'})
    archived = [r['id'] for r in T.find(
        'product.product', [['active', '=', False]], 'id')]
    T.call('product.product', 'write', archived[:1], {'cost_price': D('6.5')})
    T.call('product.product', 'delete', archived[-1:])
    touch('variant', archived[0])
    touch('gone_variant', archived[-1])
    T.create('product.identifier', {'product': ids[11], 'type': 'ean',
                                    'code': '5901234123457'})
    T.call('product.product', 'write', [ids[12]], {'active': False})
    touch('variant', ids[9], *ids[11:13])
    unit = T.one('product.uom', [['name', '=', 'Unit']])
    made, = T.create('product.template', {
        'name': 'New', 'code': 'NEW', 'type': 'goods', 'default_uom': unit,
        'sale_uom': unit, 'purchase_uom': unit, 'list_price': D(3),
        'products': [['create', [
            {'suffix_code': c, 'cost_price': D(1)} for c in 'AB']]]})
    new = [r['id'] for r in T.find(
        'product.product', [['template', '=', made]], 'id')]
    touch('variant', *new)
    return ids


def stock(ids):
    """A count at the second warehouse."""
    place = T.one('stock.location', [['code', '=', 'STO2']])
    made = T.create('stock.inventory', {'location': place, 'lines': [
        ['create', [{'product': p, 'quantity': 3.0} for p in ids[20:22]]]]})
    T.call('stock.inventory', 'confirm', made)
    touch('stock', *ids[20:22])


def purchases():
    model = 'purchase.purchase'
    touch('purchase', copy_of(model, take(model, 'draft')))
    draft = take(model, 'draft')
    line = T.one('purchase.line', [['purchase', '=', draft]])
    T.call('purchase.line', 'write', [line], {'quantity': 17.0})
    touch('purchase', draft)
    order = take(model, 'processing')
    r = T.call(model, 'read', [order], ['party', 'warehouse', 'moves'])[0]
    T.call('stock.move', 'write', r['moves'][:1], {'quantity': 2.0})
    T.do('stock.shipment.in', T.create('stock.shipment.in', {
        'supplier': r['party'], 'warehouse': r['warehouse'],
        'incoming_moves': [['add', r['moves'][:1]]]}), 'receive', 'done')
    touch('purchase', order)
    touch('stock', T.one('stock.move', [['id', '=', r['moves'][0]]],
                         'product'))
    touch('gone_purchase', delete_draft(model))


def sales():
    model = 'sale.sale'
    new = copy_of(model, take(model, 'draft'), sale_date=today)
    T.do(model, [new], 'quote', 'confirm', 'process')
    draft = take(model, 'draft')
    line = T.one('sale.line', [['sale', '=', draft]])
    T.call('sale.line', 'write', [line], {'quantity': 9.0})
    cancelled = take(model, 'quotation')
    T.do(model, [cancelled], 'cancel')
    sent = take('stock.shipment.out', 'assigned')
    T.do('stock.shipment.out', [sent], 'pick', 'pack', 'done')
    touch('stock', *products_of('stock.shipment.out', sent, 'outgoing_moves'))
    touch('sale', new, draft, cancelled,
          T.one(model, [['shipments', '=', sent]]))
    touch('gone_sale', delete_draft(model))


def transfers():
    model = 'stock.shipment.internal'
    waiting, shipped = take(model, 'waiting'), take(model, 'shipped')
    T.do(model, [waiting], 'assign_try', 'ship')
    T.do(model, [shipped], 'done')
    draft = take(model, 'draft')
    T.call('stock.move', 'write', T.call(
        model, 'read', [draft], ['moves'])[0]['moves'][:1], {'quantity': 8.0})
    touch('transfer', waiting, shipped, draft)
    for order in (waiting, shipped):
        touch('stock', *products_of(model, order, 'moves'))
    touch('gone_transfer', delete_draft(model))


def productions():
    model = 'production'
    running, assigned = take(model, 'running'), take(model, 'assigned')
    T.do(model, [assigned], 'run')
    T.do(model, [running], 'done')
    touch('assembly', running, assigned, copy_of(model, take(model, 'draft')))
    touch('stock', *products_of(model, running, 'outputs'),
          *products_of(model, assigned, 'inputs'))
    touch('gone_assembly', delete_draft(model))


if sys.argv[1:] == ['rename']:
    T.call('stock.location', 'write',
           [T.one('stock.location', [['code', '=', 'WH2']])],
           {'name': 'Renamed Warehouse'})
else:
    stock(variants())
    for kind in (purchases, sales, transfers, productions):
        kind()
print('\n'.join(sorted(touched)))
