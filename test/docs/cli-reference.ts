import { join } from 'node:path';
import type { Argument, Command, Option } from 'commander';
import { TextConsole } from '../../src/cli/common/console/text-console.js';
import { starlingProgram } from '../../src/cli/program.js';
import { EXIT_CODES, type ExitCode } from '../../src/contracts/exit-codes.js';
import { ROOT } from '../root.js';

/** The page of the command line, which is generated from the table of flags. */
export const CLI_PAGE = join(ROOT, 'docs/cli.md');

const MEANINGS: Readonly<Record<0 | ExitCode, string>> = {
  0: 'success, also when the reader of a pipe has gone',
  1: 'the run failed, or rows were skipped',
  2: 'misuse: flags, missing files or models, outputs that exist, a hub that does not give a model',
  129: 'stopped by SIGHUP',
  130: 'stopped by SIGINT (Ctrl-C)',
  138: 'stopped by SIGUSR1',
  143: 'stopped by SIGTERM',
};

/** The program with all commands, and the text that their help writes. */
export function commandsWithHelp(): { commands: readonly Command[]; helpOf: (command: Command) => string } {
  let written = '';
  const writeOut = (text: string) => {
    written += text;
  };
  const program = starlingProgram('0.0.0', writeOut, new TextConsole());
  const helpOf = (command: Command) => {
    written = '';
    command.outputHelp();
    return written;
  };
  return { commands: program.commands, helpOf };
}

/** The text of docs/cli.md. */
export function cliReference(): string {
  const { commands, helpOf } = commandsWithHelp();
  const names = commands.map((command) => `[${command.name()}](#${command.name()})`);
  return `# Command line

Every flag of every command, as \`npm run docs\` writes it from the program's own table of flags. Do not edit this page.
Commands: ${names.join(', ')}. \`starling-rm --version\` shows the version, and \`starling-rm COMMAND --help\` shows the usual flags.

${commands.map((command) => commandPart(command, helpOf(command))).join('\n')}
## Exit codes

The error on standard error begins with its code.

${table(['exit code', 'meaning', 'error codes'], exitRows())}`;
}

function commandPart(command: Command, help: string): string {
  const afterFlags = help.slice(command.helpInformation().length).trim();
  const [shown, pages] = afterFlags.split('\n\nSee ');
  return `## ${command.name()}

${command.description()}

    starling-rm ${command.name()} ${command.usage()}

${argumentPart(command.registeredArguments)}${optionParts(command)}
${shown.replaceAll(/^(?=.)/gm, '    ')}

See ${pages.replaceAll(/docs\/(\S+\.md)/g, '[$1]($1)')}.
`;
}

function argumentPart(list: readonly Argument[]): string {
  const described = list.filter(({ description }) => description !== '');
  if (described.length === 0) return '';
  return `${table(
    ['argument', 'meaning'],
    described.map((one) => [code(one.name()), one.description]),
  )}\n`;
}

function optionParts(command: Command): string {
  const shown = command.options.filter((option) => !isOpposite(option, command.options));
  const headings = [...new Set(shown.map(({ helpGroupHeading = '' }) => helpGroupHeading))];
  const parts = headings.map((heading) => {
    const rows = shown.filter(({ helpGroupHeading }) => helpGroupHeading === heading).map(optionRow);
    return `**${heading.replace(/:$/, '')}**\n\n${table(['flag', 'meaning', 'choices', 'default'], rows)}`;
  });
  return parts.join('\n');
}

/** `--no-trim`, where `--trim` is a flag of its own whose description names it. */
function isOpposite({ negate, long }: Option, options: readonly Option[]): boolean {
  return negate && options.some((other) => other.long === long?.replace('--no-', '--'));
}

function optionRow({ flags, description, argChoices = [], defaultValue, defaultValueDescription }: Option): string[] {
  return [
    code(flags),
    description,
    argChoices.map(code).join(', '),
    `${defaultValueDescription ?? defaultValue ?? ''}`,
  ];
}

function exitRows(): string[][] {
  const errors = Object.entries(EXIT_CODES);
  return Object.entries(MEANINGS).map(([exit, meaning]) => {
    const ofExit = errors.filter(([, number]) => number === Number(exit)).map(([name]) => code(name));
    return [exit, meaning, ofExit.join(', ')];
  });
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(header) + line(header.map(() => '---')) + rows.map(line).join('');
}
