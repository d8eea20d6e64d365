import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { addOperatorCommands } from './commands/operator-program.ts';
import { count, port, run, withFolders } from './commands/program.ts';
import { parseRoles, type Role, roles } from './commands/run/roles.ts';

const roleSet = (value: string): ReadonlySet<Role> => {
  const set = parseRoles(value);
  if (set === null) throw new InvalidArgumentError(`give one or more of ${roles.join(', ')}, with commas.`);
  return set;
};

const startHelp = `
What it does: starts the HubSpot and the Salesforce simulator (ports 4010 and 4020, free ones where they are in use)
and the worker, aligns everybody, then a marketer edits in HubSpot and a rep in Salesforce. Each change is told when
it is in the other system: its way, how long it took, whose it is, and what it was. Every 15 s a line says how the
worker stands: lag, queue, calls, links, reviews, refused.

Ctrl-C ends it cleanly, and the next start goes on from there: everything lies in DATA/demo, apart from a real store.
To begin anew, remove that folder. DATA/demo/demo.env has the variables by which other commands find its systems:
  set -a; . .tandem/demo/demo.env; bin/tandem verify --data .tandem/demo
and the credentials with which you edit there yourself (docs/admins/sandbox.md has the calls).
`;

const program = new Command('tandem')
  .description('Keeps HubSpot and Salesforce telling the same story.')
  .exitOverride((error) => {
    // Help and version are not errors; everything else that commander refuses is wrong usage.
    process.exit(error.exitCode === 0 ? 0 : 2);
  })
  .showHelpAfterError('(tandem --help lists the commands)');

withFolders(program.command('start'))
  .description('a demonstration without credentials: both simulators, the worker and a live story')
  .option('--contacts <n>', 'contacts that HubSpot begins with', count, 2_000)
  .option('--leads <n>', 'leads that Salesforce begins with, 60 % of them the same people', count, 1_200)
  .option('--port <n>', "the worker's port; a free one where it is in use or 0", port, 4_000)
  .option('--edits-per-minute <n>', 'how busy the two colleagues are; 0 leaves the edits to you', count, 40)
  .addHelpText('after', startHelp)
  .action(run(async () => (await import('./commands/start.ts')).startCommand));

withFolders(program.command('run'))
  .description('the worker')
  .option(
    '--until-idle',
    'work until nothing is left to do, then say so and exit: 0, or 1 when something failed or is held (values that wait for a correction are neither)',
    false,
  )
  .option('--join', 'work beside the worker that this data folder already has', false)
  .option('--port <n>', 'port for health and metrics; 0 takes a free one', port, 4_000)
  .addOption(
    new Option('--role <names>', `what this process of a fleet does: ${roles.join(', ')}, with commas`)
      .argParser(roleSet)
      .default(new Set(roles), 'all'),
  )
  .action(run(async () => (await import('./commands/run.ts')).runCommand));

withFolders(program.command('verify'))
  .description('compares both systems record by record and field by field')
  .option('--json', 'print JSON alone on stdout', false)
  .action(run(async () => (await import('./commands/verify.ts')).verifyCommand));

withFolders(program.command('status'))
  .description('lag, backlog, problems and budget')
  .option('--json', 'print JSON alone on stdout', false)
  .action(run(async () => (await import('./commands/status.ts')).statusCommand));

addOperatorCommands(program);

const sandboxHelp = `
Its records live in memory alone: they end with the process, and the same seed makes the same ones again (npm start
keeps those of its demonstration in DATA/demo). Give the worker a data folder of its own for each start: links to
records that are gone would look as if everybody had been deleted.

To edit a record by hand, take any client of the two public APIs and the colleague's credentials, which --env writes as
SANDBOX_HUBSPOT_TOKEN, SANDBOX_SALESFORCE_USERNAME and SANDBOX_SALESFORCE_PASSWORD; docs/admins/sandbox.md has the calls.
`;

program
  .command('sandbox')
  .description('the HubSpot and Salesforce simulators alone')
  .option('--hubspot-port <n>', 'port of the HubSpot simulator; 0 takes a free one', port, 4_010)
  .option('--salesforce-port <n>', 'port of the Salesforce simulator; 0 takes a free one', port, 4_020)
  .option('--seed <n>', 'same seed, same records', count, 1)
  .option('--contacts <n>', 'contacts to begin with', count, 2_000)
  .option('--leads <n>', 'leads to begin with, 60 % of them the same people', count, 1_200)
  .option('--quiet', 'say nothing but the ready line', false)
  .option('--env <file>', 'also write the variables by which the other commands find them', (file) =>
    resolve(file),
  )
  .addHelpText('after', sandboxHelp)
  .action(run(async () => (await import('./commands/sandbox.ts')).sandboxCommand));

for (const command of program.commands) {
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  command.showHelpAfterError(`(tandem ${command.name()} --help tells its arguments and options)`);
}

await program.parseAsync();
