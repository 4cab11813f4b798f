"""A small Tryton JSON-RPC client (standard library only).

TRYTON_URL=http://127.0.0.1:8069/e2e/
"""
import base64
import datetime as dt
import json
import os
import urllib.request
from decimal import Decimal

URL = os.environ.get('TRYTON_URL', 'http://127.0.0.1:8069/e2e/')


def encode(o):
    if isinstance(o, dt.date):
        parts = ['year', 'month', 'day']
        if isinstance(o, dt.datetime):
            parts += ['hour', 'minute', 'second', 'microsecond']
        return {'__class__': type(o).__name__,
                **{p: getattr(o, p) for p in parts}}
    if isinstance(o, Decimal):
        return {'__class__': 'Decimal', 'decimal': str(o)}
    raise TypeError(o)


def decode(d):
    kind = d.pop('__class__', None)
    if kind == 'Decimal':
        return Decimal(d['decimal'])
    return {'datetime': dt.datetime, 'date': dt.date}.get(kind, dict)(**d)


class Tryton:
    """call(model, method, ...) adds the context, as every model wants it."""

    def __init__(self, url=URL, user='admin', password='admin'):
        self.url, self.context = url, {}
        self.headers = {'Content-Type': 'application/json'}
        uid, key = self.raw('common.db.login', user,
                            {'password': password}, 'en')
        session = base64.b64encode(f'{user}:{uid}:{key}'.encode()).decode()
        self.headers['Authorization'] = 'Session ' + session
        self.context = self.raw('model.res.user.get_preferences', True, {})

    def raw(self, method, *params):
        body = json.dumps({'id': 1, 'method': method, 'params': params},
                          default=encode).encode()
        request = urllib.request.Request(self.url, body, self.headers)
        with urllib.request.urlopen(request, timeout=600) as reply:
            answer = json.loads(reply.read(), object_hook=decode)
        if answer.get('error'):
            raise RuntimeError(f"{method}: {str(answer['error'])[-600:]}")
        return answer['result']

    def call(self, model, method, *params, **context):
        return self.raw(f'model.{model}.{method}', *params,
                        {**self.context, **context})

    def create(self, model, *rows):
        return self.call(model, 'create', list(rows))

    def find(self, model, domain, *fields):
        return self.call(model, 'search_read', domain, 0, None,
                         [['id', 'ASC']], list(fields))

    def one(self, model, domain, field='id'):
        return self.find(model, domain, field)[0][field]

    def do(self, model, ids, *methods):
        """Presses buttons, one after the other."""
        for method in methods:
            self.call(model, method, ids)
