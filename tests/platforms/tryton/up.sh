#!/bin/sh
# up.sh [PORT] - a fresh Tryton (SQLite, database "e2e", admin/admin) on
# 127.0.0.1:PORT (8069). Works in build/platforms/tryton; down.sh stops it.
set -e
here=$(cd "$(dirname "$0")" && pwd)
dir=$here/../../../build/platforms/tryton port=${1:-8069}
if curl -s -o /dev/null "http://127.0.0.1:$port/"; then
    echo "up.sh: somebody listens on port $port" >&2
    exit 1
fi
mkdir -p "$dir/db"
cd "$dir"
cat > trytond.conf << END
[web]
listen = 127.0.0.1:$port
[database]
uri = sqlite://
path = $PWD/db
[session]
timeout = 86400
max_age = 86400
END
# Making the tables takes most of the time: kept for the next start.
if [ ! -s fresh.sqlite ]; then
    : > db/e2e.sqlite # must exist, even empty
    printf admin > password
    TRYTONPASSFILE=$PWD/password trytond-admin -c trytond.conf -d e2e --all \
        --email admin@example.com --activate-dependencies \
        -u product_attribute stock stock_supply sale purchase production \
        account_invoice_stock
    mv db/e2e.sqlite fresh.sqlite
fi
cp fresh.sqlite db/e2e.sqlite
trytond -c trytond.conf -d e2e > server.log 2>&1 &
echo $! > pid
for _ in $(seq 1 600); do
    curl -sf -o /dev/null "http://127.0.0.1:$port/" \
        -H 'Content-Type: application/json' \
        -d '{"id":1,"method":"common.server.version","params":[]}' && exit 0
    kill -0 "$(cat pid)" 2> /dev/null || break
    sleep 0.1
done
tail -5 server.log >&2
exit 1
