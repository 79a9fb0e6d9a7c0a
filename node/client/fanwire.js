// The client of a fanwire server, for browsers and Node: one file, nothing to build, nothing to install.
// It speaks the subprotocol fanwire.v1, comes back by itself when the link breaks, and joins its rooms again.

const SUBPROTOCOL = 'fanwire.v1';
const HEARTBEAT_MISSED = 4103;
/** Refusals after which a room that we had been in is asked for again. */
const PASSING_ERRORS = new Set(['unavailable', 'timeout', 'rate_limited', 'internal']);

/** Why a request failed: `code` is the server's, or `unavailable`, `uncertain` or `not_member` from here. */
export class FanwireError extends Error {
  constructor(code, message = code, roomId = undefined) {
    super(message);
    this.name = 'FanwireError';
    this.code = code;
    if (roomId !== undefined) this.roomId = roomId;
  }
}

/** What a close code asks for. @param {number} code @returns {'now'|'backoff'|'credentials'|'never'} */
export function afterClose(code) {
  return { 40: 'now', 42: 'credentials', 43: 'never' }[Math.floor(code / 100)] ?? 'backoff';
}

const systemClock = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
  random: () => Math.random(),
};

const defaults = { minDelay: 50, maxDelay: 5000, connectTimeout: 10_000, pongTimeout: 10_000, queue: 0 };
const isRoom = (room) => typeof room === 'string' || typeof room === 'number';
const toError = (reply) => new FanwireError(reply.code, reply.message, reply.roomId);
const badRoom = () => new FanwireError('bad_room', 'A room is a string or an integer.');
const uncertain = (room) => new FanwireError('uncertain', 'The link broke before the answer.', room);
const unavailable = () => new FanwireError('unavailable', 'There is no connection at present.');

/** A fault of the application's listener is the application's: it is reported, and the client goes on. */
function guarded(listener, event) {
  try { listener(event); } catch (error) { queueMicrotask(() => { throw error; }); }
}

/** A connection that lasts: it reconnects, rejoins, and settles each request once. Options: fanwire.d.ts. */
export class Client {
  #url;
  #options;
  #clock;
  #state = 'closed';
  #turn = 0; // counts changes of state, so that a late answer of `credentials` is noticed
  #socket = null;
  #timer; // of the present state: deadline of the connection, heartbeat, or the next try
  #moveTimer;
  #moveAt = null; // when this instance wants us to be gone
  #openedAt = null;
  #heardAt = 0;
  #attempts = 0;
  #nextId = 1;
  #listeners = new Map();
  #rooms = new Map(); // name as text → a room that we want to be in
  #pending = new Map(); // id → what to do with its answer, or without one
  #queue = []; // publishes that wait for a connection

