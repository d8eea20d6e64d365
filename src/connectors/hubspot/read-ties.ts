import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { Tie } from '../../model/tie.ts';
import { chunk, mapConcurrently } from '../batches.ts';
import { failureOfError } from './errors.ts';
import type { HubSpotHttp } from './http.ts';
import { associationLimits, associationsPath, batchConcurrency } from './limits.ts';
import { associationsReadSchema, type LinkType } from './wire.ts';

/** Pages of one record's associations, 500 each; one with more is told as a failure, never cut. */
const pagesMax = 200;

/** HubSpot's own label of a record's one primary company, whichever end it is seen from. */
export const isPrimaryType = (type: LinkType): boolean =>
  type.category === 'HUBSPOT_DEFINED' && type.label === 'Primary';

interface Read {
  readonly http: HubSpotHttp;
  readonly path: string;
  readonly context: CallContext;
}

interface Wanted {
  readonly id: string;
  readonly after?: string;
}

/** A record that another is tied to, with every type of the tie. */
export interface Link {
  readonly toId: string;
  readonly types: readonly LinkType[];
}

interface Answered {
  readonly links: readonly (readonly [string, readonly Link[]])[];
  readonly more: readonly Wanted[];
}

/** A record without any is an error entry of a 207, and no failure; any other entry means that the answer is no whole. */
const readOnce = async ({ http, path, context }: Read, inputs: readonly Wanted[]): Promise<Answered> => {
  const answer = await http.read(context, {
    method: 'POST',
    path,
    body: { inputs },
    schema: associationsReadSchema,
  });
  for (const error of answer.body.errors ?? []) {
    const isNone = error.subCategory === 'crm.associations.NO_ASSOCIATIONS_FOUND';
    if (!isNone && error.category !== 'OBJECT_NOT_FOUND')
      throw new CallFailed(failureOfError(`POST ${path}`, answer.status, error));
  }
  return {
    links: answer.body.results.map(({ from, to }) => [
      from.id,
      to.map(({ toObjectId, associationTypes }) => ({ toId: toObjectId, types: associationTypes })),
    ]),
    more: answer.body.results.flatMap(({ from, paging }) =>
      paging?.next ? [{ id: from.id, after: paging.next.after }] : [],
    ),
  };
};

/** The first page of many records; a batch that is refused as a whole is sent again in sizes that are sure to be taken. */
const readFirst = async (read: Read, ids: readonly string[]): Promise<readonly Answered[]> => {
  const inputs = ids.map((id) => ({ id }));
  try {
    return [await readOnce(read, inputs)];
  } catch (error) {
    const isRefused = error instanceof CallFailed && error.failure.category === 'request';
    if (!isRefused || ids.length <= associationLimits.readSafe) throw error;
    const pieces = chunk(inputs, associationLimits.readSafe);
    return await mapConcurrently(pieces, batchConcurrency, (piece) => readOnce(read, piece));
  }
};

/** All associations of records to those of another object; records without any are left out. @throws CallFailed */
export const readLinks = async (
  http: HubSpotHttp,
  type: string,
  ids: readonly string[],
  toType: string,
  context: CallContext,
): Promise<ReadonlyMap<string, readonly Link[]>> => {
  const read: Read = { http, path: associationsPath(type, toType, '/read'), context };
  const found = new Map<string, Link[]>();
  let more: Wanted[] = [];
  const take = (answered: Answered): void => {
    for (const [id, links] of answered.links) found.set(id, [...(found.get(id) ?? []), ...links]);
    more.push(...answered.more);
  };
  const batches = chunk([...new Set(ids)], associationLimits.read);
  const answers = await mapConcurrently(batches, batchConcurrency, (batch) => readFirst(read, batch));
  for (const answered of answers.flat()) take(answered);
  for (let page = 1; more.length > 0; page += 1) {
    if (page > pagesMax) {
      const message = `POST ${read.path}: a record has more associations than ${pagesMax} pages hold`;
      throw new CallFailed({
        category: 'request',
        system: 'hubspot',
        code: 'TOO_MANY_TIES',
        message,
        fields: [],
      });
    }
    const wanted = chunk(more, associationLimits.readSafe);
    more = [];
    for (const piece of wanted) take(await readOnce(read, piece));
  }
  return found;
};

/**
 * Associations as ties; see Connector.readTies. HubSpot moves no stamp when they change: only reading them, or a webhook, tells.
 * @throws CallFailed
 */
export const readTies = async (
  http: HubSpotHttp,
  type: string,
  ids: readonly string[],
  toType: string,
  context: CallContext,
): Promise<ReadonlyMap<string, readonly Tie[]>> => {
  const found = await readLinks(http, type, ids, toType, context);
  return new Map(
    [...found].map(([id, links]) => [
      id,
      links.map(
        ({ toId, types }): Tie => ({
          from: { system: 'hubspot', type, id },
          to: { system: 'hubspot', type: toType, id: toId },
          labels: types.flatMap((one) => (one.label === null || isPrimaryType(one) ? [] : [one.label])),
          primary: types.some(isPrimaryType),
        }),
      ),
    ]),
  );
};
