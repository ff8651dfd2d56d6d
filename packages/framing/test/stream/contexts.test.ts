import { describe, expect, it } from 'vitest';
import { ContextBudget, DEFAULT_LIMITS, PROCESS_CONTEXTS } from '../../src/index.js';
import { ConnectionContexts } from '../../src/stream/contexts.js';

describe('SPEC 9.1.20, 9.1.21 contexts', () => {
  it('SPEC 9.1.21 are as many as the process allows, whoever takes them', () => {
    const budget = new ContextBudget();
    const connections = Array.from({ length: PROCESS_CONTEXTS / 4 }, () => new ConnectionContexts(budget, 4));
    for (const connection of connections) expect(connection.takeUpTo(4)).toBe(4);
    expect(budget.taken).toBe(PROCESS_CONTEXTS);
    const late = new ConnectionContexts(budget, 4);
    expect([late.take(), late.takeUpTo(2)]).toEqual([false, 0]);
    connections[0]?.give();
    expect([late.takeUpTo(2), budget.take()]).toEqual([1, false]);
  });

  it('SPEC 9.1.20 are as many as the connection allows', () => {
    const budget = new ContextBudget();
    const contexts = new ConnectionContexts(budget, DEFAULT_LIMITS.contexts);
    expect([contexts.takeUpTo(3), contexts.take(), contexts.take()]).toEqual([3, true, false]);
    contexts.give();
    expect([budget.taken, contexts.takeUpTo(2)]).toEqual([3, 1]);
  });

  it('are all given back with their connection, once', () => {
    const budget = new ContextBudget(4);
    const one = new ConnectionContexts(budget, 4);
    const other = new ConnectionContexts(budget, 4);
    one.takeUpTo(2);
    other.takeUpTo(2);
    one.close();
    one.give();
    one.close();
    expect(budget.taken).toBe(2);
  });
});
