import { type FieldMapping, isPeople, type PairMapping } from '../model/mapping.ts';
import type { Finding } from './finding.ts';

/** HubSpot's property of who gets no marketing email; it is written through the subscriptions API alone. */
const optOutProperty = 'hs_email_optout';

/** What opting out asks for, the usual one first (subscriptions guide, developers.hubspot.com); a private app can be granted either. */
const optOutScopes = ['communication_preferences.read_write', 'communication_preferences.write'] as const;

interface Consent {
  readonly name: string;
  readonly salesforce: string;
  /** HubSpot's own property, where it has one. */
  readonly hubspot: string | null;
  readonly row: string;
}

const optOut: Consent = {
  name: 'who gets no marketing email',
  salesforce: 'HasOptedOutOfEmail',
  hubspot: optOutProperty,
  row: '{ hubspot: hs_email_optout, salesforce: HasOptedOutOfEmail, kind: boolean, latch: true, direction: both }',
};

const doNotCall: Consent = {
  name: 'who is not to be called',
  salesforce: 'DoNotCall',
  hubspot: null,
  row: '{ hubspot: do_not_call, salesforce: DoNotCall, kind: boolean, latch: true, direction: both }, with a single checkbox of your own in HubSpot',
};

const bounce: Consent = {
  name: 'whose address bounces',
  salesforce: 'EmailBouncedReason',
  hubspot: 'hs_email_hard_bounce_reason_enum',
  row: '{ hubspot: hs_email_hard_bounce_reason_enum, salesforce: EmailBouncedReason, kind: text, latch: true, direction: to-salesforce }',
};

const isOf = ({ fields }: FieldMapping, { salesforce, hubspot }: Consent): boolean =>
  fields.salesforce === salesforce || fields.hubspot === hubspot;

const missing = (
  { name, file, fields }: PairMapping,
  consent: Consent,
  isMild: boolean,
): readonly Finding[] => {
  const own = fields.find((field) => isOf(field, consent));
  if (own?.latch) return [];
  return [
    {
      level: 'note',
      file,
      line: own?.line ?? 1,
      what: `${name}: ${consent.name} (Salesforce ${consent.salesforce}) is ${own === undefined ? 'not mapped' : 'no latch'}`,
      why: `consent has nowhere to go: what one system is told is ${own === undefined ? 'not known in the other' : 'settled like any other value, and may be taken back'}`,
      fix: own === undefined ? `add ${consent.row}` : 'add latch: true',
      ...(isMild ? { isMild: true } : {}),
    },
  ];
};

/** Consents that no mapping of people carries over; each is the company's to decide. Pure, and known without either system. */
export const checkConsents = (pairs: readonly PairMapping[]): readonly Finding[] =>
  pairs
    .filter(isPeople)
    .flatMap((pair) => [...missing(pair, optOut, false), ...missing(pair, doNotCall, false)]);

/**
 * What of consent the live systems decide: an opt-out is written by a scope of its own, which the properties do not tell; and that no bounce is
 * carried over. `scopes`: what the private app was granted; null where that cannot be asked. Pure.
 */
export const checkLiveConsents = (
  pairs: readonly PairMapping[],
  scopes: ReadonlySet<string> | null,
): readonly Finding[] =>
  pairs.filter(isPeople).flatMap((pair): readonly Finding[] => {
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
              fix: `give the private app the scope ${optOutScopes[0]} (docs/admins/setup.md), or direction: to-salesforce without latch if nobody opts out in Salesforce`,
            },
          ]
        : [];
    return [...refused, ...missing(pair, bounce, true)];
  });
