// The same types by the package's ESM entry.
import { accept, Server, type ServerOptions } from 'fanwire';

export const options: ServerOptions = { onConnect: () => accept({ user: 'ann' }) };
await using server = await Server.start(options);
export const port: number = server.port;
