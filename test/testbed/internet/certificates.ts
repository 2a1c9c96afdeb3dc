// Certificates made when they are first asked for, by the testbed's own
// authority (template/make makes it).
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { bed } from '../xen/paths.ts';
import { run } from '../xen/run.ts';

const ca = `${bed}/ca`;
const contexts = new Map<string, Promise<SecureContext>>();

/** For a server name as TLS sent it, or an address. */
export async function secureContext(name: string): Promise<SecureContext> {
    // What cannot stand in a certificate gets one that fits no name.
    const subject = /^[\w.*:-]+$/.test(name) ? name : 'no-such-name.invalid';
    let context = contexts.get(subject);
    if (context === undefined) {
        context = makeContext(subject);
        contexts.set(subject, context);
    }
    return await context;
}

async function makeContext(subject: string): Promise<SecureContext> {
    const directory = `${ca}/issued`;
    await mkdir(directory, { recursive: true });
    const extensions = `${directory}/${subject}.conf`;
    const kind = isIP(subject) === 0 ? 'DNS' : 'IP';
    await writeFile(extensions, `subjectAltName=${kind}:${subject}\n`);
    const certificate = await run('openssl', [
        'x509',
        '-new',
        '-subj',
        '/CN=origin',
        '-days',
        '365',
        '-force_pubkey',
        `${ca}/origin.pub`,
        '-extfile',
        extensions,
        '-CA',
        `${ca}/certificate.pem`,
        '-CAkey',
        `${ca}/key.pem`,
    ]);
    const key = await readFile(`${ca}/origin.pem`, 'utf8');
    return createSecureContext({ key, cert: certificate });
}
