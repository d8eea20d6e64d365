import type { Sides } from '../../model/system.ts';
import { blank, type Canonical, type RawValue, type SideCodec } from '../../model/value.ts';
import { cleanText } from '../clean-text.ts';
import { type CodecKind, clearedHubspot, clearedSalesforce, plainKind } from './codec-kind.ts';
import { dayInZone } from './day-in-zone.ts';
import { dayMs, epochMs, isCalendarDay } from './time-text.ts';

const dayText = /^(\d{4})-(\d{2})-(\d{2})$/;

const foreign = (raw: RawValue): Canonical => ({ kind: 'foreign', raw, why: 'not a date (YYYY-MM-DD)' });

const decodeDay = (raw: RawValue): Canonical => {
  const text = cleanText(raw);
  if (text === '') return blank;
  const found = dayText.exec(text);
  if (found === null || !isCalendarDay(Number(found[1]), Number(found[2]), Number(found[3])))
    return foreign(raw);
  return { kind: 'value', key: text, text };
};

/** HubSpot's older answers, and its webhooks, give a date as the milliseconds of its midnight in UTC. */
const decodeHubspot = (raw: RawValue): Canonical => {
  const stamp = epochMs(raw);
  if (stamp === undefined) return decodeDay(raw);
  return stamp % dayMs === 0 ? decodeDay(new Date(stamp).toISOString().slice(0, 10)) : foreign(raw);
};

const sides: Sides<SideCodec> = {
  hubspot: {
    decode: decodeHubspot,
    encode: (value) => (value.kind === 'blank' ? clearedHubspot : value.text),
  },
  salesforce: {
    decode: decodeDay,
    encode: (value) => (value.kind === 'blank' ? clearedSalesforce : value.text),
  },
};

/** Days without a time or a zone, `YYYY-MM-DD` on both sides. With a `zone` HubSpot keeps a moment, and its day there is meant. */
export const date: CodecKind = {
  ...plainKind,
  options: ['zone'],
  order: 'time',
  make: ({ zone }) => (zone === undefined ? sides : { ...sides, hubspot: dayInZone(zone) }),
};
