#!/bin/bash
# As the first part of vm-systemd/qubes-early-vm-config.sh of
# qubes-core-agent-linux 4.3.46: the user's scripts.
for rc in /rw/config/rc.local-early.d/*.rc /rw/config/rc.local-early; do
    [ -f "$rc" ] || continue
    [ -x "$rc" ] || continue
    "$rc"
done
