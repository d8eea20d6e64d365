import type { WorkClass } from '../model/budget.ts';
import { policiesOf } from '../model/life-events.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { FieldWrite } from '../model/state.ts';
import { formatRef, type System, systemLabel, systems } from '../model/system.ts';
import { digestOf } from './digest.ts';
import { parkIn } from './draft.ts';
import type { EngineContext } from './engine.ts';
import { formOfRecord } from './forms.ts';
import { findByKey } from './lookup.ts';
import type { SendJob } from './send.ts';
import { ownCodes } from './standing.ts';

/** A match key that a write would change. */
interface KeyWrite {
  readonly job: SendJob;
  readonly write: FieldWrite;
  /** Place of the rule in the pair's match keys. */
  readonly rule: number;
  readonly key: string;
}

const keyWritesOf = ({ pair }: EngineContext, job: SendJob): readonly KeyWrite[] => {
  const { op, target, writes } = job.intent;
  if (op !== 'update') return [];
  const form = formOfRecord(pair, target);
  return writes.flatMap((write): readonly KeyWrite[] => {
    if (write.field === 'identity') return [];
    const rule = form.match.findIndex(({ fields }) => fields[target.system] === write.apiField);
    const value = form.match[rule]?.codecs[target.system].decode(write.sent);
    return value?.kind === 'value' ? [{ job, write, rule, key: value.key }] : [];
  });
};

/** Who else has the key on the side that is written to; the link's own records do not count. */
const holderOf = ({ job }: KeyWrite, found: readonly RecordSnapshot[]): RecordSnapshot | undefined => {
  const { link } = job.draft;
  const own = new Set([
    job.intent.target.id,
    ...(link ? Object.values(link.ids) : []),
    ...(link?.followers ?? []).map(({ id }) => id),
  ]);
  return found.find(({ ref, deleted }) => !deleted && !own.has(ref.id));
};

const park = (context: EngineContext, { job, write }: KeyWrite, holder: RecordSnapshot): void => {
  const { draft, intent } = job;
  const { system } = intent.target;
  const there = systemLabel[system];
  parkIn(draft, context.pair.name, {
    ref: intent.target,
    field: write.field,
    failure: {
      category: 'value',
      system,
      code: ownCodes.keyTaken,
      message: `${formatRef(holder.ref)} has this value already, by which records find each other: the change is not sent.`,
      fields: [write.apiField],
    },
    next: `Merge the two records in ${there}, or correct one of the values; then tandem failures retry.`,
    refused: digestOf(context.mappingHash, { [write.apiField]: write.sent }),
  });
};

const guardSide = async (
  context: EngineContext,
  system: System,
  wanted: readonly KeyWrite[],
  workClass: WorkClass,
): Promise<readonly KeyWrite[]> => {
  const own = wanted.filter(({ job }) => job.intent.target.system === system);
  const rules = [...new Set(own.map(({ rule }) => rule))];
  const taken = await Promise.all(
    rules.map(async (rule) => {
      const asked = own.filter((each) => each.rule === rule);
      const keys = asked.map(({ key }) => key);
      const found = await findByKey(context, system, rule, keys, workClass);
      return asked.filter((each) => {
        const holder = holderOf(each, found.get(each.key.toLowerCase()) ?? []);
        if (holder) park(context, each, holder);
        return holder !== undefined;
      });
    }),
  );
  return taken.flat();
};

/**
 * Looks, before a linked record gets another match key, whether somebody else has it there: two records with one key would be taken
 * for one another, or the vendor would refuse the whole row. That field is parked; the others of the record go on.
 */
export const guardKeys = async (
  context: EngineContext,
  jobs: readonly SendJob[],
  workClass: WorkClass,
): Promise<readonly SendJob[]> => {
  if (policiesOf(context.pair).emailChange === 'send') return jobs;
  const wanted = jobs.flatMap((job) => keyWritesOf(context, job));
  if (wanted.length === 0) return jobs;
  const sides = await Promise.all(systems.map((system) => guardSide(context, system, wanted, workClass)));
  const taken = sides.flat();
  return jobs.flatMap((job) => {
    const own = taken.filter((each) => each.job === job).map(({ write }) => write);
    if (own.length === 0) return [job];
    const writes = job.intent.writes.filter((write) => !own.includes(write));
    return writes.length === 0 ? [] : [{ ...job, intent: { ...job.intent, writes } }];
  });
};
