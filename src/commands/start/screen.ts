import picocolors from 'picocolors';
import { type System, systemLabel } from '../../model/system.ts';

/** Where the lines go. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const valueLengthMax = 60;
/** Control characters, line breaks and marks that turn the direction of what follows would spoil the lines. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const shorten = (text: string): string => {
  const parts = [...graphemes.segment(text)].map(({ segment }) => segment);
  return parts.length > valueLengthMax ? `${parts.slice(0, valueLengthMax - 1).join('')}…` : text;
};

/** A value as a line shows it: one line, not too long, in quotes; blank says so. */
export const quote = (value: string | null): string =>
  value === null ? 'blank' : `“${shorten(value.replace(unprintable, ' ').trim())}”`;

/** A name as a line shows it. */
export const plainName = (name: string): string => shorten(name.replace(unprintable, ' ').trim());

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

export const number = (count: number): string => Math.round(count).toLocaleString('en-US');

/**
 * The demonstration's plain lines. On a terminal they are coloured (not with NO_COLOR) and the progress line is
 * overwritten; elsewhere progress is a line now and then.
 */
export class Screen {
  readonly #terminal: Terminal;
  readonly #colors: ReturnType<typeof picocolors.createColors>;
  #hasProgress = false;
  #saidProgressAt = 0;

  constructor(terminal: Terminal, environment: NodeJS.ProcessEnv) {
    this.#terminal = terminal;
    const isPlain = !terminal.isTTY || environment.NO_COLOR !== undefined || environment.TERM === 'dumb';
    this.#colors = picocolors.createColors(!isPlain);
  }

  get paint(): ReturnType<typeof picocolors.createColors> {
    return this.#colors;
  }

  /** A line without time: the opening and the end. */
  say(line = ''): void {
    this.#clearProgress();
    this.#terminal.write(`${line}\n`);
  }

  /** A line with the time of day. */
  tell(line: string): void {
    this.say(`${this.#time()}  ${line}`);
  }

  /** Something went wrong: what, and what to do. */
  warn(line: string): void {
    this.tell(this.#colors.yellow(line));
  }

  /** A change that arrived: its way and how long it took, aligned, then what it was. */
  change(from: System, to: System, tookMs: number, what: string): void {
    const way = `${this.#label(from)} ${this.#colors.dim('→')} ${this.#label(to)}`;
    const gap = ' '.repeat(Math.max(0, 24 - systemLabel[from].length - systemLabel[to].length - 3));
    this.tell(`${way}${gap}${this.#colors.green(seconds(tookMs).padStart(7))}  ${what}`);
  }

  /** How the first alignment stands; replaces itself on a terminal, and is said every five seconds elsewhere. */
  progress(line: string): void {
    if (this.#terminal.isTTY) {
      this.#terminal.write(`\r\u001b[2K${this.#time()}  ${line}`);
      this.#hasProgress = true;
      return;
    }
    if (performance.now() - this.#saidProgressAt < 5_000 && this.#saidProgressAt > 0) return;
    this.#saidProgressAt = performance.now();
    this.tell(line);
  }

  #label(system: System): string {
    const { yellow, cyan } = this.#colors;
    return (system === 'hubspot' ? yellow : cyan)(systemLabel[system]);
  }

  #time(): string {
    return this.#colors.dim(new Date().toTimeString().slice(0, 8));
  }

  #clearProgress(): void {
    if (!this.#hasProgress) return;
    this.#terminal.write('\r\u001b[2K');
    this.#hasProgress = false;
  }
}
