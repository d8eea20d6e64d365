import { describeKills } from './harness/killed.ts';

describeKills({ people: 800, endWithinMs: 150_000 });
