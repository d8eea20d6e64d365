import type { WaitingRow } from '../../model/journeys.ts';
import { someOf } from './render.ts';
import { minuteText } from './words.ts';

/** Why somebody is with marketing until a day; what asks for contact, and a person, brings forward sooner. */
export const waitKinds = ['recontact', 'held', 'cooling'] as const;
export type WaitKind = (typeof waitKinds)[number];

/** Somebody whom marketing has until a day. Times are milliseconds since 1970. */
export interface Waiting
  extends Pick<WaitingRow, 'contactId' | 'salesforceId' | 'stage' | 'turn' | 'owner' | 'reason' | 'program'> {
  readonly why: WaitKind;
  readonly until: number;
}

const labels: Readonly<Record<WaitKind, readonly [string, string]>> = {
  recontact: ['a rep has them back on the day that they named', 'comes back'],
  held: ['held by marketing', 'until'],
  cooling: ['ready, and kept by the cool-down of their reason', 'until'],
};

/** The day that somebody waits for: a rep's goes before marketing's, and a cool-down counts of who is ready alone. Null: none of these. Pure. */
export const waitingOf = (row: WaitingRow): Waiting | null => {
  const { recontactAt, heldUntil, cooledAt, isReady, nextAt: _, ...person } = row;
  if (recontactAt !== null) return { ...person, why: 'recontact', until: recontactAt };
  if (heldUntil !== null) return { ...person, why: 'held', until: heldUntil };
  return isReady && cooledAt !== null ? { ...person, why: 'cooling', until: cooledAt } : null;
};

/** For JSON: everybody, by the day. Pure. */
export const waitingJson = (all: readonly Waiting[]) =>
  all.map(({ contactId, salesforceId, until, ...rest }) => ({
    hubspot: contactId,
    salesforce: salesforceId,
    ...rest,
    until: new Date(until).toISOString(),
  }));

const lineOf = ({ contactId, salesforceId, why, until, reason, program }: Waiting): string => {
  const record = `hubspot:contacts/${contactId}${salesforceId === null ? '' : `, salesforce:${salesforceId}`}`;
  const details = [reason, program].filter((word) => word !== null);
  return `- ${record}: ${labels[why][1]} ${minuteText(until)} UTC${details.length === 0 ? '' : ` (${details.join('; ')})`}`;
};

/** For a terminal: how many of each kind, and who comes next. Empty where nobody waits. Pure. */
export const waitingText = (all: readonly Waiting[]): readonly string[] => {
  if (all.length === 0) return [];
  return [
    '',
    `With marketing until a day: ${all.length} (sooner: who asks for contact, or is asked for by a request)`,
    ...waitKinds.flatMap((kind) => {
      const own = all.filter(({ why }) => why === kind);
      return own.length === 0
        ? []
        : [`  ${labels[kind][0]}: ${own.length}`, ...someOf(own.map(lineOf)).map((line) => `    ${line}`)];
    }),
  ];
};
