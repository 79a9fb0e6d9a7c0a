/** Stands for the browser's WebSocket: a test plays the server. `sockets` has all that a client ever made. */
export function fakeWebSocket() {
  const sockets = [];
  class FakeSocket {
    sent = [];
    isClosed = false;

    constructor(url, protocol) {
      this.url = String(url);
      this.protocol = protocol;
      sockets.push(this);
    }

    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {
      this.isClosed = true;
    }

    /** The server says something. */
    say(event) {
      this.onmessage?.({ data: JSON.stringify(event) });
    }
    welcome(fields = {}) {
      this.say({ type: 'welcome', client: 'c1', heartbeat: 25_000, ...fields });
    }
    /** The link breaks, or the server ends it. */
    drop(code = 1006, reason = '') {
      this.onclose?.({ code, reason });
    }
    /** Answers the newest request. */
    answer(event) {
      this.say({ ...event, id: this.sent.at(-1).id });
    }
  }
  return { FakeSocket, sockets, newest: () => sockets.at(-1) };
}
