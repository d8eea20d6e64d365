import { composeSystems } from '../compose.ts';
import { CallFailed, canRetryHelp, type Failure } from '../model/failure.ts';
import { type RecordRef, systems } from '../model/system.ts';
import type { RawFields } from '../model/value.ts';
import { requireConnections } from '../settings.ts';
import { assertOwnAccount } from './own-accounts.ts';
import type { CommandContext } from './with-store.ts';

/**
 * Writes some fields of one record at a person's word, as they would themselves; from there it flows by its rules. Answers why the
 * system refused it, or null.
 * @throws CallFailed where it cannot be reached, or nobody can say whether the values were taken.
 */
export const writeOne = async (
  context: CommandContext,
  ref: RecordRef,
  fields: RawFields,
): Promise<Failure | null> => {
  const { settings, store, log } = context;
  const { connectors } = composeSystems(requireConnections(settings), store.budget, log);
  try {
    const { accountId } = await connectors[ref.system].check({ class: 'live', purpose: 'sign-in' });
    await assertOwnAccount(store.operator, ref.system, accountId);
    const [outcome] = await connectors[ref.system].writeMany(
      ref.type,
      [{ op: 'update', key: crypto.randomUUID(), id: ref.id, fields }],
      { class: 'live', purpose: 'write' },
    );
    if (outcome?.kind === 'landed') return null;
    if (outcome?.kind === 'refused') {
      if (canRetryHelp(outcome.failure) || outcome.failure.category === 'credentials') {
        throw new CallFailed(outcome.failure);
      }
      return outcome.failure;
    }
    throw new CallFailed({
      category: 'unavailable',
      system: ref.system,
      code: 'NO_ANSWER',
      message: 'whether the value was taken is not known; look at the record before you try again',
      fields: [],
    });
  } finally {
    await Promise.all(systems.map(async (system) => connectors[system].close()));
  }
};
