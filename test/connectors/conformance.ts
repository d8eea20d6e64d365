import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { changesConform } from './conformance/changes.ts';
import { fatesConform } from './conformance/fates.ts';
import { readsConform } from './conformance/reads.ts';
import { clearFaults, makeFast, type Subject } from './conformance/subject.ts';
import { writesConform } from './conformance/writes.ts';

export type { Subject } from './conformance/subject.ts';

/**
 * The rules of src/connectors/connector.ts, held against a simulator over HTTP; both connectors pass the same suite.
 * @param setup starts the simulator (empty, small latency) and the connector; see Subject
 */
export const connectorConformance = (name: string, setup: () => Promise<Subject>): void => {
  describe(`connector conformance: ${name}`, () => {
    let subject: Subject;
    beforeAll(async () => {
      subject = await setup();
      await makeFast(subject);
    });
    afterEach(async () => await clearFaults(subject));
    afterAll(async () => await subject.close());
    readsConform(() => subject);
    writesConform(() => subject);
    changesConform(() => subject);
    fatesConform(() => subject);
  });
};
