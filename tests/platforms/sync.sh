#!/bin/bash
# sync.sh BUILD [vendure|tryton]... - real servers, the real programs.
#
# For each server: all three syncs, then every stored row against what the
# server's own API says through a reader that is not our code; then changes on
# the server, and an incremental sync must bring exactly those.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- vendure tryton
dir=$build/platforms-sync
case " $* " in
*' vendure '*) PATH=$("$here/node.sh"):$PATH ;;
esac
rm -rf "$dir"
mkdir -p "$dir"
started=$SECONDS
say() { printf '%4d s  %s\n' $((SECONDS - started)) "$*"; }
compared=0 failed=0
check() { # WHAT COMMAND...
    local what=$1
    shift
    if "$@"; then
        compared=$((compared + 1)); say "ok: $what"
    else
        failed=$((failed + 1)); say "FAILED: $what"
    fi
}

pids=()
finish() {
    local status=$?
    trap - EXIT
    for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || :; done
    for server in vendure tryton; do "$here/$server/down.sh" 2>/dev/null || :; done
    wait
    [ $status = 0 ] || tail -n 15 "$dir"/*.log >&2
    exit $status
}
trap finish EXIT
start() { # NAME COMMAND...
    local name=$1
    shift
    setpriv --pdeathsig TERM "$@" >"$dir/$name.log" 2>&1 &
    pids+=($!)
}

cat >"$dir/stocktide.conf" <<C
store = sqlite:$dir/store.db
redis = unix:$dir/redis.sock
key_file = $dir/key
children = 2
C
export STOCKTIDE_CONFIG=$dir/stocktide.conf
export REAL_VENDURE=superadmin REAL_TRYTON=admin

bring_up() {
    "$here/$1/up.sh" >"$dir/$1-up.log" 2>&1
    say "$1: serving"
    case $1 in
    vendure) PRODUCTS=40 VARIANTS=3 ORDERS=24 node "$here/vendure/seed.mjs" ;;
    tryton) /usr/bin/python3 "$here/tryton/seed.py" 40 3 24 ;;
    esac >"$dir/$1-seed.log" 2>&1
    say "$1: seeded"
}
ups=()
for server in "$@"; do bring_up "$server" & ups+=($!); done
start redis redis-server "$here/../../deploy/redis.conf" --port 0 \
    --unixsocket "$dir/redis.sock" --dir "$dir"
for up in "${ups[@]}"; do wait "$up"; done

cat >"$dir/accounts.json" <<C
{"accounts": [
  {"name": "vendure", "zone": "Europe/London", "connections": [
    {"name": "shop", "platform": "vendure", "url": "http://127.0.0.1:3000",
     "user": "superadmin", "secret": "env:REAL_VENDURE",
     "private_allowed": true, "settings": {"location": ""}}]},
  {"name": "tryton", "zone": "Europe/Paris", "connections": [
    {"name": "erp", "platform": "tryton", "url": "http://127.0.0.1:8069/e2e",
     "user": "admin", "secret": "env:REAL_TRYTON",
     "private_allowed": true, "settings": {"location": ""}}]}]}
C
"$build/stocktide" apply "$dir/accounts.json"
start producer "$build/stocktide-producer"
start worker "$build/stocktide-worker"

read_server() {
    case $1 in
    vendure) node "$here/vendure/read.mjs" ;;
    tryton) /usr/bin/python3 "$here/tryton/read.py" ;;
    esac | LC_ALL=C sort
}
same() { # SERVER WHEN: store and server agree, row by row
    "$here/dump.sh" "$dir/store.db" "$1" >"$dir/$1-$2.store"
    read_server "$1" >"$dir/$1-$2.server"
    cut -f1 "$dir/$1-$2.server" | uniq -c | tr '\n' ' '
    echo
    [ -s "$dir/$1-$2.server" ] &&
        diff "$dir/$1-$2.store" "$dir/$1-$2.server" >"$dir/$1-$2.diff" ||
        { head -20 "$dir/$1-$2.diff"; return 1; }
}
# Ids of objects whose stored rows differ between two dumps, as change prints.
moved() {
    LC_ALL=C comm -3 "$1" "$2" | sed 's/^\t//' | awk -F '\t' -v OFS='\t' '
        $1 == "sale_line" { print "sale", $2; next }
        $1 ~ /^stock_order/ { print $2, $3; next }
        { print $1, $2 }' | LC_ALL=C sort -u
}
# What moved in the store is what moved on the server, and all of it was touched.
# (Not all that was touched has moved: a draft made and deleted leaves nothing.)
exactly() { # SERVER
    for side in store server; do
        moved "$dir/$1-first.$side" "$dir/$1-second.$side" >"$dir/$1.$side-moved"
    done
    # With a variant its stock is gone.
    sed -n 'h; s/^gone_variant/stock/p; g; s/^gone_//; p' "$dir/$1.changed" |
        LC_ALL=C sort -u >"$dir/$1.touched"
    echo "$(wc -l <"$dir/$1.touched") objects touched on the server," \
        "$(wc -l <"$dir/$1.store-moved") moved in the store"
    diff "$dir/$1.store-moved" "$dir/$1.server-moved" >"$dir/$1.unequal" &&
        LC_ALL=C comm -23 "$dir/$1.store-moved" "$dir/$1.touched" \
            >"$dir/$1.unequal"
    [ -s "$dir/$1.store-moved" ] && [ ! -s "$dir/$1.unequal" ] ||
        { cat "$dir/$1.unequal"; return 1; }
}
sync() { "$build/stocktide" sync "$1" "$2" --wait >>"$dir/$1-sync.log" 2>&1; }

for server in "$@"; do
    check "$server: full sync" sync "$server" full
    check "$server: variants sync" sync "$server" variants
    check "$server: purchase orders sync" sync "$server" purchase_orders
    check "$server: every row is the server's" same "$server" first
    case $server in
    vendure) node "$here/vendure/change.mjs" ;;
    tryton) /usr/bin/python3 "$here/tryton/change.py" ;;
    esac >"$dir/$server.changed"
    say "$server: changed"
    check "$server: incremental variants sync" sync "$server" variants
    check "$server: incremental purchase orders sync" sync "$server" purchase_orders
    check "$server: incremental full sync" sync "$server" full
    check "$server: every row is the server's again" same "$server" second
    check "$server: exactly the changes came" exactly "$server"
done
echo "$compared passed, $failed failed"
[ "$failed" = 0 ]
