import { type ObjectTypeIds, parseWebhookDelivery } from '../../connectors/hubspot/webhook-events.ts';
import type { Logger } from '../../log.ts';
import type { HubSpotWebhooks, WebhookOutcome } from '../../server/hubspot-webhooks.ts';
import type { Settings } from '../../settings.ts';
import { type LiveIntake, takeLive } from '../../sync/live-intake.ts';
import type { SignalCounts } from './signal-counts.ts';

/** A refusal is logged when it is the first of its kind, and then at most so often: anybody can post to a public address. */
const sayRefusalEveryMs = 60_000;

/** What the endpoint does with deliveries, once there are engines that take them. */
export interface WebhookReceiver {
  readonly webhooks: HubSpotWebhooks;
  /** From now on deliveries are taken, those of custom objects by their type ids; before, HubSpot is asked to send them again. */
  begin(intake: LiveIntake, typeIds: ObjectTypeIds): void;
}

const isRefusal = (outcome: WebhookOutcome): boolean => outcome !== 'taken' && outcome !== 'repeated';

export const makeWebhookReceiver = (
  settings: Pick<Settings, 'hubspotWebhookSecret' | 'publicUrl'>,
  counts: SignalCounts,
  log: Logger,
): WebhookReceiver => {
  let intake: LiveIntake | null = null;
  let typeIds: ObjectTypeIds = new Map();
  const saidAt = new Map<WebhookOutcome, number>();
  const onOutcome = (outcome: WebhookOutcome, cause = ''): void => {
    counts.request(outcome);
    if (!isRefusal(outcome)) return;
    const now = performance.now();
    if (now - (saidAt.get(outcome) ?? Number.NEGATIVE_INFINITY) < sayRefusalEveryMs) return;
    saidAt.set(outcome, now);
    log.warn({ event: 'webhook-refused', outcome, cause });
  };
  const take = async (body: unknown): Promise<boolean> => {
    if (intake === null) throw new Error('the worker is still starting');
    const parsed = parseWebhookDelivery(body, typeIds);
    if (parsed === null) return false;
    const { signals, unknown } = parsed;
    const taken = await takeLive(intake, { system: 'hubspot', source: 'webhooks', signals });
    counts.signals('hubspot', 'webhooks', { ...taken, ignored: taken.ignored + unknown });
    return true;
  };
  return {
    webhooks: {
      secret: settings.hubspotWebhookSecret,
      publicUrl: settings.publicUrl,
      take,
      onOutcome,
      nowMs: Date.now,
    },
    begin: (ready, ids) => {
      typeIds = ids;
      intake = ready;
    },
  };
};
