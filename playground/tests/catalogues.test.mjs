import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'graphql';
import { IntlMessageFormat } from 'intl-messageformat';

const read = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');

/** Each message by its path. */
function messages(value, path = '') {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => messages(inner, path ? `${path}.${key}` : key));
}

/** The names of what is filled in, also below plurals and choices. */
function argumentsOf(message) {
  const names = new Set();
  const collect = (parts) => {
    for (const { type, value, options } of parts) {
      // Neither plain text nor the `#` of a plural.
      if (type !== 0 && type !== 7) names.add(value);
      for (const option of Object.values(options ?? {})) collect(option.value);
    }
  };
  collect(new IntlMessageFormat(message, 'en').getAst());
  return [...names].sort();
}

describe('the catalogues', () => {
  const folder = '../src/i18n/messages/';
  const catalogue = (file) => new Map(messages(JSON.parse(read(folder + file))));
  const english = catalogue('en.json');

  for (const file of readdirSync(new URL(folder, import.meta.url)).filter((name) => name !== 'en.json')) {
    it(`${file} says all that English says`, () => {
      const other = catalogue(file);
      assert.deepEqual([...other.keys()], [...english.keys()]);
      for (const [path, message] of english) {
        assert.deepEqual(argumentsOf(other.get(path)), argumentsOf(message), path);
      }
      const same = [...english].filter(([path, message]) => other.get(path) === message);
      assert.ok(same.length < english.size / 10, `not translated: ${same.map(([path]) => path)}`);
    });
  }
});

describe('the trusted documents', () => {
  it('are all operations beside the components', () => {
    const listed = Object.values(JSON.parse(read('../trusted-documents.json')));
    const namesIn = (text) =>
      parse(text).definitions.flatMap(({ kind, name }) => (kind === 'OperationDefinition' ? [name.value] : []));
    const sources = readdirSync(new URL('../src', import.meta.url), { recursive: true }).filter((name) => name.endsWith('.graphql'));
    const expected = sources.flatMap((name) => namesIn(read(`../src/${name}`)));
    assert.ok(expected.length > 20);
    assert.deepEqual(listed.flatMap(namesIn).sort(), expected.sort());
  });
});
