# Shared by rpm/build and debian/build, which run in the project's directory and
# set $project before.
# shellcheck shell=sh

# The same source gives the same bytes: the time is that of the commit, and
# neither this user's umask nor language nor zone decide anything.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
export LC_ALL=C.UTF-8 TZ=UTC
umask 022

# with_program NEEDED COMMAND...: with the testbed's packages where NEEDED is
# missing on this machine.
with_program() {
    needed=$1
    shift
    if command -v "$needed" >/dev/null && command -v make >/dev/null; then
        "$@"
    else
        test/testbed/with-packages "$@"
    fi
}

# up_to_date STAMP: whether nothing that is packaged is newer.
up_to_date() {
    [ -e "$1" ] && [ -z "$(find package.json version Makefile packaging \
        ./*.mjs node_modules/.package-lock.json dom0 proxyvm \
        shared qubes-rpc rpm debian docs man LICENSE README.md CHANGELOG.md \
        -newer "$1" -print -quit)" ]
}

# begin_build STAMP: ends the script if there is nothing to build. Otherwise no
# other build runs from here on, and $new is a directory for what is made.
begin_build() {
    exec 9<rpm
    flock 9
    ! up_to_date "$1" || exit 0
    mkdir -p dist/packages
    new=$(mktemp -d "$project/dist/new.XXXXXX")
    trap 'rm -rf "$new"' EXIT
    touch "$new/stamp"
}
