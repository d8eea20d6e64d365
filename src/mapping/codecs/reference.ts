import { toId18 } from '../../model/salesforce-id.ts';
import { blank, type Canonical, type RawValue, type SideCodec } from '../../model/value.ts';
import { cleanText } from '../clean-text.ts';
import { type CodecKind, clearedHubspot, clearedSalesforce, plainKind } from './codec-kind.ts';

/**
 * Who is who in the other system: owners and users, companies and accounts. What it answers may change while the worker runs; what it
 * does not know stays where it is.
 */
export interface ReferenceTable {
  /** The Salesforce id (18 characters) of a HubSpot id; undefined where there is no counterpart. */
  toSalesforce(hubspotId: string): string | undefined;
  /** The HubSpot id of a Salesforce id of 18 characters. */
  toHubspot(salesforceId: string): string | undefined;
  /** The Salesforce record of the same link that stands for this one, which follows it: both are one record of HubSpot. */
  primaryOf?(salesforceId: string): string | undefined;
  /** The Salesforce record that is written for this one: a queue in the place of the user whose records it holds. */
  writtenFor?(salesforceId: string): string | undefined;
  /** Whether this Salesforce record stands for nobody: the integration user, a queue of what nobody has taken. */
  isNobody?(salesforceId: string): boolean;
}

/** Knows nobody: every reference is foreign until a table is given. */
export const noReferences: ReferenceTable = { toSalesforce: () => undefined, toHubspot: () => undefined };

/** The form of 18 characters of an id of 15; other texts are answered as they are. */
export const longId = (id: string): string => (id.length === 15 ? (toId18(id) ?? id) : id);

const foreign = (raw: RawValue, why: string): Canonical => ({ kind: 'foreign', raw, why });

/**
 * References to other records. The key is the Salesforce id, of several records that are one in HubSpot that of the primary one. Somebody without a counterpart is foreign: not written to the other side, and
 * not taken for nobody, so that no record loses its owner.
 */
export const reference: CodecKind = {
  ...plainKind,
  options: ['of', 'values'],
  make: ({ references = noReferences }) => {
    const hubspot: SideCodec = {
      decode: (raw) => {
        const id = cleanText(raw);
        if (id === '') return blank;
        const user = references.toSalesforce(id);
        const key = user === undefined ? undefined : longId(user);
        // Known in both directions, or a value could not be written back.
        return key === undefined || references.toHubspot(key) === undefined
          ? foreign(raw, 'it has no counterpart in Salesforce')
          : { kind: 'value', key, text: key };
      },
      encode: (value) =>
        value.kind === 'blank' ? clearedHubspot : (references.toHubspot(value.key) ?? clearedHubspot),
    };
    const salesforce: SideCodec = {
      decode: (raw) => {
        const own = longId(cleanText(raw));
        if (own === '' || references.isNobody?.(own) === true) return blank;
        const id = references.primaryOf?.(own) ?? own;
        // Two HubSpot owners may be one user: the user is known if anybody is theirs.
        return references.toHubspot(id) === undefined
          ? foreign(raw, 'it has no counterpart in HubSpot')
          : { kind: 'value', key: id, text: id };
      },
      encode: (value) =>
        value.kind === 'blank' ? clearedSalesforce : (references.writtenFor?.(value.key) ?? value.key),
    };
    return { hubspot, salesforce };
  },
};
