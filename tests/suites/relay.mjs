// Relay's compiler understands the documents of an application: pages that load more, fragments that are fetched
// again, mutations that change lists, subscriptions. What it prints to be sent, graphql-js finds valid.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { buildSchema, parse, validate } from 'graphql';
import compiler from 'relay-compiler';

const documents = fileURLToPath(new URL('relay', import.meta.url));
const sdl = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
const schema = buildSchema(sdl);

// Not here: in a working copy, the compiler adds what it generates to the index of git.
const folder = mkdtempSync(`${tmpdir()}/daybook-relay.`);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
cpSync(documents, `${folder}/documents`, { recursive: true });
mkdirSync(`${folder}/generated`);
writeFileSync(`${folder}/schema.graphql`, sdl);
const config = {
  src: './documents',
  schema: './schema.graphql',
  language: 'javascript',
  artifactDirectory: './generated',
};
writeFileSync(`${folder}/relay.config.json`, JSON.stringify(config));

const compiled = spawnSync(compiler, ['relay.config.json', '--noWatchman'], { cwd: folder, stdio: 'inherit' });
if (compiled.error) throw compiled.error;
if (compiled.status !== 0) process.exit(1);

let operations = 0;
let failed = 0;
for (const file of readdirSync(`${folder}/generated`)) {
  // Fragments have no text of their own.
  const text = readFileSync(`${folder}/generated/${file}`, 'utf8').match(/^ *"text": (".*")$/m)?.[1];
  if (!text) continue;
  operations += 1;
  for (const error of validate(schema, parse(JSON.parse(text)))) {
    console.error(`${file}: ${error}`);
    failed += 1;
  }
}
console.log(`relay-compiler: ${operations} operations, ${failed} errors`);
process.exit(operations > 0 && failed === 0 ? 0 : 1);
