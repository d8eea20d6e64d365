import type { RecordSystem } from './record-system.ts';

/** A system that does what this one does, method by method: for those that change some of it, whatever the inner one is made of. */
export const passOn = (inner: RecordSystem): RecordSystem => ({
  system: inner.system,
  batch: inner.batch,
  readMany: async (...request) => inner.readMany(...request),
  findByField: async (...request) => inner.findByField(...request),
  ...(inner.findAcross && { findAcross: inner.findAcross.bind(inner) }),
  ...(inner.findByDomain && { findByDomain: inner.findByDomain.bind(inner) }),
  writeMany: async (...request) => inner.writeMany(...request),
  changesSince: (...request) => inner.changesSince(...request),
  listPage: async (...request) => inner.listPage(...request),
  ...(inner.readTies && { readTies: inner.readTies.bind(inner) }),
  ...(inner.writeTies && { writeTies: inner.writeTies.bind(inner) }),
  ...(inner.tiesChangedSince && { tiesChangedSince: inner.tiesChangedSince.bind(inner) }),
  ...(inner.changedAmong && { changedAmong: inner.changedAmong.bind(inner) }),
  ...(inner.tieLabels && { tieLabels: inner.tieLabels.bind(inner) }),
  ...(inner.readTieFields && { readTieFields: inner.readTieFields.bind(inner) }),
  history: async (...request) => inner.history(...request),
  fates: async (...request) => inner.fates(...request),
  now: async (context) => inner.now(context),
});
