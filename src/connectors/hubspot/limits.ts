/** Sizes of HubSpot's calls (crm-objects v3 and the search guide, developers.hubspot.com, read 2026-11-24). */
export const batchSize = 100;
/** With property histories a batch/read takes half. */
export const historyBatchSize = 50;
export const listPageSize = 100;
export const searchPageSize = 200;
/** A search body beyond this is refused. */
export const searchBodyCharsMax = 3_000;
/** Addresses beyond about 16,000 characters are refused with 414; half of it leaves room for encoding. */
export const queryCharsMax = 8_000;
/** Batches of one operation under way at once; the gate paces them, this bounds memory. */
export const batchConcurrency = 6;

export const objectPath = (type: string, rest = ''): string =>
  `/crm/v3/objects/${encodeURIComponent(type)}${rest}`;
