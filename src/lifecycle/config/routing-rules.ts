import type { Finding } from '../../mapping/finding.ts';
import { didYouMean } from '../../mapping/suggest.ts';
import type { KeyPath, YamlSource } from '../../mapping/yaml-source.ts';
import { routeNames } from '../routing/model.ts';
import type { RoutingFile } from './routing-shape.ts';
import { errorAt, expressionFindings, noteAt } from './rule-findings.ts';

const poolFindings = (
  source: YamlSource,
  file: RoutingFile,
  path: KeyPath,
  name: string | undefined,
): readonly Finding[] => {
  if (name === undefined || Object.hasOwn(file.pools, name)) return [];
  const names = Object.keys(file.pools);
  const why = names.length === 0 ? 'there are no pools' : `the pools are ${names.join(', ')}`;
  return [
    errorAt(source, path, `there is no pool '${name}'`, why, `${didYouMean(name, names)}correct the name`),
  ];
};

const ruleFindings = (source: YamlSource, file: RoutingFile): readonly Finding[] =>
  file.rules.flatMap(({ name, when, owner, pool }, index): readonly Finding[] => {
    const path = ['rules', index];
    const given = [owner, pool].filter((target) => target !== undefined).length;
    return [
      ...expressionFindings(source, [...path, 'when'], when, routeNames),
      ...poolFindings(source, file, [...path, 'pool'], pool),
      ...(given === 1
        ? []
        : [
            errorAt(
              source,
              path,
              `rule '${name}' gives leads to ${given === 0 ? 'nobody' : 'two at once'}`,
              'a rule has an owner or a pool',
              "write 'owner:' or 'pool:'",
            ),
          ]),
    ];
  });

/** The same condition twice: the second can only be reached when nobody of the first can take it. */
const shadowed = (source: YamlSource, file: RoutingFile): readonly Finding[] =>
  file.rules.flatMap(({ name, when }, index) => {
    const first = file.rules.find((rule) => rule.when.trim() === when.trim());
    if (first === undefined || file.rules.indexOf(first) === index) return [];
    return [
      noteAt(
        source,
        ['rules', index, 'when'],
        `'${name}' holds for the same people as '${first.name}'`,
        'it is asked only when nobody there can take them',
        'delete it, unless that is meant',
      ),
    ];
  });

const memberFindings = (source: YamlSource, file: RoutingFile): readonly Finding[] =>
  Object.entries(file.pools).flatMap(([name, { members }]): readonly Finding[] => {
    const path = ['pools', name, 'members'];
    if (members.length === 0)
      return [
        errorAt(
          source,
          path,
          `pool '${name}' is empty`,
          'every lead of it would go to the fallback queue',
          'add a member, or delete the pool',
        ),
      ];
    const owners = members.map(({ owner }) => owner.slice(0, 15));
    return owners.flatMap((owner, index) =>
      owners.indexOf(owner) === index
        ? []
        : [
            errorAt(
              source,
              [...path, index],
              `${owner} is twice in pool '${name}'`,
              'their share would be told twice',
              "give them one entry with a 'weight'",
            ),
          ],
    );
  });

const unusedPools = (source: YamlSource, file: RoutingFile): readonly Finding[] => {
  const used = new Set([...file.rules.map(({ pool }) => pool), file.otherwise, file.sdr?.pool]);
  return Object.keys(file.pools).flatMap((name) =>
    used.has(name)
      ? []
      : [
          noteAt(
            source,
            ['pools', name],
            `pool '${name}' is never used`,
            'no rule, otherwise or sdr names it',
            'name it in a rule, or delete it',
          ),
        ],
  );
};

const elsewhere = (source: YamlSource, file: RoutingFile): readonly Finding[] => {
  const isAsked = file.rules.length > 0 || file.otherwise !== undefined || file.sdr !== undefined;
  if (file.by === 'tandem' || !isAsked) return [];
  return [
    errorAt(
      source,
      ['by'],
      `the rules here are not asked while 'by' is ${file.by}`,
      'somebody else chooses the owner',
      "write 'by: tandem', or delete rules, otherwise and sdr",
    ),
  ];
};

/** Everything in routing.yaml that its shape cannot say. */
export const checkRoutingRules = (source: YamlSource, file: RoutingFile): readonly Finding[] => [
  ...ruleFindings(source, file),
  ...shadowed(source, file),
  ...memberFindings(source, file),
  ...unusedPools(source, file),
  ...elsewhere(source, file),
  ...poolFindings(source, file, ['otherwise'], file.otherwise),
  ...poolFindings(source, file, ['sdr', 'pool'], file.sdr?.pool),
  ...(file.sdr?.when === undefined
    ? []
    : expressionFindings(source, ['sdr', 'when'], file.sdr.when, routeNames)),
];
