import type { ComposedField, PairMapping, PlaceRow } from '../model/mapping.ts';
import type { Pipeline } from '../model/pipeline.ts';
import type { RecordKind } from '../model/record.ts';
import { longId } from './codecs/reference.ts';
import type { Finding } from './finding.ts';
import { didYouMean } from './suggest.ts';

/** What there is on both sides: HubSpot's pipelines, the stages of Salesforce's one process, and the object's record types. */
export interface LivePlaces {
  readonly pipelines: readonly Pipeline[];
  readonly stages: readonly string[];
  readonly kinds: readonly RecordKind[];
}

type Say = (level: Finding['level'], what: string, why: string, fix: string) => Finding;

/** Names with what they are called, so that the right one can be copied from the message. */
const list = (entries: readonly { readonly id: string; readonly label: string }[]): string =>
  entries.map(({ id, label }) => `${id} (${label})`).join(', ');

const rowFindings = (row: PlaceRow, live: LivePlaces, say: Say): readonly Finding[] => {
  const found: Finding[] = [];
  const pipeline = live.pipelines.find(({ id }) => id === row.pipeline);
  if (pipeline === undefined) {
    const fix = `${didYouMean(
      row.pipeline,
      live.pipelines.map(({ id }) => id),
    )}there are ${list(live.pipelines)}`;
    found.push(say('error', `HubSpot has no pipeline '${row.pipeline}'`, 'no deal could be put there', fix));
  }
  const ids = pipeline?.stages.map(({ id }) => id) ?? [];
  for (const stage of pipeline === undefined
    ? []
    : Object.keys(row.stages).filter((id) => !ids.includes(id))) {
    const what = `HubSpot pipeline '${row.pipeline}' has no stage '${stage}'`;
    const fix = `${didYouMean(stage, ids)}there are ${list(pipeline?.stages ?? [])}`;
    found.push(say('error', what, 'HubSpot refuses a stage of another pipeline', fix));
  }
  const type = row.recordType === null ? null : longId(row.recordType);
  const kind = live.kinds.find(({ id }) => longId(id) === type);
  if (type !== null && (kind === undefined || !kind.active)) {
    const what = `Salesforce has no ${kind === undefined ? '' : 'active '}record type '${type}'`;
    const known = live.kinds.filter(({ active }) => active);
    const fix =
      known.length === 0
        ? 'create it, or leave recordType out'
        : `there are ${list(known)}; give the integration the right to it`;
    found.push(say('error', what, 'no opportunity could be put there', fix));
  }
  const stages = [...new Set([...Object.values(row.stages), ...Object.keys(row.also)])];
  for (const stage of stages.filter((each) => !live.stages.includes(each))) {
    const what = `Salesforce has no stage '${stage}'`;
    found.push(
      say(
        'note',
        what,
        'no opportunity is in it',
        `${didYouMean(stage, live.stages)}add it there, or correct pipelines`,
      ),
    );
  }
  return found;
};

/**
 * Holds a table of pipelines against what there is. A place that one side does not have is an error; what the table leaves out is a note, as
 * records there are left where they are. Pure.
 */
export const checkLivePlaces = (
  { file }: PairMapping,
  { line, places = [] }: ComposedField,
  live: LivePlaces,
): readonly Finding[] => {
  const say: Say = (level, what, why, fix) => ({ level, file, line, what, why, fix });
  const listed = new Set(places.map(({ pipeline }) => pipeline));
  const types = new Set(
    places.flatMap(({ recordType }) => (recordType === null ? [] : [longId(recordType)])),
  );
  const left = [
    ...live.pipelines
      .filter(({ id }) => !listed.has(id))
      .map(({ id, label }) => `HubSpot pipeline ${id} (${label})`),
    ...live.kinds
      .filter(({ id, active }) => active && !types.has(longId(id)))
      .map(({ id, label }) => `Salesforce record type ${id} (${label})`),
  ];
  return [
    ...places.flatMap((row) => rowFindings(row, live, say)),
    ...left.map((what) =>
      say(
        'note',
        `${what} is not in the table of pipelines`,
        'records there keep their stage, and are reported',
        'add a row',
      ),
    ),
  ];
};
