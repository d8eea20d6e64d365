import type { EmailRules } from './person.ts';

/** Lead.Email and Contact.Email hold 80 characters (salesforce_describe); HubSpot takes longer ones. */
const salesforceEmailLength = 80;

const address =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9](-*[a-z0-9])*\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

export const emailRules: EmailRules = {
  key: (raw) => {
    const text = (raw ?? '').trim().toLowerCase();
    return address.test(text) && text.length <= 254 ? text : null;
  },
  refusal: (system, email) =>
    system === 'salesforce' && email.trim().length > salesforceEmailLength
      ? `Salesforce refuses it: longer than ${salesforceEmailLength} characters`
      : null,
};
