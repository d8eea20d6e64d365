import { describeKills } from './harness/killed.ts';

// The whole company of the tests; the same with fewer people is in every run.
describeKills({ people: 2_000, endWithinMs: 400_000 });
