import type { FieldMapping } from '../model/mapping.ts';
import { otherSystem, systems } from '../model/system.ts';
import type { Canonical } from '../model/value.ts';
import { type FieldDecision, settle } from './flow.ts';
import { type FieldState, sightOf } from './merge-view.ts';

const yes: Canonical = { kind: 'value', key: 'true', text: true };

/** Whether a value of a latch says yes. What cannot be read says nothing. */
export const isSet = (value: Canonical): boolean => value.kind === 'value' && value.text === true;

/**
 * Consent: true on either side is true on both, whoever was newer and whatever the other side says. Only ever yes is sent. A no on both
 * sides, or a no against a blank, is settled as it stands. One that the other side does not keep is sent again at the next look: nobody
 * but the person can take it back, and they do that in both systems. Pure.
 */
export const mergeLatch = (field: FieldMapping, state: FieldState): FieldDecision => {
  const sight = sightOf(field, state);
  if (!sight) return { kind: 'skip' };
  const { raw, canonical } = sight;
  const source = systems.find((system) => isSet(canonical[system]));
  const target = source && otherSystem(source);
  if (target && !isSet(canonical[target])) {
    const sent = field.codecs[target].encode(yes);
    const flow = { target, sent, rule: 'latch', clock: null, overwrites: false };
    return { kind: 'flow', flows: [flow], needsHistory: [] };
  }
  const { base } = state;
  const isKnown = base && base.hubspot === raw.hubspot && base.salesforce === raw.salesforce;
  return isKnown ? { kind: 'same' } : settle('latch');
};
