import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { folderAt } from '../../../src/store/embedded/folder.ts';
import { unreachable } from '../../../src/store/embedded/start-server.ts';

it.each([
  ['ENOSPC: no space left on device, write', '', 'its disk is full', 'Make room'],
  ['EROFS: read-only file system, mkdir', '', 'its disk may only be read', '--data'],
  ['EACCES: permission denied, open', '', 'this user may not write there', 'as the user who owns'],
  [
    'it ended with code 1',
    'FATAL:  could not write lock file: No space left on device',
    'its disk is full',
    'Make',
  ],
  ['it ended with code 1', 'FATAL:  something else', 'it ended with code 1', 'server.log'],
])('says of %s (%s) what it is and what helps', async (message, line, what, next) => {
  const base = await mkdtemp(join(tmpdir(), 'tandem-words-'));
  onTestFinished(() => rm(base, { recursive: true }));
  const folder = folderAt(join(base, 'postgres'));
  await mkdir(folder.root);
  const before = 'LOG:  an older start: Permission denied\n';
  await writeFile(folder.log, `${before}${line}\n`);
  const error = await unreachable(folder, new Error(message), before.length);
  expect(error.message).toContain(`cannot be used: ${what}`);
  expect(error.message).not.toContain('\n\n');
  expect(error.next).toContain(next);
});
