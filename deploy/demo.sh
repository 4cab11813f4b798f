#!/bin/bash
# demo.sh BUILD [--once] - a whole stocktide in one folder, and a shop to sync.
# Private: sockets and files below BUILD/demo, the platform simulator on a free
# port of loopback. Ctrl-C ends all it started; --once ends after the tables.
set -eu
build=$(realpath "$1") once=${2:-}
dir=$build/demo
mkdir -p "$dir"
exec 9>"$dir/lock"
if ! flock -n 9; then
    echo "the demo runs already; end it with Ctrl-C first" >&2
    exit 1
fi
find "$dir" -mindepth 1 ! -name lock -delete

bold() { if [ -t 1 ]; then printf '\n\033[1m%s\033[0m\n' "$*"; else printf '\n%s\n' "$*"; fi; }
pids=()
finish() {
    trap - EXIT INT TERM
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
        kill -TERM "${pids[i]}" 2>/dev/null && wait "${pids[i]}" 2>/dev/null
    done
    [ "${failed:-0}" = 0 ] || tail -n 20 "$dir"/*.log >&2
    exit "${failed:-0}"
}
trap finish INT TERM
trap 'failed=$?; finish' EXIT

# NAME COMMAND...: starts it, logs below the folder, dies with this script.
start() {
    local name=$1
    shift
    setpriv --pdeathsig TERM "$@" >"$dir/$name.log" 2>&1 9>&- &
    pids+=($!)
}
# Waits until COMMAND succeeds, 10 s at most.
await() {
    local n=0
    until "$@" >/dev/null 2>&1; do
        n=$((n + 1))
        [ $n -lt 200 ] || { echo "waited in vain for: $*" >&2; exit 1; }
        read -rt 0.05 <> <(:) || :
    done
}

cat >"$dir/stocktide.conf" <<C
store = sqlite:$dir/store.db
redis = unix:$dir/redis.sock
key_file = $dir/key
children = 2
C
cat >"$dir/env" <<C
export STOCKTIDE_CONFIG=$dir/stocktide.conf PATH=$build:\$PATH
C
export STOCKTIDE_CONFIG=$dir/stocktide.conf PATH=$build:$PATH
export DEMO_SHOP_SECRET=cs_demo DEMO_ERP_KEY=odoo_demo

bold "Starting redis-server, the platform simulator, a producer, a worker of 2"
start redis redis-server "$(dirname "$0")/redis.conf" --port 0 \
    --unixsocket "$dir/redis.sock" --dir "$dir"
start sim stocktide-sim --port 0
await redis-cli -s "$dir/redis.sock" PING
await grep -q READY "$dir/sim.log"
url=$(sed -n 's/^READY //p' "$dir/sim.log")
start producer stocktide-producer
await grep -q started "$dir/producer.log"
start worker stocktide-worker

cat >"$dir/demo.json" <<C
{"accounts": [{
  "name": "demo", "zone": "Europe/Berlin", "nightly": "02:00",
  "lead_time": 14, "days_of_stock": 30,
  "connections": [
    {"name": "shop", "platform": "woocommerce", "url": "$url",
     "user": "ck_demo", "secret": "env:DEMO_SHOP_SECRET",
     "private_allowed": true,
     "settings": {"location": "Rotterdam/Stock", "stock": false,
                  "currency": "EUR"}},
    {"name": "erp", "platform": "odoo", "url": "$url",
     "secret": "env:DEMO_ERP_KEY", "private_allowed": true}
  ]}]}
C
bold "The account: a WooCommerce shop and an Odoo ERP that know the same goods"
stocktide apply "$dir/demo.json"

bold "A full sync"
stocktide sync demo full --wait

bold "The ten most urgent replenishments"
stocktide metrics demo --urgent --limit 10

[ "$once" != --once ] || { failed=0; finish; }

# The shop goes on selling: an order every two seconds.
rate=30 port=${url##*:}
exec 8<>"/dev/tcp/127.0.0.1/$port"
printf 'POST /sim/sell?rate=%d HTTP/1.1\r\nHost: sim\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' $rate >&8
cat <&8 >/dev/null
exec 8<&-

bold "The shop goes on selling. In another terminal:"
cat <<C
  . $dir/env
  stocktide sync demo variants --wait       # what changed since
  redis-cli -s $dir/redis.sock LPUSH sync:variants demo
  stocktide status                          # how fresh, what runs, what waits
  stocktide watch demo                      # live
  stocktide schedule demo                   # when it runs by itself

Ctrl-C ends all of it.

C
stocktide watch demo &
wait $! || :
failed=0
