import { DIALECTS, type DialectName } from '@wiremux/framing';
import { z } from 'zod';

/** A framed HTTP server behind the gateway, and which commands it runs. */
export interface UpstreamSettings {
  /** Commands whose name begins so go there, unless the gateway has one of that name; the longest prefix wins. */
  readonly prefix?: string | undefined;
  /** Commands that go there, by name. */
  readonly commands?: readonly string[] | undefined;
  /** Where frames are posted, `http:` or `https:`, without a name or a password in it. */
  readonly url: string;
  readonly dialect: DialectName;
  /** Proof of who the gateway is, sent in the settings of `wiremux.1` and nowhere else. Callers' tokens stay here. */
  readonly token?: string | undefined;
}

/** An upstream as it is given; its dialect is `wiremux.1` unless it says so. */
export type GivenUpstream = Omit<UpstreamSettings, 'dialect'> & Partial<Pick<UpstreamSettings, 'dialect'>>;

const url = z.url({ protocol: /^https?$/ }).refine((text) => {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  return parsed?.username === '' && parsed.password === '';
});

const settings = z
  .strictObject({
    prefix: z.string().max(255).optional(),
    commands: z.array(z.string().min(1).max(255)).min(1).optional(),
    url,
    dialect: z.enum(DIALECTS.map(({ name }) => name)).default('wiremux.1'),
    token: z.string().min(1).max(16_384).optional(),
  })
  .refine(({ prefix, commands }) => prefix !== undefined || commands !== undefined)
  .refine(({ dialect, token }) => dialect === 'wiremux.1' || token === undefined);

/** `build.=http://127.0.0.1:9000/mux`, as flags and the environment say it. */
const short = z
  .string()
  .transform((text): z.input<typeof settings> => {
    const [prefix = '', ...rest] = text.split('=');
    return { prefix, url: rest.join('=') };
  })
  .pipe(settings);

/** What the option `upstreams` accepts. */
export const upstreamsSchema: z.ZodType<readonly UpstreamSettings[]> = z.array(z.union([short, settings]));
