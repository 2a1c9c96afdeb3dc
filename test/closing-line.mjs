// Sums up vitest's JSON reports:  node closing-line.mjs REPORT...
// Prints "N passed, N failed, N skipped". Exit code 1 when a test failed, a
// report is missing, nothing ran, or in CI something was skipped.
import { readFileSync } from 'node:fs';

const total = { passed: 0, failed: 0, skipped: 0 };

for (const path of process.argv.slice(2)) {
    const report = read(path);
    total.passed += report.numPassedTests;
    total.failed += report.numFailedTests + filesThatDidNotLoad(report);
    total.skipped += report.numPendingTests + report.numTodoTests;
}

const { passed, failed, skipped } = total;
if (skipped > 0 && process.env.CI === 'true') {
    console.log('In CI a skipped test is a failure.');
    process.exitCode = 1;
}
if (failed > 0 || passed === 0) {
    process.exitCode = 1;
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);

function read(path) {
    try {
        return JSON.parse(readFileSync(path, 'utf8'));
    } catch (error) {
        console.log(`no report of the tests: ${error.message}`);
        return {
            numPassedTests: 0,
            numFailedTests: 1,
            numPendingTests: 0,
            numTodoTests: 0,
            testResults: [],
        };
    }
}

/** Vitest counts a file that fails as a whole in no number of tests. */
function filesThatDidNotLoad({ testResults }) {
    return testResults.filter(
        ({ status, assertionResults }) =>
            status === 'failed' &&
            assertionResults.every((each) => each.status !== 'failed'),
    ).length;
}
