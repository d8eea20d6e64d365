import { Counter, Gauge, Registry } from 'prom-client';
import type { Gate } from '../connectors/budget/gate.ts';
import { clockKinds } from '../lifecycle/sla/model.ts';
import { type PairMapping, typesOn } from '../model/mapping.ts';
import { type Sides, systems } from '../model/system.ts';
import type { Store } from '../store/open-store.ts';
import { feedOf, looksOf, sweepEveryMs } from '../sync/signal-sources.ts';
import { roles } from './run/roles.ts';
import { makeSignalCounts, type SignalCounts } from './run/signal-counts.ts';
import { lateMs } from './status/late-rows.ts';
import { livingWorkersOf } from './status/no-worker.ts';

export interface Metrics {
  /** What is counted as it happens, in this process. */
  readonly signals: SignalCounts;
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** What feeds each type of record at present: 1 for the source in use. */
const feedGauge = (registry: Registry, store: Store, pairs: readonly PairMapping[], pollMs: number) => {
  const feed = new Gauge({
    name: 'tandem_signal_feed',
    help: 'What tells of changes at present: 1 for webhooks, journal, stream or poll',
    labelNames: ['system', 'type', 'feed'],
    registers: [registry],
  });
  const sweepMs = sweepEveryMs(looksOf(pairs), pollMs);
  return async (): Promise<void> => {
    const states = await store.live.sources();
    feed.reset();
    for (const system of systems) {
      for (const type of pairs.flatMap((pair) => typesOn(pair, system))) {
        feed.set({ system, type, feed: feedOf(states, system, type, sweepMs) }, 1);
      }
    }
  };
};

/** Metrics in the words of the vocabulary; read from the store at each scrape, so that every worker shows the same. */
export const makeMetrics = (
  store: Store,
  pairs: readonly PairMapping[],
  gates: Sides<Gate>,
  pollMs: number,
): Metrics => {
  const registry = new Registry();
  const gauge = (name: string, help: string, label: string): Gauge =>
    new Gauge({ name: `tandem_${name}`, help, labelNames: [label], registers: [registry] });
  const dirty = gauge('dirty_rows', 'Dirty rows: records that wait for a look', 'pair');
  const due = gauge('due_rows', 'Dirty rows that are due now', 'pair');
  const oldest = gauge('oldest_dirty_seconds', 'Age of the oldest dirty row', 'pair');
  const held = gauge('held_rows', 'Dirty rows that wait for the end of a pause', 'pair');
  const intents = gauge('open_intents', 'Writes whose outcome is not settled', 'pair');
  const parked = gauge('parked', 'Refused fields and records that wait for a change', 'pair');
  const reviews = gauge('reviews', 'Questions for a person', 'pair');
  const links = gauge('links', 'Live links', 'pair');
  const late = gauge('late_rows', 'Dirty rows that wait for more than five minutes', 'pair');
  const workers = gauge('workers', 'Workers that live, by what they do', 'role');
  const overdue = gauge('overdue_clocks', 'Clocks of the service level whose time is over', 'clock');
  const dailyUsed = gauge(
    'daily_calls_used',
    "Calls of the vendor's daily quota that are used, by anyone",
    'system',
  );
  const dailyLimit = gauge('daily_calls_limit', "The vendor's daily quota", 'system');
  const eventsTold = gauge('daily_events', 'Change events that came to Tandem in 24 hours', 'system');
  const eventsUsed = gauge(
    'daily_events_used',
    "Change events of the vendor's daily allocation that all subscribers got",
    'system',
  );
  const eventsLimit = gauge('daily_events_limit', "The vendor's daily allocation of change events", 'system');
  const scrapes = new Counter({
    name: 'tandem_scrapes_total',
    help: 'Scrapes of this page',
    registers: [registry],
  });
  const showFeeds = feedGauge(registry, store, pairs, pollMs);
  return {
    signals: makeSignalCounts(registry),
    render: async () => {
      scrapes.inc();
      for (const { name } of pairs) {
        const backlog = await store.engine.backlog(name);
        dirty.set({ pair: name }, backlog.dirty);
        due.set({ pair: name }, backlog.due);
        oldest.set({ pair: name }, (backlog.oldestMs ?? 0) / 1_000);
        held.set({ pair: name }, backlog.held);
        intents.set({ pair: name }, backlog.openIntents);
        parked.set({ pair: name }, backlog.parked);
        reviews.set({ pair: name }, backlog.reviews);
        links.set({ pair: name }, backlog.links);
        const groups = await store.status.lateRows(name, lateMs);
        late.set(
          { pair: name },
          groups.reduce((sum, { rows }) => sum + rows, 0),
        );
      }
      const living = await livingWorkersOf(store);
      for (const role of roles) {
        workers.set({ role }, living.filter((worker) => worker.roles.includes(role)).length);
      }
      const lateClocks = await store.lifecycle.lateCounts();
      for (const kind of clockKinds) overdue.set({ clock: kind }, lateClocks.get(kind) ?? 0);
      for (const system of systems) {
        const quota = gates[system].quota();
        if (quota.dailyUsed !== null) dailyUsed.set({ system }, quota.dailyUsed);
        if (quota.dailyLimit !== null) dailyLimit.set({ system }, quota.dailyLimit);
      }
      for (const { system, told, quota } of await store.events.read()) {
        eventsTold.set({ system }, told);
        if (quota !== null) eventsUsed.set({ system }, quota.used);
        if (quota !== null) eventsLimit.set({ system }, quota.limit);
      }
      await showFeeds();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
};
