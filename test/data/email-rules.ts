import { email } from '../../src/mapping/codecs/email.ts';
import type { EmailRules } from './person.ts';

const codec = email.make({}).hubspot;

/** Lead.Email and Contact.Email hold 80 characters (salesforce_describe/Lead.json); HubSpot takes longer ones. */
const salesforceLength = 80;

/** What HubSpot takes as top-level domain is narrower than the codec's: letters alone, or punycode. */
const hubspotTopLevel = /\.([a-z]{2,63}|xn--[a-z0-9-]{2,59})$/;

/** The product's own rule for addresses (the mapping's email codec), and what the vendors refuse beyond it. */
export const emailRules: EmailRules = {
  key: (raw) => {
    const value = codec.decode(raw ?? null);
    return value.kind === 'value' ? value.key : null;
  },
  refusal: (system, raw) => {
    const value = codec.decode(raw);
    // What is no address to the codec is never offered to the other side.
    if (value.kind !== 'value') return null;
    if (system === 'salesforce' && value.key.length > salesforceLength) {
      return `Salesforce refuses it: longer than ${salesforceLength} characters`;
    }
    if (system === 'hubspot' && !hubspotTopLevel.test(value.key)) {
      return 'HubSpot refuses it: its top-level domain';
    }
    return null;
  },
};
