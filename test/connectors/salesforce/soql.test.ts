import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chunkLiterals,
  encodedLength,
  encodedQueryMax,
  soqlInstant,
  soqlString,
} from '../../../src/connectors/salesforce/soql.ts';

const plain: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Reads one literal as SOQL does; null where text is left after its closing quote, or it is not closed. */
const readLiteral = (text: string): string | null => {
  let value = '';
  for (let at = 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "'") return at === text.length - 1 ? value : null;
    if (char !== '\\') value += char;
    else {
      at += 1;
      const escaped = text.charAt(at);
      value += plain[escaped] ?? escaped;
    }
  }
  return null;
};

const nasty = fc.string({
  unit: fc.constantFrom("'", '\\', '"', '\n', '\r', '\t', '\b', '\f', 'n', 'a', '%', '_', '漢'),
});

describe('soqlString', () => {
  it('gives a literal that reads back as the value and ends where it should', () => {
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'grapheme' })), (value) => {
        expect(readLiteral(soqlString(value))).toBe(value);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('chunkLiterals', () => {
  it('keeps every literal, in order, and each query within its length', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(nasty, fc.string({ minLength: 50, maxLength: 400 })), { maxLength: 200 }),
        (values) => {
          const head = 'SELECT Id FROM Lead WHERE Email IN (';
          const literals = values.map(soqlString);
          const chunks = chunkLiterals(head, literals);
          expect(chunks.flat()).toEqual(literals);
          for (const chunk of chunks) {
            expect(chunk.length).toBeGreaterThan(0);
            expect(encodedLength(`${head}${chunk.join(',')})`)).toBeLessThanOrEqual(encodedQueryMax);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('fills a query before it begins the next', () => {
    const literals = Array.from({ length: 1_000 }, (_, n) => soqlString(`person${n}@example.com`));
    const [first = [], second = []] = chunkLiterals('(', literals);
    const oneMore = encodedLength(`(${[...first, second[0]].join(',')})`);
    expect(oneMore).toBeGreaterThan(encodedQueryMax);
  });
});

it.each([
  [Date.UTC(2026, 10, 24, 10, 0, 5), '2026-11-24T10:00:05Z'],
  [Date.UTC(2026, 10, 24, 10, 0, 5, 120), '2026-11-24T10:00:05.120Z'],
])('soqlInstant(%i) is %s', (ms, literal) => {
  expect(soqlInstant(ms)).toBe(literal);
});
