import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadedMappings, loadMappings } from '../../../src/mapping/load.ts';
import type { Sides } from '../../../src/model/system.ts';
import { repositoryRoot } from '../../../src/settings.ts';
import { mirrorMappings } from '../../mirror.ts';
import type { VirtualCompany } from './company.ts';

/** Where a deal is, by the API's names: at a stage, and where there are several pipelines in which of them. */
export type DealPlace = Readonly<Record<string, string>>;

/** The pipelines of a company, and how they are mapped. */
export interface DealPlaces {
  readonly mappings: LoadedMappings;
  /** What a person on each side can choose. */
  readonly places: Sides<readonly DealPlace[]>;
  /** Sets up in both systems what they do not have from the start. */
  open(company: VirtualCompany): Promise<void>;
}

/** One pipeline, as the mirror is shipped: Salesforce has stages between those of HubSpot. */
const onePipeline: DealPlaces = {
  mappings: mirrorMappings,
  places: {
    hubspot: [
      ...['appointmentscheduled', 'qualifiedtobuy', 'presentationscheduled', 'decisionmakerboughtin'],
      ...['contractsent', 'closedwon', 'closedlost'],
    ].map((dealstage) => ({ dealstage })),
    salesforce: [
      ...['Prospecting', 'Qualification', 'Needs Analysis', 'Value Proposition', 'Id. Decision Makers'],
      ...['Perception Analysis', 'Proposal/Price Quote', 'Negotiation/Review', 'Closed Won', 'Closed Lost'],
    ].map((StageName) => ({ StageName })),
  },
  open: async () => undefined,
};

/** The ids that the simulator gives to the first record types that it is told of. */
const recordTypes = { New_Business: '012Sb0000000001IAA', Renewal: '012Sb0000000002IAA' };

const table = `
pipelines:
  table:
    - pipeline: default
      recordType: ${recordTypes.New_Business}
      stages: { qualifiedtobuy: Qualification, contractsent: Negotiation/Review, closedwon: Closed Won, closedlost: Closed Lost }
      also: { Needs Analysis: qualifiedtobuy }
    - pipeline: renewals
      recordType: ${recordTypes.Renewal}
      stages: { due: Qualification, offered: Negotiation/Review, renewed: Closed Won, notrenewed: Closed Lost }
      also: { Needs Analysis: due }

fields:`;

/** The mirror with a table of pipelines in the place of its row of stages. */
const withTable = (): LoadedMappings => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-pipelines-'));
  try {
    cpSync(`${repositoryRoot}config/presets/mirror`, folder, { recursive: true });
    const file = join(folder, 'mappings', 'deals.yaml');
    const text = readFileSync(file, 'utf8');
    const row = /\n {2}- hubspot: dealstage\n(?: {4}.*\n)+/;
    if (!row.test(text)) throw new Error('the mirror has no row of stages');
    writeFileSync(file, text.replace(row, '\n').replace('\nfields:', table));
    return loadMappings(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Two pipelines whose stages have the same names in Salesforce, where the record type alone tells them apart. */
const twoPipelines: DealPlaces = {
  mappings: withTable(),
  places: {
    hubspot: [
      ...['qualifiedtobuy', 'contractsent', 'closedwon', 'closedlost'].map((dealstage) => ({
        ...{ pipeline: 'default', dealstage },
      })),
      ...['due', 'offered', 'renewed', 'notrenewed'].map((dealstage) => ({
        ...{ pipeline: 'renewals', dealstage },
      })),
    ],
    salesforce: [
      ...Object.values(recordTypes).flatMap((RecordTypeId) =>
        ['Qualification', 'Negotiation/Review', 'Closed Won', 'Closed Lost'].map((StageName) => ({
          ...{ RecordTypeId, StageName },
        })),
      ),
      // One of the two alone: what the other means changes with it.
      ...Object.values(recordTypes).map((RecordTypeId) => ({ RecordTypeId })),
      ...['Needs Analysis', 'Qualification', 'Closed Won'].map((StageName) => ({ StageName })),
    ],
  },
  open: async (company) => {
    const types = [{ developerName: 'New_Business', default: true }, { developerName: 'Renewal' }];
    await company.control('salesforce', 'record-types', { object: 'Opportunity', types });
    await company.asPerson('hubspot', 'POST', '/crm/v3/pipelines/deals', {
      ...{ pipelineId: 'renewals', label: 'Renewals', displayOrder: 1 },
      stages: Object.entries({ due: '0.5', offered: '0.8', renewed: '1.0', notrenewed: '0.0' }).map(
        ([stageId, probability], displayOrder) => ({
          ...{ stageId, label: stageId, displayOrder, metadata: { probability } },
        }),
      ),
    });
  },
};

/** The pipelines of a scenario. */
export const dealPlaces = ({ pipelines }: { readonly pipelines: 1 | 2 }): DealPlaces =>
  pipelines === 1 ? onePipeline : twoPipelines;
