import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { exitCodeOf, sayError } from './commands/exit.ts';
import { repositoryRoot } from './settings.ts';

const port = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) {
    throw new InvalidArgumentError('a port is a whole number from 0 to 65535.');
  }
  return number;
};

const count = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('give a whole number from 0.');
  return number;
};

/** Where configuration and data lie; given paths are relative to the caller's folder. */
const withFolders = (command: Command): Command =>
  command
    .option('--config <dir>', 'folder of the configuration', (dir) => resolve(dir), `${repositoryRoot}config`)
    .option(
      '--data <dir>',
      'folder of the embedded store',
      (dir) => resolve(dir),
      `${repositoryRoot}.tandem`,
    );

/** Runs a command's action and turns what it throws into the contract's exit codes. */
const run =
  <Options>(load: () => Promise<(options: Options) => Promise<number>>) =>
  async (options: Options): Promise<void> => {
    try {
      const action = await load();
      process.exitCode = await action(options);
    } catch (error) {
      sayError(error);
      process.exitCode = exitCodeOf(error);
    }
  };

const program = new Command('tandem')
  .description('Keeps HubSpot and Salesforce telling the same story.')
  .exitOverride((error) => {
    // Help and version are not errors; everything else that commander refuses is wrong usage.
    process.exit(error.exitCode === 0 ? 0 : 2);
  })
  .showHelpAfterError('(tandem --help lists the commands)');

withFolders(program.command('run'))
  .description('the worker')
  .option('--until-idle', 'work until nothing is left to do, then say so and exit', false)
  .option('--port <n>', 'port for health and metrics; 0 takes a free one', port, 4_000)
  .action(run(async () => (await import('./commands/run.ts')).runCommand));

withFolders(program.command('verify'))
  .description('compares both systems record by record and field by field')
  .option('--json', 'print JSON alone on stdout', false)
  .action(run(async () => (await import('./commands/verify.ts')).verifyCommand));

withFolders(program.command('status'))
  .description('lag, backlog, problems and budget')
  .option('--json', 'print JSON alone on stdout', false)
  .action(run(async () => (await import('./commands/status.ts')).statusCommand));

program
  .command('sandbox')
  .description('the HubSpot and Salesforce simulators alone')
  .option('--hubspot-port <n>', 'port of the HubSpot simulator; 0 takes a free one', port, 4_010)
  .option('--salesforce-port <n>', 'port of the Salesforce simulator; 0 takes a free one', port, 4_020)
  .option('--seed <n>', 'same seed, same records', count, 1)
  .option('--contacts <n>', 'contacts to begin with', count, 2_000)
  .option('--leads <n>', 'leads to begin with, 60 % of them the same people', count, 1_200)
  .option('--quiet', 'say nothing but the ready line', false)
  .action(run(async () => (await import('./commands/sandbox.ts')).sandboxCommand));

for (const command of program.commands)
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

await program.parseAsync();
