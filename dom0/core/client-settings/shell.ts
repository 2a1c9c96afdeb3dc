// The part of the script that is the same whatever is written. It runs in the
// client, as root. Each line that it prints is a state and a path.
import { mark } from './address.ts';
import { serviceUnit, socketUnit } from './forwarder.ts';

export const shellFunctions = `set -u
umask 022
root=''
mark='${mark}'
# The directories that were made, so that they can go again.
made=$root/var/lib/qubes-filterproxy-client.made
changed=0
failed=0

say() {
    case $1 in
    written | removed) changed=1 ;;
    failed) failed=1 ;;
    esac
    printf '%s %s\\n' "$1" "$2"
}

is_ours() {
    [ -f "$1" ] && [ ! -L "$1" ] && grep -q -F "$mark" "$1"
}

make_directory() {
    [ -d "$1" ] && return
    make_directory "$(dirname "$1")" && mkdir "$1" && echo "$1" >>"$made"
}

# put PATH MODE NEEDS UNLESS <TEXT
put() {
    file=$root$1
    if [ "$4" ] && [ -e "$root$4" ]; then
        take "$1"
        return
    fi
    if [ "$3" ] && [ ! -d "$root$3" ]; then
        return
    fi
    if { [ -e "$file" ] || [ -L "$file" ]; } && ! is_ours "$file"; then
        say foreign "$1"
        return
    fi
    directory=$(dirname "$file")
    new=$directory/.qubes-filterproxy-client.new
    if ! make_directory "$directory" || ! cat >"$new"; then
        say failed "$1"
    elif [ -e "$file" ] && [ "$(cat "$new")" = "$(cat "$file")" ]; then
        rm "$new"
        say unchanged "$1"
    elif chmod "$2" "$new" && mv -f "$new" "$file"; then
        say written "$1"
    else
        say failed "$1"
    fi
}

# take PATH
take() {
    is_ours "$root$1" || return 0
    if rm "$root$1"; then
        say removed "$1"
    else
        say failed "$1"
    fi
}

# take_directory PATH: unless somebody has put something there
take_directory() {
    [ ! -d "$1" ] || rmdir --ignore-fail-on-non-empty "$1" || failed=1
}

take_directories() {
    [ -f "$made" ] || return 0
    directories=$(sort -r "$made")
    rm "$made"
    for directory in $directories; do
        take_directory "$directory"
        [ ! -d "$directory" ] || echo "$directory" >>"$made"
    done
}

settle_gnome() {
    if [ -d "$root/etc/dconf/db/local.d" ] && command -v dconf >/dev/null; then
        dconf update "$root/etc/dconf/db" || failed=1
    fi
}

stop_listening() {
    systemctl stop ${socketUnit} ${serviceUnit}
}

# apply [--no-block]: at boot nothing is waited for.
apply() {
    put_files
    if [ "$changed" = 1 ]; then
        settle_gnome
        systemctl daemon-reload || failed=1
        [ $# = 1 ] || stop_listening
    fi
    systemctl start "$@" ${socketUnit} || failed=1
}

withdraw() {
    if is_ours "$root/etc/systemd/system/${socketUnit}"; then
        stop_listening || failed=1
    fi
    take_files
    if [ "$changed" = 1 ]; then
        settle_gnome
        systemctl daemon-reload || failed=1
    fi
    take_directories
}
`;
