import { RequestError, type Result } from './transport';
import type { Session } from './session';

/** Saves a file that the server gives to whoever is signed in. Thrown, with the reason in words, if it does not. */
export async function download(session: Session, path: string): Promise<void> {
  let response = await request(path, await session.fresh());
  // The server may hold a token for stale before this machine does.
  if (response.status === 401) response = await request(path, await session.refresh());
  if (!response.ok) throw new RequestError(await reasonOf(response));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = nameOf(response) ?? path.slice(path.lastIndexOf('/') + 1);
  link.click();
  // Not before the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function request(path: string, token: string | null): Promise<Response> {
  return fetch(path, { headers: token ? { authorization: `Bearer ${token}` } : {} });
}

function nameOf({ headers }: Response): string | undefined {
  return /filename="([^"]+)"/.exec(headers.get('content-disposition') ?? '')?.[1];
}

/** A refusal is written as the errors of an operation are. */
async function reasonOf(response: Response): Promise<string> {
  const result = (await response.json().catch(() => null)) as Result<unknown> | null;
  return result?.errors?.[0]?.message ?? `HTTP ${response.status}`;
}