  /** @param {string|URL} url @param {import('./fanwire.d.ts').ClientOptions} [options] */
  constructor(url, options = {}) {
    this.#url = url;
    this.#options = { WebSocket: globalThis.WebSocket, ...defaults, ...options };
    if (!this.#options.WebSocket) throw new TypeError('no WebSocket: pass a constructor as { WebSocket }');
    this.#clock = options.clock ?? systemClock;
    this.connect();
  }

  /** One of 'connecting', 'open', 'waiting' (for the next try) and 'closed'. */
  get state() { return this.#state; }

  /** Connects now, where the client waits or is closed. */
  connect() {
    if (this.#state === 'connecting' || this.#state === 'open') return;
    this.#stopTimers();
    const socket = new this.#options.WebSocket(this.#url, SUBPROTOCOL);
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#lost(event.code, event.reason);
    socket.onerror = () => {}; // a close follows; but the `ws` package throws an error that nobody listens to
    this.#socket = socket;
    this.#after(this.#options.connectTimeout, () => this.#abandon(1006, 'no welcome in time'));
    this.#setState('connecting');
  }

  /** Ends the connection, until `connect` is called. What waits for an answer fails. */
  close() {
    if (this.#state === 'closed') return;
    this.#release();
    this.#breakPending();
    this.#end(1000, '');
  }

  /** Calls `listener` with each event of that name. The returned function takes it off again. */
  on(name, listener) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(listener);
    return () => this.#listeners.get(name).delete(listener);
  }

  /** Joins a room, now and after every reconnect. Resolves with the server's `joined`. */
  join(room, onMessage) {
    if (!isRoom(room)) return Promise.reject(badRoom());
    const known = this.#rooms.get(String(room));
    const entry = known ?? { room, handlers: new Set(), waiters: [], joined: null, tries: 0 };
    if (onMessage) entry.handlers.add(onMessage);
    if (entry.joined) return Promise.resolve(entry.joined);
    this.#rooms.set(String(room), entry);
    if (!known && this.#state === 'open') this.#sendJoin(entry);
    return new Promise((resolve, reject) => entry.waiters.push({ resolve, reject }));
  }

  /** Leaves a room and forgets its listeners. Never fails: without a connection there is nothing to leave. */
  leave(room) {
    const entry = this.#rooms.get(String(room));
    const left = { type: 'left', roomId: room };
    if (!entry) return Promise.resolve(left);
    this.#forget(entry, new FanwireError('not_member', 'The room was left before it was joined.', room));
    if (this.#state !== 'open') return Promise.resolve(left);
    return this.#request({ type: 'leave', roomId: room }, left);
  }

  /** Publishes to a room. Resolves with the server's `ack`. */
  publish(room, { text, data, user = this.#options.user, key } = {}) {
    if (!isRoom(room)) return Promise.reject(badRoom()); // without a roomId it would go to everybody
    return this.#publish({ type: 'message', roomId: room, user, text, data, key });
  }

  /** Publishes to everybody. Resolves with the server's `ack`. */
  broadcast({ text, data, user = this.#options.user, key } = {}) {
    return this.#publish({ type: 'message', user, text, data, key });
  }

  /** Resolves with the milliseconds that the server's answer took. */
  async ping() {
    if (this.#state !== 'open') throw unavailable();
    const start = this.#clock.now();
    await this.#request({ type: 'ping' }, unavailable());
    return this.#clock.now() - start;
  }

  #publish(message) {
    if (this.#state === 'open') return this.#request(message, uncertain(message.roomId));
    const isRefused = this.#state === 'closed' || this.#queue.length >= this.#options.queue;
    if (isRefused) return Promise.reject(unavailable());
    return new Promise((resolve, reject) => this.#queue.push({ message, resolve, reject }));
  }

  /** `broken` is how the request ends when the link breaks before the answer: an error or a value. */
  #request(request, broken) {
    return new Promise((resolve, reject) => this.#sendRequest(request, {
      onReply: (reply) => (reply.type === 'error' ? reject(toError(reply)) : resolve(reply)),
      onBreak: () => (broken instanceof Error ? reject(broken) : resolve(broken)),
    }));
  }

  #sendRequest(request, pending) {
    const id = this.#nextId++;
    this.#pending.set(id, pending);
    this.#send({ ...request, id });
  }

  #send(request) { this.#socket.send(JSON.stringify(request)); }

  #sendJoin(entry) {
    const onReply = (reply) => {
      if (this.#rooms.get(String(entry.room)) !== entry) return; // left meanwhile
      if (reply.type === 'error') return this.#onRefused(entry, toError(reply));
      Object.assign(entry, { joined: reply, tries: 0 });
      for (const waiter of entry.waiters.splice(0)) waiter.resolve(reply);
    };
    this.#sendRequest({ type: 'join', roomId: entry.room }, { onReply, onBreak: () => {} });
  }

  #onRefused(entry, error) {
    if (entry.waiters.length > 0) return this.#forget(entry, error);
    if (PASSING_ERRORS.has(error.code)) {
      entry.timer = this.#clock.setTimeout(() => this.#sendJoin(entry), this.#backoff(entry.tries++));
    } else {
      this.#forget(entry);
    }
    this.#emit('error', error);
  }

  #forget(entry, error) {
    this.#clock.clearTimeout(entry.timer);
    this.#rooms.delete(String(entry.room));
    for (const waiter of entry.waiters.splice(0)) waiter.reject(error);
  }

  #receive(text) {
    this.#heardAt = this.#clock.now();
    const event = JSON.parse(text);
    if (event.type === 'welcome') this.#onWelcome(event);
    if (event.type === 'moving') this.#onMoving(event);
    // What another publisher put on the bus is a `message` and may carry an `id` of its own.
    const pending = event.type === 'message' ? undefined : this.#pending.get(event.id);
    if (pending) {
      this.#pending.delete(event.id);
      pending.onReply(event);
    }
    if (event.type === 'error') {
      if (!pending) this.#emit('error', toError(event));
    } else {
      const entry = this.#rooms.get(String(event.roomId));
      if (event.type === 'joined' && entry?.joined) entry.joined = event; // the second one has no `local`
      if (event.type === 'message') for (const handler of [...entry?.handlers ?? []]) guarded(handler, event);
      this.#emit(event.type, event);
    }
    this.#moveIfDue();
  }

  #onWelcome({ heartbeat }) {
    this.#clock.clearTimeout(this.#timer);
    this.#openedAt = this.#clock.now();
    this.#state = 'open';
    for (const entry of this.#rooms.values()) this.#sendJoin(entry);
    for (const late of this.#queue.splice(0)) this.#publish(late.message).then(late.resolve, late.reject);
    if (heartbeat > 0) this.#watch(1.5 * heartbeat);
    this.#setState('open');
  }

  /** Browsers do not show pings, so a quiet link is asked, and one that does not answer is given up. */
  #watch(patience) {
    const quiet = this.#clock.now() - this.#heardAt;
    if (quiet < patience) return this.#after(patience - quiet, () => this.#watch(patience));
    const heardAt = this.#heardAt;
    this.#send({ type: 'ping' });
    this.#after(this.#options.pongTimeout, () => {
      if (this.#heardAt === heardAt) this.#abandon(HEARTBEAT_MISSED, 'no answer to a ping');
      else this.#watch(patience);
    });
  }

  /** The instance wants us gone after `retryAfter`; we go then, or as soon as no answer is on its way. */
  #onMoving({ retryAfter = 0 }) {
    this.#clock.clearTimeout(this.#moveTimer);
    this.#moveAt = this.#clock.now() + retryAfter;
    this.#moveTimer = this.#clock.setTimeout(() => this.#moveIfDue(), retryAfter);
  }

