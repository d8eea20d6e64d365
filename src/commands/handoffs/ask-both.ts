import type { HandOffAccount } from '../../lifecycle/account/account.ts';
import type { Asked } from '../../lifecycle/account/beside.ts';
import type { PointedFields } from '../../lifecycle/own-fields/pointed.ts';
import { longId } from '../../mapping/codecs/reference.ts';
import { recordName } from '../../model/erasure.ts';
import type { PairMapping } from '../../model/mapping.ts';
import type { RecordSystem } from '../../model/record-system.ts';
import { bothSides, type Sides, type System } from '../../model/system.ts';
import type { EngineStore } from '../../sync/ports.ts';
import { shownRecords } from './shown-records.ts';

const idsOf = (account: HandOffAccount, system: System): readonly string[] =>
  account.ready.entries.flatMap((entry) => {
    const id = entry[system];
    if (id === null) return [];
    return [system === 'salesforce' ? longId(id) : id];
  });

/**
 * What both systems show of who became ready, and which of the records that are nobody's here are of people who were erased. `account`: of everybody.
 * The calls are those of one listing of each system. @throws CallFailed
 */
export const askBoth = async (
  connectors: Sides<RecordSystem>,
  engine: Pick<EngineStore, 'erasedAmong'>,
  pair: PairMapping,
  pointed: PointedFields,
  account: HandOffAccount,
): Promise<Asked> => {
  const own = bothSides((system) => new Set(idsOf(account, system)));
  const shown = await shownRecords(connectors, pair, pointed, own);
  const erasedOf = async (system: System): Promise<ReadonlySet<string>> => {
    const others = (shown[system]?.records ?? []).filter(({ id }) => !own[system].has(id));
    const type = pair.types[system];
    const byName = new Map(others.map(({ id }) => [recordName({ system, type, id }), id]));
    const erased = await engine.erasedAmong([...byName.keys()]);
    return new Set([...erased].flatMap((name) => byName.get(name) ?? []));
  };
  return {
    shown,
    erased: { hubspot: await erasedOf('hubspot'), salesforce: await erasedOf('salesforce') },
  };
};
