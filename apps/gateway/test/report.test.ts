import { describe, expect, it } from 'vitest';
import { startupReport } from '../src/report.js';

const address = { url: 'http://127.0.0.1:8080/', port: 8080 };

describe('startupReport', () => {
  it('has the address first and alone, then three things to try', () => {
    const [first, empty, heading, ...rest] = startupReport(address, true).split('\n');
    expect(first).toBe('wiremux listening on http://127.0.0.1:8080/');
    expect([empty, heading]).toEqual(['', 'Try:']);
    expect(rest).toEqual([
      '  open   http://127.0.0.1:8080/ in a browser',
      '  npx wiremux watch ws://127.0.0.1:8080/mux host.metrics',
      '  npx wiremux call ws://127.0.0.1:8080/mux digest --data package.json',
      '',
    ]);
  });

  it('names no page where there is none', () => {
    const report = startupReport(address, false);
    expect(report).not.toContain('browser');
    expect(report.match(/^ {2}/gm)).toHaveLength(3);
  });
});
