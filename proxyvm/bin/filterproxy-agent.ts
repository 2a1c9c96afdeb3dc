#!/usr/bin/node
// Starts the agent, whose text is in agent.cjs beside this file. Node.js 20
// compiles it anew in each call, which takes a sixth of the time of one with
// nothing to do. So what V8 made of it in an apply that succeeded is kept in
// /run, where root alone writes, until the text or Node.js is another one.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { isErrno } from '../../shared/io/errno.ts';
import { writeWhole } from '../apply/files.ts';
import { paths } from '../paths.ts';

const filename = join(__dirname, 'agent.cjs');

/** Another one for another text, or another Node.js. */
function nameOfThis(): string {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(filename);
    const numbers = [dev, ino, size, mtimeMs, ctimeMs];
    return `${process.version} ${numbers.join(' ')}\n`;
}

/** Undefined if there is none of this, or none that can be read. */
function readCompiled(name: string): Buffer | undefined {
    try {
        const kept = readFileSync(paths.compiled);
        return kept.subarray(0, name.length).toString('latin1') === name
            ? kept.subarray(name.length)
            : undefined;
    } catch (error) {
        if (isErrno(error)) {
            return undefined;
        }
        throw error;
    }
}

/** Where /run is full it is not kept: nothing but time depends on it. */
function keepCompiled(name: string, compiled: Buffer): void {
    try {
        const bytes = Buffer.concat([Buffer.from(name), compiled]);
        writeWhole(paths.compiled, bytes);
    } catch (error) {
        if (!isErrno(error)) {
            throw error;
        }
    }
}

const name = nameOfThis();
const cachedData = readCompiled(name);
const script = new Script(
    `(function (require) {${readFileSync(filename, 'utf8')}\n})`,
    { filename, ...(cachedData && { cachedData }) },
);
script.runInThisContext()(require);

const isKept = cachedData !== undefined && script.cachedDataRejected !== true;
process.once('exit', (code) => {
    // What it runs then is all that is compiled, and there is a place for it.
    if (!isKept && code === 0 && isApply()) {
        keepCompiled(name, script.createCachedData());
    }
});

function isApply(): boolean {
    return process.env['QREXEC_SERVICE_ARGUMENT'] === 'apply';
}
