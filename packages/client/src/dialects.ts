/** The dialects beside `wiremux.1`, for programs that offer them: see `ConnectOptions.dialects`. */

export type { Dialect } from '@wiremux/framing';
export {
  DIALECTS,
  dialectByName,
  EXP_FRAMING_0002,
  EXP_FRAMING_0003,
  EXP_FRAMING_0005,
  EXP_FRAMING_0006,
  WIREMUX_1,
} from '@wiremux/framing';
