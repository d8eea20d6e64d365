import { formsOf, type PairMapping, tieFields } from '../model/mapping.ts';
import type { ChangedRecord } from '../model/record.ts';
import type { Link } from '../model/state.ts';
import type { RecordRef, System } from '../model/system.ts';
import { blank, sameCanonical } from '../model/value.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { formOfLink, refOfLink } from './forms.ts';
import type { SignalMemory } from './signal-memory.ts';
import type { Feed } from './signal-sources.ts';
import { isUnseen } from './tie-values.ts';

/** What the place of the looks at Salesforce's ties is kept under, beside the cursors of the readers of changes. */
const tieReader = '#ties';

/**
 * A difference from the base as a signal of what there is. From another base it is another signal: it was brought to equal meanwhile, and
 * somebody made it again.
 */
export const driftSignal = (
  ref: RecordRef,
  { base }: Link,
  news: ReadonlyMap<string, readonly [apiField: string, value: string | null]>,
): ChangedRecord => {
  // No API name can be a base's: `#` is in none.
  const from = [...news.keys()].map((name) => [`#${name}`, JSON.stringify(base[name] ?? null)] as const);
  return { ref, stamp: 0, deleted: false, fields: Object.fromEntries([...news.values(), ...from]) };
};

/** Of these links of one form those whose ties are not what this side's half of the base says, as signals of what there is. */
export const driftedTies = async (
  context: EngineContext,
  form: PairMapping,
  system: System,
  links: readonly Link[],
): Promise<readonly ChangedRecord[]> => {
  const { readTieFields } = context.systems[system];
  if (!readTieFields || links.length === 0) return [];
  const values = await readTieFields(
    form.types[system],
    links.map((link) => link.ids[system]),
    contextFor(context, 'sweep', 'poll'),
  );
  return links.flatMap((link): readonly ChangedRecord[] => {
    const present = values.get(link.ids[system]) ?? {};
    const news = tieFields(form).flatMap(({ name, fields, codecs }): [string, [string, string | null]][] => {
      const raw = present[fields[system]];
      if (raw === undefined) return [];
      const half = link.base[name];
      const known = half ? codecs[system].decode(half[system]) : blank;
      return sameCanonical(codecs[system].decode(raw), known)
        ? []
        : [[name, [fields[system], raw === null ? null : String(raw)]]];
    });
    if (news.length === 0) return [];
    return [driftSignal(refOfLink(context.pair, link, system), link, new Map(news))];
  });
};

/** Ties are asked for with each poll, also where Salesforce tells of its records by itself: the next tick while people are at work. */
const busyEveryMs = 10_000;
/** So long after something moved people are taken to be at work. */
const busyForMs = 900_000;
/** An idle hour has few calls. */
const idleEveryMs = 600_000;

/**
 * How long to wait between two looks at Salesforce's ties; `movedAgoMs`: since something of the pair moved. Events of ties make it sooner, and
 * are not relied on: nobody can tell whether their object is selected, or nothing has changed.
 */
export const tieLookEveryMs = (feed: Feed, movedAgoMs: number): number => {
  if (feed === 'poll') return 0;
  return movedAgoMs < busyForMs ? busyEveryMs : idleEveryMs;
};

/** Whether changes of ties have to be asked for: a record's stamp does not move with them (of Salesforce unverified, and not relied on). */
export const hasTieLooks = ({ pair, systems }: EngineContext): boolean =>
  systems.salesforce.tiesChangedSince !== undefined &&
  formsOf(pair).some((form) => tieFields(form).length > 0);

/** Sets where the looks begin, before anything is listed: what changes meanwhile is seen by them. */
export const beginTieLooks = async (context: EngineContext): Promise<void> => {
  const { pair, store, systems } = context;
  if (!hasTieLooks(context) || (await store.cursor(pair.name, 'salesforce', tieReader))) return;
  const stamp = await systems.salesforce.now(contextFor(context, 'live', 'poll'));
  const cursor = { pair: pair.name, system: 'salesforce', type: tieReader, at: { stamp, id: '' } } as const;
  await store.commitSignals([], { cursor });
};

/**
 * Asks Salesforce whose ties changed since the last look, and holds them against the bases; what differs becomes dirty rows, committed with
 * the place. One call where nothing changed. What `memory` holds was marked before. Answers how many were marked.
 * @throws CallFailed when Salesforce cannot be asked; the place stays
 */
export const lookAtTies = async (context: EngineContext, memory: SignalMemory): Promise<number> => {
  const { pair, store, systems, timing } = context;
  const cursor = await store.cursor(pair.name, 'salesforce', tieReader);
  if (!cursor || !systems.salesforce.tiesChangedSince) return 0;
  const drifted: ChangedRecord[] = [];
  let until = cursor.stamp;
  for (const form of formsOf(pair)) {
    for (const { ties } of tieFields(form)) {
      const since = cursor.stamp - timing.overlapMs.salesforce;
      const changed = await systems.salesforce
        .tiesChangedSince(
          form.types.salesforce,
          ties.types.salesforce,
          since,
          contextFor(context, 'live', 'poll'),
        )
        .catch((error: unknown) => {
          // Whoever reads the records says so.
          if (isUnseen(error)) return { ids: [], until: cursor.stamp };
          throw error;
        });
      until = Math.max(until, changed.until);
      const links = await store.linksOf(pair.name, 'salesforce', changed.ids);
      const own = [...links.values()].filter(
        (link) => link.ended === null && formOfLink(pair, link).types.salesforce === form.types.salesforce,
      );
      drifted.push(...(await driftedTies(context, form, 'salesforce', own)));
    }
  }
  const fresh = drifted.filter((record) => !memory.has(record));
  const marks = fresh.map(({ ref }) => ({
    pair: pair.name,
    ref,
    class: 'live' as const,
    stamp: null,
    cause: 'ties of salesforce',
  }));
  if (marks.length === 0 && until === cursor.stamp) return 0;
  const at = { stamp: until, id: '' };
  await store.commitSignals(marks, {
    cursor: { pair: pair.name, system: 'salesforce', type: tieReader, at },
  });
  memory.remember(fresh);
  if (marks.length > 0) context.wake.wake(pair.name);
  return marks.length;
};
