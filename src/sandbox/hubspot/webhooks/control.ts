import { deriveSeed } from '../../core/random.ts';
import { ControlError, type ControlRoute } from '../../core/system.ts';
import type { WebhookSender } from './sender.ts';
import { webhookSettings } from './settings.ts';

/** Where the app's webhook goes, and how unreliable its way is; and what became of the events so far. */
export const webhookControl = (sender: WebhookSender, seed: () => number): readonly ControlRoute[] => [
  {
    method: 'POST',
    template: '/webhooks',
    handle: (body) => {
      const settings = webhookSettings.parse(body);
      if (settings.url !== null && settings.secret === undefined) {
        throw new ControlError('secret', 'is needed: every delivery is signed');
      }
      sender.configure(settings, deriveSeed(seed(), 'hubspot webhooks'));
      return { url: settings.url };
    },
  },
  { method: 'GET', template: '/webhooks', handle: () => sender.stats },
];
