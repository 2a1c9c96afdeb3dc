// Services of the ProxyVM's user, which Qubes' own input chain keeps closed.
import { bed } from './bed.ts';
import { inProxyvm } from './proxyvm.ts';

const unit = 'testbed-listeners';

/** Answers HTTP over TCP and anything over UDP, at all addresses. */
const program = `
import http.server, socket, socketserver, sys, threading

class Here(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"here")
    def log_message(self, *_):
        pass

class Web(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6
    allow_reuse_address = True

class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        self.request[1].sendto(b"here", self.client_address)

class Udp(socketserver.ThreadingUDPServer):
    address_family = socket.AF_INET6

for port in map(int, sys.argv[1:]):
    for server, handler in ((Web, Here), (Udp, Echo)):
        served = server(("::", port), handler)
        threading.Thread(target=served.serve_forever).start()
`;

/** Real services at these ports, TCP and UDP, IPv4 and IPv6. */
export async function listenInProxyvm(ports: readonly number[]): Promise<void> {
    const command = ['python3', '-c', program, ...ports.map(String)];
    await bed.must([
        'qube',
        'sys-filter',
        'systemd-run',
        '--quiet',
        `--unit=${unit}`,
        ...command,
    ]);
    const listening = ports.map((port) => `sport = :${port}`).join(' or ');
    await inProxyvm(
        `until [ $(ss -Hltn '${listening}' | wc -l) = ${ports.length} ];` +
            ' do sleep 0.05; done',
    );
}

export async function endListeners(): Promise<void> {
    await inProxyvm(`systemctl stop ${unit} 2>/dev/null`);
}
