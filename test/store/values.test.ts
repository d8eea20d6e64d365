import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ClaimedUnit } from '../../src/model/state.ts';
import type { RawValue } from '../../src/model/value.ts';
import { contact, holder, makeIntent, makeLedgerEntry, makeMark, makeSettlement, pair } from './builders.ts';
import { storeUnderTest } from './contract.ts';

const fixture = storeUnderTest();

/** Strings of any code units: NUL, lone surrogates, quotes and backslashes included. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '\0',
      '\ud800',
      '\udfff',
      '\\',
      '"',
      '{',
      ',',
      'u0000',
      '\\u0000',
      'é',
      '\u{1F600}',
      '\n',
    ),
  }),
);
// -0 is the one number that JSON does not keep; no API gives it.
const anyNumber = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((number) => !Object.is(number, -0));
const anyValue: fc.Arbitrary<RawValue> = fc.oneof(
  anyText,
  anyNumber,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const anyBase = fc.dictionary(
  anyText,
  fc.record({ hubspot: anyValue, salesforce: anyValue }, { noNullPrototype: true }),
  {
    noNullPrototype: true,
  },
);

it('gives every value back as it was put in: base, intents, ledger', async () => {
  const { store } = fixture;
  let count = 0;
  await fc.assert(
    fc.asyncProperty(anyBase, anyBase, anyValue, anyText, async (base, moved, value, cause) => {
      count += 1;
      const [hubspot, salesforce] = [`c${count}`, `l${count}`];
      await store.commitSignals([makeMark(contact(hubspot), { cause })]);
      const [unit] = await store.claim(pair, holder, 1, 60_000);
      const begin = { ids: { hubspot, salesforce }, base, stamps: { hubspot: 1, salesforce: 1 } };
      const { begun } = await store.settleAndKeep([
        makeSettlement(unit as ClaimedUnit, { begin, clean: [] }),
      ]);
      const link = begun.get(unit?.key ?? '');
      expect(link?.base).toEqual(base);
      const key = `link:${link?.id}`;
      const fence = unit?.fence ?? 0;
      const [write] = makeIntent({ key }).writes;
      const intent = makeIntent(
        { key },
        {
          linkId: link?.id ?? null,
          linkVersion: 1,
          source: contact(hubspot),
          writes:
            write === undefined
              ? []
              : [{ ...write, sent: value, replaced: value, lost: value, source: value }],
        },
      );
      const opened = await store.openIntents([intent], new Map([[key, fence]]), 0, 1_000);
      expect(opened.size).toBe(1);
      await store.settleAndKeep([
        makeSettlement(
          { key, fence },
          {
            move: { linkId: link?.id ?? '', version: 1, base: moved, stamps: {} },
            ledger: [makeLedgerEntry({ from: value, to: { name: value }, lost: value, field: `f${count}` })],
          },
        ),
      ]);
      await store.release([{ key, fence }], 0);
      const [again] = await store.claim(pair, holder, 1, 60_000);
      expect(again?.link?.base).toEqual({ ...base, ...moved });
      expect(again?.intents[0]?.writes).toEqual(intent.writes);
      const entry = (await fixture.ledger()).find(({ field }) => field === `f${count}`);
      expect([entry?.from, entry?.lost, entry?.to]).toEqual([value, value, { name: value }]);
      await store.settle([makeSettlement(again as ClaimedUnit, { closedIntents: [intent.id] })]);
    }),
    { numRuns: 60, interruptAfterTimeLimit: 10_000 },
  );
});
