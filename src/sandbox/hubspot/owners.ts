/** A user who can own records. Note that `id` and `userId` differ: `hubspot_owner_id` takes `id`. */
export interface Owner {
  readonly id: string;
  readonly userId: number;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly archived: boolean;
}

/** The colleague as whom the person's token acts. */
export const personUserId = 51_430_432;

/** Those who sell, whom Salesforce knows by the same addresses. */
const sellers = [
  ['Robin', 'Seller', 'robin.seller'],
  ['Kim', 'Closer', 'kim.closer'],
  ['Ana', 'Souza', 'ana.souza'],
  ['Ben', 'Okoye', 'ben.okoye'],
  ['Chloé', 'Martin', 'chloe.martin'],
  ['Dev', 'Patel', 'dev.patel'],
  ['Emi', 'Tanaka', 'emi.tanaka'],
  ['Finn', 'Larsen', 'finn.larsen'],
  ['Grace', 'Mensah', 'grace.mensah'],
  ['Hugo', 'Lindqvist', 'hugo.lindqvist'],
  ['Priya', 'Nair', 'priya.nair'],
] as const;

export const owners: readonly Owner[] = [
  {
    id: '41629779',
    userId: personUserId,
    email: 'maria.lopez@acme.example.com',
    firstName: 'Maria',
    lastName: 'Lopez',
    archived: false,
  },
  {
    id: '41629780',
    userId: 51_430_433,
    email: 'tom.becker@acme.example.com',
    firstName: 'Tom',
    lastName: 'Becker',
    archived: false,
  },
  {
    id: '41629781',
    userId: 51_430_434,
    email: 'aiko.tanaka@acme.example.com',
    firstName: '愛子',
    lastName: '田中',
    archived: false,
  },
  {
    id: '41629782',
    userId: 51_430_435,
    email: 'james.okafor@acme.example.com',
    firstName: 'James',
    lastName: 'Okafor',
    archived: false,
  },
  {
    id: '41629700',
    userId: 51_430_401,
    email: 'left.last.year@acme.example.com',
    firstName: 'Pat',
    lastName: 'Gone',
    archived: true,
  },
  ...sellers.map(
    ([firstName, lastName, name], at): Owner => ({
      id: String(41_629_790 + at),
      userId: 51_430_440 + at,
      email: `${name}@sandbox.example.com`,
      firstName,
      lastName,
      archived: false,
    }),
  ),
];

const since = '2024-01-15T09:00:00.000Z';

/** As GET /crm/v3/owners shows it: an archived owner keeps its user only in userIdIncludingInactive. */
export const ownerJson = (owner: Owner): Record<string, unknown> => ({
  id: owner.id,
  email: owner.email,
  type: 'PERSON',
  firstName: owner.firstName,
  lastName: owner.lastName,
  userId: owner.archived ? null : owner.userId,
  userIdIncludingInactive: owner.userId,
  createdAt: since,
  updatedAt: since,
  archived: owner.archived,
});
