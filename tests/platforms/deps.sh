#!/bin/sh
# deps.sh - what the real servers need: node for Vendure, Tryton from apt.
# Installs only what is missing; wants root for that.
set -e
missing=
command -v curl > /dev/null || missing="$missing curl"
command -v sqlite3 > /dev/null || missing="$missing sqlite3"
command -v node > /dev/null || missing="$missing nodejs"
command -v npm > /dev/null || missing="$missing npm"
command -v trytond > /dev/null || missing="$missing tryton-server"
for module in party company currency country product product-attribute \
    account account-product account-invoice account-invoice-stock stock \
    stock-supply sale purchase production; do
    package=tryton-modules-$module
    dpkg -s "$package" > /dev/null 2>&1 || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
apt-get update -qq
# shellcheck disable=SC2086 # a list
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends $missing
