import { describe, expect, it } from 'vitest';
import { textAt, textBelow } from '../src/byte-strings.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const notUtf8 = Uint8Array.of(0xff, 0xfe);

describe('SPEC 3.1.3 textAt', () => {
  it('turns the byte strings at the paths into text, and no others', () => {
    const args = {
      name: bytes('ä'),
      raw: bytes('b'),
      list: [bytes('c'), bytes('d')],
      map: new Map([['k', bytes('e')]]),
    };
    const { value, converted } = textAt(args, [['name'], ['list', 1], ['map', 'k']]);
    expect(value).toEqual({ name: 'ä', raw: bytes('b'), list: [bytes('c'), 'd'], map: new Map([['k', 'e']]) });
    expect(converted).toBe(3);
  });

  it('leaves what it was given as it is', () => {
    const args = { deep: { list: [bytes('a')] } };
    textAt(args, [['deep', 'list', 0]]);
    expect(args).toEqual({ deep: { list: [bytes('a')] } });
  });

  it('leaves bytes that are not UTF-8, and values that are not bytes', () => {
    const args = { a: notUtf8, b: 1, c: 'text' };
    expect(textAt(args, [['a'], ['b'], ['c']])).toEqual({ value: args, converted: 0 });
  });

  it('passes over places that do not exist', () => {
    const args = { a: [bytes('x')], n: 1 };
    const paths = [['b'], ['a', 7], ['a', 'length'], ['a', Symbol('s')], ['n', 'x'], ['toString'], []];
    expect(textAt(args, paths)).toEqual({ value: args, converted: 0 });
  });

  it('keeps a byte order mark', () => {
    expect(textAt({ a: bytes('\ufeffx') }, [['a']]).value).toEqual({ a: '\ufeffx' });
  });

  it('treats __proto__ as a key like any other', () => {
    const args = Object.fromEntries([['__proto__', { a: bytes('x') }]]);
    const value = textAt(args, [['__proto__', 'a']]).value as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(value, '__proto__')?.value).toEqual({ a: 'x' });
  });

  it('copies a container once, however many paths lead into it', () => {
    const list = Array.from({ length: 50_000 }, () => bytes('t'));
    const { value, converted } = textAt(
      { list },
      list.map((_, index) => ['list', index]),
    );
    expect(converted).toBe(50_000);
    expect(new Set((value as { list: string[] }).list)).toEqual(new Set(['t']));
  });
});

describe('SPEC 3.1.3 textBelow', () => {
  it('turns every byte string at and below the paths into text', () => {
    const args = {
      in: {
        a: bytes('a'),
        list: [bytes('b'), 1],
        set: new Set([bytes('c')]),
        map: new Map([[bytes('k'), bytes('v')]]),
      },
      out: bytes('d'),
    };
    const { value, converted } = textBelow(args, [['in']]);
    expect(value).toEqual({
      in: { a: 'a', list: ['b', 1], set: new Set(['c']), map: new Map([['k', 'v']]) },
      out: bytes('d'),
    });
    expect(converted).toBe(5);
  });

  it('reaches everything from the empty path', () => {
    expect(textBelow({ a: [bytes('x')] }, [[]])).toEqual({ value: { a: ['x'] }, converted: 1 });
  });
});
