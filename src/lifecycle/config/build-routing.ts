import { longId } from '../../mapping/codecs/reference.ts';
import type { YamlSource } from '../../mapping/yaml-source.ts';
import type { Pool, RouteTarget, RoutingModel } from '../routing/model.ts';
import { expressionAt } from './build-lifecycle.ts';
import type { RoutingFile } from './routing-shape.ts';

const unlimited = Number.POSITIVE_INFINITY;

const targetOf = ({ owner, pool }: RoutingFile['rules'][number]): RouteTarget =>
  pool === undefined ? { kind: 'owner', id: longId(owner ?? '') } : { kind: 'pool', name: pool };

const poolOf = (name: string, { hours, members }: RoutingFile['pools'][string]): Pool => ({
  name,
  hours,
  members: members.map(({ owner, weight, 'per-day': perDayMax, open }) => ({
    owner: longId(owner),
    weight,
    perDayMax: perDayMax ?? unlimited,
    openMax: open ?? unlimited,
  })),
});

/** routing.yaml, already without findings, as what `route` decides by. */
export const buildRouting = (source: YamlSource, file: RoutingFile): RoutingModel => ({
  version: file.version,
  by: file.by,
  keepsExistingOwner: file['existing-owner'] === 'keep',
  prefersAccountOwner: file['account-owner'] === 'prefer',
  rules: file.rules.map((rule, index) => ({
    kind: rule.kind,
    name: rule.name,
    when: expressionAt(source, ['rules', index, 'when'], rule.when),
    to: targetOf(rule),
  })),
  pools: new Map(Object.entries(file.pools).map(([name, pool]) => [name, poolOf(name, pool)])),
  otherwise: file.otherwise ?? null,
  sdr:
    file.sdr === undefined
      ? null
      : {
          pool: file.sdr.pool,
          when: file.sdr.when === undefined ? null : expressionAt(source, ['sdr', 'when'], file.sdr.when),
        },
  fallbackQueue: longId(file.fallback.queue),
  reroutesMax: file['reroutes-max'],
});
