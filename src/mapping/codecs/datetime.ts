import type { Sides } from '../../model/system.ts';
import { blank, type Canonical, type RawValue, type SideCodec } from '../../model/value.ts';
import { cleanText } from '../clean-text.ts';
import { type CodecKind, clearedHubspot, clearedSalesforce, plainKind } from './codec-kind.ts';
import { epochMs, isCalendarDay, isWritable } from './time-text.ts';

/** With a zone: a time without one means another moment to every reader. Salesforce writes `+0000`, HubSpot `Z`. */
const instantText =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|([+-])(\d{2}):?(\d{2}))$/;

/** The moment in whole seconds (Salesforce keeps no fraction), in milliseconds since 1970; undefined if there is none such. */
const parseInstant = (text: string): number | undefined => {
  const found = instantText.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const offsetHours = Number(found[8] ?? 0);
  const offsetMinutes = Number(found[9] ?? 0);
  if (!isCalendarDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined;
  if (offsetHours > 14 || offsetMinutes > 59) return undefined;
  const offsetMs = (offsetHours * 60 + offsetMinutes) * 60_000 * (found[7] === '-' ? -1 : 1);
  return Date.UTC(year, month - 1, day, hour, minute, second) - offsetMs;
};

const decodeWith =
  (stampOf: (raw: RawValue) => number | undefined) =>
  (raw: RawValue): Canonical => {
    const text = cleanText(raw);
    if (text === '') return blank;
    const ms = stampOf(raw) ?? parseInstant(text);
    if (ms === undefined || !isWritable(ms)) {
      return { kind: 'foreign', raw, why: 'not a moment (YYYY-MM-DDThh:mm:ss with a zone)' };
    }
    const instant = new Date(Math.floor(ms / 1000) * 1000).toISOString();
    return { kind: 'value', key: instant, text: instant };
  };

const sides: Sides<SideCodec> = {
  hubspot: {
    decode: decodeWith(epochMs),
    encode: (value) => (value.kind === 'blank' ? clearedHubspot : value.text),
  },
  salesforce: {
    decode: decodeWith(() => undefined),
    encode: (value) => (value.kind === 'blank' ? clearedSalesforce : value.text),
  },
};

/** Moments, compared and written in whole seconds of UTC. */
export const datetime: CodecKind = { ...plainKind, order: 'time', make: () => sides };
