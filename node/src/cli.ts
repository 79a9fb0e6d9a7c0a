#!/usr/bin/env node
import { help, parseCommandLine, readOptions, type CommandLine } from './cli_options';
import { Hooks } from './hooks';
import { native, type NativeOptions } from './native';
import type { Log } from './options';
import { Run } from './run';

const cannotListen = 1;
const badOption = 2;

const log: Log = (level, line) => {
  if (level !== 'debug') process.stderr.write(`fanwire: ${level}: ${line}\n`);
};

function fail(code: number, error: unknown): void {
  process.stderr.write(`fanwire: ${(error as Error).message}\n`);
  process.exitCode = code;
}

/** The first signal drains; the second is the system's to handle. */
function stopOnSignals(run: Run, drainMs: number): void {
  const onSignal = (): void => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    void run.stop(drainMs).then(() => run.close());
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

async function serve(options: NativeOptions): Promise<void> {
  const run = new Run(options, new Hooks(log), log, 'info');
  try {
    await run.start();
  } catch (error) {
    run.close();
    fail(cannotListen, error);
    return;
  }
  stopOnSignals(run, options.drainTimeoutMs());
  process.stdout.write(`fanwire: listening on ${run.url}\n`);
  if (options.demo())
    process.stdout.write(`fanwire: demo at ${run.url.replace(/^ws/, 'http')}demo\n`);
}

async function main(): Promise<void> {
  let line: CommandLine;
  let options: NativeOptions;
  try {
    line = parseCommandLine(process.argv.slice(2));
    if (line.values['version']) return void process.stdout.write(`fanwire ${native.version}\n`);
    if (line.values['help']) return void process.stdout.write(help());
    if (line.words.length !== 1 || line.words[0] !== 'serve')
      throw new Error('try: fanwire serve, or fanwire --help');
    options = readOptions(line.values);
  } catch (error) {
    fail(badOption, error);
    return;
  }
  await serve(options);
}

void main();
