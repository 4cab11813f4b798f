#!/bin/sh
# down.sh - stops what up.sh started.
cd "$(dirname "$0")/../../../build/platforms/tryton" || exit 1
[ ! -f pid ] || kill "$(cat pid)" 2> /dev/null
rm -f pid
