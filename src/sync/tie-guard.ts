import type { WorkClass } from '../model/budget.ts';
import { type FieldMapping, type TieMapping, tieFields } from '../model/mapping.ts';
import type { FieldWrite } from '../model/state.ts';
import { otherSystem, type System, systems } from '../model/system.ts';
import { parseTies } from '../model/tie-text.ts';
import type { RawValue } from '../model/value.ts';
import { againAfterMs, identityLooksMax } from './backoff.ts';
import { attemptsOf, lookAgain } from './draft.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { formOfRecord } from './forms.ts';
import type { SendJob } from './send.ts';

type TieField = FieldMapping & { readonly ties: TieMapping };

/** Somebody whose tie a write would end because it is not there any more on the other side. */
interface Removal {
  readonly job: SendJob;
  readonly write: FieldWrite;
  readonly field: TieField;
  /** The side on which the tie is missing, and the person's id there. */
  readonly source: System;
  readonly id: string;
}

const idsIn = (field: TieField, system: System, raw: RawValue): readonly string[] => {
  const value = field.codecs[system].decode(raw);
  return value.kind === 'value' ? parseTies(String(value.text)).map(({ id }) => id) : [];
};

/** The person's id in a system; canonical ids are Salesforce's. */
const idIn = (field: TieField, system: System, id: string): string | undefined => {
  const raw = field.codecs[system].encode({ kind: 'value', key: id, text: id });
  return parseTies(raw)[0]?.id;
};

const removalsOf = ({ pair }: EngineContext, job: SendJob): readonly Removal[] => {
  const { target, writes } = job.intent;
  const source = otherSystem(target.system);
  return tieFields(formOfRecord(pair, target)).flatMap((field) =>
    writes
      .filter((write) => write.field === field.name)
      .flatMap((write): readonly Removal[] => {
        const stay = new Set(idsIn(field, target.system, write.sent));
        return idsIn(field, target.system, write.replaced).flatMap((gone): readonly Removal[] => {
          const id = stay.has(gone) ? undefined : idIn(field, source, gone);
          return id === undefined ? [] : [{ job, write, field, source, id }];
        });
      }),
  );
};

/** Of these people those who are not themselves any more where their tie is missing: deleted, merged away, or not to be seen. */
const goneAmong = async (
  context: EngineContext,
  removals: readonly Removal[],
  workClass: WorkClass,
): Promise<ReadonlySet<Removal>> => {
  const gone = new Set<Removal>();
  const types = [...new Set(removals.map(({ field, source }) => `${source} ${field.ties.types[source]}`))];
  for (const key of types) {
    const own = removals.filter(({ field, source }) => `${source} ${field.ties.types[source]}` === key);
    const system = systems.find((each) => key.startsWith(each)) ?? 'salesforce';
    const ids = [...new Set(own.map(({ id }) => id))];
    const fates = await context.systems[system].fates(
      key.slice(system.length + 1),
      ids,
      contextFor(context, workClass, 'read'),
    );
    for (const each of own) if (fates.get(each.id)?.kind !== 'alive') gone.add(each);
  }
  return gone;
};

/**
 * Asks, before somebody is taken out of a record because their tie is missing on the other side, whether they are there at all: the ties of
 * a contact that was deleted or merged away go with it, and that is nobody's word on their part in a deal. The write waits until their own
 * link has followed what happened to them; the record's other fields go on.
 */
export const guardTies = async (
  context: EngineContext,
  jobs: readonly SendJob[],
  workClass: WorkClass,
): Promise<readonly SendJob[]> => {
  const removals = jobs.flatMap((job) => removalsOf(context, job));
  if (removals.length === 0) return jobs;
  const gone = await goneAmong(context, removals, workClass);
  if (gone.size === 0) return jobs;
  const waiting = new Set([...gone].map(({ write }) => write));
  for (const { job, field, source, id } of gone) {
    const ref = { system: source, type: field.ties.types[source], id };
    const cause = 'not tied to its deal any more, and not there';
    job.draft.marks.push({ pair: field.ties.of, ref, class: 'live', stamp: null, cause });
  }
  return jobs.flatMap((job) => {
    const writes = job.intent.writes.filter((write) => !waiting.has(write));
    if (writes.length === job.intent.writes.length) return [job];
    const attempts = attemptsOf(job.draft.unit);
    // Nobody can say what became of somebody after so many looks: the difference stands until either record changes.
    if (attempts < identityLooksMax) lookAgain(job.draft, againAfterMs(attempts));
    return writes.length === 0 ? [] : [{ ...job, intent: { ...job.intent, writes } }];
  });
};
