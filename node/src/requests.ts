/** A client that wants to connect: its HTTP upgrade request. */
export class ConnectRequest {
  /** Names the client for as long as its connection lives. */
  readonly client: string;
  /** The path of the request's target, percent-encoding kept, without the query. */
  readonly path: string;
  /** What stands behind the `?`, without it. Empty if there is none. */
  readonly query: string;
  /**
   * The client's address and port: `192.0.2.1:5000` or `[2001:db8::1]:5000`. Behind one of
   * `trustedProxies` it is what that says; where it tells no port, `192.0.2.1` or `2001:db8::1`.
   */
  readonly remoteAddress: string;
  /** The subprotocol that will be spoken, empty if none was agreed. */
  readonly subprotocol: string;
  private readonly headerLines: string;
  private parsedHeaders: Record<string, string> | undefined;

  /** @internal */
  constructor(
    client: string,
    path: string,
    query: string,
    headers: string,
    address: string,
    subprotocol: string,
  ) {
    this.client = client;
    this.path = path;
    this.query = query;
    this.remoteAddress = address;
    this.subprotocol = subprotocol;
    this.headerLines = headers;
    this.parsedHeaders = undefined;
  }

  /**
   * Header fields; names in lower case. Of a field that comes more than once the values are joined
   * by `, ` (of `cookie` by `; `).
   */
  get headers(): Readonly<Record<string, string>> {
    this.parsedHeaders ??= parseHeaders(this.headerLines);
    return this.parsedHeaders;
  }
}

/** Names and values in turn, each with a line end behind it. */
function parseHeaders(lines: string): Record<string, string> {
  const parts = lines.split('\n');
  const headers = Object.create(null) as Record<string, string>;
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const name = parts[i]!;
    const before = headers[name];
    const separator = name === 'cookie' ? '; ' : ', ';
    headers[name] = before === undefined ? parts[i + 1]! : before + separator + parts[i + 1]!;
  }
  return headers;
}

/** A client that wants to join a room or a pattern that it is not in. */
export class JoinRequest {
  /** Names the client for as long as its connection lives. */
  readonly client: string;
  /** The room, or the pattern. */
  readonly room: string;
  /** Whether it is a pattern. */
  readonly isPattern: boolean;
  private readonly userJson: string | undefined;

  /** @internal */
  constructor(client: string, user: string | undefined, room: string, isPattern: boolean) {
    this.client = client;
    this.room = room;
    this.isPattern = isPattern;
    this.userJson = user;
  }

  /** The client's user as the `onConnect` hook set it; undefined if it did not. */
  get user(): unknown {
    return this.userJson === undefined ? undefined : (JSON.parse(this.userJson) as unknown);
  }
}

/** A message that a client wants to publish. */
export class MessageRequest {
  /** Names the client for as long as its connection lives. */
  readonly client: string;
  /** The room; null for a message to everybody. */
  readonly room: string | null;
  /**
   * The message as it will be published:
   * `{"type":"message","user":…,"text":…,"data":…,"timestamp":…}`.
   */
  readonly payload: string;
  private readonly userJson: string | undefined;
  private parsed: { text?: unknown; data?: unknown } | undefined;

  /** @internal */
  constructor(client: string, user: string | undefined, room: string, payload: string) {
    this.client = client;
    this.room = room === '' ? null : room;
    this.payload = payload;
    this.userJson = user;
    this.parsed = undefined;
  }

  /** The client's user as the `onConnect` hook set it; undefined if it did not. */
  get user(): unknown {
    return this.userJson === undefined ? undefined : (JSON.parse(this.userJson) as unknown);
  }

  /** What is said. The payload is parsed when this or {@link data} is asked for. */
  get text(): unknown {
    return this.fields().text;
  }

  /** Anything else that the message carries. */
  get data(): unknown {
    return this.fields().data;
  }

  private fields(): { text?: unknown; data?: unknown } {
    this.parsed ??= JSON.parse(this.payload) as { text?: unknown; data?: unknown };
    return this.parsed;
  }
}
