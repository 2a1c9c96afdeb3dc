// The Internet beyond sys-net, as a process in a namespace of its own.
import { serveDns } from '../internet/dns.ts';
import { serveOrigins } from '../internet/origin.ts';
import { uplink } from '../xen/network.ts';

serveDns(uplink.gateway);
serveOrigins();
