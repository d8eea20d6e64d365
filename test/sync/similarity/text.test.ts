import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jaroWinkler } from '../../../src/sync/similarity/jaro-winkler.ts';
import { codeSimilarity, textSimilarity } from '../../../src/sync/similarity/text.ts';

describe('Jaro-Winkler', () => {
  // Winkler (1994), Advanced methods for record linkage, table 1; and the examples that every implementation is held against.
  it.each([
    ['MARTHA', 'MARHTA', 0.961],
    ['DWAYNE', 'DUANE', 0.84],
    ['DIXON', 'DICKSONX', 0.813],
    ['SHACKLEFORD', 'SHACKELFORD', 0.982],
    ['JONES', 'JOHNSON', 0.832],
    ['ABROMS', 'ABRAMS', 0.922],
    ['ABC', 'XYZ', 0],
    ['', 'A', 0],
    ['😀a', '😀a', 1],
  ])('%s and %s', (one, other, expected) => {
    expect(jaroWinkler(one, other)).toBeCloseTo(expected, 3);
  });

  it('is total, symmetric on what people type, and 1 for equal texts alone', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(word, word, (one, other) => {
        const similarity = jaroWinkler(one, other);
        expect(similarity).toBeGreaterThanOrEqual(0);
        expect(similarity === 1).toBe(one === other);
        expect(Math.abs(similarity - jaroWinkler(other, one))).toBeLessThan(0.2);
      }),
    );
  });
});

describe('similarity of texts', () => {
  it.each([
    ['case, accents and punctuation do not count', 'Müller-Lüdenscheidt', 'muller ludenscheidt', 1, 1],
    ['words in another order', '12 Main Street, Flat 3', 'Flat 3, 12 Main Street', 1, 1],
    ['a space that is typed or not', 'St James', 'stjames', 1, 1],
    ['an initial', 'J. Smith', 'John Smith', 0.8, 0.99],
    ['a slip', 'Lachlan', 'Lachaln', 0.9, 0.99],
    ['strangers', 'Berry', 'Sondergeld', 0, 0.6],
    ['an initial of somebody else', 'K', 'John', 0, 0],
    ['other scripts', 'Иванов', 'Иваноф', 0.85, 0.99],
    ['marks alone', '...', '...', 1, 1],
  ])('%s', (_name, one, other, least, most) => {
    const similarity = textSimilarity(one, other);
    expect(similarity).toBeGreaterThanOrEqual(least);
    expect(similarity).toBeLessThanOrEqual(most);
  });

  it.each([
    ['2776', '2776', 1],
    ['SW1A 1AA', 'sw1a1aa', 1],
    ['2776', '2767', 0.7],
    ['2776', '277', 0.7],
    ['2776', '2779', 0.7],
    ['2776', '2667', 0],
    ['2776', '7726', 0],
  ])('codes: %s and %s', (one, other, expected) => {
    expect(codeSimilarity(one, other)).toBe(expected);
  });

  it('takes long and strange texts', () => {
    const long = 'ab '.repeat(20_000);
    expect(textSimilarity(long, `${long}x`)).toBe(1);
    const any = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(any, any, (one, other) => {
        const similarity = textSimilarity(one, other);
        return similarity >= 0 && similarity <= 1;
      }),
    );
  });
});
