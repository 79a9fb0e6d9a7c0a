import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { WebSocket } from 'ws';

import { Server } from 'fanwire';

export const root = path.resolve(fileURLToPath(import.meta.url), '..', '..', '..');
const deadline = 10_000;

/** Resolves when `condition` holds; fails when it does not for too long. */
export async function until(condition, what, within = deadline) {
  const end = Date.now() + within;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `waited too long until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** `promise`, or a failure that says what was waited for. */
export function soon(promise, what, within = deadline) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited too long for ${what}`)), within);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A WebSocket client whose messages are taken one by one. */
export class Client {
  received = [];
  #waiting = [];

  constructor(url, { protocol, headers } = {}) {
    this.socket = new WebSocket(url, protocol ?? [], { headers, perMessageDeflate: false });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    this.socket.on('error', () => {});
    this.socket.on('message', (bytes) => {
      const message = JSON.parse(String(bytes));
      const waiting = this.#waiting.shift();
      if (waiting) waiting(message);
      else this.received.push(message);
    });
  }

  static async open(url, options) {
    const client = new Client(url, options);
    await soon(
      new Promise((resolve) => client.socket.once('open', resolve)),
      'the client to connect',
    );
    return client;
  }

  /** A client in a room. */
  static async in(server, room) {
    const client = await Client.open(server.url);
    assert.deepEqual(await client.ask({ type: 'join', roomId: room }), {
      type: 'joined',
      roomId: room,
    });
    return client;
  }

  say(request) {
    this.socket.send(JSON.stringify(request));
  }

  next() {
    if (this.received.length > 0) return Promise.resolve(this.received.shift());
    return soon(new Promise((resolve) => this.#waiting.push(resolve)), 'a message');
  }

  async ask(request) {
    this.say(request);
    return this.next();
  }

  close() {
    this.socket.close();
    return this.closed;
  }
}

/** A started server that the test's end stops. Its log lines are in `server.lines`. */
export async function started(t, options = {}) {
  const lines = [];
  const server = new Server({
    port: 0,
    log: (level, line) => lines.push({ level, line }),
    ...options,
  });
  t.after(() => server.stop());
  await server.start();
  server.lines = lines;
  return server;
}

/** Runs JavaScript in a process of its own; resolves with how it ended. */
export async function runScript(source, { flags = [], env = {}, onOutput } = {}) {
  return runNode([...flags, '--input-type=module', '--eval', source], { env, onOutput });
}

export async function runNode(args, { env = {}, onOutput, cwd = root } = {}) {
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    onOutput?.(stdout, child);
  });
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const ended = new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal })),
  );
  try {
    return { ...(await soon(ended, `the process to end\n${args.at(-1)}`, 60_000)), stdout, stderr };
  } finally {
    child.kill('SIGKILL');
  }
}
