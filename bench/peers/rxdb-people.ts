import { createRxDatabase, type RxCollection, type RxJsonSchema } from 'rxdb';
import { getRxStorageLocalstorage } from 'rxdb/plugins/storage-localstorage';
import { type PeerValues, peerFields } from './fields.ts';
import { openLocalStorage } from './rxdb-storage.ts';
import type { PeerRecord } from './side.ts';

/** A person as RxDB keeps and compares them: nothing but what both systems have, so that the two replications never differ in form. */
export type PersonDocument = PeerValues & { readonly email: string };

const text = { type: 'string' } as const;
const names = peerFields.map(({ hubspot }) => hubspot);

const schema: RxJsonSchema<PersonDocument> = {
  version: 0,
  primaryKey: 'email',
  type: 'object',
  properties: {
    email: { ...text, maxLength: 320 },
    ...{ firstname: text, lastname: text, company: text, jobtitle: text, city: text, message: text },
  },
  required: ['email', ...names],
};

export const documentOf = ({ email, values }: PeerRecord): PersonDocument => ({ email, ...values });

/** The collection that both systems are replicated with; it outlives the process. No conflict handler is named: RxDB's own decides. */
export const openPeople = async (dataDir: string): Promise<RxCollection<PersonDocument>> => {
  const database = await createRxDatabase({
    name: 'peers',
    storage: getRxStorageLocalstorage({ localStorage: openLocalStorage(dataDir) }),
    multiInstance: false,
    eventReduce: true,
  });
  const { people } = await database.addCollections<{ people: RxCollection<PersonDocument> }>({
    people: { schema },
  });
  return people;
};
