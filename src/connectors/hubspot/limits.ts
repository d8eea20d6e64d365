import type { Lane } from '../../model/budget.ts';

/** Sizes of HubSpot's calls (crm-objects v3 and the search guide, developers.hubspot.com, read 2026-11-24). */
export const batchSize = 100;
/** With property histories a batch/read takes half. */
export const historyBatchSize = 50;
export const listPageSize = 100;
export const searchPageSize = 200;
/** Groups of filters in one search; more are refused. */
export const searchGroupsMax = 5;
/** A search body beyond this is refused. */
export const searchBodyCharsMax = 3_000;
/** Addresses beyond about 16,000 characters are refused with 414; half of it leaves room for encoding. */
export const queryCharsMax = 8_000;
/** Batches of one operation under way at once; the gate paces them, this bounds memory. */
export const batchConcurrency = 6;

/**
 * Associations v4 (associations guide, developers.hubspot.com). A read takes 1,000 ids by the guide and 100 by a changelog of 2024: the
 * larger is tried first.
 */
export const associationLimits = { read: 1_000, readSafe: 100, create: 2_000, archive: 100 } as const;

/** The lane of a path: everything of the associations API shares a limit of its own (same guide). */
export const laneOf = (path: string): Lane =>
  path.startsWith('/crm/v4/associations/') ? 'associations' : 'standard';

export const associationsPath = (from: string, to: string, rest: string): string =>
  `/crm/v4/associations/${encodeURIComponent(from)}/${encodeURIComponent(to)}/batch${rest}`;

export const labelsPath = (from: string, to: string): string =>
  `/crm/v4/associations/${encodeURIComponent(from)}/${encodeURIComponent(to)}/labels`;

export const objectPath = (type: string, rest = ''): string =>
  `/crm/v3/objects/${encodeURIComponent(type)}${rest}`;
