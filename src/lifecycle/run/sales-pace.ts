/** What reps do costs one call a look, and one for each object that has news: at the usual pace of polls one look a minute. */
const firstPolls = 4;

/** Where nothing happens, six minutes: ten calls in an idle hour, whose 60 the stream and the engine's sweeps nearly use up (docs/decisions/0039). */
const lastPolls = 24;

/**
 * When to ask again what reps did: soon after something happened, and each time twice as long where nothing did. Nothing is decided on
 * what may be missing meanwhile: a clock that runs out asks first. Whoever names prospects by a campaign waits for an answer (`isNaming`): between looks at
 * everything, members of campaigns are asked for alone, at each poll.
 */
export class SalesPace {
  readonly #firstMs: number;
  readonly #lastMs: number;
  readonly #namingMs: number;
  #gapMs: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #namedAt = Number.NEGATIVE_INFINITY;

  /** `pollMs`: how often a system is asked what changed. */
  constructor(pollMs: number, isNaming = false) {
    this.#namingMs = isNaming ? pollMs : Number.POSITIVE_INFINITY;
    this.#firstMs = pollMs * firstPolls;
    this.#lastMs = pollMs * lastPolls;
    this.#gapMs = this.#firstMs;
  }

  isDue(nowMs: number): boolean {
    return nowMs - this.#lookedAt >= this.#gapMs;
  }

  /** Whether members of campaigns alone are to be asked for: a look at everything is not due, and was, as the last of these, a poll ago. */
  isNamingDue(nowMs: number): boolean {
    return !this.isDue(nowMs) && nowMs - this.#namedAt >= this.#namingMs;
  }

  /** A look begins; one that fails is due again as soon. */
  begin(nowMs: number): void {
    this.#lookedAt = nowMs;
    this.#namedAt = nowMs;
  }

  /** A look at members of campaigns alone begins. */
  beginNaming(nowMs: number): void {
    this.#namedAt = nowMs;
  }

  /** A look is over; `found`: whether it brought anything. */
  end(found: boolean): void {
    this.#gapMs = found ? this.#firstMs : Math.min(this.#gapMs * 2, this.#lastMs);
  }

  /** Somebody was handed over or moved: what follows is asked for soon. */
  stir(): void {
    this.#gapMs = this.#firstMs;
  }
}
