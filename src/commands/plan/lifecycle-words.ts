/** What the lifecycle would do, counted in people. `held`: kept back by the first start, or a cap of a day, until a person lets them go. */
export interface LifecyclePlan {
  readonly handOffs: {
    /** Those who asked for contact since the lifecycle is on, those who are ready by their score, and those whom somebody named. */
    readonly asked: number;
    readonly score: number;
    readonly named: number;
    readonly held: number;
  };
  readonly returns: { readonly now: number; readonly held: number };
  /** People who would come into each program. */
  readonly programs: Readonly<Record<string, number>>;
  /** Where everybody would stand. */
  readonly stages: Readonly<Record<string, number>>;
  /** Values of HubSpot's own property that would change; each fires the workflows that listen to it. */
  readonly lifecyclestage: { readonly forward: number; readonly back: number; readonly held: number };
}

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, many]) => `${name} ${many}`)
    .join(', ');

/** The same in words. */
export const lifecycleWords = (plan: LifecyclePlan): readonly string[] => {
  const { handOffs, returns, programs, stages, lifecyclestage } = plan;
  const heldBack = [
    `${handOffs.held} ready`,
    `${returns.held} that stand still`,
    `${lifecyclestage.held} whose lifecyclestage would move back`,
  ];
  const isAnyHeld = handOffs.held + returns.held + lifecyclestage.held > 0;
  return [
    `lifecycle: ${handOffs.asked + handOffs.score + handOffs.named} handed over (${handOffs.asked} asked, ${handOffs.score} by score, ` +
      `${handOffs.named} named), ${returns.now} given back, lifecyclestage of ${lifecyclestage.forward} contacts forward and of ${lifecyclestage.back} back`,
    ...(Object.keys(stages).length === 0 ? [] : [`  stages: ${listed(stages)}`]),
    ...(returns.now === 0 ? [] : [`  programs: ${listed(programs)}`]),
    ...(isAnyHeld
      ? [`  held back (first start, caps), until tandem apply --held: ${heldBack.join(', ')}`]
      : []),
  ];
};
