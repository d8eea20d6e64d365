import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { UsageError } from '../../model/failure.ts';
import { embeddedFolder } from '../../store/embedded/folder.ts';
import { stopServer } from '../../store/embedded/server.ts';
import { readSavedSandbox } from './saved-sandbox.ts';

/** How long processes of an unclean end get to end by themselves. */
const orphansMs = 20_000;
const serverStopMs = 20_000;

/** A process that cannot be taken for another one that got its number later. */
const processMark = z.object({ pid: z.int(), startedAt: z.string() });
type ProcessMark = z.infer<typeof processMark>;
const marker = z.object({ demo: processMark, children: z.array(processMark) });

/**
 * The demonstration's own folder. While one runs, `running.json` names its processes; a clean end leaves
 * `sandbox.v8` and no `running.json`. Any other combination means that the simulators' state is lost or older than
 * the worker's store.
 */
export interface DemoFolder {
  readonly root: string;
  /** The simulators' saved state. */
  readonly sandboxFile: string;
  /** The variables by which any command finds the demonstration's systems. */
  readonly envFile: string;
}

/** Where it lies under a data folder: beside a real store, never in it. */
export const demoFolderOf = (dataDir: string): DemoFolder => {
  const root = join(dataDir, 'demo');
  return { root, sandboxFile: join(root, 'sandbox.v8'), envFile: join(root, 'demo.env') };
};

const markerFile = ({ root }: DemoFolder): string => join(root, 'running.json');

/** When a process started, in the kernel's words (proc(5), field 22); blank where there is no /proc; null: no process. */
const startOf = (pid: number): string | null => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
  }
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    // A zombie has ended; only its parent has not asked yet.
    return fields[0] === 'Z' ? null : (fields[19] ?? '');
  } catch {
    return process.platform === 'linux' ? null : '';
  }
};

const markOf = (pid: number): ProcessMark => ({ pid, startedAt: startOf(pid) ?? '' });
const isRunning = ({ pid, startedAt }: ProcessMark): boolean => startOf(pid) === startedAt;

const readMarker = async (folder: DemoFolder): Promise<z.infer<typeof marker> | 'unreadable' | null> => {
  let text: string;
  try {
    text = await readFile(markerFile(folder), 'utf8');
  } catch {
    return null;
  }
  try {
    return marker.parse(JSON.parse(text));
  } catch {
    return 'unreadable';
  }
};

const endOrphans = async (marks: readonly ProcessMark[]): Promise<void> => {
  const deadline = performance.now() + orphansMs;
  while (marks.some(isRunning) && performance.now() < deadline) await sleep(50);
  for (const mark of marks) if (isRunning(mark)) process.kill(mark.pid, 'SIGKILL');
};

/** Stops the folder's database server, whoever started it. */
export const stopDemoStore = async ({ root }: DemoFolder): Promise<void> => {
  await stopServer(await embeddedFolder(root), serverStopMs);
};

/** How a start finds the folder. `anew` says why nothing of an earlier demonstration can be used. */
export type Beginning =
  | { readonly kind: 'first' }
  | { readonly kind: 'go-on' }
  | { readonly kind: 'anew'; readonly why: string };

const judge = async (folder: DemoFolder): Promise<Beginning> => {
  const found = await readMarker(folder);
  if (found !== null && found !== 'unreadable' && isRunning(found.demo)) {
    throw new UsageError(
      `A demonstration runs in ${folder.root} (process ${found.demo.pid}).`,
      'Stop it with Ctrl-C there, or give this one another folder with --data.',
    );
  }
  if (found !== null) {
    if (found !== 'unreadable') await endOrphans(found.children);
    return {
      kind: 'anew',
      why: 'The last demonstration was ended without a chance to save its simulated systems',
    };
  }
  const names = await readdir(folder.root);
  if (names.includes('sandbox.v8')) {
    if ((await readSavedSandbox(folder.sandboxFile)) !== null) return { kind: 'go-on' };
    return { kind: 'anew', why: 'The saved systems come from another version of Tandem' };
  }
  const isUsed = names.some((name) => name.startsWith('postgres'));
  return isUsed
    ? { kind: 'anew', why: 'The simulated systems of the last demonstration are gone' }
    : { kind: 'first' };
};

/**
 * Makes the folder, judges what lies there and clears it where nothing of it can be used.
 * @throws UsageError when a demonstration runs there.
 */
export const openDemoFolder = async (folder: DemoFolder): Promise<Beginning> => {
  await mkdir(folder.root, { recursive: true });
  const beginning = await judge(folder);
  if (beginning.kind === 'anew') {
    await stopDemoStore(folder);
    for (const name of await readdir(folder.root))
      await rm(join(folder.root, name), { recursive: true, force: true });
  }
  return beginning;
};

/** From here on an end that is not clean is recognised by the next start. */
export const markRunning = async (folder: DemoFolder, children: readonly number[]): Promise<void> => {
  const draft = `${markerFile(folder)}.new`;
  const content = { demo: markOf(process.pid), children: children.map(markOf) };
  await writeFile(draft, JSON.stringify(content), { mode: 0o600 });
  await rename(draft, markerFile(folder));
};

/** The end was clean: what is saved is what the worker knows. */
export const markStopped = async (folder: DemoFolder): Promise<void> =>
  rm(markerFile(folder), { force: true });
