#!/bin/sh
# compare.sh vendure|tryton - does our platform read what is really there?
# A fresh server, seeded; walk == reader; then changes; walk == reader again,
# and a walk from before the changes brings all that was touched.
set -e
export LC_ALL=C
cd "$(dirname "$0")/../.."
here=tests/platforms/$1 out=build/platforms/$1.compare
walk=build/release/platform-walk
case $1 in
vendure)
    PATH=$(tests/platforms/node.sh):$PATH
    run() { node "$here/$1.mjs"; }
    walk() { $walk -u superadmin -p superadmin "$@" vendure \
        http://127.0.0.1:3000; } ;;
tryton)
    run() { /usr/bin/python3 "$here/$1.py"; }
    walk() { $walk -u admin -p admin "$@" tryton \
        http://127.0.0.1:8069/e2e; } ;;
*)
    echo 'compare.sh vendure|tryton' >&2
    exit 2 ;;
esac

# The objects in lines, as "kind<TAB>id".
objects() {
    awk -F'\t' -v OFS='\t' '$1 == "stock_order" { print $2, $3 }
        $1 ~ /^(variant|stock|sale)$/ { print $1, $2 }' "$@" | sort -u
}
# What the reader holds must be what a whole walk brings, and its sweeps must
# name what is there and nothing else.
same() {
    # shellcheck disable=SC2162 # not the shell's read
    run read | sort > "$out/read"
    walk -w -i > "$out/walk"
    grep -v '^id	' "$out/walk" | sort | diff - "$out/read"
    grep '^id	' "$out/walk" | cut -f2,3 | sort > "$out/ids"
    kinds=$(cut -f1 "$out/ids" | sort -u | paste -s -d '|')
    objects "$out/read" | grep -E "^($kinds)	" | diff - "$out/ids"
    cut -f1 "$out/read" | uniq -c
}
# Two files of sorted lines; nothing of the first may be missing in the second.
within() { [ -z "$(comm -23 "$1" "$2" | tee /dev/stderr)" ]; }

mkdir -p "$out"
"$here/up.sh"
trap '$here/down.sh' EXIT
run seed
same
cp "$out/read" "$out/before"
sleep 2 # Vendure's database cuts its stamps to whole seconds
from=$(date -u +%FT%TZ)
sleep 1
run change > "$out/touched"
same
walk -f "$from" > "$out/delta"
objects "$out/delta" > "$out/brought"
grep -v '^gone_' "$out/touched" | sort > "$out/alive"
within "$out/alive" "$out/brought"
# Nor may anything of the delta be wrong, or anything new be left out.
sort "$out/delta" > "$out/delta.sorted"
within "$out/delta.sorted" "$out/read"
comm -13 "$out/before" "$out/read" | sort > "$out/new"
within "$out/new" "$out/delta.sorted"
echo "$1: $(grep -c . "$out/alive") objects touched, all brought;" \
    "$(grep -c . "$out/new") new lines, all brought;" \
    "$(grep -c . "$out/brought") objects in the delta"
