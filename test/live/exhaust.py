"""What a hostile client does to its own proxy, for some seconds.

    exhaust.py hold|headers|trickle|flood|fill PROXY SECONDS

hold     opens connections until no more can be had, and says nothing on them
headers  sends 500 MB of different headers on one connection
trickle  sends a request on each of 600 connections, one byte a second
flood    asks for a host that is refused, as often as it can
fill     is honest: 1000 downloads at once, read late

Prints how much it did of that: connections, bytes or answers.
"""

import resource
import socket
import sys
import threading
import time

task, proxy, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
end = time.monotonic() + seconds
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def connection(patience=2.0):
    return socket.create_connection((proxy, 8100), timeout=patience)


def remaining():
    return max(0.0, end - time.monotonic())


def connections(number):
    """As many as there can be within half of the time."""
    found = []
    while len(found) < number and remaining() > seconds / 2:
        try:
            found.append(connection())
        except OSError:
            break
    return found


def hold():
    held = connections(most - 50)
    time.sleep(remaining())
    return len(held)


def headers():
    """Unfinished: tinyproxy keeps what it has until the empty line."""
    filler = b"x" * 126_000
    sent = 0
    with connection(10) as proxied:
        try:
            proxied.sendall(b"GET http://allowed.test/ HTTP/1.1\r\n")
            while sent * len(filler) < 500_000_000 and remaining() > 0:
                proxied.sendall(b"X-%d: %s\r\n" % (sent, filler))
                sent += 1
        except OSError:
            pass
    return sent * len(filler)


def trickle():
    request = b"GET http://allowed.test/" + b"a" * 1000
    held = connections(600)
    for at in range(len(request)):
        if remaining() == 0:
            break
        for proxied in held:
            try:
                proxied.send(request[at : at + 1])
            except OSError:
                pass
        time.sleep(min(1, remaining()))
    return len(held)


def flood():
    """Eight at a time."""
    counts = [0] * 8

    def ask(worker):
        while remaining() > 0:
            try:
                with connection() as proxied:
                    proxied.sendall(
                        b"GET http://refused%d.test/ HTTP/1.1\r\n\r\n"
                        % counts[worker]
                    )
                    while proxied.recv(65536):
                        pass
                counts[worker] += 1
            except OSError:
                pass

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def fill():
    size = 400_000
    downloads = []
    for at in range(1000):
        if at >= 50:
            # More names at once than a resolver has room for get lost.
            downloads[at - 50].recv(1, socket.MSG_PEEK)
        download = socket.socket()
        download.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        download.settimeout(30)
        download.connect((proxy, 8100))
        download.sendall(
            b"GET http://allowed.test/bytes?n=%d HTTP/1.1\r\n\r\n" % size
        )
        downloads.append(download)
    time.sleep(remaining())
    complete = 0
    for at, download in enumerate(downloads):
        received = b""
        while chunk := download.recv(1_000_000):
            received += chunk
        if len(received) > size:
            complete += 1
        else:
            print(f"download {at}: {received[:100]}", file=sys.stderr)
    return complete


tasks = {
    "hold": hold,
    "headers": headers,
    "trickle": trickle,
    "flood": flood,
    "fill": fill,
}
print(tasks[task]())
