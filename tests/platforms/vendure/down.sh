#!/bin/sh
# down.sh - stops what up.sh started, and waits for its end.
cd "$(dirname "$0")/../../../build/platforms/vendure" && [ -f pid ] || exit 0
kill "$(cat pid)" 2> /dev/null
for _ in $(seq 1 100); do
    kill -0 "$(cat pid)" 2> /dev/null || break
    sleep 0.1
done
rm -f pid
