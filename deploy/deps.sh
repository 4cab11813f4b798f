#!/bin/sh
# deps.sh GROUP... - installs what is missing from the distribution (Debian).
#   build  compiler and libraries      run   redis-server, time zones
#   test   what `make test` needs      lint  formatter, clang
#   valgrind  what `make valgrind` needs
# Needs root or sudo only when something is missing. Starts no service: a
# redis-server that comes with the package stays off.
set -eu

packages() {
    case $1 in
    build) echo gcc g++ make libc6-dev libev-dev libhiredis-dev \
        libcurl4-openssl-dev libmsgpack-dev libsqlite3-dev libsodium-dev \
        libsimdjson-dev libmicrohttpd-dev zlib1g-dev ;;
    run) echo redis-server tzdata ca-certificates ;;
    test) echo check openssl iproute2 ;;
    valgrind) echo valgrind libc6-dbg ;;
    lint) echo clang clang-format libclang-rt-14-dev ;;
    *) echo "deps.sh: no group '$1'" >&2; exit 2 ;;
    esac
}

missing=
for group in "$@"; do
    for package in $(packages "$group"); do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
            grep -q 'ok installed' || missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0

root=
[ "$(id -u)" = 0 ] || root=sudo
if [ -n "$root" ] && ! command -v sudo >/dev/null; then
    echo "missing packages, and neither root nor sudo to install them:$missing" >&2
    exit 1
fi
echo "installing:$missing"
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | $root tee $policy >/dev/null
    $root chmod 755 $policy
    trap '$root rm -f $policy' EXIT
fi
# shellcheck disable=SC2086 # a list
install() {
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends $missing >build.deps.log 2>&1
}
if ! install; then
    $root apt-get update -qq
    install || { cat build.deps.log >&2; exit 1; }
fi
rm -f build.deps.log
