#!/bin/sh
# dump.sh STORE ACCOUNT - what the store holds of an account, in the lines that
# the independent readers print (README.md here). Reads with the sqlite3 shell,
# so not with our code.
set -eu
amount() { # fixed point as a plain decimal
    echo "CASE WHEN $1 IS NULL THEN '-' ELSE rtrim(rtrim(printf('%s%d.%06d', \
        CASE WHEN $1 < 0 THEN '-' ELSE '' END, abs($1) / 1000000, \
        abs($1) % 1000000), '0'), '.') END"
}
time_() {
    echo "coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', $1 / 1000000, 'unixepoch'), '-')"
}
kind() {
    echo "CASE $1 WHEN 3 THEN 'purchase' WHEN 4 THEN 'transfer' ELSE 'assembly' END"
}
T="char(9)"
of="account = (SELECT id FROM account WHERE name = '$2')"
sqlite3 -readonly "$1" <<Q | LC_ALL=C sort
SELECT 'variant' || $T || id || $T || sku || $T || barcode || $T || title || $T
  || currency || $T || $(amount price) || $T || $(amount cost) || $T || active
FROM variant WHERE $of AND removed_at IS NULL;
SELECT 'stock' || $T || variant || $T || location || $T || $(amount on_hand)
  || $T || $(amount reserved)
FROM stock s WHERE $of AND (on_hand <> 0 OR reserved <> 0)
  AND NOT EXISTS (SELECT 1 FROM variant v WHERE v.account = s.account
    AND v.connection = s.connection AND v.id = s.variant
    AND v.removed_at IS NOT NULL);
SELECT 'sale' || $T || id || $T || number || $T || currency || $T || counted
  || $T || $(time_ placed_at)
FROM sale WHERE $of AND status <> 'deleted';
SELECT 'sale_line' || $T || sale || $T || id || $T || variant || $T || location
  || $T || $(amount quantity) || $T || $(amount returned) || $T
  || $(amount revenue)
FROM sale_line l WHERE $of AND EXISTS (SELECT 1 FROM sale s WHERE s.account = l.account
    AND s.connection = l.connection AND s.id = l.sale
    AND s.status <> 'deleted');
SELECT 'stock_order' || $T || $(kind kind) || $T || id || $T || number || $T
  || supplier || $T || currency || $T || open || $T || $(time_ expected_at)
FROM stock_order WHERE $of AND status <> 'deleted';
SELECT 'stock_order_line' || $T || $(kind l.kind) || $T || stock_order || $T
  || l.id || $T || variant || $T || from_location || $T || to_location || $T
  || $(amount quantity) || $T || $(amount sent) || $T || $(amount received)
  || $T || $(amount unit_cost)
FROM stock_order_line l JOIN stock_order o ON o.account = l.account
  AND o.connection = l.connection AND o.kind = l.kind AND o.id = l.stock_order
WHERE l.$of AND o.status <> 'deleted';
Q
