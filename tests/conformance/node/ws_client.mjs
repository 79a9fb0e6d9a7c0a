import { once } from 'node:events';
import WebSocket from 'ws';

/** The `ws` package's client with what came in a list, so that no message is missed between two waits. */
export class WsClient {
  #received = [];
  #waiting = [];
  #isGone = false;

  constructor(url, protocols, options = {}) {
    this.ws = new WebSocket(url, protocols, options);
    this.ws.on('message', (bytes, isBinary) => this.#take({ bytes, isBinary }));
    this.ws.on('error', () => {}); // a close follows
    /** Resolves with how the connection ended. */
    this.closed = new Promise((resolve) =>
      this.ws.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#isGone = true;
        for (const { reject } of this.#waiting.splice(0)) reject(new Error(`closed with ${code} ${reason}`));
      }),
    );
  }

  static async open(url, protocols, options) {
    const client = new WsClient(url, protocols, options);
    await Promise.race([
      once(client.ws, 'open'),
      client.closed.then(({ code }) => {
        throw new Error(`closed with ${code}`);
      }),
    ]);
    return client;
  }

  #take(message) {
    const waiter = this.#waiting.shift();
    if (waiter) waiter.resolve(message);
    else this.#received.push(message);
  }

  /** The next message, as { bytes, isBinary }. */
  next() {
    if (this.#received.length > 0) return Promise.resolve(this.#received.shift());
    if (this.#isGone) return Promise.reject(new Error('closed'));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  async nextText() {
    return (await this.next()).bytes.toString();
  }
  async nextJson() {
    return JSON.parse(await this.nextText());
  }

  send(message) {
    this.ws.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** Sends, and gives the next message as text. */
  async ask(message) {
    this.send(message);
    return this.nextText();
  }

  async close(code = 1000, reason = '') {
    this.ws.close(code, reason);
    return this.closed;
  }
}
