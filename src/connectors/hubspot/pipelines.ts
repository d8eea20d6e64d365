import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { Pipeline } from '../../model/pipeline.ts';
import type { HubSpotHttp } from './http.ts';
import { pipelinesSchema } from './wire.ts';

const toChance = (value: unknown): number | null => {
  const chance = value === undefined || value === null || value === '' ? Number.NaN : Number(value);
  return Number.isFinite(chance) ? chance : null;
};

/**
 * The pipelines of a type with their stages in order; none for a type without (HubSpot refuses to name any).
 * @throws CallFailed
 */
export const readPipelines = async (
  http: HubSpotHttp,
  type: string,
  context: CallContext,
): Promise<readonly Pipeline[]> => {
  try {
    const answer = await http.read(context, {
      method: 'GET',
      path: `/crm/v3/pipelines/${encodeURIComponent(type)}`,
      schema: pipelinesSchema,
    });
    return answer.body.results.map(({ id, label, stages }) => ({
      id,
      label,
      stages: stages
        .toSorted((a, b) => a.displayOrder - b.displayOrder)
        .map((stage, order) => {
          const probability = toChance(stage.metadata?.probability);
          // Tickets say so by ticketState alone.
          const closed =
            String(stage.metadata?.isClosed) === 'true' || stage.metadata?.ticketState === 'CLOSED';
          return {
            id: stage.id,
            label: stage.label,
            order,
            closed,
            won: closed && probability === 1,
            probability,
            active: true,
            converts: false,
          };
        }),
    }));
  } catch (error) {
    const isWithout = error instanceof CallFailed && error.failure.category === 'request';
    if (isWithout) return [];
    throw error;
  }
};
