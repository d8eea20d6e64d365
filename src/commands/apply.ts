import { UsageError } from '../model/failure.ts';
import { exitCode } from './exit.ts';
import { answer, iso, type StoreOptions, withExistingStore } from './with-store.ts';

export interface ApplyOptions extends StoreOptions {
  readonly held?: string;
}

const words = {
  blank: 'emptied',
  overwrite: 'overwritten',
  delete: 'deleted',
  create: 'created on the other side',
  'hand-off': 'handed over',
  return: 'given back',
  lifecyclestage: 'moved back in lifecyclestage',
  observed: 'owed a hand-off that was only observed',
  'observed-return': 'owed a return that was only observed',
  'stage-back': 'moved back in lifecyclestage',
} as const;

/**
 * Lets a mass change go on that the breaker held, or what the first start of the lifecycle held back: what waits for it is worked off at once. Exit code 1
 * where none of that id is held.
 * @throws UsageError without an id, naming those that are held
 */
export const applyCommand = async (options: ApplyOptions): Promise<number> =>
  withExistingStore(options, async ({ store }) => {
    const { held } = options;
    if (held === undefined) {
      const open = await store.operator.heldChanges();
      const list = open.map(
        ({ id, pair, kind, records }) => `${id} (${pair}: ${records} records ${words[kind]})`,
      );
      throw new UsageError(
        'tandem apply releases what is held, and wants to know which: --held ID.',
        list.length === 0 ? 'Nothing is held.' : `Held now: ${list.join(', ')}.`,
      );
    }
    const released = await store.operator.releaseHeld(held);
    if (!released) {
      answer(options, { released: null }, `Nothing is held under ${held}; tandem status lists what is.`);
      return exitCode.found;
    }
    const { id, pair, kind, field, records, since } = released;
    const what =
      kind === 'observed' || kind === 'observed-return'
        ? `the next of ${records} people are ${kind === 'observed' ? 'handed over' : 'given back'}; the others wait for another word (tandem status).`
        : `${records} or more records of ${pair} are ${words[kind]}${field === null ? '' : ` (${field})`}, now.`;
    answer(options, { released: { id, pair, kind, field, records, since: iso(since) } }, `Released: ${what}`);
    return exitCode.fine;
  });
