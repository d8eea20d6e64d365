import { keyName } from '../model/erasure.ts';
import { typesOn } from '../model/mapping.ts';
import { formatRef } from '../model/system.ts';
import type { Lifted } from '../store/operator/lift.ts';
import { liftedCause } from '../sync/identity.ts';
import { keyOfEmail } from './erase.ts';
import { exitCode } from './exit.ts';
import { findRecords, parseRecord } from './find-record.ts';
import { answer, type StoreOptions, withExistingStore } from './with-store.ts';

/**
 * Lifts the tombstone of a record: whatever ended its link, it is looked at as if it had never been linked, and linked or created again.
 * Exit code 1 where none stands.
 */
export const liftCommand = async (options: StoreOptions): Promise<number> =>
  withExistingStore(options, async (context) => {
    const [text = ''] = options.args;
    const argument = parseRecord(text);
    const { pairs } = context.mappings;
    const found = await findRecords(context, text);
    const lifted: (Lifted & { readonly pair: string })[] = [];
    for (const pair of pairs) {
      const refs = found.filter(({ system, type }) => typesOn(pair, system).includes(type));
      const keys = argument.kind === 'email' ? keyOfEmail(pair, argument.email).map(keyName) : [];
      if (refs.length === 0 && keys.length === 0) continue;
      const { name, types } = pair;
      const result = await context.store.operator.lift({ pair: name, types, refs, keys, cause: liftedCause });
      lifted.push({ pair: name, ...result });
    }
    const links = lifted.flatMap(({ pair, links: own }) =>
      own.map(({ ids, cause }) => ({
        object: pair,
        hubspotId: ids.hubspot,
        salesforceId: ids.salesforce,
        cause,
      })),
    );
    const erased = lifted.reduce((sum, each) => sum + each.erased, 0);
    const isLifted = links.length > 0 || erased > 0;
    const words = [
      `Records: ${found.length === 0 ? 'none is known' : found.map(formatRef).join(', ')}`,
      ...links.map(
        ({ object, hubspotId, salesforceId, cause }) =>
          `${object}: hubspot ${hubspotId} and salesforce ${salesforceId} had ended: ${cause}`,
      ),
      ...(erased > 0 ? ['Whoever was erased under this name is taken in again.'] : []),
      isLifted ? 'Lifted: a worker looks at both at once.' : 'No tombstone stands: nothing to lift.',
    ];
    answer(options, { lifted: isLifted, links, erased }, words.join('\n'));
    return isLifted ? exitCode.fine : exitCode.found;
  });
