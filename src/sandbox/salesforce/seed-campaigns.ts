import { firstStatuses } from './dml/campaigns.ts';
import { SetupWriter } from './setup-writer.ts';
import type { Database } from './store/database.ts';
import { formatDate } from './values/datetime.ts';

const daySeconds = 24 * 60 * 60;

/** What marketing runs, from and to so many days from today; nobody is in them yet. */
const campaigns = [
  { name: 'Demo requests', type: 'Other', status: 'In Progress', active: true, from: -365, to: 365 },
  { name: 'Autumn webinar', type: 'Webinar', status: 'In Progress', active: true, from: -30, to: 30 },
  { name: 'Spring trade show', type: 'Trade Show', status: 'Completed', active: false, from: -240, to: -236 },
] as const;

/** Enters the campaigns, each with the statuses of a new one; `today` in seconds. */
export const seedCampaigns = (database: Database, by: string, today: number): void => {
  const setup = new SetupWriter(database);
  for (const { name, type, status, active, from, to } of campaigns) {
    const fields = {
      Name: name,
      Type: type,
      Status: status,
      IsActive: active,
      StartDate: formatDate(today + from * daySeconds),
      EndDate: formatDate(today + to * daySeconds),
      OwnerId: by,
    };
    const CampaignId = setup.add('Campaign', fields, by);
    for (const first of firstStatuses) setup.add('CampaignMemberStatus', { ...first, CampaignId }, by);
  }
};
