import { parseArgs, type ParseArgsConfig } from 'node:util';

import { native, type NativeOptions, type OptionInfo } from './native';

const table = native.optionTable();
const flagOf = (option: OptionInfo): string => option.name.replace(/_/g, '-');
const variableOf = (option: OptionInfo): string => `FANWIRE_${option.name.toUpperCase()}`;

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

/** What the command line says, else the environment, else `serve` itself. */
function textOf(option: OptionInfo, values: Values): string | undefined {
  if (values[`no-${flagOf(option)}`]) return 'false';
  const given = values[flagOf(option)];
  if (given !== undefined) return String(given);
  return process.env[variableOf(option)] ?? (option.name === 'demo' ? 'true' : undefined);
}

/** Throws an error whose message is for the user. */
export function readOptions(values: Values): NativeOptions {
  const options = new native.Options();
  for (const option of table) {
    const text = textOf(option, values);
    if (text !== undefined) options.setFromText(option.name, text);
  }
  options.check();
  return options;
}

const byteUnits: [number, string][] = [[2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB'], [1, '']];
const durationUnits: [number, string][] = [[3_600_000, 'h'], [60_000, 'min'], [1000, 's'], [1, 'ms']];

/** A value as one would write it on the command line. */
function written(option: OptionInfo, value: OptionInfo['initial']): string {
  if (typeof value !== 'number') return String(value);
  if (value === 0 || option.kind === 'number') return String(value);
  const units = option.kind === 'bytes' ? byteUnits : durationUnits;
  const [factor, name] = units.find(([size]) => value % size === 0)!;
  return `${value / factor}${name}`;
}

const placeholders = { text: 'TEXT', text_list: 'LIST', flag: '', number: 'N', bytes: 'SIZE', duration: 'TIME' };

function helpOf(option: OptionInfo): string {
  const name = option.kind === 'flag' ? `--[no-]${flagOf(option)}` : `--${flagOf(option)} ${placeholders[option.kind]}`;
  const notes: string[] = [];
  const initial = option.name === 'demo' ? 'true' : written(option, option.initial);
  if (initial !== '') notes.push(`Default ${initial}`);
  if (option.most > 0) notes.push(`from ${written(option, option.least)} to ${written(option, option.most)}`);
  if (option.zero !== '') notes.push(`0: ${option.zero}`);
  const tail = notes.length > 0 ? ` ${notes.join(', ')}.` : '';
  return `  ${name}\n      ${option.help}${tail}`;
}

export function help(): string {
  return `Usage: fanwire serve [options]

Serves WebSocket clients until SIGINT or SIGTERM, which closes them over --drain-timeout; a second signal ends at
once. Without a database: rooms are in memory.

Options, each of them also an environment variable (--max-rooms is FANWIRE_MAX_ROOMS):
${table.map(helpOf).join('\n')}
  --version
  --help, -h

SIZE is a number of bytes, or 64KiB, 1MiB; TIME a number of seconds, or 250ms, 10s, 5min; LIST is separated by commas.
Exit status: 0, or 1 when it cannot listen, or 2 when an option is wrong.
`;
}
