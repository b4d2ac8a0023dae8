import { once } from 'node:events';
import net from 'node:net';

/** Stands between a client and a server, and breaks their connections as networks do. */
export type TcpProxy = {
  readonly port: number;
  /** Breaks every connection now, with a goodbye (FIN) or without (RST). */
  cut(how: 'end' | 'reset'): void;
  /**
   * The server gets everything, but of what it says from now on only so many pieces arrive: the next
   * one is swallowed and its connection is reset.
   */
  loseAnswer(afterPieces?: number): void;
  /** Lets everything through from now on; whether an answer was lost before. */
  heal(): boolean;
  stop(): Promise<void>;
};

type Pair = { readonly client: net.Socket; readonly server: net.Socket };

export async function startTcpProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let piecesLeft = Number.POSITIVE_INFINITY;
  const reset = ({ client, server }: Pair): void => {
    client.resetAndDestroy();
    server.destroy();
  };
  const proxy = net.createServer((client) => {
    const pair: Pair = { client, server: net.connect(target) };
    pairs.add(pair);
    const close = (): void => {
      pairs.delete(pair);
      client.destroy();
      pair.server.destroy();
    };
    for (const socket of [client, pair.server]) socket.on('error', close).on('close', close);
    client.pipe(pair.server);
    pair.server.on('data', (piece) => {
      if (piecesLeft === 0) {
        piecesLeft = -1;
        reset(pair);
        return;
      }
      if (piecesLeft > 0) piecesLeft -= 1;
      client.write(piece);
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as net.AddressInfo; // a TCP server's address, never a pipe's name
  return {
    port,
    cut: (how) => {
      for (const pair of pairs) {
        if (how === 'reset') reset(pair);
        else pair.client.end();
      }
    },
    loseAnswer: (afterPieces = 0) => {
      piecesLeft = afterPieces;
    },
    heal: () => {
      const hasLost = piecesLeft === -1;
      piecesLeft = Number.POSITIVE_INFINITY;
      return hasLost;
    },
    stop: async () => {
      const closed = once(proxy, 'close');
      proxy.close();
      for (const { client, server } of pairs) {
        client.destroy();
        server.destroy();
      }
      await closed;
    },
  };
}
