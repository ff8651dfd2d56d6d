import { Transform } from 'node:stream';
import { constants } from 'node:zlib';
import { expect, it } from 'vitest';
import { NativeEncoder } from '../../src/codec/node/native-context.js';

it('SPEC 4.13 an encoder of the platform that fails says so, and takes the process down with nothing', async () => {
  const failing = new Transform({
    transform(_chunk, _encoding, done) {
      done(new Error('as planned'));
    },
  });
  const encoder = new NativeEncoder(failing, constants.Z_SYNC_FLUSH);
  await expect(encoder.encode(new Uint8Array(65_536))).rejects.toThrow('as planned');
  encoder.close();
});
