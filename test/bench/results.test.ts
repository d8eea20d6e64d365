import { describe, expect, it } from 'vitest';
import { makeFigure } from '../../bench/figure.ts';
import { renderResults } from '../../bench/results.ts';

const figure = (name: string, ours: number) =>
  makeFigure({ name, against: 'target', ours, theirs: 10, better: 'lower', unit: 'calls', detail: { ours } });

describe('the results file', () => {
  it("replaces a benchmark's section and keeps the others', in their order", () => {
    const day = (date: number): Date => new Date(Date.UTC(2026, 10, date));
    const first = renderResults(
      '',
      { benchmark: 'align', figures: [figure('align.calls', 5)], notes: ['people: 20'] },
      day(1),
    );
    const both = renderResults(
      first,
      { benchmark: 'noop', figures: [figure('noop.calls', 6)], notes: [] },
      day(2),
    );
    const again = renderResults(
      both,
      { benchmark: 'align', figures: [figure('align.calls', 11)], notes: [] },
      day(3),
    );
    expect(again.match(/^## .*$/gm)).toEqual(['## align', '## noop']);
    expect(again.match(/^\| \w+\.calls.*$/gm)).toEqual([
      '| align.calls | 11 | 10 | target | 1.1 | lower | calls | **missed** |',
      '| noop.calls | 6 | 10 | target | 0.6 | lower | calls | met |',
    ]);
    expect(again.match(/^- Date: .*$/gm)).toEqual(['- Date: 2026-11-03T00:00Z', '- Date: 2026-11-02T00:00Z']);
    expect(again).not.toContain('people: 20');
    expect(
      renderResults(again, { benchmark: 'align', figures: [figure('align.calls', 11)], notes: [] }, day(3)),
    ).toBe(again);
  });

  it('says what lies behind several figures once', () => {
    const figures = [figure('align.calls', 5), figure('align.reads', 5), figure('align.writes', 6)];
    const text = renderResults('', { benchmark: 'align', figures, notes: [] }, new Date(0));
    expect(text.match(/^- `.*$/gm)).toEqual([
      '- `align.calls`, `align.reads`: `{"ours":5}`',
      '- `align.writes`: `{"ours":6}`',
    ]);
  });
});
