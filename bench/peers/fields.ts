/** What the plain peers map, by both names; the trace edits the last three. No two of one group of the mirror's. */
export const peerFields = [
  { hubspot: 'firstname', salesforce: 'FirstName' },
  { hubspot: 'lastname', salesforce: 'LastName' },
  { hubspot: 'company', salesforce: 'Company' },
  { hubspot: 'jobtitle', salesforce: 'Title' },
  { hubspot: 'city', salesforce: 'City' },
  { hubspot: 'message', salesforce: 'Description' },
] as const;

export type PeerField = (typeof peerFields)[number];

/** Values by HubSpot's names; a blank is '' in every peer, whatever a system calls it. */
export type PeerValues = Readonly<Record<PeerField['hubspot'], string>>;

/** What Salesforce requires of a lead, and what stands there for a blank: the mirror's own, so that the peers find it as Tandem left it. */
const required: ReadonlySet<string> = new Set(['LastName', 'Company']);
const fill = '[not provided]';

/** Takes a record of either system apart; what is not text there counts as blank. */
export const decodeValues = (
  system: 'hubspot' | 'salesforce',
  raw: Readonly<Record<string, unknown>>,
): PeerValues => {
  const textOf = (field: PeerField): string => {
    const value = raw[field[system]];
    const isFill = system === 'salesforce' && required.has(field.salesforce) && value === fill;
    return typeof value !== 'string' || isFill ? '' : value;
  };
  const [first, last, company, title, city, message] = peerFields;
  return {
    firstname: textOf(first),
    lastname: textOf(last),
    company: textOf(company),
    jobtitle: textOf(title),
    city: textOf(city),
    message: textOf(message),
  };
};

/** The fields that differ. */
export const differingFields = (a: PeerValues, b: PeerValues): readonly PeerField[] =>
  peerFields.filter(({ hubspot }) => a[hubspot] !== b[hubspot]);

/** These fields as Salesforce takes them: null empties, but what it requires is filled. */
export const encodeForSalesforce = (
  values: PeerValues,
  fields: readonly PeerField[],
): Record<string, string | null> =>
  Object.fromEntries(
    fields.map(({ hubspot, salesforce }) => [
      salesforce,
      values[hubspot] || (required.has(salesforce) ? fill : null),
    ]),
  );

/** These fields as HubSpot takes them: '' empties. */
export const encodeForHubSpot = (values: PeerValues, fields: readonly PeerField[]): Record<string, string> =>
  Object.fromEntries(fields.map(({ hubspot }) => [hubspot, values[hubspot]]));
