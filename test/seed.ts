import fc from 'fast-check';

/**
 * What `fc.assert` draws from, where a test names no seed of its own: the same every day, so that a change is judged by itself and not by the luck of a draw.
 * By night it is another one each time, which fast-check says of a test that fails; `TANDEM_SEED` replays it.
 */
const seedOfTheDay = 20_261_125;
const { TANDEM_SEED, TANDEM_NIGHTLY } = process.env;
fc.configureGlobal({
  seed:
    TANDEM_SEED === undefined ? (TANDEM_NIGHTLY ? Date.now() % 2 ** 31 : seedOfTheDay) : Number(TANDEM_SEED),
});
