import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lifecycleFileNames } from '../../../src/lifecycle/config/load.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

/** What an unlucky editor, merge or keyboard does to a line. */
const change = fc.record({
  at: fc.nat(200),
  how: fc.constantFrom('delete', 'double', 'replace', 'indent', 'append'),
  text: fc.oneof(
    fc.string(),
    fc.constantFrom(
      '<<<<<<< HEAD',
      '\t- x',
      '&a [*a]',
      '- *undefined',
      'reasons: null',
      'stages: []',
      ': 3',
      ' && ',
      '1e999',
      '[]',
      '{}',
      '-1',
    ),
    fc.json(),
  ),
});

it.each(lifecycleFileNames)(
  'a spoiled %s is loaded, or refused with file, line, reason and fix; never anything else',
  (name) => {
    const lines = shippedText(name).split('\n');
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const spoiled: (string | null)[] = [...lines];
        for (const { at, how, text } of changes) {
          const index = at % lines.length;
          const line = spoiled[index] ?? '';
          const changed = {
            delete: null,
            double: `${line}\n${line}`,
            replace: text,
            indent: ` ${line}`,
            append: `${line}${text}`,
          };
          spoiled[index] = changed[how as keyof typeof changed];
        }
        const text = spoiled.filter((line) => line !== null).join('\n');
        for (const { file, line, what, why, fix } of loadWith({ [name]: text }).findings) {
          expect([file, line >= 1, what !== '', why !== '', fix !== '']).toEqual([
            expect.stringMatching(/\.yaml$/),
            true,
            true,
            true,
            true,
          ]);
        }
      }),
      { numRuns: 100, interruptAfterTimeLimit: 3_000 },
    );
  },
);
