import { describe, expect, it } from 'vitest';
import { arePausedHandOffs, isAnyPaused, pausedLifecycle } from '../../../src/lifecycle/run/pauses.ts';
import { lifecycleBehaviours } from '../../../src/lifecycle/stage/journey.ts';
import { isPeople } from '../../../src/model/mapping.ts';
import { pausedBehaviours } from '../../../src/model/pause.ts';
import { mirrorMappings } from '../../mirror.ts';

const people = mirrorMappings.pairs.find(isPeople);
if (people === undefined) throw new Error('the mirror has people');
const paused = (...scopes: readonly string[]) =>
  pausedLifecycle(
    people,
    scopes.map((scope) => ({ scope, by: 'hand' as const })),
  );

describe('what a pause keeps still of the lifecycle', () => {
  it('can name every behaviour of lifecycle.yaml', () => {
    expect(pausedBehaviours).toEqual(lifecycleBehaviours);
  });

  it('content: no order waits, nobody is left out of a look, and nothing is recommended', () => {
    expect(paused('content')).toMatchObject({ content: true, kinds: [], looks: false, passes: false });
    expect([isAnyPaused(paused('content')), paused('hand-off').content]).toEqual([true, false]);
  });

  it.each([['all'], ['people'], ['hubspot:contacts'], ['salesforce:Lead']])('%s: everything', (scope) => {
    expect(paused(scope)).toMatchObject({ whole: true, looks: true, passes: true, letGo: true });
    expect(paused(scope).kinds).toContain('show');
  });

  it.each([
    ['align'],
    ['create'],
    ['companies'],
    ['people:align'],
    ['people.jobtitle'],
    ['companies:hand-off'],
  ])('%s: nothing', (scope) => {
    expect(isAnyPaused(paused(scope))).toBe(false);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['hand-off', ['hand-off', 'hand-on', 're-route', 'reassign', 'tell-owner'], ['return', 'remind', 'show']],
    ['people:hand-off', ['hand-off'], ['return']],
    ['route', ['hand-off', 'reassign'], ['tell-owner']],
    ['clock', ['remind', 'escalate', 'reassign'], ['hand-off', 'return']],
    ['return', ['return', 'nudge', 'ask-reason', 'programs'], ['hand-off', 'request']],
    ['requests', ['request'], ['hand-off', 'return']],
    ['to-salesforce', ['hand-off', 'return', 'show', 'request'], ['remind', 'escalate']],
  ])('%s: its orders, and no others', (scope, held, free) => {
    const { kinds, looks, whole } = paused(scope);
    expect(kinds).toEqual(expect.arrayContaining([...held]));
    for (const kind of free) expect(kinds).not.toContain(kind);
    expect([looks, whole]).toEqual([false, false]);
  });

  it('stages and score: nobody is looked at, and what was ordered goes on', () => {
    expect(paused('score')).toMatchObject({ looks: true, kinds: [], whole: false });
    expect(paused('stages')).toMatchObject({ looks: true, kinds: ['show', 'close-task'] });
  });

  it('several add up; what a schema paused is not one of them', () => {
    expect(arePausedHandOffs(paused('clock', 'route'))).toBe(true);
    expect(arePausedHandOffs(paused('clock'))).toBe(false);
    expect(isAnyPaused(pausedLifecycle(people, [{ scope: 'people', by: 'schema' }]))).toBe(false);
  });
});
