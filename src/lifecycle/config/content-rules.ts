import type { Finding } from '../../mapping/finding.ts';
import { didYouMean } from '../../mapping/suggest.ts';
import type { KeyPath, YamlSource } from '../../mapping/yaml-source.ts';
import { addressKey } from '../content/consumed.ts';
import { type Catalogue, contentNames } from '../content/model.ts';
import { pressable } from '../digest/next-step.ts';
import { salesStages } from '../stage/stages.ts';
import type { Checked } from './check-file.ts';
import type { ContentFile } from './content-shape.ts';
import { errorAt, expressionFindings, noteAt } from './rule-findings.ts';

type Pieces = ContentFile['pieces'];

const twice = (source: YamlSource, pieces: Pieces): readonly Finding[] =>
  pieces.flatMap(({ id }, index) => {
    const first = pieces.findIndex((each) => each.id === id);
    if (first === index) return [];
    return [
      errorAt(
        source,
        ['pieces', index, 'id'],
        `piece '${id}' is there twice`,
        `reports could not tell it from number ${first + 1}`,
        'give one of them another id',
      ),
    ];
  });

const addressFindings = (source: YamlSource, pieces: Pieces): readonly Finding[] =>
  pieces.flatMap(({ id, url }, index): readonly Finding[] => {
    const path = ['pieces', index, 'url'];
    if (pressable(url) === null) {
      const why = `'${url}' is no http or https address that a rep could press`;
      return [
        errorAt(
          source,
          path,
          `piece '${id}' leads nowhere`,
          why,
          'write the whole address, https:// included',
        ),
      ];
    }
    const key = addressKey(url);
    const other = pieces.find((each) => addressKey(each.url) === key);
    if (other === undefined || pieces.indexOf(other) === index || other.id === id) return [];
    const why = 'what follows ? and # is not kept, so nobody could tell which of the two somebody read';
    return [
      noteAt(source, path, `'${id}' and '${other.id}' have one address`, why, 'give each a page of its own'),
    ];
  });

/** Pieces that are over at a moment: no mistake, or a worker could not be started again on the day after. */
export const expiredFindings = (
  { built, source }: Pick<Checked<Catalogue>, 'built' | 'source'>,
  now: number,
): readonly Finding[] =>
  (built?.pieces ?? []).flatMap(({ id, expiresAt }, index): readonly Finding[] => {
    if (expiresAt === null || expiresAt > now || source === null) return [];
    const day = new Date(expiresAt - 1).toISOString().slice(0, 10);
    return [
      noteAt(
        source,
        ['pieces', index, 'valid-until'],
        `piece '${id}' is expired`,
        `it was valid until ${day}, and is recommended to nobody`,
        'take it out, or write a later day',
      ),
    ];
  });

/** Names of segments, personas and topics that a piece has and the file does not. */
const namedFindings = (source: YamlSource, file: ContentFile): readonly Finding[] =>
  file.pieces.flatMap((piece, index) =>
    (['segments', 'personas', 'topics'] as const).flatMap((key) =>
      piece[key].flatMap((name, at): readonly Finding[] => {
        const known = Object.keys(file[key]);
        if (known.includes(name)) return [];
        const why = known.length === 0 ? `the file has no ${key}` : `the ${key} are ${known.join(', ')}`;
        return [
          errorAt(
            source,
            ['pieces', index, key, at],
            `'${piece.id}' names '${name}', which is none of the ${key}`,
            why,
            `${didYouMean(name, known)}add it under ${key}, or correct the name`,
          ),
        ];
      }),
    ),
  );

const stageFindings = (source: YamlSource, pieces: Pieces): readonly Finding[] =>
  pieces.flatMap(({ id, stages, 'deal-stages': dealStages }, index): readonly Finding[] => {
    if (dealStages.length > 0 && !stages.includes('opportunity')) {
      const why = "deals are looked at where people are at 'opportunity', and its stages leave that out";
      return [
        errorAt(
          source,
          ['pieces', index, 'deal-stages'],
          `piece '${id}' can never be recommended for a deal`,
          why,
          "add opportunity to its 'stages', or take 'deal-stages' away",
        ),
      ];
    }
    // Nobody of sales reads a record while its person is at another stage.
    if (stages.some((stage) => salesStages.has(stage) || stage === 'opportunity')) return [];
    return [
      noteAt(
        source,
        ['pieces', index, 'stages'],
        `no rep ever sees piece '${id}'`,
        `it is for ${stages.join(', ')}, and reps have people at ${[...salesStages, 'opportunity'].join(', ')}`,
        'add one of those stages, or take it out',
      ),
    ];
  });

/** A name that no piece has does nothing. */
const unusedFindings = (source: YamlSource, file: ContentFile): readonly Finding[] =>
  (['segments', 'personas', 'topics'] as const).flatMap((key) =>
    Object.keys(file[key])
      .filter((name) => !file.pieces.some((piece) => piece[key].includes(name)))
      .map((name) =>
        noteAt(
          source,
          [key, name],
          `no piece is for '${name}'`,
          `it stands under ${key}, and no piece names it`,
          'name it in a piece, or take it out',
        ),
      ),
  );

const audienceFindings = (source: YamlSource, file: ContentFile): readonly Finding[] =>
  (['segments', 'personas'] as const).flatMap((key) =>
    Object.entries(file[key]).flatMap(([name, when]) => {
      const path: KeyPath = [key, name];
      return expressionFindings(source, path, when, contentNames);
    }),
  );

/** Everything in content.yaml that its shape cannot say, whatever the day. */
export const checkContentRules = (source: YamlSource, file: ContentFile): readonly Finding[] => [
  ...audienceFindings(source, file),
  ...twice(source, file.pieces),
  ...addressFindings(source, file.pieces),
  ...namedFindings(source, file),
  ...stageFindings(source, file.pieces),
  ...unusedFindings(source, file),
];
