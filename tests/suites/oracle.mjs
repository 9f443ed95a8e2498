// Daybook merges the selections of every operation before it runs. Merged or not, graphql-js must answer the same:
// the same data with its keys in the same order, the same errors, the same calls of resolvers. What Daybook refuses,
// graphql-js must refuse too, but for the bounds on documents, which are Daybook's own. So it is for Daybook's schema
// and for one of shapes that it does not have yet.
//
// ORACLE_CASES says how many random documents, ORACLE_SEED with which they begin: case n is made from seed + n.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSchema } from 'graphql';
import { Comparison } from './oracle/compare.mjs';
import { randomRequest } from './oracle/documents.mjs';

const cases = Number(process.env.ORACLE_CASES ?? 1500);
const first = Number(process.env.ORACLE_SEED ?? Date.now() % 2 ** 31);
const root = fileURLToPath(new URL('../..', import.meta.url));
const schemas = { 'schema.graphql': [], 'tests/suites/oracle/thorny.graphql': ['tests/suites/oracle/thorny.graphql'] };

let wrong = false;
for (const [path, args] of Object.entries(schemas)) {
  const schema = buildSchema(readFileSync(`${root}/${path}`, 'utf8'));
  const requests = Array.from({ length: cases }, (_, index) => randomRequest(schema, first + index));
  const answers = merged(requests, args);
  const comparison = new Comparison(schema);
  let failed = 0;
  for (const [index, request] of requests.entries()) {
    const difference = comparison.of(request, answers[index], first + index);
    if (difference === undefined) continue;
    failed += 1;
    if (failed > 3) continue;
    console.error(`\n${path}, ORACLE_SEED=${first + index} ORACLE_CASES=1: ${difference}`);
    console.error(`${request.query}\n# variables: ${JSON.stringify(request.variables)}`);
    console.error(`# Daybook: ${answers[index].merged ?? answers[index].message}`);
  }
  const { counts } = comparison;
  const counted = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  console.log(`${path}: ${cases} documents from seed ${first}, ${failed} differ; ${counted.join(', ')}`);
  // A comparison that compares little would say little.
  const enough = cases < 100 || (counts.compared > cases / 4 && counts['refused by both'] > 0);
  if (!enough) console.error(`${path}: too few of the documents could be compared`);
  wrong ||= failed > 0 || !enough;
}
process.exit(cases > 0 && !wrong ? 0 : 1);

/** What Daybook makes of documents. */
function merged(requests, args) {
  const { error, status, stdout } = spawnSync(`${root}/target/debug/examples/merge`, args, {
    cwd: root,
    input: requests.map((request) => `${JSON.stringify(request)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (error || status !== 0) throw error ?? new Error(`merge ended with ${status}`);
  const answers = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
  if (answers.length !== requests.length) throw new Error(`${answers.length} answers to ${requests.length} documents`);
  return answers;
}
