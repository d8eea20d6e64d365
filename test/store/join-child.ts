/** Joins the embedded server of a folder, prints the connection string, leaves when told, prints `left`. */
import { once } from 'node:events';
import { joinEmbedded } from '../../src/store/embedded/join.ts';

const [folder = ''] = process.argv.slice(2);
const embedded = await joinEmbedded(folder);
process.stdout.write(`${embedded.connectionString}\n`);
await once(process.stdin, 'data');
await embedded.leave();
process.stdout.write('left\n');
process.exit(0);
