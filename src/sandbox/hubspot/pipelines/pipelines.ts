/** A step of a pipeline. Deals have `probability` and `isClosed`, tickets `ticketState`; all values are texts. */
export interface Stage {
  readonly id: string;
  label: string;
  displayOrder: number;
  metadata: Readonly<Record<string, string>>;
  readonly createdAt: number;
  updatedAt: number;
}

export interface Pipeline {
  readonly id: string;
  label: string;
  displayOrder: number;
  stages: Stage[];
  readonly createdAt: number;
  updatedAt: number;
}

const stage = (id: string, label: string, displayOrder: number, probability: string): Stage => ({
  id,
  label,
  displayOrder,
  metadata: { isClosed: String(probability === '1.0' || probability === '0.0'), probability },
  createdAt: 0,
  updatedAt: 0,
});

/** What a portal has from the start (recorded: amp-labs/connectors, providers/hubspot/test/metadata-deals-external-pipelines.json). */
const salesPipeline = (): Pipeline => ({
  id: 'default',
  label: 'Sales Pipeline',
  displayOrder: 0,
  createdAt: 0,
  updatedAt: 0,
  stages: [
    stage('appointmentscheduled', 'Appointment Scheduled', 0, '0.2'),
    stage('qualifiedtobuy', 'Qualified To Buy', 1, '0.4'),
    stage('presentationscheduled', 'Presentation Scheduled', 2, '0.6'),
    stage('decisionmakerboughtin', 'Decision Maker Bought-In', 3, '0.8'),
    stage('contractsent', 'Contract Sent', 4, '0.9'),
    stage('closedwon', 'Closed Won', 5, '1.0'),
    stage('closedlost', 'Closed Lost', 6, '0.0'),
  ],
});

export type PipelinesState = readonly (readonly [string, readonly Pipeline[]])[];

/** The account's pipelines by object. Ids that the account makes are numbers, as texts. */
export class Pipelines {
  readonly #byObject = new Map<string, Pipeline[]>();
  #lastId = 0;

  constructor() {
    this.clear();
  }

  clear(): void {
    this.#byObject.clear();
    this.#byObject.set('deals', [salesPipeline()]);
    this.#lastId = 88_590_000;
  }

  /** In display order; null for an object without pipelines. */
  of(object: string): Pipeline[] | null {
    return this.#byObject.get(object) ?? null;
  }

  /** Where a stage is; stage ids are unique within an object. */
  stageOf(object: string, stageId: string): { readonly pipeline: Pipeline; readonly stage: Stage } | null {
    for (const pipeline of this.of(object) ?? []) {
      const found = pipeline.stages.find((one) => one.id === stageId);
      if (found !== undefined) return { pipeline, stage: found };
    }
    return null;
  }

  newId(): string {
    this.#lastId += 7;
    return String(this.#lastId);
  }

  exportState(): { readonly lastId: number; readonly pipelines: PipelinesState } {
    return { lastId: this.#lastId, pipelines: [...this.#byObject] };
  }

  importState({ lastId, pipelines }: { readonly lastId: number; readonly pipelines: PipelinesState }): void {
    this.#lastId = lastId;
    this.#byObject.clear();
    for (const [object, list] of pipelines) this.#byObject.set(object, structuredClone([...list]));
  }
}
