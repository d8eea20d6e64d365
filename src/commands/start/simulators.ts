import type { SandboxAccess } from '../../sandbox/start.ts';
import { type Child, failureOf, startChild } from './child.ts';

/** What the simulators' process says. */
export type SimulatorsMessage =
  | { readonly kind: 'ready'; readonly access: SandboxAccess }
  | { readonly kind: 'saved'; readonly error: string | null };

export interface SimulatorsOptions {
  /** Where their state is saved. */
  readonly file: string;
  /** Whether they go on with what is saved there. */
  readonly goOn: boolean;
  readonly seed: number;
  readonly contacts: number;
  readonly leads: number;
  readonly hubspotPort: number;
  readonly salesforcePort: number;
}

/** Both simulators, running in a process of their own. */
export interface Simulators {
  readonly child: Child;
  readonly access: SandboxAccess;
  /** Writes their state; call it when nobody writes to them any more. Rejects where the file cannot be written. */
  save(): Promise<void>;
}

/** Hears the process's next message, or rejects when it ends first. */
const makeMailbox = () => {
  let deliver: ((message: SimulatorsMessage) => void) | null = null;
  return {
    put: (message: unknown) => deliver?.(message as SimulatorsMessage),
    next: (child: Child): Promise<SimulatorsMessage> =>
      new Promise((resolve, reject) => {
        deliver = resolve;
        const gone = (): void => reject(failureOf(child, "The simulators' process"));
        child.ended.then(gone, gone);
      }),
  };
};

/** Starts the simulators; rejects with their last words when they do not come up. */
export const startSimulators = async (
  options: SimulatorsOptions,
  onChild: (child: Child) => void,
): Promise<Simulators> => {
  const mailbox = makeMailbox();
  const entry = new URL('./simulators-process.ts', import.meta.url);
  const child = startChild({ entry, input: options, onMessage: mailbox.put });
  onChild(child);
  const ready = await mailbox.next(child);
  if (ready.kind !== 'ready') throw new Error('the simulators spoke before they were ready');
  return {
    child,
    access: ready.access,
    save: async () => {
      const answer = mailbox.next(child);
      child.send('save');
      const saved = await answer;
      if (saved.kind === 'saved' && saved.error !== null) throw new Error(saved.error);
    },
  };
};
