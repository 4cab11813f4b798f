#!/bin/sh
# readme-table.sh STOCKTIDE README - writes the table of settings into README,
# between its two marks, from the program's own table.
set -eu
table=$(mktemp)
trap 'rm -f "$table" "$table.new"' EXIT
"$1" config --markdown >"$table"
awk -v table="$table" '
    /^<!-- stocktide config --markdown -->$/ {
        print; print ""
        while ((getline line < table) > 0) print line
        print ""; skip = 1
    }
    /^<!-- end -->$/ { skip = 0 }
    !skip && !/^<!-- stocktide config --markdown -->$/ { print }
' "$2" >"$table.new"
cmp -s "$table.new" "$2" || cat "$table.new" >"$2"
