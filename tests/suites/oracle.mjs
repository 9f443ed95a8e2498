// Daybook merges the selections of every operation before it runs. Merged or not, graphql-js must answer the same:
// the same data with its keys in the same order, the same errors, the same calls of resolvers. What Daybook refuses,
// graphql-js must refuse too, but for the bounds on documents, which are Daybook's own.
//
// ORACLE_CASES says how many random documents, ORACLE_SEED with which they begin: case n is made from seed + n.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSchema } from 'graphql';
import { Comparison } from './oracle/compare.mjs';
import { randomRequest } from './oracle/documents.mjs';

const cases = Number(process.env.ORACLE_CASES ?? 2000);
const first = Number(process.env.ORACLE_SEED ?? Date.now() % 2 ** 31);
const root = fileURLToPath(new URL('../..', import.meta.url));
const schema = buildSchema(readFileSync(`${root}/schema.graphql`, 'utf8'));

const requests = Array.from({ length: cases }, (_, index) => randomRequest(schema, first + index));
const merge = spawnSync(`${root}/target/debug/examples/merge`, {
  input: requests.map((request) => `${JSON.stringify(request)}\n`).join(''),
  encoding: 'utf8',
  maxBuffer: 2 ** 30,
  stdio: ['pipe', 'pipe', 'inherit'],
});
if (merge.error || merge.status !== 0) throw merge.error ?? new Error(`merge ended with ${merge.status}`);
const answers = merge.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
if (answers.length !== cases) throw new Error(`${answers.length} answers to ${cases} documents`);

const comparison = new Comparison(schema);
let failed = 0;
for (const [index, request] of requests.entries()) {
  const difference = comparison.of(request, answers[index], first + index);
  if (difference === undefined) continue;
  failed += 1;
  if (failed > 3) continue;
  console.error(`\nORACLE_SEED=${first + index} ORACLE_CASES=1: ${difference}`);
  console.error(`${request.query}\n# variables: ${JSON.stringify(request.variables)}\n# Daybook: ${answers[index].merged ?? answers[index].message}`);
}
const { counts } = comparison;
const counted = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
console.log(`oracle: ${cases} documents from seed ${first}, ${failed} differ; ${counted.join(', ')}`);
// A comparison that compares little would say little.
const enough = cases < 100 || (counts.compared > cases / 2 && counts['refused by both'] > 0);
if (!enough) console.error('oracle: too few of the documents could be compared');
process.exit(cases > 0 && failed === 0 && enough ? 0 : 1);
