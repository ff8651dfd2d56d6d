import { DEFAULT_CHANNELS } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { channelsSchema } from '../../src/config/channels.js';

const read = (given: unknown) => channelsSchema.safeParse(given);

describe('SPEC 4.9, 8.12.1 channels in the config', () => {
  it('are objects, or one text each', () => {
    const bulk = { name: 'bulk', weight: 2, encodings: ['zlib', 'identity'] };
    const expected = [{ name: 'default', weight: 4 }, bulk, { name: 'secret', weight: 4, encodings: ['identity'] }];
    expect(read([bulk, { name: 'secret', encodings: ['identity'] }]).data).toEqual(expected);
    expect(read(['bulk:2:zlib+identity', 'secret::identity']).data).toEqual(expected);
  });

  it('are, beside those given, the ones every gateway has', () => {
    expect(read([]).data).toEqual(DEFAULT_CHANNELS);
    expect(read(['default:9']).data).toEqual([
      { name: 'bulk', weight: 1 },
      { name: 'default', weight: 9 },
    ]);
  });

  it.each([
    'control',
    '',
    ':1',
    'x:0',
    'x:257',
    'x:1.5',
    'x:many',
    'x:1:gzip',
    'x:1:zlib,gzip',
    'x:1:',
    { weight: 1 },
    { name: 'x', weight: 1, colour: 'red' },
    7,
  ])('are not %j', (channel) => {
    expect(read([channel]).success).toBe(false);
  });

  it('are not two of one name', () => {
    expect(read(['x', 'x:2']).success).toBe(false);
    expect(read(['x', 'y:2']).success).toBe(true);
  });
});
