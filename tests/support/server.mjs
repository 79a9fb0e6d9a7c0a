// Starts a server under test and stops it by its process id.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const build = path.resolve(root, process.env.FANWIRE_BUILD ?? 'build/dev');
const deadlineMs = 20_000;

/** Starts a program and waits for the line of its output that `pattern` matches; `ready` is the match. */
async function startProcess(command, args, pattern) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const complaints = [];
  child.stderr.setEncoding('utf8').on('data', (text) => complaints.push(text));
  const ready = new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${command} ${args.join(' ')}: ${why}\n${complaints.join('')}`));
    const timer = setTimeout(() => fail('no line with an address'), deadlineMs);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`ended with ${signal ?? code}`));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!pattern.test(line)) return;
      clearTimeout(timer);
      resolve(pattern.exec(line));
    });
  });
  try {
    return { child, complaints, ready: await ready };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** Ends a process with `signal` and waits until it is gone. Resolves with its exit code or signal. */
async function endProcess(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return child.signalCode ?? child.exitCode;
  const gone = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
  child.kill(signal);
  const [code, by] = await gone;
  clearTimeout(timer);
  return by ?? code;
}

/** What a test may do with a server that runs. */
function handle({ child, complaints, ready }) {
  const port = Number(ready[1]);
  return {
    port,
    url: `ws://127.0.0.1:${port}/`,
    demo: `http://127.0.0.1:${port}/demo`,
    pid: child.pid,
    /** What it has written to stderr so far. */
    get log() {
      return complaints.join('');
    },
    /** Lets it end in order. */
    stop: () => endProcess(child, 'SIGTERM'),
    /** Ends it as a crash would. */
    kill: () => endProcess(child, 'SIGKILL'),
  };
}

/**
 * Starts fanwired, or the command that FANWIRE_SERVER_CMD names, on loopback.
 * @param {{port?: number, args?: string[]}} [options] port 0 takes a free one
 */
export async function startServer({ port = 0, args = [] } = {}) {
  const [command, ...first] = process.env.FANWIRE_SERVER_CMD?.split(' ') ?? [
    path.join(build, 'core/fanwired'),
  ];
  const all = [...first, '--port', String(port), '--drain-timeout', '100ms', ...args];
  return handle(await startProcess(command, all, /listening on ws:\/\/.*:(\d+)\//));
}

export const pollers = ['epoll', 'asio'];

/** Starts the echo server: the transport and nothing else, on one of the `pollers`. */
export async function startEchoServer(poller) {
  const args = ['--port', '0', '--poller', poller];
  return handle(await startProcess(path.join(build, 'tests/echo_server'), args, /listening.*?(\d+)$/));
}
