"""A client whose connection is reset while more of it is under way, and that
uses the same source port again at once.

    same-port.py CLIENT PROXY

Says "sent" when its request lies unread with the proxy, reads a line, sends
what was still under way when the reset came, says "late", reads a line,
connects from the same port and prints the status of an answer, or how the
connection failed.
"""

import socket
import struct
import sys

client, proxy = sys.argv[1], sys.argv[2]
door = (proxy, 8100)
REQUEST = b"GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n"


def connection(port):
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((client, port))
    made.settimeout(5)
    made.connect(door)
    return made


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def segment(port, sequence, acknowledged, payload):
    """With ACK and PSH, from that port to the proxy's door."""
    fields = [port, door[1], sequence, acknowledged, 5 << 4, 0x18, 512, 0, 0]
    header = struct.pack("!HHIIBBHHH", *fields)
    length = len(header) + len(payload)
    addresses = socket.inet_aton(client) + socket.inet_aton(proxy)
    pseudo = addresses + struct.pack("!BBH", 0, socket.IPPROTO_TCP, length)
    fields[7] = checksum(pseudo + header + payload)
    return struct.pack("!HHIIBBHHH", *fields) + payload


def next_numbers(sniffer, port):
    """What the last segment from that port leads to expect."""
    sniffer.settimeout(0.5)
    found = None
    try:
        while True:
            packet = sniffer.recv(65536)
            start = 4 * (packet[0] & 15)
            tcp = packet[start:struct.unpack("!H", packet[2:4])[0]]
            if packet[9] != socket.IPPROTO_TCP:
                continue
            source, _, sequence, acknowledged = struct.unpack("!HHII", tcp[:12])
            if source == port:
                size = len(tcp) - 4 * (tcp[12] >> 4)
                found = (sequence + size, acknowledged)
    except TimeoutError:
        return found


every = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))  # ETH_P_ALL
first = connection(0)
port = first.getsockname()[1]
first.sendall(REQUEST[:20])
print("sent", flush=True)
sys.stdin.readline()
numbers = next_numbers(every, port)
try:
    first.recv(1)
    sys.exit("it was not reset")
except ConnectionResetError:
    first.close()
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
raw.sendto(segment(port, *numbers, b"x"), (proxy, 0))
print("late", flush=True)
sys.stdin.readline()
try:
    again = connection(port)
    again.sendall(REQUEST)
    print(again.recv(1000).split(b" ")[1].decode(), flush=True)
except OSError as error:
    print(error.strerror, flush=True)
