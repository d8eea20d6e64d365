import { type ConsentName, formsOf, type PairMapping } from '../model/mapping.ts';
import { type Consent, consents, hasConsents, isAbout, optOutProperty } from './consents.ts';
import type { Finding } from './finding.ts';

/** What opting out asks for, the usual one first (subscriptions guide, developers.hubspot.com); a private app can be granted either. */
const optOutScopes = ['communication_preferences.read_write', 'communication_preferences.write'] as const;

interface Gap {
  /** From 1; 1 where no row is about it. */
  readonly line: number;
  readonly state: string;
  readonly effect: string;
  readonly fix: string;
}

/** Where a mapping loses a consent; null where it carries it over for everybody. */
const gapOf = (pair: PairMapping, consent: Consent): Gap | null => {
  const rows = pair.fields.filter(({ fields }) => isAbout(fields, consent));
  const latches = rows.filter(({ latch }) => latch === true);
  const [row] = rows;
  if (row === undefined) {
    const effect = 'what one system is told is not known in the other';
    return { line: 1, state: 'is not mapped', effect, fix: `add ${consent.row}` };
  }
  const [latch] = latches;
  if (latch === undefined) {
    const effect = 'what one system is told is settled like any other value, and may be taken back';
    return { line: row.line, state: 'is no latch', effect, fix: 'add latch: true' };
  }
  const isEverywhere = formsOf(pair).every(({ fields }) =>
    latches.some(({ name }) => fields.some((field) => field.name === name)),
  );
  if (isEverywhere) return null;
  const effect = 'what is told of somebody who was converted is not known in the other system';
  return {
    line: latch.line,
    state: 'is not mapped once converted',
    effect,
    fix: "delete 'converted: false'",
  };
};

const checkConsent = (pair: PairMapping, consent: Consent): readonly Finding[] => {
  const gap = gapOf(pair, consent);
  if (gap === null) return [];
  const { key, name, salesforce } = consent;
  const { file, consentNowhere } = pair;
  const what = `${pair.name}: ${name} (Salesforce ${salesforce}) ${gap.state}`;
  if (consentNowhere?.names.includes(key)) {
    const why = `the company decided so: ${key} is in 'consentNowhere'; ${gap.effect}`;
    const fix = `none; to carry it over, ${gap.fix} and take ${key} out of 'consentNowhere'`;
    return [{ level: 'note', file, line: consentNowhere.line, what, why, fix, isMild: true }];
  }
  const word = consentNowhere ? `add ${key} to 'consentNowhere'` : `write 'consentNowhere: [${key}]'`;
  const why = `consent has nowhere to go: ${gap.effect}`;
  const fix = `${gap.fix}; or, if the company decides to do without, ${word}`;
  return [{ level: 'error', file, line: gap.line, what, why, fix }];
};

const ofPeople = (pairs: readonly PairMapping[]): readonly PairMapping[] =>
  pairs.filter(({ types }) => hasConsents(types));

const offline: readonly ConsentName[] = ['opt-out', 'do-not-call'];

/**
 * Consents that a mapping of people does not carry over: errors, but for those that the company decided to do without. `check` alone fails by
 * them; they keep no worker from its work. Pure, and known without either system.
 */
export const checkConsents = (pairs: readonly PairMapping[]): readonly Finding[] =>
  ofPeople(pairs).flatMap((pair) => offline.flatMap((key) => checkConsent(pair, consents[key])));

/**
 * What of consent the live systems decide: an opt-out is written by a scope of its own, which the properties do not tell; and that no bounce is
 * carried over. `scopes`: what the private app was granted; null where that cannot be asked. Pure.
 */
export const checkLiveConsents = (
  pairs: readonly PairMapping[],
  scopes: ReadonlySet<string> | null,
): readonly Finding[] =>
  ofPeople(pairs).flatMap((pair): readonly Finding[] => {
    const out = pair.fields.find(({ fields }) => fields.hubspot === optOutProperty);
    const isWritten = out !== undefined && out.direction !== 'to-salesforce';
    const mayWrite = scopes === null || optOutScopes.some((scope) => scopes.has(scope));
    const refused: readonly Finding[] =
      isWritten && !mayWrite
        ? [
            {
              level: 'error',
              file: pair.file,
              line: out.line,
              what: `HubSpot ${pair.types.hubspot}.${optOutProperty} cannot be written`,
              why: `consent has nowhere to go: the private app has no scope ${optOutScopes[0]}, and HubSpot would refuse each opt-out of Salesforce`,
              fix: `give the private app the scope ${optOutScopes[0]} (docs/admins/setup.md), or direction: to-salesforce without latch, and opt-out in 'consentNowhere', if nobody opts out in Salesforce`,
            },
          ]
        : [];
    return [...refused, ...checkConsent(pair, consents.bounce)];
  });
