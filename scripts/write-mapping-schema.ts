import { writeFileSync } from 'node:fs';
import { mappingJsonSchema } from '../src/mapping/file-shape.ts';

// Publishes the shape of a mapping file for editors. A test fails while the published file is older than the shape.
const target = new URL('../config/schema/mapping.schema.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(mappingJsonSchema(), null, 2)}\n`);
console.log('config/schema/mapping.schema.json is up to date');
