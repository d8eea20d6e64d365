import { longId } from './codecs/reference.ts';
import type { MappingFile } from './file-shape.ts';
import type { KeyPath } from './yaml-source.ts';

type Report = (path: KeyPath, what: string, why: string, fix: string) => void;

/** What would be read as two things: a pipeline or record type in two rows, a stage of Salesforce that is both. */
const checkTable = ({ table }: NonNullable<MappingFile['pipelines']>, report: Report): void => {
  const [pipelines, types] = [new Set<string>(), new Set<string>()];
  table.forEach(({ pipeline, recordType, stages, also }, index) => {
    const path = ['pipelines', 'table', index];
    const type = recordType === undefined ? '' : longId(recordType);
    if (pipelines.has(pipeline)) {
      const why = 'a deal in it would be of two record types';
      report([...path, 'pipeline'], `pipeline '${pipeline}' is in the table twice`, why, 'keep one row');
    }
    if (types.has(type)) {
      const what =
        type === ''
          ? 'two rows of pipelines have no record type'
          : `record type '${type}' is in the table twice`;
      report([...path, 'recordType'], what, 'an opportunity of it would be in two pipelines', 'keep one row');
    }
    pipelines.add(pipeline);
    types.add(type);
    for (const [stage, readAs] of Object.entries(also)) {
      if (Object.values(stages).includes(stage)) {
        const what = `'also' of pipeline '${pipeline}' lists '${stage}', which 'stages' has already`;
        report([...path, 'also', stage], what, 'it would be read as two stages', 'keep one of the two');
      } else if (!Object.hasOwn(stages, readAs)) {
        const what = `'also' of pipeline '${pipeline}' reads '${stage}' as '${readAs}', which 'stages' does not list`;
        report([...path, 'also', stage], what, 'it could be read as nothing', `add ${readAs} to stages`);
      }
    }
  });
};

/** What is wrong with the pipelines of one file. */
export const checkPlaces = ({ pipelines, fields, converted }: MappingFile, report: Report): void => {
  if (pipelines === undefined) return;
  if (converted !== undefined) {
    const why = 'converted records are of another object, whose stages these are not';
    report(['pipelines'], "'pipelines' has no meaning with 'converted'", why, 'delete it');
  }
  const own: readonly string[] = Object.values(pipelines.hubspot);
  const there: readonly string[] = Object.values(pipelines.salesforce);
  fields.forEach((field, index) => {
    if (!own.includes(field.hubspot) && !there.includes(field.salesforce)) return;
    const what = `field ${field.hubspot} is mapped, and 'pipelines' moves ${field.hubspot} or ${field.salesforce} as well`;
    report(['fields', index], what, 'each would overwrite what the other wrote', 'delete the row');
  });
  checkTable(pipelines, report);
};
