#!/bin/sh
# A client of a stream of prices: dashboard.sh URL prints each price on a line, comes
# back when it is cut off, and ends with the stream.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
last=
while
    curl -sN -D "$work/head" ${last:+-H "Last-Event-ID: $last"} "$1" |
        tee "$work/body" | sed -un 's/^data: .*"p":\([0-9.]*\).*/\1/p'
    ! grep -q ' 204' "$work/head"
do
    last=$(sed -n 's/^id: //p' "$work/body" | tail -n 1)
    sleep 0.02
done
