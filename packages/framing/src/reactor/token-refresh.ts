import { FrameType, PieceFlag } from '../dialect/types.js';
import { CloseCode, fault, type ProtocolFault, WiremuxError } from '../errors.js';
import type { TokenVerdict } from '../message/auth.js';
import { encodeTokenAnswer, encodeTokenRefresh } from '../message/later-settings.js';
import { TOKEN_BYTES } from '../message/settings.js';
import type { PeerContext } from './context.js';
import { isFault } from './settings-exchange.js';
import { SettingsPieces } from './settings-pieces.js';

/** Settings behind the first ones: a client's newer token, and what the server says of it (SPEC 8.3.11, 8.3.12). */
export class TokenRefresh {
  readonly #context: PeerContext;
  /** The server has somebody to ask what a token is worth. */
  readonly #authenticates: boolean;
  #pieces: SettingsPieces | undefined;
  /** When the last token was sent, or came, ms. */
  #lastAt = Number.NEGATIVE_INFINITY;
  #unanswered = false;

  constructor(context: PeerContext, authenticates: boolean) {
    this.#context = context;
    this.#authenticates = authenticates;
  }

  /** Client: sends a newer token. @throws {WiremuxError} `too-big`, or `too-many-requests` where it comes too soon */
  send(token: string): void {
    const { output, now, limits } = this.#context;
    const payload = encodeTokenRefresh(token);
    if (payload.length > TOKEN_BYTES + REFRESH_OVERHEAD) {
      throw new WiremuxError('too-big', `A token may take ${TOKEN_BYTES} bytes at most.`);
    }
    if (this.#unanswered || now < this.#lastAt + limits.tokenInterval) {
      const message = `Tokens are sent ${limits.tokenInterval} ms apart at least, and one after the answer to another.`;
      throw new WiremuxError('too-many-requests', message);
    }
    this.#lastAt = now;
    this.#unanswered = true;
    output.link(FrameType.SenderSettings, PieceFlag.Eos, payload);
    this.#context.wake();
  }

  /** Server: says what the token that came last is worth. Ignored where none waits for it. */
  answer(verdict: TokenVerdict): void {
    if (this.#context.role !== 'server' || !this.#unanswered) return;
    this.#unanswered = false;
    this.#context.output.link(FrameType.SenderSettings, PieceFlag.Eos, encodeTokenAnswer(verdict));
    this.#context.wake();
  }

  /** There is a new transport: what was not answered on the older never will be. */
  restart(): void {
    this.#pieces = undefined;
    this.#unanswered = false;
  }

  /** A settings frame behind the first settings; the fault if it breaks a rule. */
  receive(flags: number, payload: Uint8Array): ProtocolFault | undefined {
    if (this.#context.role === 'client' && !this.#unanswered) {
      return fault('8.3.7', 'Settings came a second time.');
    }
    this.#pieces ??= new SettingsPieces(this.#context);
    const settings = this.#pieces.receive(flags, payload);
    if (settings === undefined || isFault(settings)) return settings;
    return this.#context.role === 'client' ? this.#receiveAnswer(settings.auth) : this.#receiveToken(settings.token);
  }

  #receiveToken(token: string | undefined): ProtocolFault | undefined {
    const { now, limits, remoteSettings } = this.#context;
    if (token === undefined) return fault('8.3.7', 'Settings came a second time, without a token.');
    if (this.#unanswered || now < this.#lastAt + limits.tokenInterval) {
      return fault('8.3.11', 'A token came too soon after another.', CloseCode.TooMany);
    }
    this.#lastAt = now;
    this.#unanswered = true;
    if (this.#authenticates) this.#context.emit({ kind: 'token', settings: { ...remoteSettings, token } });
    else this.answer({ ok: true });
    return undefined;
  }

  #receiveAnswer(verdict: TokenVerdict | undefined): ProtocolFault | undefined {
    if (verdict === undefined) return fault('8.3.7', 'Settings came a second time, without `auth`.');
    this.#unanswered = false;
    this.#context.emit({ kind: 'token-answered', verdict });
    return undefined;
  }
}

/** What the settings map of a token takes beside it, at most: heads and keys. */
const REFRESH_OVERHEAD = 19;
