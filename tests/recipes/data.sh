#!/usr/bin/env bash
# `make data`: fetch clip-arts and stamps of Debian packages, and icons of npm, into a folder.
set -euo pipefail
data=$1
debian=(openclipart-png openclipart-svg tuxpaint-stamps-default)
npm=@tabler/icons@3.52.0
if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
    echo "make data: no apt-get here: unpack Debian's ${debian[*]} into $data" >&2
    exit 2
fi
command -v npm >/dev/null || { echo "make data: no npm here, which fetches $npm" >&2; exit 2; }
rm -rf "$data"
mkdir -p "$data/packages" "$data/npm/tabler"
(cd "$data/packages" && apt-get download "${debian[@]}")
for package in "$data"/packages/*.deb; do
    dpkg -x "$package" "$data"
done
file=$(cd "$data/packages" && npm pack --silent "$npm")
tar -xzf "$data/packages/$file" -C "$data/npm/tabler" --strip-components=1
rm -r "$data/packages"
