import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Conduit } from './conduit.js';
import { type Fault, type HappenedFault, type PlannedFault, printHappened } from './faults.js';
import type { Plan } from './plan.js';

/** One connection through the proxy. */
class Wire {
  readonly #sockets: readonly [client: Socket, gateway: Socket];
  readonly #conduits: readonly Conduit[];
  readonly #abort = new AbortController();

  constructor(
    client: Socket,
    gateway: Socket,
    faults: readonly PlannedFault[],
    happened: (happened: Omit<PlannedFault, 'connection'>) => void,
  ) {
    this.#sockets = [client, gateway];
    const host = {
      signal: this.#abort.signal,
      happened: (heading: PlannedFault['heading'], at: number, fault: Fault) => happened({ heading, at, fault }),
      cut: () => this.cut(),
      vanish: () => {
        for (const conduit of this.#conduits) conduit.swallow();
      },
    };
    this.#conduits = [
      new Conduit('up', client, gateway, faults, host),
      new Conduit('down', gateway, client, faults, host),
    ];
  }

  /** Resolves when both directions have ended. */
  async run(): Promise<void> {
    // A socket that still connects cannot be reset.
    await once(this.#sockets[1], 'connect', { signal: this.#abort.signal }).catch(() => this.cut());
    await Promise.all(this.#conduits.map((conduit) => conduit.run()));
    this.cut();
  }

  cut(): void {
    this.#abort.abort();
    for (const socket of this.#sockets) if (!socket.destroyed) socket.resetAndDestroy();
  }
}

/** A network between clients and a gateway that fails as a {@link Plan} says. */
export class ChaosProxy {
  /** What it has done, in order. */
  readonly log: HappenedFault[] = [];
  readonly #server: Server;
  readonly #plan: Plan;
  readonly #wires = new Set<Wire>();
  readonly #start = performance.now();
  #connections = 0;

  private constructor(server: Server, target: number, plan: Plan) {
    this.#server = server;
    this.#plan = plan;
    server.on('connection', (socket: Socket) => this.#connect(socket, target));
  }

  /** Listens on a free port, before the gateway on the port `target`. */
  static async listen(target: number, plan: Plan): Promise<ChaosProxy> {
    // A direction that ends does not end the other.
    const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ChaosProxy(server, target, plan);
  }

  /** Where the gateway's WebSocket is, through it. */
  get mux(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mux`;
  }

  /** Connections there have been. */
  get connections(): number {
    return this.#connections;
  }

  /** Connections that were cut, ended or left half open so far. */
  get broken(): number {
    return new Set(this.log.filter(({ fault }) => BREAKS.has(fault.kind)).map(({ connection }) => connection)).size;
  }

  /** The log in lines. */
  get report(): string {
    return this.log.map(printHappened).join('\n');
  }

  /** Cuts every connection there is. */
  cut(): void {
    for (const wire of this.#wires) wire.cut();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  #connect(client: Socket, target: number): void {
    const connection = this.#connections;
    this.#connections += 1;
    const gateway = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    for (const socket of [client, gateway]) socket.on('error', () => undefined);
    const wire = new Wire(client, gateway, this.#plan(connection), (happened) =>
      this.log.push({ ...happened, connection, after: performance.now() - this.#start }),
    );
    this.#wires.add(wire);
    void wire.run().then(() => this.#wires.delete(wire));
  }
}

const BREAKS: ReadonlySet<Fault['kind']> = new Set(['cut', 'end', 'swallow', 'vanish']);
