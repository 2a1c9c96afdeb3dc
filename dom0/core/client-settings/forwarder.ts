// What listens in a client qube, at an address that never changes, and leads
// to port 8100 of whatever gateway the qube has. In Python, which the agent
// of every Qubes template needs; systemd-socket-proxyd may not connect there
// under Fedora's SELinux policy (systemd_socket_proxyd_connect_any is off).
import { localAddress, localPort, markLine } from './address.ts';

export const socketUnit = 'qubes-filterproxy-client.socket';
export const serviceUnit = 'qubes-filterproxy-client.service';

const program = '/usr/lib/qubes-filterproxy-client/forward';

const socket = `# ${markLine}
[Unit]
Description=Fixed address of this qube's filter proxy

[Socket]
ListenStream=${localAddress}
`;

// With a new uplink what leads to the old gateway is dead: it is ended, so
// that programs connect anew. Connections find the new one without that.
const service = `# ${markLine}
[Unit]
Description=Forwarder to this qube's filter proxy
PartOf=qubes-network-uplink@eth0.service

[Service]
ExecStart=/usr/bin/python3 -I ${program}
DynamicUser=yes
LimitNOFILE=4096
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=strict
NoNewPrivileges=yes
`;

const forward = `#!/usr/bin/python3 -I
# ${markLine}
"""Hands each connection to port ${localPort} of the gateway of this moment."""
import asyncio
import ipaddress
import socket
import struct
import sys

PORT = ${localPort}
CONNECT_SECONDS = 20
IDLE_SECONDS = 15
MOST_UNANSWERED = 120
MOST_BYTES = 65536


async def gateway():
    """The gateway as Qubes knows it, ValueError if there is none."""
    process = await asyncio.create_subprocess_exec(
        "qubesdb-read", "/qubes-gateway",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
    output, _ = await process.communicate()
    return str(ipaddress.ip_address(output.decode("ascii").strip()))


async def copy(reader, writer):
    while True:
        data = await reader.read(MOST_BYTES)
        if not data:
            break
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


def reset_at_end(writer, is_reset):
    """Whether its end is a reset, also if this program is killed."""
    writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", is_reset, 0))


def keep_known(writer):
    """Where Qubes' firewall forgets a connection, what we send makes it known
    again; what comes from the proxy would never arrive."""
    connection = writer.get_extra_info("socket")
    for level, option, value in (
            (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, IDLE_SECONDS),
            (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, IDLE_SECONDS),
            (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, MOST_UNANSWERED),
            (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)):
        connection.setsockopt(level, option, value)


async def forward(reader, writer):
    # Nobody is to take for the whole what is not.
    reset_at_end(writer, True)
    try:
        there = asyncio.open_connection(await gateway(), PORT)
        proxy_reader, proxy_writer = await asyncio.wait_for(
            there, CONNECT_SECONDS)
    except (OSError, ValueError, asyncio.TimeoutError) as error:
        print(f"no proxy answers: {error!r}", file=sys.stderr)
        writer.transport.abort()
        return
    try:
        reset_at_end(proxy_writer, True)
        keep_known(proxy_writer)
        await asyncio.gather(
            copy(reader, proxy_writer), copy(proxy_reader, writer))
        for end in (writer, proxy_writer):
            reset_at_end(end, False)
            end.close()
    except OSError:
        # One of them was reset: so is the other one.
        writer.transport.abort()
        proxy_writer.transport.abort()


async def main():
    listener = socket.socket(fileno=3)
    server = await asyncio.start_server(forward, sock=listener)
    async with server:
        await server.serve_forever()


asyncio.run(main())
`;

export const forwarderFiles = [
    {
        path: program,
        reader: `the program at ${localAddress}`,
        text: forward,
    },
    {
        path: `/etc/systemd/system/${serviceUnit}`,
        reader: 'systemd, which runs it',
        text: service,
    },
    {
        path: `/etc/systemd/system/${socketUnit}`,
        reader: 'systemd, which listens for it',
        text: socket,
    },
] as const;
