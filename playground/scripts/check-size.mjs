/** Fails if what a window loads first, of the console or of the portal, is larger than it may be. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const LIMIT_KB = 300;

const dist = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const read = (name) => readFileSync(path.join(dist, name));
const manifest = JSON.parse(read('.vite/manifest.json'));

/** The files of a chunk and of all that it imports from the start. */
function filesOf(name, found = new Set()) {
  const { file, css = [], imports = [] } = manifest[name];
  if (found.has(file)) return found;
  for (const one of [file, ...css]) found.add(one);
  for (const one of imports) filesOf(one, found);
  return found;
}

for (const page of ['src/console/Console.tsx', 'src/portal/Portal.tsx']) {
  const files = new Set(['index.html', ...filesOf('index.html'), ...filesOf(page)]);
  const bytes = [...files].reduce((sum, file) => sum + gzipSync(read(file)).length, 0);
  const kilobytes = Math.ceil(bytes / 1024);
  console.log(`${page}: ${kilobytes} KB compressed at first`);
  if (kilobytes > LIMIT_KB) {
    console.error(`That is more than ${LIMIT_KB} KB: load what is not needed at once with React's lazy().`);
    process.exitCode = 1;
  }
}
