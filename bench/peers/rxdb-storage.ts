import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * RxDB's free storages that outlive a process are made for browsers; this is the browser's `localStorage`, which one of them builds on,
 * in a file of SQLite. All that is written before RxDB waits for anything is one transaction, so that a kill never leaves half of it.
 */
export const openLocalStorage = (dataDir: string): Storage => {
  const file = new DatabaseSync(join(dataDir, 'rxdb.sqlite'));
  file.exec('pragma journal_mode = wal');
  file.exec('pragma synchronous = normal');
  file.exec('create table if not exists items (key text primary key, value text not null)');
  const select = file.prepare('select value from items where key = ?');
  const upsert = file.prepare('insert or replace into items values (?, ?)');
  const remove = file.prepare('delete from items where key = ?');
  const keyAt = file.prepare('select key from items order by rowid limit 1 offset ?');
  const count = file.prepare('select count(*) as items from items');

  let isOpen = false;
  const inTransaction = (write: () => void): void => {
    if (!isOpen) {
      file.exec('begin');
      isOpen = true;
      queueMicrotask(() => {
        file.exec('commit');
        isOpen = false;
      });
    }
    write();
  };
  const textOf = (row: Record<string, unknown> | undefined, column: string): string | null => {
    const value = row?.[column];
    return typeof value === 'string' ? value : null;
  };
  return {
    get length() {
      return Number(count.get()?.items);
    },
    getItem: (key) => textOf(select.get(key), 'value'),
    key: (index) => textOf(keyAt.get(index), 'key'),
    setItem: (key, value) => inTransaction(() => upsert.run(key, value)),
    removeItem: (key) => inTransaction(() => remove.run(key)),
    clear: () => inTransaction(() => file.exec('delete from items')),
  };
};
