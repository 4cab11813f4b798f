#!/bin/sh
# up.sh [PORT] - a fresh, empty Vendure on 127.0.0.1:PORT (3000), its database
# in memory. Works in build/platforms/vendure; down.sh stops it.
set -e
here=$(cd "$(dirname "$0")" && pwd)
dir=$here/../../../build/platforms/vendure port=${1:-3000}
if curl -s -o /dev/null "http://127.0.0.1:$port/"; then
    echo "up.sh: somebody listens on port $port" >&2
    exit 1
fi
mkdir -p "$dir"
cp "$here/package.json" "$here/package-lock.json" "$here/server.cjs" "$dir"
cd "$dir"
if ! cmp -s package-lock.json node_modules/.installed; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed
fi
PORT=$port VENDURE_DISABLE_TELEMETRY=true node server.cjs > server.log 2>&1 &
echo $! > pid
for _ in $(seq 1 600); do
    curl -sf -o /dev/null "http://127.0.0.1:$port/health" && exit 0
    kill -0 "$(cat pid)" 2> /dev/null || break
    sleep 0.1
done
tail -5 server.log >&2
exit 1
