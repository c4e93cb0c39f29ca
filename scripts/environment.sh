# The virtual environment .venv, for scripts/serve and scripts/test, which read
# this file in the root of the repository.
#
# .venv is trusted where a stamp in it names the Python, the place and the lists
# of packages that it was made from: .venv/installed for what serves,
# .venv/installed-test for what tests. Stamps go before anything changes and come
# when everything is in place: an interrupted install is done anew.

# fail TEXT: one line, and the end.
fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# prepare_environment [EXTRAS]: makes .venv, or brings it up to date, where needed.
prepare_environment() {
    is_current "$@" && return
    python=$(find_python) || exit
    # One install at a time. The lock is on a file that is there anyway, and goes
    # when the descriptor is closed, however that happens.
    exec 9>>scripts/constraints.txt
    "$python" -c "$lock" "${0##*/}" <&9 || exit
    is_current "$@" || install "$python" "$@"
    exec 9>&-
}

lock='
import fcntl, sys
try:
    fcntl.flock(0, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print(f"{sys.argv[1]}: waiting for another install to end", file=sys.stderr)
    fcntl.flock(0, fcntl.LOCK_EX)
'

is_current() {
    [ -x .venv/bin/python ] &&
        [ "$(cat ".venv/installed${1:+-$1}" 2>/dev/null)" = \
            "$(origin "${PYTHON:-.venv/bin/python}"; lists)" ]
}

# The Python and the place, a line each.
origin() {
    "$1" -c 'import sys; print(sys.version.replace("\n", " "))' 2>/dev/null
    pwd -P
}

lists() {
    cat setup.cfg pyproject.toml scripts/constraints.txt | cksum
}

install() {
    # Its target may be the environment of another copy, which would be cleared.
    [ ! -L .venv ] || fail '.venv is a symbolic link; remove it, and it is made anew here'
    made_from=$(head -n 2 .venv/installed 2>/dev/null) || :
    rm -f .venv/installed .venv/installed-*
    if [ "$made_from" = "$(origin "$1")" ]; then
        printf '%s: bringing .venv up to date\n' "${0##*/}" >&2
    else
        printf '%s: installing into .venv, once; about half a minute\n' "${0##*/}" >&2
        "$1" -m venv --clear .venv || fail "$1 cannot make a virtual environment"
    fi
    # The tested pip and setuptools come first: they install the rest.
    pip_install pip setuptools
    pip_install --no-build-isolation --editable ".${2:+[$2]}"
    # Where Python is to write no bytecode, every start would compile it all.
    .venv/bin/python -m compileall -q app
    { origin "$1"; lists; } >.venv/installed
    [ -z "${2:-}" ] || cp .venv/installed ".venv/installed-$2"
}

pip_install() {
    .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check \
        --constraint scripts/constraints.txt "$@" ||
        fail 'the installation failed; pip says above why'
}

# Prints the first Python that will do: PYTHON if that is set, else one on PATH.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3.13 python3.12 python3.11 python3.10 python3
    fi
    found='there is none on PATH'
    for candidate in "$@"; do
        answer=$("$candidate" -c "$suitable" 2>/dev/null) || answer='does not run'
        case $answer in
        yes) printf '%s\n' "$candidate" && return ;;
        'does not run') [ -z "${PYTHON:-}" ] || found="$candidate $answer" ;;
        *) found="$candidate $answer" ;;
        esac
    done
    fail "Python 3.10 or newer is needed, and $found"
}

suitable='
import sys
version = "%d.%d" % sys.version_info[:2]
if sys.version_info < (3, 10):
    print("is Python " + version)
else:
    try:
        import ensurepip, venv
        print("yes")
    except ImportError:
        print("lacks ensurepip; on Debian or Ubuntu: apt install python%s-venv" % version)
'
