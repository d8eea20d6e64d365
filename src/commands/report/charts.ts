import { BarChart, type BarSeriesOption } from 'echarts/charts';
import {
  GridComponent,
  type GridComponentOption,
  LegendComponent,
  type LegendComponentOption,
  MarkLineComponent,
} from 'echarts/components';
import { type ComposeOption, init, setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type Html, html, trusted } from './html.ts';

// ECharts draws on the server as SVG (https://echarts.apache.org/handbook/en/how-to/cross-platform/server/): the page needs no script.
use([BarChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

const fontPx = 12;

/** Without a screen nobody knows how wide a text is: somewhat more than most fonts take, so that no name is cut off. */
const unitsOf = (text: string): number =>
  [...text].reduce(
    (sum, char) => sum + (/[ .,:;'|ijltfr()]/.test(char) ? 0.36 : /[A-ZMW%@mw]/.test(char) ? 0.78 : 0.6),
    0,
  );
setPlatformAPI({
  measureText: (text, font) => ({
    width: unitsOf(text) * Number(/([\d.]+)px/.exec(font ?? '')?.[1] ?? fontPx),
  }),
});

type Option = ComposeOption<BarSeriesOption | GridComponentOption | LegendComponentOption>;

/** One kind of bar: a colour, and a value for each category. */
export interface Bars {
  readonly name: string;
  /** For all of them, or for each category its own. */
  readonly color: string | readonly string[];
  readonly values: readonly number[];
}

export interface ChartData {
  /** What it shows, for those who do not see it. */
  readonly title: string;
  readonly categories: readonly string[];
  readonly bars: readonly Bars[];
  /** `across`: one bar below the other, for names; `up`: side by side, for weeks. */
  readonly direction: 'across' | 'up';
  /** Words of a value; absent: the number. */
  readonly format?: (value: number) => string;
  /** The end of the scale, where it is known. */
  readonly max?: number;
  /** A line to hold the bars against. */
  readonly goal?: { readonly value: number; readonly words: string };
}

const ink = '#3b4252';
const faint = '#e7e9ee';
// Without quotation marks: the library puts it into an attribute as it is.
const fontFamily = 'system-ui, -apple-system, Roboto, sans-serif';
const barHeight = 34;

/** Names are cut to what the place beside the bars takes; the table below has them whole. */
const cutTo = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;

const optionOf = (data: ChartData, width: number): Option => {
  const { categories, bars, direction, format = String, goal } = data;
  const isAcross = direction === 'across';
  const isNarrow = width < 500;
  const nameMax = isNarrow ? 14 : 26;
  const names = {
    type: 'category' as const,
    data: categories.map((name) => cutTo(name, nameMax)),
    inverse: isAcross,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: faint } },
    axisLabel: { color: ink, fontSize: fontPx, ...(isAcross ? {} : { interval: isNarrow ? 2 : 0 }) },
  };
  const values = {
    type: 'value' as const,
    minInterval: 1,
    ...(data.max === undefined ? {} : { max: data.max }),
    splitNumber: isNarrow ? 3 : 5,
    splitLine: { lineStyle: { color: faint } },
    axisLabel: { color: ink, fontSize: fontPx, hideOverlap: true, formatter: format },
  };
  const isLegend = bars.length > 1;
  return {
    animation: false,
    textStyle: { fontFamily },
    grid: {
      left: 8,
      right: isAcross ? 28 : 8,
      top: goal === undefined ? 8 : 28,
      bottom: isLegend ? (isNarrow ? 66 : 38) : 8,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    ...(isLegend
      ? {
          legend: {
            selectedMode: false,
            bottom: 0,
            left: 0,
            itemWidth: 12,
            itemHeight: 12,
            itemGap: isNarrow ? 8 : 14,
            textStyle: { color: ink, fontSize: isNarrow ? 11 : fontPx },
          },
        }
      : {}),
    xAxis: isAcross ? values : names,
    yAxis: isAcross ? names : values,
    series: bars.map(({ name, color, values: own }, index) => ({
      type: 'bar' as const,
      silent: true,
      emphasis: { disabled: true },
      name,
      data: own.map((value, at) => ({
        value,
        itemStyle: { color: typeof color === 'string' ? color : (color[at] ?? ink) },
      })),
      ...(isLegend ? { stack: 'all' } : {}),
      barMaxWidth: 26,
      itemStyle: { color: typeof color === 'string' ? color : ink },
      ...(goal === undefined || index > 0
        ? {}
        : {
            markLine: {
              silent: true,
              symbol: 'none',
              lineStyle: { color: '#8a2f2f', type: 'dashed' as const, width: 1.5 },
              label: {
                formatter: goal.words,
                position: isAcross ? ('start' as const) : ('end' as const),
                color: '#8a2f2f',
                fontSize: fontPx,
              },
              data: [isAcross ? { xAxis: goal.value } : { yAxis: goal.value }],
            },
          }),
    })),
  };
};

const draw = (data: ChartData, width: number): string => {
  const isAcross = data.direction === 'across';
  const legend = data.bars.length > 1 ? (width < 500 ? 70 : 40) : 10;
  const height = isAcross ? data.categories.length * barHeight + 48 + legend : 260 + (width < 500 ? 20 : 0);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(optionOf(data, width));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
};

/** A chart for a wide page and one for a phone, of which the page shows the one that fits; texts in it are escaped by the library. */
export const chart = (data: ChartData): Html => {
  const pictures = (['wide', 'narrow'] as const).map((size) => {
    const svg = draw(data, size === 'wide' ? 940 : 330);
    return html`<div class="chart ${size}" role="img" aria-label="${data.title}">${trusted(svg)}</div>`;
  });
  return html`${pictures}`;
};
