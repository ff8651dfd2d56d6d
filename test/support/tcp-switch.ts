import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';

/** They end with the test that made them. */
const open = new Set<TcpSwitch>();
afterEach(async () => {
  await Promise.all([...open].map((one) => one.close()));
  open.clear();
});

/** A port whose connections go to another port, which may change: what is connected stays where it is. */
export class TcpSwitch {
  /** Where the next connections go. */
  target: number;
  /** Connections so far, by where they went. */
  readonly taken = new Map<number, number>();
  readonly #server: Server = createServer();
  readonly #sockets = new Set<Socket>();

  private constructor(target: number) {
    this.target = target;
    this.#server.on('connection', (near) => {
      const to = this.target;
      this.taken.set(to, (this.taken.get(to) ?? 0) + 1);
      const far = connect(to, '127.0.0.1');
      near.on('error', () => far.destroy()).on('close', () => far.destroy());
      far.on('error', () => near.destroy()).on('close', () => near.destroy());
      this.#sockets.add(near);
      near.pipe(far).pipe(near);
    });
  }

  static async listen(target: number): Promise<TcpSwitch> {
    const made = new TcpSwitch(target);
    open.add(made);
    made.#server.listen(0, '127.0.0.1');
    await once(made.#server, 'listening');
    return made;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts what is connected. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  /** Cuts what is connected, and takes no more. */
  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
