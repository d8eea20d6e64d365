import { Temporal } from 'temporal-polyfill';
import type { Leaf } from '../../lifecycle/account/leaf.ts';
import { momentText } from '../../lifecycle/digest/when.ts';
import type { Sum } from '../../lifecycle/report/money.ts';
import type { Week } from '../../lifecycle/report/weeks.ts';
import type { ClockKind } from '../../lifecycle/sla/model.ts';

/** What each place of the account means, for somebody who never saw it. */
export const leafWords: Readonly<Record<Leaf, string>> = {
  held: 'ready, and not handed over',
  'in-flight': 'being handed over at this moment',
  'in-flight-late': 'the hand-off stands still for longer than it may take',
  failed: 'a step of the hand-off was refused',
  'not-yet-due': 'with a rep, untouched, still in time',
  overdue: 'with a rep, untouched, and late',
  moved: 'nobody touched them; they went back or to another rep',
  accepted: 'sales said yes, or there is a deal',
  returned: 'given back to marketing for later',
  rejected: 'sales said no',
  disqualified: 'nobody for us',
  'being-worked': 'touched, no yes or no yet',
};

export const clockWords: Readonly<Record<ClockKind, string>> = {
  'hand-off': 'hand-over',
  'follow-up': 'first touch',
  verdict: 'yes or no',
  return: 'back in a program',
};

const knownSources: Readonly<Record<string, string>> = {
  OFFLINE: 'Offline',
  DIRECT_TRAFFIC: 'Direct traffic',
};

/** A source in words: HubSpot's own names are in capitals. */
export const sourceWords = (source: string | null): string => {
  if (source === null) return 'Not known';
  if (Object.hasOwn(knownSources, source)) return knownSources[source] ?? source;
  if (!/^[A-Z0-9_]+$/.test(source)) return source;
  const words = source.replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

export const many = (count: number, one: string, more: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : more}`;

export const percentWords = (percent: number | null): string =>
  percent === null ? '–' : `${Math.round(percent)}%`;

/** An amount without its currency: `1,200`, and from a million on `1.2 M`. */
export const moneyWords = (amount: number): string =>
  amount >= 1_000_000
    ? `${(amount / 1_000_000).toLocaleString('en-US', { maximumFractionDigits: 2 })} M`
    : Math.round(amount).toLocaleString('en-US');

/** What deals are worth: `1,200`, where the org has several currencies `1,200 EUR + 300 USD`. */
export const sumWords = ({ amounts }: Pick<Sum, 'amounts'>): string =>
  amounts.length === 0
    ? '0'
    : amounts
        .map(({ amount, currency }) => `${moneyWords(amount)}${currency === null ? '' : ` ${currency}`}`)
        .join(' + ');

/** `Mon 23 Nov 09:00` by the zone's clock. */
export const moment = (at: number, zone: string, anchor: number): string => momentText(at, { zone, anchor });

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `23 to 29 Nov 2026`; over a month's or year's end both are said. */
export const weekWords = ({ from, to }: Week, zone: string): string => {
  const day = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
  const [first, last] = [day(from), day(to).subtract({ days: 1 })];
  const month = (date: Temporal.PlainDate): string => months[date.month - 1] ?? '';
  const end = `${last.day} ${month(last)} ${last.year}`;
  if (first.year !== last.year) return `${first.day} ${month(first)} ${first.year} to ${end}`;
  return first.month === last.month ? `${first.day} to ${end}` : `${first.day} ${month(first)} to ${end}`;
};

/** `W48` */
export const shortWeek = ({ name }: Week): string => name.split('-')[1] ?? name;
