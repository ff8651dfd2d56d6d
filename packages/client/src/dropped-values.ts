/** Values of an answer that were not given to its reader, since it took too few (SPEC 8.11.16). */
export interface DroppedValues {
  /** By the gateway, before they were sent: known when the values behind them come, and at the end. */
  readonly gateway: number;
  /** By the client, after they had come. */
  readonly client: number;
}

export const NONE_DROPPED: DroppedValues = { gateway: 0, client: 0 };
