import type { LiveSignal, WriteUnderWay } from '../model/live.ts';
import { composedFields, type PairMapping } from '../model/mapping.ts';
import { partText, splitParts } from '../model/part-text.ts';
import type { System } from '../model/system.ts';
import { type RawValue, sameCanonical } from '../model/value.ts';
import { formOfRecord } from './forms.ts';
import type { LiveStore } from './signal-sources.ts';

const isSent = (
  pair: PairMapping,
  system: System,
  { sourceId, writes }: WriteUnderWay,
  name: string,
  value: RawValue,
): boolean => {
  if (name === pair.identity[system]) return value === sourceId;
  const composed = composedFields(pair).find(({ parts }) => parts[system].includes(name));
  if (composed) {
    const sent = writes.find((each) => each.apiField === composed.fields[system])?.sent;
    const part = splitParts(sent ?? null)[composed.parts[system].indexOf(name)] ?? null;
    return sent !== undefined && partText(value) === partText(part);
  }
  const write = writes.find((each) => each.apiField === name);
  const field = pair.fields.find((each) => each.fields[system] === name);
  if (!write || !field) return false;
  const codec = field.codecs[system];
  return value === write.sent || sameCanonical(codec.decode(value), codec.decode(write.sent));
};

/** Which record of the other side a delivery says that each of its records belongs to. */
const identitiesIn = (
  pair: PairMapping,
  system: System,
  signals: readonly LiveSignal[],
): ReadonlyMap<string, string> =>
  new Map(
    signals.flatMap(({ ref, fields }): [string, string][] => {
      const value = fields[pair.identity[system]];
      return typeof value === 'string' && value !== '' ? [[ref.id, value]] : [];
    }),
  );

/**
 * The signals of a delivery that are echoes of our own writes whose outcome is not settled yet: an echo is often here before the
 * answer, and would cost a read that finds what was sent. Safe, for the intent is settled by its answer or by a look, and any value
 * that is not the one sent is no echo. A create's record is known by the identity value that comes beside.
 */
export const echoesAmong = async (
  live: Pick<LiveStore, 'writesUnderWay'>,
  pair: PairMapping,
  signals: readonly LiveSignal[],
): Promise<ReadonlySet<LiveSignal>> => {
  const [first] = signals;
  if (!first) return new Set();
  const { system } = first.ref;
  const identities = identitiesIn(pair, system, signals);
  const targets = [...new Set(signals.map(({ ref }) => ref.id))];
  const underWay = await live.writesUnderWay(pair.name, system, targets, [...new Set(identities.values())]);
  if (underWay.length === 0) return new Set();
  const isEcho = ({ ref, event, fields, unvalued = [] }: LiveSignal): boolean => {
    if (unvalued.length > 0 || (event !== 'created' && event !== 'changed')) return false;
    const own = underWay.filter((write) =>
      write.targetId === '' ? write.sourceId === identities.get(ref.id) : write.targetId === ref.id,
    );
    return own.some((write) =>
      event === 'created'
        ? write.targetId === ''
        : Object.entries(fields).every(([name, value]) =>
            isSent(formOfRecord(pair, ref), system, write, name, value),
          ),
    );
  };
  return new Set(signals.filter(isEcho));
};
