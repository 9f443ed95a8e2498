// schema.graphql is a schema to graphql-js and keeps the rules of @graphql-eslint. Warnings are failures.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { buildSchema, validateSchema } from 'graphql';

const root = fileURLToPath(new URL('../..', import.meta.url));

const schema = buildSchema(readFileSync(`${root}/schema.graphql`, 'utf8'));
const errors = validateSchema(schema);
for (const error of errors) console.error(`${error}\n`);

const config = fileURLToPath(new URL('eslint.config.mjs', import.meta.url));
const eslint = new ESLint({ cwd: root, overrideConfigFile: config, warnIgnored: true });
const results = await eslint.lintFiles(['schema.graphql']);
const found = results.flatMap((result) => result.messages);
for (const { line, column, ruleId, message } of found) {
  console.error(`schema.graphql:${line}:${column} ${message.replaceAll('\n', ' ')} (${ruleId})`);
}
const { rules } = await eslint.calculateConfigForFile('schema.graphql');
const kept = Object.keys(rules).length;

console.log(`schema.graphql: ${errors.length} errors of graphql-js, ${found.length} of ${kept} rules of @graphql-eslint`);
process.exit(errors.length === 0 && found.length === 0 && kept > 0 && results.length === 1 ? 0 : 1);
