import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import type { Pipeline, Stage } from '../../model/pipeline.ts';
import type { Api } from './api.ts';
import { queryPage } from './query.ts';

const stageSchema = z.object({
  ApiName: z.string(),
  MasterLabel: z.string().nullish(),
  IsActive: z.boolean(),
  IsClosed: z.boolean(),
  IsWon: z.boolean(),
  DefaultProbability: z.number().nullish(),
});
const statusSchema = z.object({
  ApiName: z.string(),
  MasterLabel: z.string().nullish(),
  IsConverted: z.boolean(),
});

const readStages = async (api: Api, context: CallContext): Promise<readonly Stage[]> => {
  const soql =
    'SELECT ApiName, MasterLabel, IsActive, IsClosed, IsWon, DefaultProbability FROM OpportunityStage ORDER BY SortOrder';
  const { body } = await queryPage(api, context, 'query', soql, stageSchema);
  return body.records.map((row, order) => ({
    id: row.ApiName,
    label: row.MasterLabel ?? row.ApiName,
    order,
    closed: row.IsClosed,
    won: row.IsWon,
    probability:
      row.DefaultProbability === null || row.DefaultProbability === undefined
        ? null
        : row.DefaultProbability / 100,
    active: row.IsActive,
    converts: false,
  }));
};

/** A lead's statuses are a list of their own; only IsConverted is told of them, and it ends a lead. */
const readStatuses = async (api: Api, context: CallContext): Promise<readonly Stage[]> => {
  const soql = 'SELECT ApiName, MasterLabel, IsConverted FROM LeadStatus ORDER BY SortOrder';
  const { body } = await queryPage(api, context, 'query', soql, statusSchema);
  return body.records.map((row, order) => ({
    id: row.ApiName,
    label: row.MasterLabel ?? row.ApiName,
    order,
    closed: row.IsConverted,
    won: row.IsConverted,
    probability: null,
    active: true,
    converts: row.IsConverted,
  }));
};

/** One process for opportunities and one for leads. Which stages a record type leaves out is not in these objects. */
export const readPipelines = async (
  api: Api,
  type: string,
  context: CallContext,
): Promise<readonly Pipeline[]> => {
  switch (type.toLowerCase()) {
    case 'opportunity':
      return [{ id: 'Opportunity', label: 'Opportunity', stages: await readStages(api, context) }];
    case 'lead':
      return [{ id: 'Lead', label: 'Lead', stages: await readStatuses(api, context) }];
    default:
      return [];
  }
};
