import { redirectTargets } from '@wiremux/server';
import { z } from 'zod';

/** Targets as they are given: what addresses begin with by name, or as `cdn=https://cdn.example/files/`. */
export type GivenRedirects = Readonly<Record<string, string>> | readonly string[];

const name = z.string().min(1).max(255);

/** `cdn=https://cdn.example/files/`, as flags and the environment say it. */
const short = z.string().transform((text): [name: string, prefix: string] => {
  const [target = '', ...rest] = text.split('=');
  return [target, rest.join('=')];
});

const list = z
  .array(short)
  .refine((targets) => new Set(targets.map(([target]) => target)).size === targets.length)
  .transform((targets) => Object.fromEntries(targets));

/** What the option `redirects` accepts: targets of different names, their prefixes brought into normal form. */
export const redirectsSchema: z.ZodType<Readonly<Record<string, string>>> = z
  .union([list, z.record(z.string(), z.string())])
  .pipe(z.record(name, z.string()))
  .transform((targets, context) => {
    try {
      return Object.fromEntries(redirectTargets(targets));
    } catch (error) {
      context.issues.push({ code: 'custom', input: targets, message: (error as Error).message });
      return z.NEVER;
    }
  });
