import type { SourceClass, SourceRanks } from '../model/mapping.ts';
import type { ValueSource } from '../model/record.ts';
import type { System } from '../model/system.ts';
import type { Voice } from './merge-view.ts';

/**
 * HubSpot's words for the ways in which a value is entered (property history, `sourceType`; the full list is not published, these are
 * the ones of its knowledge base and of recorded answers). What is not here is another app.
 */
const hubspotWords: Readonly<Record<string, SourceClass>> = {
  CRM_UI: 'person',
  CRM_UI_BULK_ACTION: 'person',
  MOBILE_IOS: 'person',
  MOBILE_ANDROID: 'person',
  CONTACTS_WEB: 'person',
  FORM: 'form',
  LEGACY_FORM: 'form',
  MEETINGS: 'form',
  DATA_ENRICHMENT: 'enrichment',
  COMPANY_INSIGHTS: 'enrichment',
  BREEZE_INTELLIGENCE: 'enrichment',
  IMPORT: 'import',
};

/** What the source of a value is: by the admin's own table, else by the vendor's word. Salesforce tells users alone: persons. */
export const classOf = (ranks: SourceRanks, system: System, entry: ValueSource): SourceClass => {
  const { source, sourceId } = entry;
  const names =
    sourceId === undefined
      ? [`${system}:${source}`]
      : [`${system}:${source}:${sourceId}`, `${system}:${sourceId}`, `${system}:${source}`];
  for (const name of names) {
    const known = Object.hasOwn(ranks.known, name) ? ranks.known[name] : undefined;
    if (known !== undefined) return known;
  }
  if (system === 'salesforce') return 'person';
  return (Object.hasOwn(hubspotWords, source) ? hubspotWords[source] : undefined) ?? 'app';
};

const highestRank = (ranks: SourceRanks): number => Math.max(...Object.values(ranks.rank));

/** The word of a source. */
export const voiceOf = (ranks: SourceRanks, system: System, entry: ValueSource): Voice => {
  const source = classOf(ranks, system, entry);
  const rank = ranks.rank[source];
  return { rank, source, highest: rank === highestRank(ranks) };
};

/** What nobody can tell the source of counts as entered by a person: it is not given up for a guess. */
export const unknownVoice = (ranks: SourceRanks): Voice => ({
  rank: highestRank(ranks),
  source: 'person',
  highest: true,
});

/** Whether any source counts more than another. */
export const ranksMatter = (ranks: SourceRanks | undefined): ranks is SourceRanks =>
  ranks !== undefined && new Set(Object.values(ranks.rank)).size > 1;

/** Whether a source of this system can be lower than the highest, so that its history is worth asking for. */
export const canBeLow = (ranks: SourceRanks, system: System): boolean =>
  system === 'hubspot' || Object.keys(ranks.known).some((name) => name.startsWith(`${system}:`));
