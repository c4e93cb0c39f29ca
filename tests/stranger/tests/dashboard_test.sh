#!/bin/sh
# What the project's client does when a stream behaves, and when it does not, with
# curl and jq: LLMOCK_URL names the mock server.
set -eu
cd "$(dirname "$0")/.."
server=${LLMOCK_URL:-http://127.0.0.1:5000}
price='{"symbol": "AAPL", "p": 1.0}'
work=$(mktemp -d)
client=
trap 'kill $client 2>/dev/null || :; rm -rf "$work"' EXIT

# manage METHOD PATH [BODY]: prints what the management API answers.
manage() {
    curl -sS --fail-with-body -X "$1" -H 'Content-Type: application/json' \
        ${LLMOCK_KEY:+-H "Authorization: Bearer $LLMOCK_KEY"} \
        "$server/api/manage$2" -d "${3:-}"
}

# mock PATH KEYS: makes a route below a prefix of its own.
mock() {
    prefix=/$(od -An -N8 -tx1 /dev/urandom | tr -d ' ')
    url=$server$prefix$1 about=prefix=$prefix/ after=
    manage POST /routes "{\"path\": \"$prefix$1\", \"expiresSeconds\": 3600, $2}" >"$work/made"
}

start_dashboard() {
    app/dashboard.sh "$url" >"$work/prices" &
    client=$!
}

wait_for_clients() {
    manage GET "/streams/wait?$about&clients=$1$after&timeoutMs=5000" | jq -e .met >"$work/met"
}

# steer VERB [BODY]: prints the cursor.
steer() { manage POST "/streams/$1?$about" "${2:-}" | jq -r .cursor; }

# shows COMMAND...: whether it comes to hold, within 5 s.
shows() {
    for _ in $(seq 100); do
        ! "$@" || return 0
        sleep 0.05
    done
    echo "not ok: $name: $*; the dashboard shows $(cat "$work/prices")" >&2
    return 1
}
has() { [ "$(tail -n 1 "$work/prices")" = "$1" ]; }
count() { [ "$(wc -l <"$work/prices")" -eq "$1" ]; }
statuses() { [ "$(manage GET "/journal?$about" | jq -c '[.entries[].status]')" = "$1" ]; }
passes() {
    manage GET "/verdict?$about" |
        jq -e --arg rule "$1" '.clients[0].rules[] | select(.rule == $rule).result == "pass"' >"$work/verdict"
}

begin() { name=$1; }
end() {
    manage DELETE "/routes?$about" >"$work/deleted"
    steer end >"$work/ended"
    kill $client 2>/dev/null || :
    echo "ok: $name"
}

begin 'the dashboard survives a cut'
mock /v1/prices "\"clock\": \"virtual\", \"stream\": {\"events\": [{\"shape\": $price}]}"
start_dashboard
wait_for_clients 1
steer step '{"batches": 3}' >"$work/step"
steer push '{"data": {"symbol": "AAPL", "p": 99.5}}' >"$work/push"
after="&after=$(steer cut '{"how": "clean"}')"
wait_for_clients 1 # a new one since the cut
shows has 99.5
passes reconnects
passes sends-last-id
end

begin 'ten minutes of prices take no time'
mock /v1/prices "\"clock\": \"virtual\", \"stream\": {\"intervalMs\": 1000,
    \"maxDurationSeconds\": 0, \"events\": [{\"shape\": $price}]}"
start_dashboard
wait_for_clients 1
manage POST "/clock/advance?$about" '{"ms": 600000}' >"$work/advance"
shows count 601
end

begin 'the price is asked for again while the service is away'
mock /v1/price '"body": {"p": 12.5}, "faults": ["status:503*2"]'
[ "$(curl -sf --retry 5 --retry-delay 1 "$url" | jq .p)" = 12.5 ]
statuses '[503,503,200]'
end

begin 'an event that is no JSON breaks nothing'
mock /v1/prices "\"clock\": \"virtual\", \"faults\": [\"invalid-json*1\"],
    \"stream\": {\"events\": [{\"shape\": $price}]}"
start_dashboard
wait_for_clients 1
steer step >"$work/step"
steer push '{"data": {"p": 5}}' >"$work/push"
shows has 5
end

begin 'a client reads to the end and stops'
mock /v1/prices '"stream": {"script": [{"data": {"p": 1.5}}, {"data": {"p": 2.5}, "afterMs": 20}]}'
start_dashboard
wait "$client"
shows has 2.5
statuses '[200,204]'
end
