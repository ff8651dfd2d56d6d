import { serveTabs } from '@wiremux/client/worker';

serveTabs();

// A test has it end.
new BroadcastChannel('worker').addEventListener('message', () => self.close());
