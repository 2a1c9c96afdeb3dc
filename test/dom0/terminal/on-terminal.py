"""Runs a program on a terminal of its own, as a user would.

Reads from stdin as JSON: {"command": [...], "steps": [[WAIT, KEYS], ...]}, and
the size as "columns" and "rows", 80 and 24 without.
For each step it waits until WAIT has been printed since the step before, and
types KEYS; null in place of KEYS closes the terminal, a pair of numbers makes
it of so many columns and rows, and a number is a signal to the program. Prints as JSON all that
was printed, the exit code, where a negative one is a signal, and whether the
terminal's modes are in the end what they were (null if it was closed)."""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

SECONDS = 30

task = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm-256color"
    time.sleep(0.1)  # until its size is set
    os.execvp(task["command"][0], task["command"])


def resize(columns, rows):
    size = struct.pack("HHHH", rows, columns, 0, 0)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)


resize(task.get("columns", 80), task.get("rows", 24))
modes = termios.tcgetattr(terminal)

printed = b""
deadline = time.monotonic() + SECONDS


def read_more():
    """Whether there may be more."""
    global printed
    if not select.select([terminal], [], [], deadline - time.monotonic())[0]:
        sys.exit("nothing more in time, after: %r" % printed)
    try:
        chunk = os.read(terminal, 65536)
    except OSError:  # Linux says EIO when the last one has closed it
        return False
    printed += chunk
    return chunk != b""


seen = 0
is_open = True
for wanted, keys in task["steps"]:
    while wanted.encode() not in printed[seen:]:
        if not read_more():
            sys.exit("it ended before %r, after: %r" % (wanted, printed))
    seen = len(printed)
    if keys is None:
        os.close(terminal)
        is_open = False
    elif isinstance(keys, list):
        resize(*keys)
    elif isinstance(keys, int):
        os.kill(pid, keys)
    else:
        os.write(terminal, keys.encode())
while is_open and read_more():
    pass

# The last one that had it open is gone, yet its modes can be read.
is_restored = termios.tcgetattr(terminal) == modes if is_open else None

exit_code = None
while time.monotonic() < deadline:
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        exit_code = os.waitstatus_to_exitcode(status)
        break
    time.sleep(0.01)
else:
    os.kill(pid, 9)
print(
    json.dumps(
        {
            "printed": printed.decode(),
            "exitCode": exit_code,
            "isRestored": is_restored,
        }
    )
)
