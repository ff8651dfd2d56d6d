import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { connectionSentence, runSentence, summarySentence } from '../state/announcement.js';
import { usePage } from './page-context.js';

/** Time between summaries, ms: often enough to follow, seldom enough to go on reading. */
const SUMMARY_EVERY = 60_000;

/** Tells screen readers what changes: the connection, ends of runs, and now and then the figures in a sentence. */
export function Announcer(): JSX.Element {
  const { connection, machine, gateway, runs, isDrawing } = usePage();
  const sentence = useSignal('');
  const phase = useComputed(() => connectionSentence(connection.value));
  const ended = useComputed(() => runSentence(runs.list.value));
  useSignalEffect(() => {
    sentence.value = phase.value;
  });
  useSignalEffect(() => {
    if (ended.value !== '') sentence.value = ended.value;
  });
  useEffect(() => {
    const timer = setInterval(() => {
      if (!isDrawing.peek() || connection.peek().phase !== 'open') return;
      sentence.value = summarySentence(machine.board, gateway.board);
    }, SUMMARY_EVERY);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="visually-hidden" role="status" data-testid="announcer">
      {sentence}
    </p>
  );
}
