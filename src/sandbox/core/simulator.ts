import { type Clock, systemClock } from './clock.ts';
import { ControlPanel } from './control.ts';
import { FaultPlan } from './faults.ts';
import { Latency, type LatencySettings } from './latency.ts';
import type { ApiReply, ApiRequest } from './message.ts';
import { Pipeline } from './pipeline.ts';
import { deriveSeed, makeRandom } from './random.ts';
import { type Respond, startServer } from './server.ts';
import { StatsCounter } from './stats.ts';
import type { SeedOptions, SimulatedSystem } from './system.ts';

export interface SimulatorOptions extends SeedOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Default: 20 ms ± 10. */
  readonly latency?: LatencySettings;
  readonly clock?: Clock;
  /** What `exportState` of the same system gave; the people of `seed` are not entered then. */
  readonly state?: unknown;
  /** Hears of a defect of the simulator (a handler threw); default: nobody, the client gets the vendor's 500. */
  readonly onDefect?: (error: unknown, request: ApiRequest) => void;
}

/** A running simulator. */
export interface Simulator {
  readonly url: string;
  readonly port: number;
  /** What the company holds, for a later start (`state`); serialize it at once, it is valid until the next change. */
  exportState(): unknown;
  close(): Promise<void>;
}

export const latencyDefault: LatencySettings = { ms: 20, jitterMs: 10 };

/** Seeds the system and wires what answers its calls: the public API through the pipeline, /_sandbox/ through the control panel. */
export const assembleSimulator = (
  system: SimulatedSystem,
  options: Omit<SimulatorOptions, 'port'>,
): Respond => {
  const { seed, contacts, leads } = options;
  const onDefect = options.onDefect ?? (() => undefined);
  const stats = new StatsCounter();
  const faults = new FaultPlan(makeRandom(deriveSeed(seed, 'faults')));
  const latency = new Latency(options.latency ?? latencyDefault, makeRandom(deriveSeed(seed, 'latency')));
  const pipeline = new Pipeline({
    system,
    clock: options.clock ?? systemClock,
    latency,
    faults,
    stats,
    onDefect,
  });
  const start = { seed, contacts, leads };
  const panel = new ControlPanel({ system, stats, faults, latency, start });
  if (options.state === undefined) system.reset(start);
  else {
    system.reset({ seed, contacts: 0, leads: 0 });
    system.importState(options.state);
  }
  const control = async (request: ApiRequest, signal: AbortSignal): Promise<ApiReply> => {
    try {
      return await panel.serve(request, signal);
    } catch (error) {
      onDefect(error, request);
      return { status: 500, body: { error: `${request.path}: the simulator broke` } };
    }
  };
  return (request, signal) =>
    request.path.startsWith('/_sandbox/') ? control(request, signal) : pipeline.serve(request, signal);
};

/** Serves a system over HTTP. */
export const startSimulator = async (
  system: SimulatedSystem,
  options: SimulatorOptions,
): Promise<Simulator> => {
  const respond = assembleSimulator(system, options);
  const server = await startServer(options.port, system.jsonContentType, respond);
  return {
    ...server,
    exportState: () => system.exportState(),
    close: async () => {
      system.close?.();
      await server.close();
    },
  };
};