  #moveIfDue() {
    const isDue = this.#moveAt !== null && this.#clock.now() >= this.#moveAt;
    if (isDue && this.#socket && this.#pending.size === 0) this.#abandon(1012, 'moving');
  }

  /** Gives a link up without waiting for its closing handshake: it may be dead. */
  #abandon(code, reason) {
    this.#release();
    this.#lost(code, reason);
  }

  #release() {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = socket.onmessage = socket.onclose = null;
    socket.close(1000);
  }

  #lost(code, reason) {
    const now = this.#clock.now();
    const moveIn = this.#moveAt === null ? null : Math.max(0, this.#moveAt - now);
    // Not reset by a welcome alone: a server may greet and close, again and again.
    if (this.#openedAt !== null && now - this.#openedAt >= this.#options.maxDelay) this.#attempts = 0;
    this.#socket = null;
    this.#breakPending();
    const rule = afterClose(code);
    if (rule === 'never') return this.#end(code, reason);
    if (rule === 'credentials') return this.#renew(code, reason);
    const delay = rule === 'now' && this.#attempts === 0 ? 0 : this.#backoff(this.#attempts);
    return this.#wait(moveIn ?? delay, code, reason);
  }

  #breakPending() {
    this.#stopTimers();
    for (const entry of this.#rooms.values()) entry.joined = null;
    const broken = [...this.#pending.values()];
    this.#pending.clear();
    for (const { onBreak } of broken) onBreak();
  }

  #wait(delay, code, reason) {
    this.#attempts += 1;
    this.#after(delay, () => this.connect());
    this.#setState('waiting', { code, reason, retryIn: delay });
  }

  async #renew(code, reason) {
    this.#setState('waiting', { code, reason });
    const turn = this.#turn;
    let url = false;
    try {
      url = await (this.#options.credentials ?? (() => false))({ code, reason });
      if (url) this.#url = new URL(url);
    } catch (error) {
      url = false;
      this.#emit('error', error);
    }
    if (turn !== this.#turn) return; // closed or connected by the application meanwhile
    if (url === false) this.#end(code, reason);
    else this.#wait(this.#backoff(this.#attempts), code, reason);
  }

  #end(code, reason) {
    this.#stopTimers();
    const hopeless = [...this.#rooms.values()].filter((entry) => entry.waiters.length > 0);
    for (const entry of hopeless) this.#forget(entry, unavailable());
    for (const { reject } of this.#queue.splice(0)) reject(unavailable());
    this.#setState('closed', { code, reason });
  }

  /** Exponential with full jitter, so that a thousand clients do not come back together. */
  #backoff(tries) {
    return this.#clock.random() * Math.min(this.#options.maxDelay, this.#options.minDelay * 2 ** tries);
  }

  #after(ms, run) { this.#timer = this.#clock.setTimeout(run, ms); }

  #stopTimers() {
    this.#clock.clearTimeout(this.#timer);
    this.#clock.clearTimeout(this.#moveTimer);
    for (const entry of this.#rooms.values()) this.#clock.clearTimeout(entry.timer);
    this.#moveAt = this.#openedAt = null;
  }

  #setState(state, detail = {}) {
    this.#state = state;
    this.#turn += 1;
    this.#emit('state', { state, ...detail });
  }

  #emit(name, event) {
    for (const listener of [...this.#listeners.get(name) ?? []]) guarded(listener, event);
  }
}
