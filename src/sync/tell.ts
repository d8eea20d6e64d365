import type { WorkClass } from '../model/budget.ts';
import { canRetryHelp, type Failure } from '../model/failure.ts';
import type { Draft } from './draft.ts';
import type { EngineContext } from './engine.ts';
import type { SentJob } from './send.ts';

/** Says that a link is about to end. */
export const tellEnd = (context: EngineContext, { end }: Draft): void => {
  if (end) {
    context.events.emit('link-ended', { pair: context.pair.name, link: end.linkId, cause: end.cause });
  }
};

/** Says what live changes came to: which fields went where, without a value. */
export const announce = (context: EngineContext, sent: readonly SentJob[], workClass: WorkClass): void => {
  if (workClass !== 'live') return;
  for (const { job, outcome } of sent) {
    const { intent } = job;
    const fields = intent.writes.filter((write) => write.field !== 'identity').map((write) => write.apiField);
    if (fields.length === 0) continue;
    context.events.emit('change', {
      pair: intent.pair,
      op: intent.op,
      from: `${intent.source.system}:${intent.source.id}`,
      to: intent.target.system,
      id: outcome.kind === 'landed' ? outcome.id : intent.target.id,
      fields: fields.join(' '),
      outcome: outcome.kind,
      changedAt: job.changedAt,
    });
  }
};

/** Says once a batch what was refused for good, by system and code. */
export const tellRefused = (context: EngineContext, sent: readonly SentJob[]): void => {
  const groups = new Map<string, { failure: Failure; rows: number }>();
  for (const { outcome } of sent) {
    if (outcome.kind !== 'refused' || canRetryHelp(outcome.failure)) continue;
    const { system, code } = outcome.failure;
    const group = groups.get(`${system} ${code}`) ?? { failure: outcome.failure, rows: 0 };
    groups.set(`${system} ${code}`, { ...group, rows: group.rows + 1 });
  }
  for (const { failure, rows } of groups.values()) {
    const { system, category, code } = failure;
    context.events.emit('rows-refused', { pair: context.pair.name, system, category, code, rows });
  }
};
