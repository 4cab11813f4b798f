#!/bin/sh
# includes.sh - who may include whom: programs -> common. Fails on a forbidden
# include, and on a library's header outside its door.
cd "$(dirname "$0")/.." || exit 1
bad=0
complain() { echo "includes: $*" >&2; bad=1; }

# A folder, and the folders whose headers its files may include.
allowed() {
    case $1 in
    common/metrics/*) echo 'common/' ;;
    common/*) echo 'common/' ;;
    worker/platforms/*) echo 'common/ worker/platforms/' ;;
    worker/*) echo 'common/ worker/' ;;
    producer/cli/*) echo 'common/ producer/cli/' ;;
    producer/*) echo 'common/ producer/' ;;
    tests/*) echo 'common/ worker/ producer/ tests/' ;;
    *) complain "$1 has no row in tests/includes.sh" ;;
    esac
}
# A library's header, and its only door.
doors='
ares.h|none
curl/|worker/http
hiredis/|common/redis
sqlite3.h|common/store_sqlite.c
libpq-fe.h|common/store_pg.c
sodium.h|common/secret.c
msgpack|common/task.c
simdjson.h|common/json.cc
microhttpd.h|tests/sim/'

for file in $(git ls-files '*.c' '*.h' '*.cc'); do
    ok=$(allowed "$file")
    for header in $(sed -n 's/^#include "\(.*\)"/\1/p' "$file"); do
        found=no
        for folder in $ok; do
            case $header in "$folder"*) found=yes ;; esac
        done
        [ $found = yes ] || complain "$file includes $header"
        case $header:$file in
        */main.h:*) ;;
        esac
    done
    case $file in tests/test_*|tests/bench/*|tests/fuzz/*|tests/platforms/*) continue ;; esac
    for header in $(sed -n 's/^#include <\(.*\)>/\1/p' "$file"); do
        for door in $doors; do
            case $header in
            "${door%%|*}"*)
                case $file in
                "${door#*|}"*) ;;
                *) complain "$file includes <$header>; ${door#*|} is its door" ;;
                esac ;;
            esac
        done
    done
done
exit $bad
