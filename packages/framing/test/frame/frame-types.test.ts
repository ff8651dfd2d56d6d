import { describe, expect, it } from 'vitest';
import { DIALECT_NAMES, FRAME_TYPES } from '../../src/frame/frame-types.js';

/** Each dialect's table as one line a type: number, name, flags. */
function lines(dialect: (typeof DIALECT_NAMES)[number]): string[] {
  return Object.entries(FRAME_TYPES[dialect]).map(([type, info]) => {
    const flags = info?.flags.map(([bit, name]) => `${bit} ${name}`).join(', ');
    return `${Number(type).toString(16)} ${info?.name}: ${flags}`;
  });
}

const request = '1 command-request: 1 new, 2 continuation, 4 more, 8 have-data';
const pieces = '1 continuation, 2 eos';
const exp0005 = [
  request,
  `2 command-data: ${pieces}`,
  `3 command-response: ${pieces}`,
  '5 error-response: ',
  '6 text-output: ',
  '7 progress: ',
];
const exp0006 = [...exp0005, `8 sender-protocol-settings: ${pieces}`, `9 stream-settings: ${pieces}`];

describe('SPEC 2 dialects: type and flag names', () => {
  it('SPEC 2.1 lists the dialects, oldest first', () => {
    expect(DIALECT_NAMES).toEqual([
      'exp-framing-0002',
      'exp-framing-0003',
      'exp-framing-0005',
      'exp-framing-0006',
      'wiremux.1',
    ]);
  });

  it('exp-framing-0002', () => {
    expect(lines('exp-framing-0002')).toEqual([
      '1 command-name: 1 eos, 2 have-args, 4 have-data',
      '2 command-argument: 1 continuation, 2 eoa',
      `3 command-data: ${pieces}`,
      `4 bytes-response: ${pieces}`,
      '5 error-response: 1 protocol, 2 application',
      '6 text-output: ',
      '8 stream-settings: ',
    ]);
  });

  it('exp-framing-0003', () => {
    expect(lines('exp-framing-0003')).toEqual([
      request,
      `3 command-data: ${pieces}`,
      `4 bytes-response: ${pieces}, 4 cbor`,
      '5 error-response: 1 protocol, 2 application',
      '6 text-output: ',
      '7 progress: ',
      '8 stream-settings: ',
    ]);
  });

  it('exp-framing-0005', () => expect(lines('exp-framing-0005')).toEqual([...exp0005, '8 stream-settings: ']));

  it('exp-framing-0006', () => expect(lines('exp-framing-0006')).toEqual(exp0006));

  it('wiremux.1', () => {
    expect(lines('wiremux.1')).toEqual([
      ...exp0006,
      'a credit: ',
      'b cancel: 1 ack',
      'c ack: ',
      'd ping: 1 pong',
      'e drain: ',
    ]);
  });
});
