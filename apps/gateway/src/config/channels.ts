import { type ChannelWeight, DEFAULT_CHANNELS } from '@wiremux/framing';
import { z } from 'zod';
import { ENCODING_NAMES } from '../encodings.js';

/** A channel as it is given; one without a weight has that of `default`. */
export interface GivenChannel {
  readonly name: string;
  /** 1 to 256. */
  readonly weight?: number | undefined;
  /** Preferred first; absent: those of the gateway. */
  readonly encodings?: readonly string[] | undefined;
}

const DEFAULT_WEIGHT = 4;

const encodings = z.array(z.enum(ENCODING_NAMES));

const settings: z.ZodType<ChannelWeight, GivenChannel> = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(64)
      .refine((name) => name !== 'control'),
    weight: z.int().min(1).max(256).default(DEFAULT_WEIGHT),
    encodings: encodings.readonly().optional(),
  })
  .transform(({ name, weight, encodings: chosen }) => ({
    name,
    weight,
    ...(chosen === undefined ? {} : { encodings: chosen }),
  }));

/** `bulk:1:zlib+identity`, as flags and the environment say it. */
const short = z
  .string()
  .transform((text): unknown => {
    const [name, weight, chosen] = text.split(':');
    return {
      name,
      ...(weight === undefined || weight === '' ? {} : { weight: Number(weight) }),
      ...(chosen === undefined ? {} : { encodings: chosen.split('+') }),
    };
  })
  .pipe(z.unknown().pipe(settings as z.ZodType<ChannelWeight, unknown>));

/** What the option `channels` accepts: channels of different names, with those every gateway has where they are missing. */
export const channelsSchema: z.ZodType<readonly ChannelWeight[]> = z
  .array(z.union([short, settings]))
  .refine((channels) => new Set(channels.map(({ name }) => name)).size === channels.length)
  .transform((channels) => {
    const names = new Set(channels.map(({ name }) => name));
    return [...DEFAULT_CHANNELS.filter(({ name }) => !names.has(name)), ...channels];
  });
