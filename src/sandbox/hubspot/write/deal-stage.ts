import type { Pipelines } from '../pipelines/pipelines.ts';
import type { ObjectSchema } from '../schema/object-schema.ts';
import type { StoredRecord } from '../store/record.ts';
import type { InvalidValue } from './values.ts';

/** A binary fraction as HubSpot prints it: 0.4 is 0.40000000000000002220446049250313080847263336181640625 (recorded deal). */
const exactDecimal = (text: string): string => {
  const exact = Number(text).toFixed(60).replace(/0+$/, '');
  return exact.endsWith('.') ? exact.slice(0, -1) : exact;
};

const invalidOption = (name: string, value: string, allowed: readonly string[]): InvalidValue => ({
  message: `${value} was not one of the allowed options: [${allowed.join(', ')}]`,
  error: 'INVALID_OPTION',
  name,
});

/**
 * The pipeline and stage of a record: both must exist and belong together; without a pipeline a new record goes into the first
 * (https://developers.hubspot.com/docs/api/crm/deals: "if no pipeline is specified, the default pipeline is used"). A stage brings its
 * probability and whether it is closed along.
 */
export const applyPipeline = (
  schema: ObjectSchema,
  record: StoredRecord | null,
  changes: Map<number, string | null>,
  pipelines: Pipelines,
): InvalidValue | null => {
  const { pipeline: places, name: object } = schema.definition;
  if (places === undefined) return null;
  const pipelineSlot = schema.slot(places.property);
  const stageSlot = schema.slot(places.stage);
  if (pipelineSlot === undefined || stageSlot === undefined) return null;
  if (record !== null && !changes.has(pipelineSlot.index) && !changes.has(stageSlot.index)) return null;
  const known = pipelines.of(object) ?? [];
  const after = (slot: number): string | null =>
    changes.has(slot) ? (changes.get(slot) ?? null) : (record?.version.values[slot] ?? null);
  if (after(pipelineSlot.index) === null && record === null) {
    changes.set(pipelineSlot.index, known[0]?.id ?? null);
  }
  const pipelineId = after(pipelineSlot.index);
  const pipeline = known.find((one) => one.id === pipelineId);
  if (pipeline === undefined) {
    const ids = known.map((one) => one.id);
    return invalidOption(places.property, pipelineId ?? '', ids);
  }
  const stageId = after(stageSlot.index);
  const stage = pipeline.stages.find((one) => one.id === stageId);
  if (stage === undefined) {
    if (stageId === null && record === null) return null;
    const ids = pipeline.stages.map((one) => one.id);
    return invalidOption(places.stage, stageId ?? '', ids);
  }
  const set = (name: string, value: string): void => {
    const slot = schema.slot(name);
    if (slot !== undefined) changes.set(slot.index, value);
  };
  const { probability, isClosed } = stage.metadata;
  if (probability === undefined) return null;
  set('hs_deal_stage_probability', exactDecimal(probability));
  set('hs_is_closed', isClosed ?? 'false');
  set('hs_is_closed_won', String(isClosed === 'true' && Number(probability) === 1));
  return null;
};
