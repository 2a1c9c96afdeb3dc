# Shared by the testbed's shell programs, which set $here before.
# shellcheck shell=sh disable=SC2034

project=$(dirname "$(dirname "$here")")
# One testbed for each checkout, and another one for each FILTERPROXY_TESTBED.
bed_number=$(printf %s "$project ${FILTERPROXY_TESTBED:-}" | cksum)
bed_name=qvm-filterproxy-testbed-${bed_number%% *}
state=/run/$bed_name
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/qvm-filterproxy

# The unified cgroup hierarchy, wherever this machine has it.
cgroup_root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
cgroup=$cgroup_root/$bed_name

fail() {
    echo "testbed: $*" >&2
    exit 1
}

# What the unpacked packages depend on: the release and what is installed.
packages_dir() {
    echo "$cache/packages-$(cat /etc/os-release /var/lib/dpkg/status \
        "$here/packages" | sha256sum | cut -c1-16)"
}
