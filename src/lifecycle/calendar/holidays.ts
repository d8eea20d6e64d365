import Holidays from 'date-holidays';
import { Temporal } from 'temporal-polyfill';
import { BoundedCache } from '../../mapping/bounded-cache.ts';

/** `DE-BY` in a year, some hundreds of them at most: every country of a big company for some years. */
const yearsKept = 1_000;
const byPlaceAndYear = new BoundedCache<ReadonlySet<string>>(yearsKept);

const split = (place: string): readonly [string, string | undefined] => {
  const [country = '', region] = place.split('-');
  return [country, region];
};

const compute = (key: string): ReadonlySet<string> => {
  const [place = '', year = ''] = key.split('/');
  const [country, region] = split(place);
  const book = region === undefined ? new Holidays(country) : new Holidays(country, region);
  const days = new Set<string>();
  for (const { date, start, end, type } of book.getHolidays(Number(year))) {
    // Bank, school and optional holidays and observances are working days for most.
    if (type !== 'public') continue;
    const first = Temporal.PlainDate.from(date.slice(0, 10));
    const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / 86_400_000));
    for (let offset = 0; offset < length; offset += 1) days.add(first.add({ days: offset }).toString());
  }
  return days;
};

/** The public holidays of a country or region (`DE`, `DE-BY`) in a year, as days; from the library date-holidays. */
export const holidaysOf = (place: string, year: number): ReadonlySet<string> =>
  byPlaceAndYear.get(`${place}/${year}`, compute);

/** What is wrong with the name of a place, in words; null where its holidays are known. */
export const faultOfPlace = (place: string): string | null => {
  const [country, region] = split(place);
  const book = new Holidays();
  const countries = book.getCountries();
  if (!Object.hasOwn(countries, country)) return `no country '${country}' is known; write it as DE or US`;
  if (region === undefined) return null;
  // A country without regions answers nothing at all.
  const states: Readonly<Record<string, string>> | undefined = book.getStates(country);
  if (states !== undefined && Object.hasOwn(states, region)) return null;
  return `${country} has no region '${region}'; there are ${Object.keys(states ?? {}).join(', ') || 'none'}`;
};
