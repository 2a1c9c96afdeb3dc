"""What a proxy's sandbox refuses, asked from inside it: run in place of one.

Prints a line for each thing that is not refused, and "asked" at the end. The
test has the unit's allow-list of system calls answer with ENOTTY, which none
of these calls does by itself: so neither a missing privilege nor another
filter is taken for it.
"""

import ctypes
import errno
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(512)

# Name: number on x86-64, and its arguments.
FILTERED = {
    # ProtectClock
    "adjtimex": (159, buffer),
    "clock_adjtime": (305, 0, buffer),
    "clock_settime": (227, 0, buffer),
    "settimeofday": (164, 0, 0),
    # ProtectHostname
    "sethostname": (170, buffer, 1),
    "setdomainname": (171, buffer, 1),
    # ProtectKernelLogs
    "syslog": (103, 10, 0, 0),
    # ProtectKernelModules
    "init_module": (175, buffer, 0, buffer),
    "finit_module": (313, -1, buffer, 0),
    "delete_module": (176, buffer, 0),
    # ProtectKernelTunables
    "_sysctl": (156, 0),
    # RestrictRealtime
    "sched_setscheduler": (144, 0, 0, buffer),
    "sched_setattr": (314, 0, buffer, 0),
    # LockPersonality
    "personality": (135, 0xFFFFFFFF),
    # io_uring makes sockets of any family without a call that is looked at.
    "io_uring_setup": (425, 1, buffer),
    "io_uring_enter": (426, -1, 0, 0, 0, 0),
    "io_uring_register": (427, -1, 0, 0, 0),
    # Others that nobody needs.
    "io_setup": (206, 1, buffer),
    "add_key": (248, buffer, buffer, 0, 0, 0),
    "keyctl": (250, 0, 0, 0, 0, 0),
    "mount": (165, 0, 0, 0, 0, 0),
    "bpf": (321, 0, buffer, 0),
    "ptrace": (101, 0, 0, 0, 0),
    "ioperm": (173, 0, 1, 0),
}


def fails_with(wanted, number, *arguments):
    ctypes.set_errno(0)
    return libc.syscall(number, *arguments) == -1 and (
        ctypes.get_errno() == wanted
    )


def can_be_read(path):
    try:
        os.listdir(path) if os.path.isdir(path) else open(path).close()
        return True
    except OSError:
        return False


def opens(family):
    try:
        socket.socket(family, socket.SOCK_DGRAM).close()
        return True
    except OSError:
        return False


for name, call in FILTERED.items():
    if not fails_with(errno.ENOTTY, *call):
        print("call", name)

# By their arguments, by a filter of its own.
new_user = 0x10000000
if not fails_with(errno.EPERM, 272, new_user):
    print("call unshare")
write_execute, private_anonymous = 2 | 4, 2 | 32
mmap = (9, 0, 4096, write_execute, private_anonymous, -1, 0)
if not fails_with(errno.EPERM, *mmap):
    print("memory to write and execute")
for family in (socket.AF_UNIX, socket.AF_NETLINK, socket.AF_PACKET):
    if opens(family):
        print("socket", family)

for path in (
    "/proc/sys",
    "/proc/sysrq-trigger",
    "/proc/kallsyms",
    "/proc/kcore",
    "/proc/kmsg",
    "/proc/irq",
    "/proc/bus",
    "/proc/1",
    "/sys",
    "/sys/fs/cgroup",
    "/usr/lib/modules",
    "/dev/kmsg",
    "/dev/rtc0",
    "/dev/mem",
    "/root",
    "/home",
):
    if can_be_read(path):
        print("path", path)

for path in ("/tmp", "/var/tmp", "/run", "/var", "/"):
    if os.access(path, os.W_OK):
        print("writable", path)

print("asked", flush=True)
