import { describe, expect, it } from 'vitest';
import { trafficSource } from '../../../src/sandbox/hubspot/activity/traffic-source.ts';

const page = 'https://www.acme.example/pricing';

describe('the source of a visit', () => {
  it.each([
    [page, '', 'DIRECT_TRAFFIC'],
    [page, 'https://www.acme.example/', 'DIRECT_TRAFFIC'],
    ['/pricing', 'not an address', 'DIRECT_TRAFFIC'],
    [page, 'https://www.google.co.uk/', 'ORGANIC_SEARCH'],
    [`${page}?gclid=1`, 'https://www.google.com/', 'PAID_SEARCH'],
    [`${page}?utm_medium=cpc&utm_source=google`, '', 'PAID_SEARCH'],
    [`${page}?utm_medium=paid&utm_source=linkedin`, '', 'PAID_SOCIAL'],
    [page, 'https://www.linkedin.com/feed', 'SOCIAL_MEDIA'],
    [page, 'https://fox.com/', 'REFERRALS'],
    [`${page}?utm_medium=Email&utm_campaign=may`, '', 'EMAIL_MARKETING'],
    [`${page}?utm_campaign=fair`, 'https://fair.example/', 'OTHER_CAMPAIGNS'],
    [page, 'https://blog.example/post', 'REFERRALS'],
  ])('%s after %j is %s', (url, referrer, source) => {
    expect(trafficSource(url, referrer)).toBe(source);
  });
});
