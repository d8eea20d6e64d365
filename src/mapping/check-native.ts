import type { PairMapping } from '../model/mapping.ts';
import type { ObjectDescription } from '../model/record.ts';
import type { Sides } from '../model/system.ts';
import type { Finding } from './finding.ts';
import { didYouMean } from './suggest.ts';

/**
 * Properties of HubSpot's own Salesforce integration that the mapping reads and the portal does not have: it never had the integration, or the
 * name is another. An error, since searches name the property, and HubSpot refuses those. Pure.
 */
export const nativeFindings = (
  { file, native, types }: PairMapping,
  { hubspot }: Sides<ObjectDescription>,
): readonly Finding[] =>
  (native?.fields ?? [])
    .filter((name) => !hubspot.fields.has(name))
    .map((name) => ({
      level: 'error',
      file,
      line: native?.line ?? 1,
      what: `HubSpot ${types.hubspot}.${name}, which 'native' names, is not there`,
      why: "the portal never had HubSpot's own Salesforce integration for it, or the private app has no scope",
      fix: `${didYouMean(name, hubspot.fields.keys())}take it out of 'native', or correct the name`,
    }));
