import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { type Carried, isBodiless, SimulatorProxy } from './simulator-proxy.ts';

/** What is done to an answer on its way. Scalars are left alone: what a vendor says of a value cannot be told from a lie. */
export type Mutation =
  | { readonly kind: 'none' }
  | { readonly kind: 'truncate'; readonly at: number }
  | { readonly kind: 'replace'; readonly body: string }
  | { readonly kind: 'delete'; readonly at: number }
  | { readonly kind: 'junk'; readonly at: number; readonly junk: unknown }
  | { readonly kind: 'twice'; readonly at: number }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'cut' };

const place = fc.double({ min: 0, max: 0.999, noNaN: true });
const junk = fc.oneof(
  fc.constant(null),
  fc.constant([]),
  fc.constant({}),
  fc.constant([[[[[[]]]]]]),
  fc.constant(JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') as unknown),
  fc.array(fc.integer(), { maxLength: 50 }),
  fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 }),
);

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('truncate' as const), at: place }),
  fc.record({
    kind: fc.constant('replace' as const),
    body: fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.constant('<html>'), fc.constant('')),
  }),
  fc.record({ kind: fc.constant('delete' as const), at: place }),
  fc.record({ kind: fc.constant('junk' as const), at: place, junk }),
  fc.record({ kind: fc.constant('twice' as const), at: place }),
  fc.record({
    kind: fc.constant('status' as const),
    status: fc.constantFrom(200, 201, 204, 206, 226, 300, 302, 304, 400, 404, 418, 451, 499, 500, 511, 599),
  }),
  fc.record({
    kind: fc.constant('headers' as const),
    headers: fc.constantFrom<Record<string, string>[]>(
      { 'content-type': 'text/html' },
      { 'content-type': 'application/json; charset=utf-7' },
      { 'retry-after': 'banana' },
      { 'x-hubspot-ratelimit-daily': 'NaN', 'x-hubspot-ratelimit-daily-remaining': '-1' },
      { 'x-hubspot-ratelimit-daily': '0', 'x-hubspot-ratelimit-daily-remaining': '0' },
      { 'sforce-limit-info': 'api-usage=18/0;per=?' },
      { date: 'yesterday' },
    ),
  }),
  fc.record({ kind: fc.constant('cut' as const) }),
);

type Node = { readonly holder: Record<string, unknown> | unknown[]; readonly key: string };

/** Every object and array inside, and the places where one is missing or scalar as deletable keys. */
const nodesOf = (root: unknown): { readonly keys: Node[]; readonly inner: Node[] } => {
  const keys: Node[] = [];
  const inner: Node[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const holder = value as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      keys.push({ holder, key });
      if (typeof holder[key] === 'object' && holder[key] !== null) inner.push({ holder, key });
      walk(holder[key]);
    }
  };
  walk(root);
  return { keys, inner };
};

const pick = <T>(items: readonly T[], at: number): T | undefined => items[Math.floor(at * items.length)];

const remove = ({ holder, key }: Node): void => {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
};

const mutateJson = (text: string, change: (root: { value: unknown }) => void): string => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const root = { value };
  change(root);
  return JSON.stringify(root.value) ?? '';
};

/** The body after a mutation. */
const mutated = (text: string, each: Mutation): string => {
  switch (each.kind) {
    case 'truncate':
      return text.slice(0, Math.floor(text.length * each.at));
    case 'replace':
      return each.body;
    case 'delete':
      return mutateJson(text, (root) => {
        const node = pick(nodesOf(root).keys, each.at);
        if (node) remove(node);
      });
    case 'junk':
      return mutateJson(text, (root) => {
        const node = pick(nodesOf(root).inner, each.at);
        if (node) (node.holder as Record<string, unknown>)[node.key] = structuredClone(each.junk);
      });
    case 'twice':
      return mutateJson(text, (root) => {
        const lists = nodesOf(root).inner.filter(({ holder }) => Array.isArray(holder));
        const node = pick(lists, each.at);
        if (node)
          (node.holder as unknown[]).push(structuredClone((node.holder as unknown[])[Number(node.key)]));
      });
    default:
      return text;
  }
};

/** Stands before a simulator and spoils its answers as it is told; the requests are carried out as they are. */
export class UnkindProxy extends SimulatorProxy {
  /** What is done to the next answers, one after another; then they are left alone. */
  mutations: Mutation[] = [];

  protected async pass(carried: Carried, response: ServerResponse): Promise<void> {
    const { status: answered, headers, text } = await carried.send();
    const each = this.mutations.shift() ?? { kind: 'none' as const };
    if (each.kind === 'cut') {
      response.destroy();
      return;
    }
    const own = each.kind === 'headers' ? each.headers : {};
    const status = each.kind === 'status' ? each.status : answered;
    response.writeHead(status, { ...headers, ...own });
    response.end(isBodiless(status) ? undefined : mutated(text, each));
  }
}
