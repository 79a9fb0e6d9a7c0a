import { parseArgs, type ParseArgsConfig } from 'node:util';

import { native, type NativeOptions, type OptionInfo } from './native';

const table = native.optionTable();
/** What `fanwire serve` sets otherwise than an embedded server. */
const serveDefaults: Readonly<Record<string, OptionInfo['initial']>> = { demo: true, metrics: 'loopback' };
const flagOf = (option: OptionInfo): string => option.name.replace(/_/g, '-');

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

export interface CommandLine {
  readonly words: readonly string[];
  readonly values: Values;
}

/** Throws an error whose message is for the user. */
export function parseCommandLine(args: string[]): CommandLine {
  const options: NonNullable<ParseArgsConfig['options']> = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean' },
  };
  for (const option of table) {
    options[flagOf(option)] = { type: option.kind === 'flag' ? 'boolean' : 'string' };
    if (option.kind === 'flag') options[`no-${flagOf(option)}`] = { type: 'boolean' };
  }
  const { positionals, values } = parseArgs({ args, options, allowPositionals: true });
  return { words: positionals, values };
}

/**
 * The options as the command line says, else the environment, else `serve` itself. Throws as
 * `parseCommandLine`.
 */
export function readOptions(values: Values): NativeOptions {
  const options = new native.Options();
  for (const [name, value] of Object.entries(serveDefaults)) options.set(name, value);
  for (const option of table) {
    const given = values[`no-${flagOf(option)}`] ? 'false' : values[flagOf(option)];
    if (given !== undefined) options.setFromText(option.name, String(given));
    else setFromEnvironment(options, option);
  }
  options.check();
  return options;
}

function setFromEnvironment(options: NativeOptions, option: OptionInfo): void {
  const variable = `FANWIRE_${option.name.toUpperCase()}`;
  const text = process.env[variable];
  if (!text) return;
  try {
    options.setFromText(option.name, text);
  } catch (error) {
    throw new Error(`${variable}: ${(error as Error).message}`);
  }
}

const byteUnits: [number, string][] = [
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
  [1, ''],
];
const durationUnits: [number, string][] = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
  [1, 'ms'],
];

/** A value as one would write it on the command line. */
function written(option: OptionInfo, value: OptionInfo['initial']): string {
  if (typeof value !== 'number') return String(value);
  if (value === 0 || option.kind === 'number') return String(value);
  const units = option.kind === 'bytes' ? byteUnits : durationUnits;
  const [factor, name] = units.find(([size]) => value % size === 0)!;
  return `${value / factor}${name}`;
}

const placeholders = {
  text: 'TEXT',
  text_list: 'LIST',
  flag: '',
  number: 'N',
  bytes: 'SIZE',
  duration: 'TIME',
};

function helpOf(option: OptionInfo): string {
  const name =
    option.kind === 'flag'
      ? `--[no-]${flagOf(option)}`
      : `--${flagOf(option)} ${placeholders[option.kind]}`;
  const notes: string[] = [];
  const initial = written(option, serveDefaults[option.name] ?? option.initial);
  if (initial !== '') notes.push(`Default ${initial}`);
  if (option.most > 0)
    notes.push(`from ${written(option, option.least)} to ${written(option, option.most)}`);
  if (option.zero !== '') notes.push(`0: ${option.zero}`);
  const tail = notes.length > 0 ? ` ${notes.join(', ')}.` : '';
  return `  ${name}\n      ${option.help}${tail}`;
}

export function help(): string {
  return `Usage: fanwire serve [options]

Serves WebSocket clients until SIGINT or SIGTERM: then closes them over --drain-timeout. A second
signal ends at once. Rooms are in memory, or with --redis those of all servers on that Redis.

Options, each of them also an environment variable (--max-rooms is FANWIRE_MAX_ROOMS):
${table.map(helpOf).join('\n')}
  --version
  --help, -h

SIZE is a number of bytes, or 64KiB, 1MiB; TIME a number of seconds, or 250ms, 10s, 5min; LIST is
separated by commas.
Exit status: 0, or 1 when it cannot listen, or 2 when an option is wrong.
`;
}
