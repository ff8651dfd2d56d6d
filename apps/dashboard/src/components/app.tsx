import type { JSX } from 'preact';
import { Announcer } from './announcer.jsx';
import { CommandPanel } from './command-panel.jsx';
import { ConnectionBanner } from './connection-banner.jsx';
import { ConnectionsPanel } from './connections-panel.jsx';
import { FramesPanel } from './frames-panel.jsx';
import { Header } from './header.jsx';
import { usePage } from './page-context.js';
import { PlotSection } from './plot-section.jsx';
import { RunList } from './run-list.jsx';

/** The whole page. */
export function App(): JSX.Element {
  const { machine, gateway } = usePage();
  return (
    <>
      <Header />
      <ConnectionBanner />
      <main class="layout">
        <div class="observe">
          <PlotSection id="machine" title="Machine" source={machine} />
          <PlotSection id="gateway" title="Gateway" source={gateway} />
          <ConnectionsPanel />
          <FramesPanel />
        </div>
        <div class="operate">
          <CommandPanel />
          <RunList />
        </div>
      </main>
      <Announcer />
    </>
  );
}
