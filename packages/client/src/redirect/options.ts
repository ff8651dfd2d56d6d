/** Where the answer of a request may be had instead of from the gateway (SPEC 3.2.7). */
export interface RedirectOptions {
  /** Names of the targets that this program can reach; the gateway's `capabilities` lists those it has. */
  readonly targets: readonly string[];
  /**
   * Names of the hashes it can verify, and those that are verified when it follows: `sha512`, `sha384`, `sha256` and
   * `sha1` are known. Default: all of them but `sha1`.
   */
  readonly hashes?: readonly string[] | undefined;
  /**
   * Whether an answer that is to be had elsewhere is fetched from there, as its values. Default: it is not; the request
   * ends with `redirected`, and its state with the location.
   */
  readonly follow?: boolean | FollowOptions | undefined;
}

/** How what an answer consists of is fetched (SPEC 3.4.15). */
export interface FollowOptions {
  /** Bytes of it at most. Past it: `redirect-failed`. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /**
   * `'before'` (default): nothing of it is given before its size and hash have been verified; until then it is held.
   * `'after'`: it is given as it comes, as fast as it is taken. The end of the answer then says whether what was given
   * can be trusted: `redirect-failed` if not.
   */
  readonly verify?: 'before' | 'after' | undefined;
  /** False: takes it also where there is no hash of it that can be verified. Default true. */
  readonly requireHash?: boolean | undefined;
}
