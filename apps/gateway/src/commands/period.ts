import { z } from 'zod';

/** The argument `every` of commands that sample: ms between two values. */
export const every: z.ZodType<number, number | undefined> = z
  .int()
  .min(50)
  .max(3_600_000)
  .default(1_000)
  .describe('Milliseconds between two values.');
