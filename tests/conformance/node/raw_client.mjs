// A WebSocket client that does nothing by itself: it sends the bytes it is given, and shows what comes.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/**
 * One frame as a client sends it. `masked`, `length` and `rsv` may break the rules.
 * @param {{lengthBits?: 7|16|64, declared?: bigint}} [options]
 */
export function frame(
  opcode,
  payload = '',
  { fin = true, rsv = 0, masked = true, lengthBits, declared } = {},
) {
  const bytes = Buffer.from(payload);
  const length = declared ?? BigInt(bytes.length);
  const bits = lengthBits ?? (length < 126n ? 7 : length < 65536n ? 16 : 64);
  const head = Buffer.alloc(2 + { 7: 0, 16: 2, 64: 8 }[bits]);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (bits === 7 ? Number(length) : bits === 16 ? 126 : 127);
  if (bits === 16) head.writeUInt16BE(Number(length), 2);
  if (bits === 64) head.writeBigUInt64BE(length, 2);
  if (!masked) return Buffer.concat([head, bytes]);
  const key = randomBytes(4);
  const hidden = Buffer.from(bytes.map((byte, i) => byte ^ key[i % 4]));
  return Buffer.concat([head, key, hidden]);
}

/** A close frame with a code, which may be one that nobody may send. */
export function closeFrame(code, reason = '') {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return frame(opcodes.close, Buffer.concat([payload, Buffer.from(reason)]));
}

/** The lines of a handshake; a header with value null is left out. */
export function handshake({ method = 'GET', path = '/', version = 'HTTP/1.1', headers = {} } = {}) {
  const all = {
    Host: '127.0.0.1',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...headers,
  };
  const lines = Object.entries(all)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} ${version}\r\n${lines.join('')}\r\n`;
}

export const acceptOf = (key) =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** A TCP connection that keeps what came. */
export class RawClient {
  #received = Buffer.alloc(0);
  #hasEnded = false;
  #wake = () => {};

  constructor(port) {
    this.socket = net.connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('error', () => {}); // a reset is an end
    this.socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
    for (const event of ['end', 'close'])
      this.socket.on(event, () => {
        this.#hasEnded = true;
        this.#wake();
      });
  }

  /** A client behind its handshake. */
  static async open(port, path = '/') {
    const client = new RawClient(port);
    client.send(handshake({ path }));
    const { status } = await client.readHead();
    if (status !== 101) throw new Error(`status ${status}`);
    return client;
  }

  send(bytes) {
    this.socket.write(bytes);
  }

  /** Sends each byte in a packet of its own, as far as the kernel lets us. */
  async sendSlowly(bytes) {
    for (const byte of Buffer.from(bytes)) {
      if (!this.socket.write(Buffer.of(byte))) await once(this.socket, 'drain');
      await new Promise(setImmediate);
    }
  }

  end() {
    this.socket.end();
  }
  reset() {
    this.socket.resetAndDestroy();
  }

  /** Waits until `parse` of what came gives [value, bytes used]; null if the connection ends before. */
  async #next(what, parse) {
    const timer = setTimeout(() => this.socket.destroy(new Error(what)), 10_000);
    try {
      for (;;) {
        const found = parse(this.#received);
        if (found) {
          this.#received = this.#received.subarray(found[1]);
          return found[0];
        }
        if (this.#hasEnded) return null;
        await new Promise((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async readHead() {
    return this.#next('head', (bytes) => {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return null;
      const [first, ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => [line.split(':')[0].toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
      );
      return [{ status: Number(first.split(' ')[1]), headers }, end + 4];
    });
  }

  /** The next frame of the server, or null at the end of the connection. */
  async readFrame() {
    return this.#next('frame', (bytes) => {
      if (bytes.length < 2) return null;
      const marker = bytes[1] & 0x7f;
      const head = 2 + (marker === 126 ? 2 : marker === 127 ? 8 : 0);
      if (bytes.length < head) return null;
      const length =
        marker === 126 ? bytes.readUInt16BE(2) : marker === 127 ? Number(bytes.readBigUInt64BE(2)) : marker;
      if (bytes.length < head + length) return null;
      const payload = Buffer.from(bytes.subarray(head, head + length));
      const isMinimal = length < 126 ? head === 2 : length < 65536 ? head === 4 : true;
      return [
        {
          opcode: bytes[0] & 0xf,
          fin: (bytes[0] & 0x80) !== 0,
          rsv: (bytes[0] >> 4) & 7,
          masked: (bytes[1] & 0x80) !== 0,
          isMinimal,
          payload,
        },
        head + length,
      ];
    });
  }

  /** Reads up to the server's close frame and gives its code (1005 without one); null where none came. */
  async readCloseCode() {
    for (;;) {
      const next = await this.readFrame();
      if (next === null) return null;
      if (next.opcode === opcodes.close)
        return next.payload.length >= 2 ? next.payload.readUInt16BE(0) : 1005;
    }
  }

  /** Whether the server ended the connection, with nothing more before that. */
  async hasEnded() {
    return (await this.#next('end', (bytes) => (bytes.length > 0 ? [bytes, 0] : null))) === null;
  }
}
