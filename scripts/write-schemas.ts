import { writeFileSync } from 'node:fs';
import { contentFile } from '../src/lifecycle/config/content-shape.ts';
import { jsonSchemaOf } from '../src/lifecycle/config/file-words.ts';
import { lifecycleFile } from '../src/lifecycle/config/lifecycle-shape.ts';
import { routingFile } from '../src/lifecycle/config/routing-shape.ts';
import { scoringFile } from '../src/lifecycle/config/scoring-shape.ts';
import { slaFile } from '../src/lifecycle/config/sla-shape.ts';
import { mappingJsonSchema } from '../src/mapping/file-shape.ts';

// Publishes the shapes of the configuration's files for editors. Tests fail while a published file is older than its shape.
const schemas = {
  mapping: mappingJsonSchema(),
  lifecycle: jsonSchemaOf(lifecycleFile),
  scoring: jsonSchemaOf(scoringFile),
  routing: jsonSchemaOf(routingFile),
  sla: jsonSchemaOf(slaFile),
  content: jsonSchemaOf(contentFile),
};
for (const [name, schema] of Object.entries(schemas)) {
  const target = new URL(`../config/schema/${name}.schema.json`, import.meta.url);
  writeFileSync(target, `${JSON.stringify(schema, null, 2)}\n`);
  console.log(`config/schema/${name}.schema.json is up to date`);
}
